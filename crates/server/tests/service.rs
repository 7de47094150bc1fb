//! One server from outside: its start, its end, what it tells whom.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use greenroom_identity::{Grants, Role};
use greenroom_lifecycle::{JobState, JobWork, Jobs, Lifecycle, PlanRequest};
use greenroom_model::Document;
use greenroom_model::document::Settings;
use greenroom_server::{Configuration, SAMPLE_ID, Server, sample_bot};
use greenroom_store_sqlite::SqliteStore;
use greenroom_web::AppState;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server on a store of its own, with the sample bot in it and its web chat open.
struct Service {
    address: String,
    app: AppState,
    end: CancellationToken,
    done: JoinHandle<()>,
    client: Client,
    _folder: tempfile::TempDir,
}

fn configuration(folder: &tempfile::TempDir) -> Configuration {
    Configuration {
        listen: ([127, 0, 0, 1], 0).into(),
        store: folder.path().join("greenroom.db"),
        rate_per_second: 0,
        shutdown_seconds: 5,
        ..Configuration::default()
    }
}

async fn service() -> Service {
    _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&configuration(&folder)).await.unwrap();
    let (address, app, end) = (server.address(), server.app().clone(), CancellationToken::new());
    publish_a_plain_bot(&app).await;
    app.lifecycle().create_from(&SAMPLE_ID.parse().unwrap(), sample_bot().unwrap()).await.unwrap();
    let ended = end.clone().cancelled_owned();
    let done = tokio::spawn(async move { server.run(ended).await.unwrap() });
    let service = Service { address, app, end, done, client: Client::new(), _folder: folder };
    while service.client.get(service.url("/readyz")).send().await.unwrap().status() != StatusCode::OK {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    service
}

/// A bot on live that answers everything alike, and needs no training.
async fn publish_a_plain_bot(app: &AppState) {
    const FLOW: &str = r#"{
        "name": "Start", "start": "hello", "triggers": [{"system": "not_understood"}],
        "nodes": {"hello": {"message": {"text": {"en": "hello"}}}}
    }"#;
    let lifecycle = app.lifecycle().clone().acting_as("ann");
    let settings = Settings::new("Plain", "en".parse().unwrap());
    let bot = lifecycle.create(&"plain".parse().unwrap(), settings).await.unwrap();
    let path = "flows/start".parse().unwrap();
    bot.put(&path, Document::from_json(&path, FLOW.as_bytes()).unwrap()).await.unwrap();
    bot.publish(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
}

