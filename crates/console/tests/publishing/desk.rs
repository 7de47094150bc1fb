//! A console with the sample bot, and requests as browsers send them.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use greenroom_format::read_folder;
use greenroom_identity::{Grants, Identities, Role};
use greenroom_lifecycle::{Bot, Job, JobState, JobWork, OutOfScopeTexts};
use greenroom_model::document::{Examples, Settings};
use greenroom_model::{BotId, Document, PartPath};
use greenroom_store::MemoryStore;
use greenroom_web::{App, AppState, Surfaces, WebSettings, protect};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

pub(crate) const SCRIPT: &str = "<script>alert(1)</script>";

/// A server with the sample bot, and somebody signed in.
pub(crate) struct Console {
    pub(crate) app: AppState,
    pub(crate) router: Router,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Page {
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "`{text}` is missing in ({}):\n{}", self.status, self.body);
        self
    }

    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "`{text}` is in:\n{}", self.body);
        self
    }

    /// The value of a hidden field.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&mark).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Console {
    pub(crate) async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let identities = Identities::new(store.clone()).with_password_cost(8, 1);
        let settings = WebSettings { rate: None, ..WebSettings::default() };
        let app = Arc::new(App::new(store, settings).with_identities(identities));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bots/bike-rental");
        let parts = read_folder(&folder).unwrap().parts;
        app.lifecycle().create_from(&id(), parts).await.unwrap();
        app.identities().create_user(&"ann".parse().unwrap(), "Ann", Grants::on_all(Role::Admin)).await.unwrap();
        let surfaces = Surfaces { of_users: greenroom_console::routes(), ..Surfaces::default() };
        let router = protect(surfaces, app.clone());
        Self { app, router, cookie: String::new(), csrf: String::new() }.signed_in_as("ann").await
    }

    /// The same server, used by somebody else.
    pub(crate) async fn signed_in_as(&self, name: &str) -> Self {
        let secret = self.app.identities().begin_session(&name.parse().unwrap()).await.unwrap();
        let found = self.app.identities().by_session(secret.expose()).await.unwrap().unwrap();
        Self {
            app: self.app.clone(),
            router: self.router.clone(),
            cookie: format!("greenroom_session={}", secret.expose()),
            csrf: found.csrf.unwrap().expose().to_owned(),
        }
    }

    pub(crate) async fn with_role(&self, name: &str, role: Role) -> Self {
        self.app.identities().create_user(&name.parse().unwrap(), name, Grants::on(id(), role)).await.unwrap();
        self.signed_in_as(name).await
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).header(header::ACCEPT, "text/html"), String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = format!("_csrf={}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Sends a form that may carry a file, as browsers do: one without a name where nobody chose one.
    pub(crate) async fn post_with_file(&self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Page {
        let (field, name, content) = file;
        let mut body = Vec::new();
        for (name, value) in [("_csrf", self.csrf.as_str())].iter().chain(fields) {
            let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n");
        body.extend_from_slice(format!("{head}Content-Type: application/octet-stream\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request, body).await
    }

    /// Waits until no job is left to do.
    pub(crate) async fn waits_for_jobs(&self) {
        while self.app.jobs().unfinished() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn chat(&self, path: &str, body: Value) -> Value {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/json").header("x-csrf-token", &self.csrf);
        let page = self.send(request, body.to_string()).await;
        serde_json::from_str(&page.body).unwrap()
    }

    pub(crate) async fn bot(&self) -> Bot {
        self.app.lifecycle().clone().acting_as("ben").bot(&id()).await.unwrap()
    }

    /// Trains by the page's button and waits for the job to end.
    pub(crate) async fn train(&self) {
        assert_eq!(self.post("/bots/shop/draft/training", &[]).await.status, 303);
        loop {
            let jobs = self.app.jobs().list(&id()).await.unwrap();
            let job = jobs.first().unwrap();
            if job.state.has_ended() {
                assert_eq!(job.state, JobState::Succeeded, "{:?}", job.error);
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Begins a job that takes its time and waits until it runs: others wait behind it.
    pub(crate) async fn begin_long_job(&self) -> Job {
        let out_of_scope = OutOfScopeTexts::default();
        let work =
            JobWork::Evaluate { language: "en".parse().unwrap(), folds: 100, learning_curve: false, out_of_scope };
        let job = self.app.start_job(&self.bot().await, work).await.unwrap();
        while self.app.jobs().get(&id(), &job.id).await.unwrap().state != JobState::Running {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        job
    }

    pub(crate) async fn cancel(&self, job: &Job) -> Page {
        self.post(&format!("/bots/shop/draft/jobs/{}/cancel", job.id), &[]).await
    }

    /// Publishes by the page's button.
    pub(crate) async fn publish(&self, scope: &str, notes: &str) -> Page {
        let page = self.get(&format!("/bots/shop/draft/publish?scope={scope}")).await;
        let plan = page.says("This can be published").field("plan");
        self.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", notes)]).await
    }
}

pub(crate) fn id() -> BotId {
    "shop".parse().unwrap()
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(crate) fn examples_path(intent: &str) -> PartPath {
    format!("nlp/examples/en/{intent}").parse().unwrap()
}

pub(crate) async fn add_examples(bot: &Bot, intent: &str, texts: &[&str]) {
    let draft = bot.draft().await.unwrap();
    let mut examples = match bot.get(&draft, &examples_path(intent)).await {
        Ok((_, Document::Examples(examples))) => examples,
        _ => Examples::default(),
    };
    examples.examples.extend(Examples::of(texts.iter().copied()).examples);
    bot.put(&examples_path(intent), Document::Examples(examples)).await.unwrap();
}

/// Some intent of the sample bot that has examples.
pub(crate) async fn some_intent(bot: &Bot) -> String {
    let parts = bot.parts(&bot.draft().await.unwrap()).await.unwrap();
    let mut found = parts.iter().filter_map(|(path, _)| match path {
        PartPath::Examples(language, intent) if language.as_str() == "en" => Some(intent.to_string()),
        _ => None,
    });
    found.next().unwrap()
}

/// Gives the draft this name.
pub(crate) async fn rename(console: &Console, name: &str) {
    let bot = console.bot().await;
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &PartPath::Settings).await.unwrap();
    let Document::Settings(settings) = document else { panic!("no settings") };
    let settings = Settings { name: name.to_owned(), ..settings };
    bot.put(&PartPath::Settings, Document::Settings(settings)).await.unwrap();
}
