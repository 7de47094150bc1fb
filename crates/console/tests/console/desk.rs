//! A server without a socket, and somebody signed in at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use greenroom_identity::{Grants, Identities, Role};
use greenroom_lifecycle::PlanRequest;
use greenroom_model::{BotId, Document, PartPath};
use greenroom_store::MemoryStore;
use greenroom_web::{App, AppState, Surfaces, WebSettings, protect};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// The console of a server, as one user's browser meets it.
pub(crate) struct Desk {
    pub(crate) app: AppState,
    router: Router,
    cookie: String,
    csrf: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: String,
}

/// The parts of the sample bot.
pub(crate) fn sample() -> BTreeMap<PartPath, Document> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/bike-rental");
    greenroom_format::read_folder(&folder).unwrap().parts
}

impl Desk {
    /// A server with the sample at hand, and `ann`, who administers it.
    pub(crate) async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let identities = Identities::new(store.clone()).with_password_cost(64, 1);
        let settings = WebSettings { rate: None, ..WebSettings::default() };
        let app = Arc::new(App::new(store, settings).with_identities(identities).with_sample(sample()));
        let ann = "ann".parse().unwrap();
        app.identities().create_user(&ann, "Ann", Grants::on_all(Role::Admin)).await.unwrap();
        Self::of("ann", app).await
    }

    /// The same server, met by another user with one role on one bot.
    pub(crate) async fn as_other(&self, name: &str, bot: &str, role: Role) -> Self {
        let grants = Grants::on(bot.parse().unwrap(), role);
        self.app.identities().create_user(&name.parse().unwrap(), name, grants).await.unwrap();
        Self::of(name, self.app.clone()).await
    }

    async fn of(name: &str, app: AppState) -> Self {
        let session = app.identities().begin_session(&name.parse().unwrap()).await.unwrap();
        let csrf = app.identities().by_session(session.expose()).await.unwrap().unwrap().csrf.unwrap();
        let surfaces = Surfaces { of_users: greenroom_console::routes(), ..Surfaces::default() };
        Self {
            router: greenroom_console::with_problem_pages(protect(surfaces, app.clone())),
            app,
            cookie: format!("greenroom_session={}", session.expose()),
            csrf: csrf.expose().to_owned(),
        }
    }

    /// The same browser after signing out.
    pub(crate) fn signed_out(&self) -> Self {
        Self { app: self.app.clone(), router: self.router.clone(), cookie: String::new(), csrf: String::new() }
    }

    /// Makes the sample bot under this id.
    pub(crate) async fn with_sample(self, id: &str) -> Self {
        self.with_bot(id, sample()).await
    }

    /// Makes a bot of these parts.
    pub(crate) async fn with_bot(self, id: &str, parts: BTreeMap<PartPath, Document>) -> Self {
        let lifecycle = self.app.lifecycle().clone().acting_as("ann");
        lifecycle.create_from(&id.parse().unwrap(), parts).await.unwrap();
        self
    }

    /// Publishes the draft, which must have no examples: nothing is trained here.
    pub(crate) async fn published(self, id: &str) -> Self {
        let bot = self.app.lifecycle().clone().acting_as("ann").bot(&id.parse().unwrap()).await.unwrap();
        let plan = bot.plan(&PlanRequest::full("first version")).await.unwrap();
        bot.publish(&plan).await.unwrap();
        self
    }

    /// A document of the draft.
    pub(crate) async fn draft(&self, id: &str, path: &str) -> Option<Document> {
        let id: BotId = id.parse().unwrap();
        let bot = self.app.lifecycle().bot(&id).await.unwrap();
        bot.get(&bot.draft().await.unwrap(), &path.parse().unwrap()).await.ok().map(|(_, document)| document)
    }

    /// What a browser gets.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap()).await
    }

    /// What a browser gets for a form of this session.
    pub(crate) async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("_csrf", self.csrf.as_str())];
        all.extend(fields);
        self.post_as_is(address, &all).await
    }

    /// The same without the session's token.
    pub(crate) async fn post_as_is(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.send(request).await
    }

    /// Any request, with the session's cookie.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, "text/html,*/*;q=0.8".parse().unwrap());
        if !self.cookie.is_empty() && !headers.contains_key(header::COOKIE) {
            headers.insert(header::COOKIE, self.cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| -> Vec<String> {
            response.headers().get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
        };
        let (location, cookies) = (text(header::LOCATION).pop().unwrap_or_default(), text(header::SET_COOKIE));
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, location, cookies, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl Answer {
    /// The value of the first field of this name in the page's forms.
    pub(crate) fn field(&self, name: &str) -> String {
        let marked = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&marked).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Fails with the page's text unless the status is this one.
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

fn coded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
