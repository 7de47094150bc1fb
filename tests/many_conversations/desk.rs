//! A bot that counts what it hears, pays each time, and says what it heard.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use greenroom::lifecycle::{Lifecycle, PartEdit, PlanRequest};
use greenroom::model::document::{Examples, Intent, Settings};
use greenroom::model::{BotId, Document};
use greenroom::store_sqlite::SqliteStore;

const PARTS: &[(&str, &str)] = &[
    ("flows/variables/heard", r#"{"name": "heard", "type": "number", "default": 0}"#),
    ("flows/variables/said", r#"{"name": "said"}"#),
    ("flows/handlers/pay", r#"{"name": "pay"}"#),
    (
        "flows/count",
        r#"{"name": "Count", "start": "note", "triggers": [{"button": "count"}], "nodes": {
            "note": {"action": {"set": {"heard": "{{ heard + 1 }}"}, "call": "pay", "next": "ask", "on_error": "ask"}},
            "ask": {"input": {"variable": "said", "ask": {"text": {"en": "{{ heard }} {{ said }}"}}, "next": "note"}}}}"#,
    ),
    (
        "flows/hello",
        r#"{"name": "Hello", "start": "say", "triggers": [{"button": "hello"}], "nodes": {
            "say": {"message": {"text": {"en": "hello there"}}}}}"#,
    ),
];

pub(crate) fn shop() -> BotId {
    "shop".parse().unwrap()
}

/// What starts a flow by whatever is said.
const ANYTHING: &str = r#"{"intent": "hello"}, {"intent": "bye"}, {"system": "not_understood"}"#;

/// Publishes the bot in a new store: whatever is said starts this flow, `count` or `hello`.
pub(crate) async fn open_shop(path: &Path, flow: &str) -> Arc<SqliteStore> {
    let store = Arc::new(SqliteStore::open(path).await.unwrap());
    let settings = Settings::new("Shop", "en".parse().unwrap());
    let bot = Lifecycle::new(store.clone()).acting_as("ann").create(&shop(), settings).await.unwrap();
    let mut edits: Vec<PartEdit> = PARTS
        .iter()
        .map(|(path, json)| {
            let path = path.parse().unwrap();
            let starts = json.replace(&format!(r#"{{"button": "{flow}"}}"#), ANYTHING);
            let document = Document::from_json(&path, starts.as_bytes()).unwrap();
            PartEdit::put(path, document)
        })
        .collect();
    for (intent, examples) in [
        ("hello", ["hello", "hello there", "good evening", "hi you"]),
        ("bye", ["goodbye", "see you later", "farewell", "until next time"]),
    ] {
        let path = |text: String| text.parse().unwrap();
        edits.push(PartEdit::put(path(format!("nlp/intents/{intent}")), Document::Intent(Intent::new(intent))));
        let examples = Document::Examples(Examples::of(examples));
        edits.push(PartEdit::put(path(format!("nlp/examples/en/{intent}")), examples));
    }
    bot.edit(&edits).await.unwrap();
    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    bot.publish(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
    store
}
