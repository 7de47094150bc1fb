//! What was said is kept, found, settled, erased and swept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenroom_lifecycle::{Lifecycle, PlanRequest};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Document};
use greenroom_runtime::{Message, Place, Runtime, StoredInput};
use greenroom_store::MemoryStore;
use jiff::Timestamp;

const FLOW: &str = r#"{
  "name": "Start", "start": "hello",
  "triggers": [{"system": "not_understood"}],
  "nodes": {"hello": {"message": {"text": {"en": "hello"}}}}
}"#;

/// A runtime on a bot that is live, and its clock in seconds.
async fn runtime() -> (Runtime, BotId, Arc<AtomicI64>) {
    let store = Arc::new(MemoryStore::new());
    let id: BotId = "shop".parse().unwrap();
    let bot = Lifecycle::new(store.clone()).create(&id, Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    let path = "flows/start".parse().unwrap();
    bot.put(&path, Document::from_json(&path, FLOW.as_bytes()).unwrap()).await.unwrap();
    bot.publish(&bot.plan(&PlanRequest::full("first")).await.unwrap()).await.unwrap();
    let seconds = Arc::new(AtomicI64::new(1_000));
    let clock = seconds.clone();
    let now = move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap();
    (Runtime::new(store).with_clock(Arc::new(now)), id, seconds)
}

#[tokio::test]
async fn turns_are_kept_newest_first_with_what_was_said() {
    let (runtime, bot, seconds) = runtime().await;
    let live = Place::live();
    for (second, text) in [(1_000, "one"), (1_001, "two"), (1_001, "three")] {
        seconds.store(second, Ordering::Relaxed);
        runtime.reply(&bot, &live, "a", &Message::text(text).by_channel("web")).await.unwrap();
    }
    runtime.reply(&bot, &live, "b/ü", &Message::text("four")).await.unwrap();
    let turns = runtime.turns(&bot, &live, None, 10).await.unwrap();
    // Two turns of one conversation in one tick of the clock are two turns.
    assert_eq!(turns.len(), 4);
    assert_eq!(turns[3].input, StoredInput::Text("one".into()));
    assert_eq!(turns[3].channel.as_deref(), Some("web"));
    assert_eq!(turns[3].replies[0].text, "hello");
    assert!(turns[3].open && turns[3].version.is_some());
    let page = runtime.turns(&bot, &live, Some(&turns[2].id), 10).await.unwrap();
    assert_eq!(page, turns[3..]);
    let own = runtime.conversation(&bot, &live, "b/ü", None, 10).await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!(runtime.conversation(&bot, &live, "a", None, 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_said_to_the_draft_does_not_stand_among_live() {
    let (runtime, bot, _) = runtime().await;
    runtime.reply(&bot, &Place::Draft, "a", &Message::text("psst")).await.unwrap();
    assert!(runtime.turns(&bot, &Place::live(), None, 10).await.unwrap().is_empty());
    assert_eq!(runtime.turns(&bot, &Place::Draft, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_settled_turn_leaves_the_inbox_once_and_stays_in_the_transcript() {
    let (runtime, bot, _) = runtime().await;
    let live = Place::live();
    let answer = runtime.reply(&bot, &live, "a", &Message::text("one")).await.unwrap();
    assert!(runtime.settle(&bot, &live, &answer.turn).await.unwrap());
    assert!(!runtime.settle(&bot, &live, &answer.turn).await.unwrap());
    let turns = runtime.turns(&bot, &live, None, 10).await.unwrap();
    assert!(!turns[0].open && turns.len() == 1);
}

#[tokio::test]
async fn erasing_leaves_nothing_of_a_conversation_and_all_of_the_others() {
    let (runtime, bot, seconds) = runtime().await;
    let live = Place::live();
    for second in 0..450 {
        seconds.store(second, Ordering::Relaxed);
        runtime.reply(&bot, &live, "a", &Message::text("mine")).await.unwrap();
    }
    runtime.reply(&bot, &live, "b", &Message::text("yours")).await.unwrap();
    assert_eq!(runtime.erase(&bot, &live, "a").await.unwrap(), 450);
    assert!(runtime.conversation(&bot, &live, "a", None, 10).await.unwrap().is_empty());
    let turns = runtime.turns(&bot, &live, None, 1_000).await.unwrap();
    assert_eq!(turns.iter().map(|turn| turn.conversation.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn sweeping_takes_what_is_older_and_nothing_else() {
    let (runtime, bot, seconds) = runtime().await;
    let live = Place::live();
    for second in 0..10 {
        seconds.store(second, Ordering::Relaxed);
        runtime.reply(&bot, &live, &format!("c{}", second % 2), &Message::text("x")).await.unwrap();
    }
    assert_eq!(runtime.sweep(&bot, &live, Timestamp::from_second(4).unwrap()).await.unwrap(), 4);
    let left: Vec<i64> =
        runtime.turns(&bot, &live, None, 100).await.unwrap().iter().map(|turn| turn.time.as_second()).collect();
    assert_eq!(left, [9, 8, 7, 6, 5, 4]);
    assert_eq!(runtime.conversation(&bot, &live, "c0", None, 100).await.unwrap().len(), 3);
}
