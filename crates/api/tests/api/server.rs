//! A server on a store in memory, and one who calls it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use greenroom_identity::{Grants, Identities, Role, UserName};
use greenroom_lifecycle::Bot;
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{Document, PartPath};
use greenroom_store::MemoryStore;
use greenroom_web::{App, AppState, Surfaces, WebSettings, protect};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// A server.
pub(crate) struct Server {
    pub(crate) app: AppState,
    router: Router,
}

/// A caller with a token.
pub(crate) struct Client<'s> {
    server: &'s Server,
    token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// The code of the problem, if it has this status.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> String {
        let answer = self.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        answer.json()["code"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn settings(name: &str) -> (PartPath, Document) {
    (PartPath::Settings, Document::Settings(Settings::new(name, "en".parse().unwrap())))
}

impl Server {
    pub(crate) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let identities = Identities::new(store.clone()).with_password_cost(16, 1);
        let settings_of = WebSettings { rate: None, ..WebSettings::default() };
        let sample = [settings("Sample")].into();
        let app = Arc::new(App::new(store, settings_of).with_identities(identities).with_sample(sample));
        let surfaces = Surfaces { of_users: greenroom_api::routes(), ..Surfaces::default() };
        Self { router: protect(surfaces, app.clone()), app }
    }

    /// A user of this name, who comes with a token.
    pub(crate) async fn user(&self, name: &str, grants: Grants) -> Client<'_> {
        let name: UserName = name.parse().unwrap();
        self.app.identities().create_user(&name, "", grants).await.unwrap();
        let (_, token) = self.app.identities().create_token(&name, "test", None, None).await.unwrap();
        Client { server: self, token: Some(token.expose().to_owned()) }
    }

    pub(crate) async fn admin(&self) -> Client<'_> {
        self.user("root", Grants::on_all(Role::Admin)).await
    }

    pub(crate) fn nobody(&self) -> Client<'_> {
        Client { server: self, token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Client<'_> {
        Client { server: self, token: Some(token.to_owned()) }
    }

    /// A bot with two intents that a training can tell apart.
    pub(crate) async fn bot(&self, id: &str) -> Bot {
        let mut parts: std::collections::BTreeMap<PartPath, Document> = [settings("Box office")].into();
        let greet = ["hello", "hi there", "good morning", "hey you"];
        let order = ["two tickets please", "I want to buy tickets", "book a seat", "order three tickets"];
        for (intent, examples) in [("greet", greet), ("order", order)] {
            parts.insert(format!("nlp/intents/{intent}").parse().unwrap(), Document::Intent(Intent::new(intent)));
            let path = format!("nlp/examples/en/{intent}").parse().unwrap();
            parts.insert(path, Document::Examples(Examples::of(examples)));
        }
        self.app.lifecycle().create_from(&id.parse().unwrap(), parts).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

impl Client<'_> {
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], Body::empty()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, &[("content-type", "application/json")], body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let headers: Vec<(&str, &str)> =
            headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.call("PUT", path, &headers, body.to_string()).await
    }
}