impl Service {
    async fn token(&self, grants: Grants) -> String {
        let name = "ann".parse().unwrap();
        self.app.identities().create_user(&name, "Ann", grants).await.unwrap();
        let (_, secret) = self.app.identities().create_token(&name, "test", None, None).await.unwrap();
        secret.expose().to_owned()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    async fn stop(self) {
        self.end.cancel();
        drop(self.app);
        self.done.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_server_left_goes_on_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("greenroom.db")).await.unwrap();
    let store: Arc<dyn greenroom_store::Store> = Arc::new(store);
    let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
    let bot = lifecycle.create(&"plain".parse().unwrap(), Settings::new("Plain", "en".parse().unwrap())).await.unwrap();
    let (job, run) = Jobs::new(store.clone()).start(&bot, JobWork::Test(PlanRequest::full(""))).await.unwrap();
    drop(run);
    let server = Server::on(store, &configuration(&folder)).await.unwrap();
    let (app, end) = (server.app().clone(), CancellationToken::new());
    let ended = end.clone().cancelled_owned();
    let done = tokio::spawn(async move { server.run(ended).await.unwrap() });
    let ended = loop {
        let job = app.jobs().get(bot.id(), &job.id).await.unwrap();
        if job.state.has_ended() {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!((ended.state, ended.by.as_str()), (JobState::Succeeded, "ann"));
    end.cancel();
    done.await.unwrap();
}

#[tokio::test]
async fn it_is_ready_and_tells_who_is_nobody_nothing() {
    let service = service().await;
    for (path, status) in [("/livez", 200), ("/readyz", 200), ("/metrics", 401), ("/api/v1/bots", 401)] {
        let response = service.client.get(service.url(path)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn what_live_runs_is_loaded_before_the_first_message() {
    let service = service().await;
    assert_eq!(service.app.runtime().loaded(), 1);
    service.stop().await;
}

#[tokio::test]
async fn a_browser_gets_a_page_for_what_goes_wrong_and_the_same_protection() {
    let service = service().await;
    let answer = service.client.get(service.url("/nowhere")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert!(answer.text().await.unwrap().contains("<html lang="));
    let plain = service.client.get(service.url("/nowhere")).send().await.unwrap();
    assert_eq!(plain.headers()["content-type"], "application/problem+json");
    service.stop().await;
}

#[tokio::test]
async fn the_figures_are_for_who_may_view_the_server_and_name_no_bot() {
    let service = service().await;
    let token = service.token(Grants::on_all(Role::Viewer)).await;
    let get = |path: String| service.client.get(path).bearer_auth(&token).send();
    assert_eq!(get(service.url(&format!("/api/v1/bots/{SAMPLE_ID}"))).await.unwrap().status(), StatusCode::OK);
    let figures = get(service.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(figures.contains("greenroom_http_requests_total"), "{figures}");
    assert!(figures.contains("/api/v1/bots/{bot}"), "{figures}");
    assert!(!figures.contains(SAMPLE_ID) && !figures.contains(&token), "{figures}");
    service.stop().await;
}

#[tokio::test]
async fn the_first_admin_link_is_there_until_somebody_used_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("a.db")).await.unwrap());
    let server = Server::on(store, &configuration(&folder)).await.unwrap();
    let first = server.first_admin_link().await.unwrap().unwrap();
    let second = server.first_admin_link().await.unwrap().unwrap();
    assert!(first.starts_with(&format!("{}/invitation/", server.address())) && first != second);
    let identities = server.app().identities();
    let secret = |link: &str| link.rsplit('/').next().unwrap().to_owned();
    assert!(identities.invitation(&secret(&first)).await.unwrap().is_none(), "a later link replaces it");
    assert!(identities.invitation(&secret(&second)).await.unwrap().is_some());
    let password = identities.new_password().hash("a long password", &"admin".parse().unwrap()).unwrap();
    identities.accept(&secret(&second), password, "Ann").await.unwrap();
    assert!(server.first_admin_link().await.unwrap().is_none());
}

#[tokio::test]
async fn a_request_that_was_taken_is_answered_before_the_end() {
    let service = service().await;
    let token = service.token(Grants::on_all(Role::Admin)).await;
    let host = service.address.strip_prefix("http://").unwrap().to_owned();
    let body = json!({ "id": "late", "name": "Late", "from": "empty", "default_language": "en" }).to_string();
    let (first, second) = body.split_at(10);
    let head = format!(
        "POST /api/v1/bots HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{first}",
        body.len()
    );
    let mut socket = TcpStream::connect(&host).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    // The server has the head once it has taken a later connection's request too.
    service.client.get(service.url("/livez")).send().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    service.end.cancel();
    // It takes no more connections by now.
    while TcpStream::connect(&host).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    socket.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    service.stop().await;
}

#[tokio::test]
async fn who_sends_slowly_or_never_does_not_keep_others_from_being_answered() {
    let service = service().await;
    let host = service.address.strip_prefix("http://").unwrap().to_owned();
    let mut slow = Vec::new();
    for index in 0..200 {
        let mut socket = TcpStream::connect(&host).await.unwrap();
        let part = match index % 3 {
            0 => "GET /livez HTT".to_owned(),
            1 => format!("POST /api/v1/bots HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\n{{"),
            _ => String::new(),
        };
        socket.write_all(part.as_bytes()).await.unwrap();
        slow.push(socket);
    }
    for _ in 0..20 {
        let answer = service.client.get(service.url("/readyz")).send();
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        assert_eq!(answer.unwrap().unwrap().status(), StatusCode::OK);
    }
    drop(slow);
    service.stop().await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let service = service().await;
    let token = service.token(Grants::on_all(Role::Admin)).await;
    let huge = vec![b' '; 5 << 20];
    let request = service.client.post(service.url("/api/v1/bots")).bearer_auth(token);
    let answer = request.header("content-type", "application/json").body(huge).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["code"], "too_large");
    service.stop().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let configuration = Configuration { listen: taken.local_addr().unwrap(), ..configuration(&folder) };
    let error = Server::start(&configuration).await.unwrap_err().to_string();
    assert!(error.contains("cannot listen on") && error.contains("--listen"), "{error}");
}
