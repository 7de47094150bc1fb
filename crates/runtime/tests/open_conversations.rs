//! What a plan tells of open conversations, as the runtime stores them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenroom_lifecycle::{Clock, Lifecycle, PlanRequest};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document, PartPath};
use greenroom_runtime::{Message, Place, Runtime};
use greenroom_store::MemoryStore;
use jiff::Timestamp;

fn asking(node: &str) -> Document {
    let json = format!(
        r#"{{ "name": "Start", "start": "{node}", "triggers": [{{ "system": "not_understood" }}],
        "nodes": {{ "{node}": {{ "input": {{ "variable": "size", "ask": {{ "text": {{ "en": "Which size?" }} }} }} }} }} }}"#
    );
    Document::from_json(&path("flows/start"), json.as_bytes()).unwrap()
}

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_plan_counts_the_conversations_at_a_node_that_would_be_gone() {
    let store = Arc::new(MemoryStore::new());
    let seconds = Arc::new(AtomicI64::new(1_000));
    let told = seconds.clone();
    let clock: Clock = Arc::new(move || Timestamp::from_second(told.load(Ordering::Relaxed)).unwrap());
    let id: BotId = "shop".parse().unwrap();
    let lifecycle = Lifecycle::new(store.clone()).with_clock(clock.clone());
    let bot = lifecycle.create(&id, Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    let size = Document::from_json(&path("flows/variables/size"), br#"{ "name": "Size" }"#).unwrap();
    bot.put(&path("flows/variables/size"), size).await.unwrap();
    bot.put(&path("flows/start"), asking("ask")).await.unwrap();
    bot.publish(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
    let runtime = Runtime::new(store).with_clock(clock);
    for customer in ["a", "b"] {
        runtime.reply(&id, &Place::live(), customer, &Message::text("hello")).await.unwrap();
    }
    bot.put(&path("flows/start"), asking("ask_anew")).await.unwrap();
    let affected = async || -> Vec<String> {
        let plan = bot.plan(&PlanRequest::full("second")).await.unwrap();
        let affected = plan.findings().iter().filter(|finding| finding.code.as_str() == "sessions_affected");
        affected.map(|finding| finding.message.clone()).collect()
    };
    let found = affected().await;
    assert!(found.len() == 1 && found[0].starts_with("2 open conversations wait at `flows/start#ask`"), "{found:?}");
    // Conversations that have ended wait nowhere.
    seconds.fetch_add(31 * 60, Ordering::Relaxed);
    assert!(affected().await.is_empty());
}
