//! Conversations with live go on while publishes swap it: no turn mixes
//! versions, none is lost.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use greenroom::lifecycle::{Bot, Lifecycle, PartEdit, PlanRequest, live};
use greenroom::model::document::{Examples, Intent, OpenSessions, SessionSettings, Settings};
use greenroom::model::{Document, PartPath};
use greenroom::runtime::{Message, Place, Runtime};
use greenroom::store::{MemoryStore, Store};
use greenroom::store_sqlite::SqliteStore;

const PUBLISHES: usize = 50;

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

/// Every text of this version names it, in two flows that one turn walks through.
fn edition(number: usize) -> Vec<PartEdit> {
    let first = format!(
        r#"{{"name":"First","start":"a","triggers":[{{"intent":"hello"}}],"nodes":{{
            "a":{{"message":{{"text":{{"en":"one {number}"}},"next":"b"}}}},
            "b":{{"jump":{{"to":{{"flow":"second"}}}}}}}}}}"#
    );
    let second =
        format!(r#"{{"name":"Second","start":"a","nodes":{{"a":{{"message":{{"text":{{"en":"two {number}"}}}}}}}}}}"#);
    [("flows/first", first), ("flows/second", second)]
        .map(|(at, json)| PartEdit::put(path(at), Document::from_json(&path(at), json.as_bytes()).unwrap()))
        .into()
}

async fn first_edition(store: Arc<dyn Store>, on_publish: OpenSessions) -> Bot {
    let sessions = SessionSettings { on_publish, ..SessionSettings::default() };
    let settings = Settings { sessions, ..Settings::new("Swap", "en".parse().unwrap()) };
    let bot = Lifecycle::new(store).acting_as("ann").create(&"swap".parse().unwrap(), settings).await.unwrap();
    let mut edits = edition(0);
    edits.push(PartEdit::put(path("nlp/intents/hello"), Document::Intent(Intent::new("hello"))));
    edits.push(PartEdit::put(path("nlp/intents/bye"), Document::Intent(Intent::new("bye"))));
    let hello = Examples::of(["hello", "hello there", "good evening"]);
    let bye = Examples::of(["goodbye", "see you later", "farewell"]);
    edits.push(PartEdit::put(path("nlp/examples/en/hello"), Document::Examples(hello)));
    edits.push(PartEdit::put(path("nlp/examples/en/bye"), Document::Examples(bye)));
    bot.edit(&edits).await.unwrap();
    bot.train(&Default::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
    publish(&bot).await;
    bot
}

async fn publish(bot: &Bot) {
    let plan = bot.plan(&PlanRequest::full("edition")).await.unwrap();
    bot.publish(&plan).await.unwrap();
}

/// The editions that the replies of one turn name.
fn editions(texts: &[String]) -> Vec<usize> {
    texts.iter().map(|text| text.split(' ').next_back().unwrap().parse().unwrap()).collect()
}

async fn swaps(store: Arc<dyn Store>, on_publish: OpenSessions) {
    let bot = first_edition(store.clone(), on_publish).await;
    let runtime = Arc::new(Runtime::new(store));
    let done = Arc::new(AtomicBool::new(false));
    let mut customers = Vec::new();
    for customer in 0..4 {
        let (runtime, done, id) = (runtime.clone(), done.clone(), bot.id().clone());
        customers.push(tokio::spawn(async move {
            let mut seen = Vec::new();
            let conversation = format!("customer-{customer}");
            let mut last = false;
            loop {
                let message = Message::text("hello there");
                let answer = runtime.reply(&id, &Place::live(), &conversation, &message).await.unwrap();
                let texts: Vec<String> = answer.replies.into_iter().map(|reply| reply.text).collect();
                let editions = editions(&texts);
                assert_eq!(editions.len(), 2, "a turn says both texts: {texts:?}");
                assert_eq!(editions[0], editions[1], "a turn is of one version: {texts:?}");
                seen.push(editions[0]);
                if last {
                    return seen;
                }
                last = done.load(Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        }));
    }
    for number in 1..=PUBLISHES {
        bot.edit(&edition(number)).await.unwrap();
        publish(&bot).await;
    }
    done.store(true, Ordering::Relaxed);
    for customer in customers {
        let seen = customer.await.unwrap();
        assert!(seen.is_sorted(), "a conversation never goes back: {seen:?}");
        match on_publish {
            OpenSessions::Pin => assert!(seen.iter().all(|edition| *edition == seen[0]), "{seen:?}"),
            OpenSessions::Migrate | OpenSessions::Reset => assert_eq!(seen.last(), Some(&PUBLISHES)),
        }
    }
    let fresh = runtime.reply(bot.id(), &Place::live(), "late", &Message::text("hello there")).await.unwrap();
    assert_eq!(fresh.replies[0].text, format!("one {PUBLISHES}"));
    if on_publish == OpenSessions::Pin {
        bot.rollback(&live(), 1).await.unwrap();
        let back = runtime.reply(bot.id(), &Place::live(), "late", &Message::text("hello there")).await.unwrap();
        assert_eq!(back.replies[0].text, "one 0", "a rollback takes pinned conversations along");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pinned_conversations_stay_on_their_version_in_memory() {
    swaps(Arc::new(MemoryStore::new()), OpenSessions::Pin).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrating_conversations_follow_in_memory() {
    swaps(Arc::new(MemoryStore::new()), OpenSessions::Migrate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pinned_conversations_stay_on_their_version_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    swaps(Arc::new(SqliteStore::open(folder.path().join("store.db")).await.unwrap()), OpenSessions::Pin).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrating_conversations_follow_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    swaps(Arc::new(SqliteStore::open(folder.path().join("store.db")).await.unwrap()), OpenSessions::Migrate).await;
}
