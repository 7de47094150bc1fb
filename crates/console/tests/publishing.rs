//! The publishing half of the console, from training to what people said, by requests as browsers send them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use greenroom_format::read_folder;
use greenroom_identity::{Grants, Identities, Role};
use greenroom_lifecycle::{Bot, Job, JobState, JobWork, PlanRequest};
use greenroom_model::document::Examples;
use greenroom_model::{BotId, Document, PartPath};
use greenroom_publish::Policy;
use greenroom_runtime::{Message, Place};
use greenroom_store::MemoryStore;
use greenroom_web::{App, AppState, Surfaces, WebSettings, protect};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const SCRIPT: &str = "<script>alert(1)</script>";

/// A server with the sample bot, and somebody signed in.
struct Console {
    app: AppState,
    router: Router,
    cookie: String,
    csrf: String,
}

struct Page {
    status: u16,
    location: String,
    body: String,
}

impl Page {
    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "`{text}` is missing in ({}):\n{}", self.status, self.body);
        self
    }

    #[track_caller]
    fn says_not(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "`{text}` is in:\n{}", self.body);
        self
    }

    /// The value of a hidden field.
    #[track_caller]
    fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&mark).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Console {
    async fn new() -> Self {
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
    async fn signed_in_as(&self, name: &str) -> Self {
        let secret = self.app.identities().begin_session(&name.parse().unwrap()).await.unwrap();
        let found = self.app.identities().by_session(secret.expose()).await.unwrap().unwrap();
        Self {
            app: self.app.clone(),
            router: self.router.clone(),
            cookie: format!("greenroom_session={}", secret.expose()),
            csrf: found.csrf.unwrap().expose().to_owned(),
        }
    }

    async fn with_role(&self, name: &str, role: Role) -> Self {
        self.app.identities().create_user(&name.parse().unwrap(), name, Grants::on(id(), role)).await.unwrap();
        self.signed_in_as(name).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).header(header::ACCEPT, "text/html"), String::new()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = format!("_csrf={}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    async fn chat(&self, path: &str, body: Value) -> Value {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/json").header("x-csrf-token", &self.csrf);
        let page = self.send(request, body.to_string()).await;
        serde_json::from_str(&page.body).unwrap()
    }

    async fn bot(&self) -> Bot {
        self.app.lifecycle().clone().acting_as("ben").bot(&id()).await.unwrap()
    }

    /// Trains by the page's button and waits for the job to end.
    async fn train(&self) {
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
    async fn begin_long_job(&self) -> Job {
        let work = JobWork::Evaluate { language: "en".parse().unwrap(), folds: 100, learning_curve: false };
        let job = self.app.start_job(&self.bot().await, work).await.unwrap();
        while self.app.jobs().get(&id(), &job.id).await.unwrap().state != JobState::Running {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        job
    }

    async fn cancel(&self, job: &Job) -> Page {
        self.post(&format!("/bots/shop/draft/jobs/{}/cancel", job.id), &[]).await
    }

    /// Publishes by the page's button.
    async fn publish(&self, scope: &str, notes: &str) -> Page {
        let page = self.get(&format!("/bots/shop/draft/publish?scope={scope}")).await;
        let plan = page.says("This can be published").field("plan");
        self.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", notes)]).await
    }
}

fn id() -> BotId {
    "shop".parse().unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn examples_path(intent: &str) -> PartPath {
    format!("nlp/examples/en/{intent}").parse().unwrap()
}

async fn add_examples(bot: &Bot, intent: &str, texts: &[&str]) {
    let draft = bot.draft().await.unwrap();
    let mut examples = match bot.get(&draft, &examples_path(intent)).await {
        Ok((_, Document::Examples(examples))) => examples,
        _ => Examples::default(),
    };
    examples.examples.extend(Examples::of(texts.iter().copied()).examples);
    bot.put(&examples_path(intent), Document::Examples(examples)).await.unwrap();
}

/// Some intent of the sample bot that has examples.
async fn some_intent(bot: &Bot) -> String {
    let parts = bot.parts(&bot.draft().await.unwrap()).await.unwrap();
    let mut found = parts.iter().filter_map(|(path, _)| match path {
        PartPath::Examples(language, intent) if language.as_str() == "en" => Some(intent.to_string()),
        _ => None,
    });
    found.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_from_training_to_the_rollback() {
    let console = Console::new().await;
    console.get("/bots/shop/draft/training").await.says("never trained").says(">Train</button>");
    let unpublished = console.get("/bots/shop/draft/publish").await;
    unpublished.says("Never published").says("never trained in it").says("/docs/publishing#model_missing");

    console.train().await;
    console.get("/bots/shop/draft/training").await.says("Everything is trained").says("trained now");

    let refused = console.get("/bots/shop/draft/publish?scope=nlp").await;
    refused.says("Nothing is live yet, so there are no flows that new NLP could go with.");
    refused.says("Publish everything instead").says_not("name=\"plan\"");

    let first = console.publish("full", "The first version").await;
    assert_eq!(first.location, "/bots/shop/draft/publish?scope=full&published=1");
    console.get(&first.location).await.says("Version 1 is live").says("/bots/shop/live");
    console.get("/bots/shop/live").await.says("version 1").says("published by ann");

    let unknown = "qwzx flurbel grompf";
    let said = json!({ "conversation": "c1", "act": { "text": unknown } });
    let told = console.chat("/bots/shop/live/chat", said).await;
    assert!(told["trace"].as_array().is_some_and(|trace| !trace.is_empty()), "{told}");
    let turn = console.get("/bots/shop/inbox").await.says(unknown).says("Add as example").field("turn");

    let intent = some_intent(&console.bot().await).await;
    let fields = [("turn", turn.as_str()), ("intent", intent.as_str())];
    assert_eq!(console.post("/bots/shop/inbox/example", &fields).await.status, 303);
    assert_eq!(console.post("/bots/shop/inbox/example", &fields).await.status, 404, "it was settled already");
    console.get("/bots/shop/inbox").await.says_not(unknown);
    let bot = console.bot().await;
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &examples_path(&intent)).await.unwrap();
    let Document::Examples(examples) = document else { panic!("no examples") };
    assert!(examples.examples.iter().any(|example| example.text == unknown));

    console.get("/bots/shop/draft/publish?scope=nlp").await.says("The examples changed after the last training.");
    console.train().await;
    let second = console.publish("nlp", "One more way to say it").await;
    assert_eq!(second.location, "/bots/shop/draft/publish?scope=nlp&published=2");
    let versions = console.get("/bots/shop/versions").await;
    versions.says("One more way to say it").says("The first version").says("NLP only");
    console.get("/bots/shop/versions/2").await.says(unknown).says("against version 1");
    console.get("/bots/shop/versions/compare?before=1&after=2").await.says(unknown);

    console.get("/bots/shop/versions/1/rollback").await.says(&format!("<del>{unknown}</del>"));
    let back = console.post("/bots/shop/versions/1/rollback", &[]).await;
    assert_eq!(back.location, "/bots/shop/live?done=rolled_back");
    console.get("/bots/shop/live").await.says("version 1");

    let restored = console.post("/bots/shop/versions/1/restore", &[]).await;
    assert_eq!(restored.location, "/bots/shop/draft?done=restored");
    console.get("/bots/shop/versions").await.says("saved draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_until_the_end() {
    let console = Console::new().await;
    let other = console.begin_long_job().await;
    assert_eq!(console.post("/bots/shop/draft/training", &[]).await.status, 303);
    let page = console.get("/bots/shop/draft/training").await;
    let (_, rest) = page.says("data-job-events").body.split_once("data-job-events=\"").unwrap();
    let events = rest.split('"').next().unwrap().to_owned();
    console.cancel(&other).await;
    // The answer ends when the job does.
    let told = console.get(&events).await;
    told.says("event: progress").says("event: end").says("\"state\":\"succeeded\"");
    console.get("/bots/shop/draft/training").await.says_not("data-job-events").says("Everything is trained");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_training_changes_nothing() {
    let console = Console::new().await;
    let other = console.begin_long_job().await;
    console.post("/bots/shop/draft/training", &[]).await;
    let training = console.app.jobs().list(&id()).await.unwrap().remove(0);
    let cancelled = console.cancel(&training).await;
    assert_eq!(cancelled.location, "/bots/shop/draft/training");
    console.cancel(&other).await;
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    console.get("/bots/shop/draft/training").await.says("cancelled").says("never trained");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_meanwhile_is_told_and_nothing_goes_out() {
    let console = Console::new().await;
    console.train().await;
    let plan = console.get("/bots/shop/draft/publish").await.field("plan");
    let bot = console.bot().await;
    let intent = some_intent(&bot).await;
    add_examples(&bot, &intent, &["a brand new example"]).await;
    let refused = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "My notes")]).await;
    assert_eq!(refused.status, 409);
    refused.says("ben changed the draft since you loaded this page").says(&format!("nlp/examples/en/{intent}"));
    assert!(bot.environment(&greenroom_lifecycle::live()).await.unwrap().is_none());

    console.train().await;
    let plan = console.get("/bots/shop/draft/publish").await.field("plan");
    bot.publish(&bot.plan(&PlanRequest::full("by ben")).await.unwrap()).await.unwrap();
    let refused = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "My notes")]).await;
    assert_eq!(refused.status, 409);
    refused.says("ben made it version 1").says("Nothing to publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_can_ask_for_release_notes() {
    let console = Console::new().await;
    let bot = console.bot().await;
    let policy = Policy::from_json(br#"{"rules":{"release_notes_missing":"deny"}}"#).unwrap();
    bot.set_policy(&policy).await.unwrap();
    console.train().await;
    console.get("/bots/shop/draft/publish").await.says("Release notes (required)");
    let refused = console.publish("full", "").await;
    assert_eq!(refused.status, 409);
    refused.says("Write release notes");
    assert_eq!(console.publish("full", "Now with notes").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_becomes_a_test_that_passes() {
    let console = Console::new().await;
    console.train().await;
    let start = json!({ "conversation": "c1", "act": "start" });
    console.chat("/bots/shop/draft/chat", start).await;
    let said = json!({ "conversation": "c1", "act": { "text": "hello" } });
    let told = console.chat("/bots/shop/draft/chat", said).await;
    assert!(!told["replies"].as_array().unwrap().is_empty(), "{told}");
    let kept = json!({ "conversation": "c1", "name": "Says hello" });
    let kept = console.chat("/bots/shop/draft/chat/test", kept).await;
    assert_eq!(kept["href"], "/bots/shop/draft/tests/says_hello");
    assert_eq!(kept["passed"], true, "{kept}");
    // A second one of the name does not replace the first.
    let again = json!({ "conversation": "c1", "name": "Says hello" });
    assert_eq!(console.chat("/bots/shop/draft/chat/test", again).await["href"], "/bots/shop/draft/tests/says_hello_2");
    let nothing = json!({ "conversation": "c2", "name": "Nothing" });
    assert_eq!(console.chat("/bots/shop/draft/chat/test", nothing).await["status"], 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_the_tests_shows_what_none_of_them_reaches() {
    let console = Console::new().await;
    console.train().await;
    let bot = console.bot().await;
    let test = br#"{"name":"Says hello","turns":[{"say":"hello","expect":{}}]}"#;
    let path: PartPath = "tests/hello".parse().unwrap();
    bot.put(&path, Document::from_json(&path, test).unwrap()).await.unwrap();
    console.get("/bots/shop/draft/tests").await.says_not("What the tests reach");
    assert_eq!(console.post("/bots/shop/draft/tests/run", &[]).await.status, 303);
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = console.get("/bots/shop/draft/tests").await;
    page.says("What the tests reach").says("nodes,").says("?node=");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_conversation_becomes_a_test_of_the_draft() {
    let console = Console::new().await;
    console.train().await;
    assert_eq!(console.publish("full", "first").await.status, 303);
    let runtime = console.app.runtime();
    let message = greenroom_runtime::Message::text("hello");
    runtime.reply(&id(), &greenroom_runtime::Place::live(), "customer-7", &message).await.unwrap();
    console.get("/bots/shop/inbox/conversation?id=customer-7").await.says("Make it a test");
    let saved = console
        .post("/bots/shop/inbox/conversation/test", &[("id", "customer-7"), ("name", "A customer says hello")])
        .await;
    assert_eq!(saved.status, 303);
    let bot = console.bot().await;
    let path: PartPath = "tests/a_customer_says_hello".parse().unwrap();
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &path).await.unwrap();
    let Document::Test(test) = document else { panic!("{document:?}") };
    assert!(bot.load(&bot.draft().await.unwrap()).await.unwrap().play(&test).passed());
    let nobody = [("id", "nobody"), ("name", "X")];
    assert_eq!(console.post("/bots/shop/inbox/conversation/test", &nobody).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_is_named_with_what_was_expected() {
    let console = Console::new().await;
    console.train().await;
    let bot = console.bot().await;
    let path: PartPath = "tests/wrong".parse().unwrap();
    let test = br#"{"name":"Wrong","turns":[{"say":"hello","expect":{"intent":"no_such_intent"}}]}"#;
    bot.put(&path, Document::from_json(&path, test).unwrap()).await.unwrap();
    assert_eq!(console.post("/bots/shop/draft/publish/tests", &[("scope", "full")]).await.status, 303);
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = console.get("/bots/shop/draft/publish").await;
    page.says("1 failed").says("/bots/shop/draft/tests/wrong").says("<q>no_such_intent</q>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_chat_cannot_enter_a_customers_conversation() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "").await;
    let message = Message::text("hello").by_channel("web");
    console.app.reply(&id(), &Place::live(), "customer-1", &message).await.unwrap();
    console.chat("/bots/shop/live/chat", json!({ "conversation": "customer-1", "act": { "text": "intruder" } })).await;
    let runtime = console.app.runtime();
    let turns = runtime.conversation(&id(), &Place::live(), "customer-1", None, 10).await.unwrap();
    assert_eq!(turns.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_see_their_buttons_and_routes_refuse_the_others() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    let viewer = console.with_role("vic", Role::Viewer).await;
    let editor = console.with_role("ed", Role::Editor).await;
    for page in ["draft/training", "draft/publish", "inbox", "versions", "versions/1"] {
        assert_eq!(viewer.get(&format!("/bots/shop/{page}")).await.status, 200, "{page}");
    }
    viewer.get("/bots/shop/draft/training").await.says_not(">Train again</button>");
    for page in ["draft/training", "draft/publish/tests", "inbox/example", "inbox/dismiss", "versions/1/restore"] {
        assert_eq!(viewer.post(&format!("/bots/shop/{page}"), &[]).await.status, 403, "{page}");
    }
    editor.get("/bots/shop/versions/1").await.says_not("Roll live back");
    for page in ["draft/publish", "versions/1/rollback", "inbox/conversation/erase"] {
        assert_eq!(editor.post(&format!("/bots/shop/{page}"), &[]).await.status, 403, "{page}");
    }
    console.app.identities().create_user(&"eve".parse().unwrap(), "eve", Grants::none()).await.unwrap();
    let stranger = console.signed_in_as("eve").await;
    assert_eq!(stranger.get("/bots/shop/inbox").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_never_markup() {
    let console = Console::new().await;
    let bot = console.bot().await;
    let intent = some_intent(&bot).await;
    add_examples(&bot, &intent, &[SCRIPT]).await;
    console.train().await;
    console.get("/bots/shop/draft/publish").await.says_not(SCRIPT);
    console.publish("full", SCRIPT).await;
    for said in [SCRIPT, "zzqx <img src=x onerror=alert(1)>"] {
        let body = json!({ "conversation": "c1", "act": { "text": said } });
        let told = console.chat("/bots/shop/live/chat", body).await;
        assert!(told["replies"].is_array(), "{told}");
    }
    let conversation = "/bots/shop/inbox/conversation?id=console%3Aann%3Ac1";
    for page in ["/bots/shop/inbox", "/bots/shop/versions", "/bots/shop/versions/1", conversation] {
        console.get(page).await.says_not(SCRIPT).says_not("<img");
    }
    console.get(conversation).await.says("&#60;script&#62;");
    console.get("/bots/shop/inbox").await.says("&#60;script&#62;");
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_texts_stand_together_and_are_settled_together() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    for number in 0..3 {
        let message = Message::text("xyzzy\0 plugh\r").by_channel("web");
        console.app.reply(&id(), &Place::live(), &format!("customer-{number}"), &message).await.unwrap();
    }
    let turn = console.get("/bots/shop/inbox").await.says("said 3 times").field("turn");
    assert_eq!(console.post("/bots/shop/inbox/dismiss", &[("turn", &turn)]).await.status, 303);
    console.get("/bots/shop/inbox").await.says_not("xyzzy");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_is_served_with_an_anchor_a_code() {
    let console = Console::new().await;
    console.get("/docs/publishing").await.says("id=\"intent_removed\"").says("<table>");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_shows_its_figures_and_plots() {
    let console = Console::new().await;
    let asked = [("language", "en"), ("folds", "2"), ("learning_curve", "yes")];
    let started = console.post("/bots/shop/draft/evaluation", &asked).await;
    assert_eq!(started.status, 303, "{}", started.body);
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = console.get("/bots/shop/draft/evaluation").await;
    page.says("understood rightly")
        .says("Most confused")
        .says("What to do")
        .says("calibration error")
        .says_not(" style=");
    page.says("as bad as 3 refused ones").says("Now it is 0.");
    let job = &console.app.jobs().list(&id()).await.unwrap()[0].id;
    for plot in ["intent_confusion_matrix", "intent_histogram", "calibration", "thresholds", "learning_curve"] {
        page.says(&format!("{job}/{plot}.svg"));
        let plot = console.get(&format!("/bots/shop/draft/evaluation/{job}/{plot}.svg")).await;
        assert!(plot.body.starts_with("<svg") && plot.body.trim_end().ends_with("</svg>"), "{}", plot.body);
    }
    for report in ["intent_report.json", "intent_errors.json", "summary.json", "thresholds.json", "advice.json"] {
        page.says(&format!("download=\"{report}\""));
        let report = console.get(&format!("/bots/shop/draft/evaluation/{job}/{report}")).await;
        assert!(serde_json::from_str::<Value>(&report.body).is_ok(), "{}", report.body);
    }
    let dearer = console.get("/bots/shop/draft/evaluation?cost=20").await;
    dearer.says("as bad as 20 refused ones").says("thresholds.svg?cost=20");
    console.get("/bots/shop/draft/evaluation?cost=dear").await.says("Write a number from 0.01 to 1000");
    assert_eq!(console.get(&format!("/bots/shop/draft/evaluation/{job}/secrets.json")).await.status, 404);
    let refused = console.post("/bots/shop/draft/evaluation", &[("language", "en"), ("folds", "1")]).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_added_connected_changed_and_removed() {
    let console = Console::new().await;
    let channels = "/bots/shop/environments/live/channels";
    console.get("/bots/shop/environments").await.says("There is no channel yet");
    let added = console.post(channels, &[("name", "The site"), ("kind", "web_chat")]).await;
    assert_eq!(added.location, "/bots/shop/environments/live/channels/the_site?done=added");
    console.get(&added.location).await.says("/widget.js").says("&#60;script");

    let hook = [("name", "CRM"), ("kind", "webhook"), ("url", "https://crm.example/in")];
    let shown = console.post(channels, &hook).await;
    assert_eq!(shown.status, 200);
    shown.says("Copy the secret now");
    let bot = console.bot().await;
    let channel = bot.channels(&greenroom_lifecycle::live()).await.unwrap().pop().unwrap();
    let secret = shown.body.split("<pre tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(channel.is_secret(&secret), "{secret}");
    console.get("/bots/shop/environments/live/channels/crm").await.says_not(&secret).says("Make a new secret");

    let wrong = console.post(channels, &[("name", "Bad"), ("kind", "web_chat"), ("colour", "red")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("is not a colour").says("value=\"Bad\"");
    let again = console.post(channels, &[("name", "The site"), ("kind", "web_chat")]).await;
    assert_eq!(again.status, 422);

    let changed = [("name", SCRIPT), ("kind", "web_chat"), ("origins", "https://shop.example")];
    let changed = console.post("/bots/shop/environments/live/channels/the_site", &changed).await;
    assert_eq!(changed.status, 303);
    console.get("/bots/shop/environments").await.says_not(SCRIPT).says("&#60;script&#62;");
    console.post("/bots/shop/environments/live/channels/the_site/remove", &[]).await;
    assert_eq!(bot.channels(&greenroom_lifecycle::live()).await.unwrap().len(), 1);

    let kept = console.post("/bots/shop/environments/live/settings", &[("retention_days", "7")]).await;
    assert_eq!(kept.status, 303);
    let refused = console.post("/bots/shop/environments/live/settings", &[("retention_days", "0")]).await;
    assert_eq!(refused.status, 422);
    let editor = console.with_role("ed", Role::Editor).await;
    assert_eq!(editor.post(channels, &[("name", "x"), ("kind", "web_chat")]).await.status, 403);
    editor.get("/bots/shop/environments").await.says("CRM").says_not("Add the channel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_draft_is_shown_once_and_can_be_revoked() {
    let console = Console::new().await;
    let made = console.post("/bots/shop/environments/previews", &[("name", "Customer"), ("days", "3")]).await;
    let (_, rest) = made.body.split_once("/chat/shop/draft?token=").unwrap();
    let token = rest.split('<').next().unwrap();
    let bot = console.bot().await;
    assert_eq!(bot.draft_preview_of(token).await.unwrap().unwrap().name, "Customer");
    let page = console.get("/bots/shop/environments").await;
    page.says("Customer").says_not(token);
    console.post("/bots/shop/environments/previews/revoke", &[("id", &page.field("id"))]).await;
    assert!(bot.draft_preview_of(token).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_invite_change_and_disable_users() {
    let console = Console::new().await;
    let fields = [("name", "bob"), ("role", "editor"), ("bot", "shop")];
    let link = console.post("/users/invite", &fields).await;
    let secret = link.body.split("/invitation/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invitation = console.app.identities().invitation(&secret).await.unwrap().unwrap();
    assert_eq!(invitation.grants.role_on(&id()), Some(Role::Editor));
    assert_eq!(invitation.grants.server, None);
    console.get("/users").await.says("bob").says_not(&secret);
    assert_eq!(console.post("/users/invite", &[("name", "ann"), ("role", "viewer")]).await.status, 422);

    let vic = console.with_role("vic", Role::Viewer).await;
    let roles = [("server", ""), ("bot.shop", "publisher")];
    assert_eq!(console.post("/users/vic", &roles).await.status, 303);
    assert_eq!(vic.post("/bots/shop/draft/publish", &[("plan", "x")]).await.status, 422);
    assert_eq!(console.post("/users/vic/act", &[("act", "disable")]).await.status, 303);
    assert_eq!(vic.get("/bots/shop/inbox").await.status, 303, "the session of a disabled user still works");

    // A bot's administrator is nobody on the server.
    let admin_of_one = console.with_role("one", Role::Admin).await;
    for page in ["/users", "/users/ann", "/health"] {
        assert_eq!(admin_of_one.get(page).await.status, 403, "{page}");
    }
    let forged = admin_of_one.post("/users/one", &[("server", "admin")]).await;
    assert_eq!(forged.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_keep_their_own_account() {
    let console = Console::new().await;
    let identities = console.app.identities();
    let name = "ann".parse().unwrap();
    let hash = identities.new_password().hash("correct horse battery", &name).unwrap();
    identities.set_password(&name, hash).await.unwrap();
    let console = console.signed_in_as("ann").await;
    let identities = console.app.identities();
    let made = console.post("/account/tokens", &[("label", "deploys"), ("days", "30")]).await;
    let token = made.body.split("<pre tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(identities.by_token(&token).await.unwrap().is_some());
    let page = console.get("/account").await;
    page.says("deploys").says_not(&token);
    // A token must not make itself others.
    let by_token = Request::post("/account/tokens")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(console.send(by_token, "label=more".to_owned()).await.status, 403);
    console.post("/account/tokens/revoke", &[("id", &page.field("id"))]).await;
    assert!(identities.by_token(&token).await.unwrap().is_none());

    let new = "another long sentence";
    let wrong = [("present", "guess guess guess"), ("password", new), ("again", new)];
    assert_eq!(console.post("/account/password", &wrong).await.status, 422);
    let right = [("present", "correct horse battery"), ("password", new), ("again", new)];
    assert_eq!(console.post("/account/password", &right).await.status, 303);
    assert_eq!(console.get("/account").await.status, 303, "an old session survived the new password");
    let check = identities.password_check(&name).await.unwrap();
    assert!(check.verify(new).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_what_was_answered() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "one").await;
    console.chat("/bots/shop/live/chat", json!({ "conversation": "c1", "act": { "text": "hello" } })).await;
    console.get("/health").await.says("states of bots in memory").says("<td>live</td>").says("99 % within");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_in_a_flow_is_drawn_where_states_are_compared() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "The first version").await;
    let plain = console.get("/bots/shop/draft/flows/rent").await;
    plain.says("class=\"flow-drawing\"").says_not("Show what differs from live");

    let bot = console.bot().await;
    let path: PartPath = "flows/rent".parse().unwrap();
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &path).await.unwrap();
    let Document::Flow(mut flow) = document else { panic!("no flow") };
    let start = flow.nodes[&flow.start].clone();
    flow.nodes.insert("brand_new".parse().unwrap(), start);
    bot.put(&path, Document::Flow(flow)).await.unwrap();

    let page = console.get("/bots/shop/draft/flows/rent").await;
    page.says("Show what differs from live").says_not("flow-legend");
    let against = console.get("/bots/shop/draft/flows/rent?against=live").await;
    against.says("flow-legend").says("+ added (1 node,").says("against=live").says("Show the flow alone");
    console.get("/bots/shop/live/flows/rent?against=live").await.says_not("flow-legend");

    let picture = "/bots/shop/versions/drawing.svg?flow=rent&before=live&after=draft";
    for page in ["/bots/shop/versions/compare", "/bots/shop/draft/publish"] {
        console.get(page).await.says(&picture.replace('&', "&#38;"));
    }
    let drawn = console.get(picture).await;
    assert!(drawn.body.starts_with("<svg ") && drawn.body.contains("brand_new"), "{}", drawn.body);
    assert_eq!(console.get("/bots/shop/versions/drawing.svg?flow=none&before=live&after=draft").await.status, 404);
    assert_eq!(console.get("/bots/shop/versions/drawing.svg?flow=rent&before=9&after=draft").await.status, 404);
}
