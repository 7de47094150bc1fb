//! Conversations with live go on while publishes swap it: no turn mixes
//! versions, none is lost.
//!
//! `cargo xtask soak live-swaps` keeps 2,000 conversations open and publishes 100 times, and prints
//! how long answers took before and meanwhile.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use greenroom::lifecycle::{Bot, Lifecycle, PartEdit, PlanRequest, live};
use greenroom::model::document::{Examples, Intent, OpenSessions, SessionSettings, Settings};
use greenroom::model::{Document, PartPath};
use greenroom::runtime::{Message, Place, Runtime};
use greenroom::store::{MemoryStore, Store};
use greenroom::store_sqlite::SqliteStore;

/// How many at once ask for an answer.
const CUSTOMERS: usize = 4;

/// How many conversations are open, and how often live is swapped.
fn extent() -> (usize, usize) {
    match std::env::var("GREENROOM_SOAK_CASES") {
        Ok(conversations) => (conversations.parse().unwrap(), 100),
        Err(_) => (8, 30),
    }
}

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

/// Asks once in a conversation: the edition that answered, and how long it took.
async fn ask(runtime: &Runtime, bot: &Bot, conversation: usize) -> (usize, Duration) {
    let asked = Instant::now();
    let message = Message::text("hello there");
    let answer = runtime.reply(bot.id(), &Place::live(), &format!("customer-{conversation}"), &message).await.unwrap();
    let took = asked.elapsed();
    let texts: Vec<String> = answer.replies.into_iter().map(|reply| reply.text).collect();
    let editions = editions(&texts);
    assert_eq!(editions.len(), 2, "a turn says both texts: {texts:?}");
    assert_eq!(editions[0], editions[1], "a turn is of one version: {texts:?}");
    (editions[0], took)
}

/// What a customer has seen: the editions of each of its conversations, and how long answers took
/// before the first publish and since.
#[derive(Default)]
struct Seen {
    editions: Vec<Vec<usize>>,
    before: Vec<Duration>,
    meanwhile: Vec<Duration>,
}

fn percentile(mut took: Vec<Duration>, share: f64) -> Duration {
    took.sort_unstable();
    took[(took.len() as f64 * share) as usize]
}

async fn swaps(store: Arc<dyn Store>, on_publish: OpenSessions) {
    let (conversations, publishes) = extent();
    let bot = Arc::new(first_edition(store.clone(), on_publish).await);
    let runtime = Arc::new(Runtime::new(store));
    let done = Arc::new(AtomicBool::new(false));
    let opened = Arc::new(tokio::sync::Barrier::new(CUSTOMERS + 1));
    let mut customers = Vec::new();
    for customer in 0..CUSTOMERS {
        let (runtime, bot, done, opened) = (runtime.clone(), bot.clone(), done.clone(), opened.clone());
        customers.push(tokio::spawn(async move {
            let own: Vec<usize> = (0..conversations).filter(|number| number % CUSTOMERS == customer).collect();
            let mut seen = Seen { editions: vec![Vec::new(); own.len()], ..Seen::default() };
            for round in 0.. {
                if round == 2 {
                    opened.wait().await;
                }
                let is_last = done.load(Ordering::Relaxed);
                for (&conversation, editions) in own.iter().zip(&mut seen.editions) {
                    let (edition, took) = ask(&runtime, &bot, conversation).await;
                    editions.push(edition);
                    match round {
                        0 => {}
                        1 => seen.before.push(took),
                        _ => seen.meanwhile.push(took),
                    }
                    tokio::task::yield_now().await;
                }
                if is_last {
                    break;
                }
            }
            seen
        }));
    }
    opened.wait().await;
    for number in 1..=publishes {
        bot.edit(&edition(number)).await.unwrap();
        publish(&bot).await;
    }
    done.store(true, Ordering::Relaxed);
    let (mut before, mut meanwhile) = (Vec::new(), Vec::new());
    for customer in customers {
        let seen = customer.await.unwrap();
        before.extend(seen.before);
        meanwhile.extend(seen.meanwhile);
        for seen in seen.editions {
            assert!(seen.is_sorted(), "a conversation never goes back: {seen:?}");
            match on_publish {
                OpenSessions::Pin => assert!(seen.iter().all(|edition| *edition == seen[0]), "{seen:?}"),
                OpenSessions::Migrate | OpenSessions::Reset => assert_eq!(seen.last(), Some(&publishes)),
            }
        }
    }
    println!(
        "{on_publish:?}: {conversations} conversations, {publishes} publishes, {} answers meanwhile; \
         p50 {:?}, p99 {:?} before; p50 {:?}, p99 {:?} meanwhile",
        meanwhile.len(),
        percentile(before.clone(), 0.5),
        percentile(before, 0.99),
        percentile(meanwhile.clone(), 0.5),
        percentile(meanwhile, 0.99),
    );
    let fresh = runtime.reply(bot.id(), &Place::live(), "late", &Message::text("hello there")).await.unwrap();
    assert_eq!(fresh.replies[0].text, format!("one {publishes}"));
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
