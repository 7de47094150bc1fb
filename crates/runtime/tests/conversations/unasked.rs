//! What happens when nobody has asked: times that end, events, handovers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use greenroom_bot::UserInput;
use greenroom_runtime::{Happening, Message, Notice, Observer, Place, Runtime};
use greenroom_store::{Key, MemoryStore, Store};
use jiff::Timestamp;

use super::desk::{Dying, Till, runtime, say, shop, store};

/// A runtime whose clock the test sets.
fn clocked(store: Arc<dyn Store>, clock: &Arc<AtomicI64>) -> Runtime {
    let now = clock.clone();
    let now = move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap();
    runtime(store, Till::paying()).with_clock(Arc::new(now))
}

async fn waiting() -> (Arc<MemoryStore>, Arc<AtomicI64>, Runtime) {
    let (store, clock) = (store().await, Arc::new(AtomicI64::new(1_000)));
    let runtime = clocked(store.clone(), &clock);
    assert!(say(&runtime, "a", Message::button("remind")).await.is_empty());
    (store, clock, runtime)
}

async fn timers(store: &MemoryStore) -> usize {
    store.records(&Key::new("timers").unwrap(), None, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_time_that_ends_is_heard_once_and_said_with_the_next_answer() {
    let (store, clock, runtime) = waiting().await;
    clock.store(8_199, Ordering::Relaxed);
    assert_eq!(runtime.ring_due_timers().await.unwrap(), 0);
    clock.store(8_200, Ordering::Relaxed);
    let other = clocked(store.clone(), &clock);
    let (one, two) = tokio::join!(runtime.ring_due_timers(), other.ring_due_timers());
    assert!(one.unwrap() + two.unwrap() >= 1);
    assert_eq!((runtime.ring_due_timers().await.unwrap(), timers(&store).await), (0, 0));
    assert_eq!(say(&runtime, "a", Message::text("hello")).await, ["still there?", "heard 1"]);
    assert_eq!(say(&runtime, "a", Message::text("hello")).await, ["heard 2"]);
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_channel_that_brings_what_was_said_takes_it_once() {
    let (_, clock, runtime) = waiting().await;
    clock.store(10_000, Ordering::Relaxed);
    runtime.ring_due_timers().await.unwrap();
    let unsaid = runtime.take_unsaid(&shop(), &Place::Draft, "a").await.unwrap();
    assert_eq!(unsaid.iter().map(|reply| reply.text.as_str()).collect::<Vec<_>>(), ["still there?"]);
    assert!(runtime.take_unsaid(&shop(), &Place::Draft, "a").await.unwrap().is_empty());
    assert_eq!(say(&runtime, "a", Message::text("hello")).await, ["heard 1"]);
}

#[tokio::test]
async fn a_time_that_nothing_waits_for_any_more_has_no_effect() {
    let (store, clock, runtime) = waiting().await;
    assert_eq!(say(&runtime, "a", Message::event("paid".parse().unwrap())).await, ["thanks"]);
    say(&runtime, "b", Message::button("remind")).await;
    runtime.forget(&shop(), &Place::Draft, "b").await.unwrap();
    clock.store(1_000_000, Ordering::Relaxed);
    assert_eq!(runtime.ring_due_timers().await.unwrap(), 2);
    assert_eq!(timers(&store).await, 0);
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_process_that_ends_while_it_rings_rings_once() {
    for commits in 0..2 {
        let (store, clock, _) = waiting().await;
        clock.store(8_200, Ordering::Relaxed);
        let dying = clocked(Dying::after(store.clone(), commits, true), &clock);
        let _ended = dying.ring_due_timers().await;
        let alive = clocked(store.clone(), &clock);
        alive.ring_due_timers().await.unwrap();
        assert_eq!(timers(&store).await, 0);
        assert_eq!(say(&alive, "a", Message::text("hello")).await, ["still there?", "heard 1"], "{commits}");
    }
}

/// Remembers what it is told.
#[derive(Default)]
struct Ear(Mutex<Vec<Notice>>);

#[async_trait]
impl Observer for Ear {
    async fn notice(&self, notice: Notice) {
        self.0.lock().unwrap().push(notice);
    }
}

impl Ear {
    async fn heard(&self, count: usize) -> Vec<Happening> {
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        let notices: Vec<_> = self.0.lock().unwrap().drain(..).map(|notice| notice.what).collect();
        assert_eq!(notices.len(), count, "{notices:?}");
        notices
    }
}

#[tokio::test]
async fn the_host_hears_of_events_handovers_and_what_is_said_unasked() {
    let (store, clock, _) = waiting().await;
    let ear = Arc::new(Ear::default());
    let runtime = clocked(store, &clock).with_observer(ear.clone());
    say(&runtime, "b", Message::text("hello")).await;
    assert_eq!(say(&runtime, "b", Message::button("person")).await, ["one moment"]);
    let [Happening::Event { event, data }, Happening::Handover { handover, transcript }] = &ear.heard(2).await[..]
    else {
        panic!("not what happened")
    };
    assert_eq!((event.as_str(), &data["by"]), ("wanted", &1.into()));
    assert_eq!((handover.to.as_deref(), transcript.len()), (Some("sales"), 2));
    assert!(say(&runtime, "b", Message::text("hello?")).await.is_empty(), "the bot is silent");
    say(&runtime, "b", Message::new(UserInput::Resume)).await;
    assert_eq!(say(&runtime, "b", Message::text("hello?")).await, ["heard 2"]);
    clock.store(8_200, Ordering::Relaxed);
    runtime.ring_due_timers().await.unwrap();
    let [Happening::Said { replies }] = &ear.heard(1).await[..] else { panic!("not what happened") };
    assert_eq!(replies[0].text, "still there?");
}
