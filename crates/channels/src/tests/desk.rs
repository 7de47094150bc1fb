//! A published bot with a channel of each kind, and what asks it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use greenroom_lifecycle::{
    Bot, ChannelId, ChannelSettings, Lifecycle, Origin, Origins, PlanRequest, Secret, WebChat, live,
};
use greenroom_model::Document;
use greenroom_model::document::Settings;
use greenroom_runtime::Runtime;
use greenroom_store::{MemoryStore, Store};
use greenroom_web::{App, AppState, Surfaces, WebSettings, protect};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;

/// Another site, which the channels allow.
pub(crate) const SHOP: &str = "https://shop.example";
/// Another site, which they do not.
pub(crate) const EVIL: &str = "https://evil.example";

pub(crate) struct Desk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) app: AppState,
    pub(crate) bot: Bot,
    /// How many seconds the bot's clock is ahead.
    pub(crate) ahead: Arc<AtomicI64>,
    server: Router,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.json()["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
    }
}

impl Desk {
    /// The bot `shop`: live greets, offers buttons, and echoes what it does not understand.
    pub(crate) async fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let lifecycle = Lifecycle::new(store.clone()).acting_as("ann");
        let settings = Settings::new("The <Shop>", "en".parse().unwrap());
        let bot = lifecycle.create(&"shop".parse().unwrap(), settings).await.unwrap();
        let welcome = r#"{"name":"Welcome","start":"hello","triggers":[{"system":"introduction"}],"nodes":{"hello":{"message":{
            "text":{"en":"Welcome!"},"buttons":[
                {"title":{"en":"Hours"},"action":{"goto":"hours"}},
                {"title":{"en":"Pay"},"action":{"payload":"pay now"}},
                {"title":{"en":"Terms"},"action":{"url":"https://shop.example/terms"}}]}},
            "hours":{"message":{"text":{"en":"From 9 to 5."}}}}}"#;
        let pay = r#"{"name":"Pay","start":"pay","triggers":[{"button":"pay now"},{"event":"invoice"}],
            "nodes":{"pay":{"message":{"text":{"en":"Paying."}}}}}"#;
        let other = r#"{"name":"Other","start":"other","triggers":[{"system":"not_understood"}],
            "nodes":{"other":{"message":{"text":{"en":"Pardon?"}}}}}"#;
        let wait = r#"{"name":"Wait","start":"ask","triggers":[{"button":"wait"}],"nodes":{
            "ask":{"message":{"text":{"en":"One moment."},"next":"wait"}},
            "wait":{"wait":{"seconds":3600,"on_timeout":"still"}},
            "still":{"message":{"text":{"en":"Still there?"}}}}}"#;
        for (id, flow) in [("welcome", welcome), ("pay", pay), ("other", other), ("wait", wait)] {
            let path = format!("flows/{id}").parse().unwrap();
            bot.put(&path, Document::from_json(&path, flow.as_bytes()).unwrap()).await.unwrap();
        }
        let desk = Self::over(store, bot);
        desk.publish().await;
        let origins = vec![Origin::new(SHOP).unwrap()];
        let chat = WebChat { origins: origins.clone(), ..WebChat::default() };
        desk.add("web", ChannelSettings::WebChat(chat)).await;
        desk.add("open", ChannelSettings::Rest { origins: Origins::Only(origins), token: false }).await;
        desk
    }

    /// Another server over the same store, such as after a restart.
    pub(crate) fn over(store: Arc<dyn Store>, bot: Bot) -> Self {
        let settings = WebSettings {
            public_url: "https://bots.example".to_owned(),
            rate: None,
            allow_private_webhooks: true,
            ..WebSettings::default()
        };
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = {
            let ahead = ahead.clone();
            Arc::new(move || Timestamp::now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)))
        };
        let unasked = Arc::new(crate::UnaskedReplies::new(store.clone()));
        let runtime = Runtime::new(store.clone()).with_observer(unasked).with_clock(clock);
        let app = Arc::new(App::new(store.clone(), settings).with_runtime(runtime));
        let surfaces = Surfaces { of_everybody: crate::routes(), ..Surfaces::default() };
        Self { server: protect(surfaces, app.clone()), store, app, bot, ahead }
    }

    pub(crate) async fn publish(&self) {
        let plan = self.bot.plan(&PlanRequest::full("notes")).await.unwrap();
        self.bot.publish(&plan).await.unwrap();
    }

    /// Adds a channel to live; its secret, where it has one.
    pub(crate) async fn add(&self, id: &str, settings: ChannelSettings) -> Option<Secret> {
        self.bot.add_channel(&live(), ChannelId::new(id).unwrap(), id, settings).await.unwrap().secret
    }

    /// Asks with these headers and this body.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "bots.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response: Response = self.server.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    /// Posts JSON, as a program does: without an origin.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// Posts JSON from a page of this origin.
    pub(crate) async fn post_from(&self, origin: &str, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        self.ask(Method::POST, path, &headers, &body.to_string()).await
    }
}
