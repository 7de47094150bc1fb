//! What stands around all surfaces: who calls, forged and repeated requests, limits, headers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use axum::routing::{get, post};
use greenroom_identity::{Grants, Identities, Role, SecretText};
use greenroom_model::document::Settings;
use greenroom_store::MemoryStore;
use greenroom_web::{
    App, AppState, AsEditor, AsViewer, Caller, FormToken, Json, OnBot, OnServer, Problem, RateLimit, Surfaces,
    ToldOnce, WebSettings, protect,
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

static WORKED: AtomicUsize = AtomicUsize::new(0);

fn surfaces() -> Surfaces {
    let count = |_: OnServer<AsViewer>, Json(body): Json<Value>| async move {
        let number = WORKED.fetch_add(1, Ordering::SeqCst);
        (StatusCode::CREATED, Json(json!({ "number": number, "body": body })))
    };
    Surfaces {
        of_users: Router::new()
            .route("/form", get(|token: FormToken| async move { ([(header::SET_COOKIE, token.cookie)], token.token) }))
            .route("/form", post(|| async { "taken" }))
            .route("/me", get(|caller: Caller| async move { caller.user().to_string() }))
            .route("/bots/{bot}", get(|bot: OnBot<AsViewer>| async move { bot.bot.id().to_string() }))
            .route("/bots/{bot}", post(|_: OnBot<AsEditor>| async { "changed" }))
            .route("/count", post(count))
            .route("/secret", post(|_: Caller| async { ToldOnce("planted-secret") }).delete(|_: Caller| async {}))
            .route(
                "/panic",
                get(|| async {
                    if true {
                        panic!("on purpose")
                    }
                }),
            ),
        of_everybody: Router::new().route("/said", post(|body: String| async move { body })),
    }
}

struct Fixture {
    router: Router,
    app: AppState,
}

async fn fixture(settings: WebSettings) -> Fixture {
    let store = Arc::new(MemoryStore::new());
    let identities = Identities::new(store.clone()).with_password_cost(8, 1);
    let app = Arc::new(App::new(store, settings).with_identities(identities));
    for id in ["shop", "bank"] {
        app.lifecycle().create(&id.parse().unwrap(), Settings::new(id, "en".parse().unwrap())).await.unwrap();
    }
    let people = [
        ("ann", Grants::on_all(Role::Admin)),
        ("vic", Grants::on("shop".parse().unwrap(), Role::Viewer)),
        ("ed", Grants::on("shop".parse().unwrap(), Role::Editor)),
    ];
    for (name, grants) in people {
        app.identities().create_user(&name.parse().unwrap(), name, grants).await.unwrap();
    }
    Fixture { router: protect(surfaces(), app.clone()), app }
}

impl Fixture {
    async fn session(&self, name: &str) -> (String, String) {
        let secret: SecretText = self.app.identities().begin_session(&name.parse().unwrap()).await.unwrap();
        let caller = self.app.identities().by_session(secret.expose()).await.unwrap().unwrap();
        (format!("greenroom_session={}", secret.expose()), caller.csrf.unwrap().expose().to_owned())
    }

    async fn token(&self, name: &str) -> String {
        let (_, secret) = self.app.identities().create_token(&name.parse().unwrap(), "test", None, None).await.unwrap();
        format!("Bearer {}", secret.expose())
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn status(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
        self.send(request(method, path, headers, body)).await.status().as_u16()
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_bot_without_a_role_is_a_bot_that_does_not_exist() {
    let fixture = fixture(WebSettings::default()).await;
    let token = fixture.token("vic").await;
    let auth = [("authorization", token.as_str())];
    assert_eq!(fixture.status("GET", "/bots/shop", &[], "").await, 401);
    assert_eq!(fixture.status("GET", "/bots/shop", &auth, "").await, 200);
    assert_eq!(fixture.status("POST", "/bots/shop", &auth, "").await, 403);
    let hidden = fixture.send(request("GET", "/bots/bank", &auth, "")).await;
    let absent = fixture.send(request("GET", "/bots/none", &auth, "")).await;
    assert_eq!((hidden.status().as_u16(), absent.status().as_u16()), (404, 404));
    assert_eq!(text(hidden).await, text(absent).await);
    assert_eq!(fixture.status("GET", "/me", &[("authorization", "Bearer grt_wrong")], "").await, 401);
}

#[tokio::test]
async fn a_change_by_session_needs_the_sessions_own_token() {
    let fixture = fixture(WebSettings::default()).await;
    let (cookie, csrf) = fixture.session("ed").await;
    let (_, other) = fixture.session("ann").await;
    let cookie = ("cookie", cookie.as_str());
    assert_eq!(fixture.status("GET", "/me", &[cookie], "").await, 200);
    for (headers, body) in [
        (vec![cookie, FORM], String::new()),
        (vec![cookie], String::new()),
        (vec![cookie, JSON], "{}".to_owned()),
        (vec![cookie, FORM], format!("_csrf={other}")),
        (vec![cookie, FORM], format!("_csrf={csrf}x")),
        (vec![cookie, ("x-csrf-token", other.as_str())], String::new()),
        (vec![cookie, ("x-csrf-token", csrf.as_str()), ("sec-fetch-site", "cross-site")], String::new()),
        (vec![cookie, ("x-csrf-token", csrf.as_str()), ("origin", "https://evil.example")], String::new()),
        (vec![cookie, ("x-csrf-token", csrf.as_str()), ("origin", "null")], String::new()),
    ] {
        assert_eq!(fixture.status("POST", "/bots/shop", &headers, &body).await, 403, "{headers:?} {body}");
    }
    assert_eq!(fixture.status("POST", "/bots/shop", &[cookie, FORM], &format!("a=1&_csrf={csrf}&b=2")).await, 200);
    assert_eq!(fixture.status("POST", "/bots/shop", &[cookie, ("x-csrf-token", &csrf)], "").await, 200);
}

/// A form as browsers send it that may carry files.
fn form_with_a_file(fields: &[(&str, &str)], file: &str) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain";
    body + &format!("--edge\r\n{head}\r\n\r\n{file}\r\n--edge--\r\n")
}

#[tokio::test]
async fn a_form_with_a_file_carries_the_token_as_others_do() {
    let fixture = fixture(WebSettings { max_body_bytes: 3 << 20, ..WebSettings::default() }).await;
    let (cookie, csrf) = fixture.session("ed").await;
    let (_, other) = fixture.session("ann").await;
    let headers = [("cookie", cookie.as_str()), ("content-type", "multipart/form-data; boundary=edge")];
    let status = async |fields: &[(&str, &str)], file: &str| {
        fixture.status("POST", "/bots/shop", &headers, &form_with_a_file(fields, file)).await
    };
    assert_eq!(status(&[("_csrf", &csrf)], "hello").await, 200);
    assert_eq!(status(&[("a", "1"), ("_csrf", &csrf), ("b", "2")], &"x".repeat(5 << 19)).await, 200);
    for (fields, file) in [
        (vec![], "hello".to_owned()),
        (vec![("_csrf", other.as_str())], "hello".to_owned()),
        (vec![("_csrf", other.as_str()), ("_csrf", csrf.as_str())], "hello".to_owned()),
        // What stands in a file is no field.
        (vec![("a", "1")], format!("_csrf={csrf}")),
    ] {
        assert_eq!(status(&fields, &file).await, 403, "{fields:?} {file}");
    }
    let no_form = [headers[0], ("content-type", "multipart/form-data")];
    let body = form_with_a_file(&[("_csrf", &csrf)], "");
    assert_eq!(fixture.status("POST", "/bots/shop", &no_form, &body).await, 403);

    let body = form_with_a_file(&[("_csrf", &csrf)], &"x".repeat(3 << 20));
    let refused = fixture.send(request("POST", "/bots/shop", &headers, &body)).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let said = text(refused).await;
    assert!(said.contains("larger than the 3072 KiB that the server takes; send less"), "{said}");
}

#[tokio::test]
async fn who_is_not_signed_in_needs_the_token_of_the_form() {
    let fixture = fixture(WebSettings::default()).await;
    let shown = fixture.send(request("GET", "/form", &[], "")).await;
    let cookie = shown.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let token = text(shown).await;
    assert_eq!(fixture.status("POST", "/form", &[FORM], &format!("_csrf={token}")).await, 403);
    assert_eq!(fixture.status("POST", "/form", &[FORM, ("cookie", &cookie)], "").await, 403);
    assert_eq!(fixture.status("POST", "/form", &[("cookie", &cookie)], "").await, 403);
    assert_eq!(fixture.status("POST", "/form", &[FORM, ("cookie", &cookie)], &format!("_csrf={token}")).await, 200);
}

#[tokio::test]
async fn customers_need_no_token_of_ours() {
    let fixture = fixture(WebSettings::default()).await;
    let (cookie, _) = fixture.session("ed").await;
    assert_eq!(fixture.status("POST", "/said", &[("cookie", &cookie)], "hi").await, 200);
}

#[tokio::test]
async fn a_repeated_request_is_answered_and_not_done_again() {
    let fixture = fixture(WebSettings::default()).await;
    let (ann, other) = (fixture.token("ann").await, fixture.token("ed").await);
    let send = |auth: String, key: &'static str, body: &'static str| {
        let headers = [JSON, ("authorization", auth.as_str()), ("idempotency-key", key)];
        let request = request("POST", "/count", &headers, body);
        fixture.send(request)
    };
    let first = send(ann.clone(), "one", "{}").await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first = text(first).await;
    let again = send(ann.clone(), "one", "{}").await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(text(again).await, first);
    assert_eq!(send(ann.clone(), "one", "[]").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(text(send(ann.clone(), "two", "{}").await).await, first);
    // Another's key of the same name is another key.
    assert_eq!(send(other, "one", "{}").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(ann, "", "{}").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_secret_is_told_once_and_is_not_kept_for_repeated_requests() {
    let fixture = fixture(WebSettings::default()).await;
    let token = fixture.token("ann").await;
    let headers = [("authorization", token.as_str()), ("idempotency-key", "one")];
    let send = || fixture.send(request("POST", "/secret", &headers, ""));
    assert_eq!(text(send().await).await, "planted-secret");
    let again = send().await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(text(again).await.contains("told_once"));
    let kept = fixture.app.store().records(&"idempotency".parse().unwrap(), None, 10).await.unwrap();
    let kept = String::from_utf8(kept[0].value.to_vec()).unwrap();
    assert!(!kept.contains("planted") && !kept.contains("cGxhbnRlZ"), "{kept}");
}

#[tokio::test]
async fn another_token_of_the_same_user_hears_nothing_of_the_firsts_answers() {
    let fixture = fixture(WebSettings::default()).await;
    let (one, two) = (fixture.token("ann").await, fixture.token("ann").await);
    let send = |auth: String| {
        fixture.send(request("POST", "/count", &[JSON, ("authorization", &auth), ("idempotency-key", "k")], "{}"))
    };
    let first = text(send(one).await).await;
    let second = send(two).await;
    assert!(second.headers().get("idempotency-replayed").is_none());
    assert_ne!(text(second).await, first);
}

#[tokio::test]
async fn nobody_hears_that_nobody_is_signed_in() {
    let fixture = fixture(WebSettings::default()).await;
    assert_eq!(fixture.status("DELETE", "/secret", &[], "").await, 401);
    assert_eq!(fixture.status("POST", "/secret", &[JSON], "{}").await, 401);
    assert_eq!(fixture.status("POST", "/secret", &[("content-type", "application/zip")], "").await, 401);
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_how_long_to_wait() {
    let one = NonZeroU32::new(1).unwrap();
    let rate = Some(RateLimit { per_second: one, burst: NonZeroU32::new(3).unwrap() });
    let fixture = fixture(WebSettings { rate, behind_proxy: true, ..Default::default() }).await;
    let from = |address: &'static str| fixture.send(request("POST", "/said", &[("x-forwarded-for", address)], ""));
    for _ in 0..3 {
        assert_eq!(from("1.1.1.1").await.status(), 200);
    }
    let refused = from("1.1.1.1").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(from("2.2.2.2").await.status(), 200);
}

#[tokio::test]
async fn too_much_too_odd_and_too_bad_are_problems_too() {
    let fixture = fixture(WebSettings { max_body_bytes: 1_000, ..Default::default() }).await;
    let token = fixture.token("ann").await;
    let auth = ("authorization", token.as_str());
    for (method, path, body, status, code) in [
        ("GET", "/nowhere", String::new(), 404, "not_found"),
        ("DELETE", "/me", String::new(), 405, "method_not_allowed"),
        ("POST", "/count", "x".repeat(2_000), 413, "too_large"),
        ("POST", "/count", "{".to_owned(), 400, "invalid_json"),
        ("POST", "/said", "x".repeat(2_000), 413, "too_large"),
        ("GET", "/panic", String::new(), 500, "internal"),
    ] {
        let response = fixture.send(request(method, path, &[auth, JSON], &body)).await;
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
        let problem: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(u64::from(status))));
    }
}

#[tokio::test]
async fn every_answer_forbids_what_a_page_does_not_need() {
    let fixture = fixture(WebSettings::default()).await;
    for path in ["/form", "/me", "/nowhere", "/panic"] {
        let response = fixture.send(request("GET", path, &[], "")).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY", "{path}");
    }
}

#[tokio::test]
async fn what_fails_inside_is_not_told_outside() {
    let secret = greenroom_store::Error::Backend { what: "/srv/secret.db: disk I/O error".into(), source: "x".into() };
    let problem = Problem::from(secret);
    assert_eq!(problem.status, 500);
    assert!(!serde_json::to_string(&problem).unwrap().contains("secret"));
}
