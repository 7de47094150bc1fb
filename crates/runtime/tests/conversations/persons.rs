//! What is kept of people: without what must not be written down, for them to
//! have, and gone when they want.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenroom_runtime::{Message, Place, Runtime};
use greenroom_store::{Key, Store};
use greenroom_store_sqlite::SqliteStore;
use jiff::Timestamp;

use super::desk::{Till, fill, runtime, say, shop, store};

#[tokio::test]
async fn sensitive_values_are_said_and_repeated_but_never_written_into_the_transcript() {
    let store = store().await;
    let runtime = runtime(store.clone(), Till::paying());
    say(&runtime, "a", Message::button("card")).await;
    let card = Message::text("it is 4711-0815").with_id("m1");
    assert_eq!(say(&runtime, "a", card.clone()).await, ["paid by it is 4711-0815"]);
    assert_eq!(say(&runtime, "a", card).await, ["paid by it is 4711-0815"], "a repetition says what was said");
    let turns = store.records(&Key::new("bots/shop/turns").unwrap(), None, 100).await.unwrap();
    assert_eq!(turns.len(), 2);
    for turn in turns {
        assert!(!String::from_utf8_lossy(&turn.value).contains("4711"), "{:?}", turn.value);
    }
}

/// A dialogue of two people in three conversations.
async fn dialogue(runtime: &Runtime) {
    for (conversation, person, text) in [("a", "ann", "x"), ("b", "ann", "y"), ("c", "bob", "z")] {
        say(runtime, conversation, Message::text(text).of_person(person)).await;
        say(runtime, conversation, Message::button("nickname").of_person(person)).await;
        // Who it is need not be said each time.
        say(runtime, conversation, Message::text(format!("{person}ie"))).await;
    }
}

#[tokio::test]
async fn a_person_gets_all_that_is_known_of_them_and_nothing_of_others() {
    let runtime = runtime(store().await, Till::paying());
    dialogue(&runtime).await;
    let export = runtime.export_person(&shop(), &Place::Draft, "ann").await.unwrap();
    let mut conversations: Vec<_> = export.conversations.iter().map(|each| each.conversation.as_str()).collect();
    conversations.sort_unstable();
    assert_eq!(conversations, ["a", "b"]);
    assert_eq!(export.kept.len(), 1);
    assert!(export.conversations.iter().all(|each| each.turns.len() >= 2 && !each.variables.is_empty()));
    let text = serde_json::to_string(&export).unwrap();
    assert!(text.contains("annie") && !text.contains("bob"), "{text}");
}

#[tokio::test]
async fn erasing_a_person_leaves_nothing_of_them_and_all_of_the_others() {
    let store = store().await;
    let runtime = runtime(store.clone(), Till::paying());
    dialogue(&runtime).await;
    assert!(runtime.erase_person(&shop(), &Place::Draft, "ann").await.unwrap() >= 4);
    let all = store.records(&Key::new("bots/shop").unwrap(), None, 10_000).await.unwrap();
    assert!(all.iter().all(|record| !String::from_utf8_lossy(&record.value).contains("ann")));
    let bob = runtime.export_person(&shop(), &Place::Draft, "bob").await.unwrap();
    assert_eq!(bob.conversations[0].turns.len(), 3);
    assert_eq!(say(&runtime, "d", Message::button("nickname").of_person("ann")).await, ["who?"]);
}

/// Whether a text stands in one of the files of a folder.
fn is_found(text: &str, folder: &std::path::Path) -> bool {
    let files = std::fs::read_dir(folder).unwrap();
    let mut contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    contents.any(|content| content.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[tokio::test]
async fn erasing_a_person_leaves_nothing_of_them_in_the_files_of_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("greenroom.db")).await.unwrap());
    fill(store.clone()).await;
    let runtime = runtime(store.clone(), Till::paying());
    dialogue(&runtime).await;
    let long = format!("{} anniversary {}", "x".repeat(6_000), "y".repeat(2_000));
    say(&runtime, "a", Message::text(long).with_id("m1")).await;
    assert!(is_found("annie", folder.path()) && is_found("anniversary", folder.path()));
    runtime.erase_person(&shop(), &Place::Draft, "ann").await.unwrap();
    assert!(!is_found("ann", folder.path()), "her name, her words, what was said to her");
    assert!(is_found("bobie", folder.path()), "of others all is there");
}

#[tokio::test]
async fn what_flows_keep_of_a_person_comes_with_their_next_conversation() {
    let clock = Arc::new(AtomicI64::new(1_000));
    let now = clock.clone();
    let runtime = runtime(store().await, Till::paying())
        .with_clock(Arc::new(move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap()));
    dialogue(&runtime).await;
    assert_eq!(say(&runtime, "d", Message::button("nickname").of_person("bob")).await, ["hi bobie"]);
    assert_eq!(say(&runtime, "e", Message::button("nickname").of_person("eve")).await, ["who?"]);
    say(&runtime, "f", Message::button("nickname")).await;
    say(&runtime, "f", Message::text("anon")).await;
    clock.store(1_000_000, Ordering::Relaxed);
    assert_eq!(say(&runtime, "f", Message::button("nickname")).await, ["hi anon"], "who goes on is who began");
}

#[tokio::test]
async fn the_state_of_old_conversations_is_thrown_away_and_of_others_not() {
    let clock = Arc::new(AtomicI64::new(1_000));
    let now = clock.clone();
    let runtime = runtime(store().await, Till::paying())
        .with_clock(Arc::new(move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap()));
    say(&runtime, "old", Message::text("x").of_person("ann")).await;
    say(&runtime, "waiting", Message::button("remind")).await;
    clock.store(2_000, Ordering::Relaxed);
    say(&runtime, "new", Message::text("x").of_person("ann")).await;
    let before = Timestamp::from_second(1_500).unwrap();
    assert_eq!(runtime.sweep_sessions(&shop(), &Place::Draft, before).await.unwrap(), 1);
    let left = runtime.conversations_of_person(&shop(), &Place::Draft, "ann").await.unwrap();
    assert_eq!(left, ["new"]);
    assert_eq!(say(&runtime, "new", Message::text("x")).await, ["heard 2"]);
    assert_eq!(say(&runtime, "old", Message::text("x")).await, ["heard 1"]);
}
