//! A message with an id is heard once, however often it comes.

use std::sync::Arc;

use greenroom_runtime::{Message, Place};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::desk::{Till, pay, runtime, say, shop, store};

#[tokio::test]
async fn a_message_sent_again_gets_the_same_replies_and_is_heard_once() {
    let runtime = runtime(store().await, Till::paying());
    let message = Message::text("one").with_id("m1");
    let first = runtime.reply(&shop(), &Place::Draft, "a", &message).await.unwrap();
    assert_eq!(say(&runtime, "a", Message::text("two").with_id("m2")).await, ["heard 2"]);
    let again = runtime.reply(&shop(), &Place::Draft, "a", &message).await.unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!((&again.replies, &again.turn), (&first.replies, &first.turn));
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 2);
    assert_eq!(say(&runtime, "a", Message::text("three").with_id("m3")).await, ["heard 3"]);
}

#[tokio::test]
async fn ids_are_those_of_their_conversation_and_without_one_each_is_heard() {
    let runtime = runtime(store().await, Till::paying());
    let message = Message::text("same").with_id("m");
    assert_eq!(say(&runtime, "a", message.clone()).await, ["heard 1"]);
    assert_eq!(say(&runtime, "b", message).await, ["heard 1"]);
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 2);
    let unnamed = Message::text("same");
    assert_eq!(say(&runtime, "a", unnamed.clone()).await, ["heard 2"]);
    assert_eq!(say(&runtime, "a", unnamed).await, ["heard 3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_message_sent_many_times_at_once_to_two_processes_is_heard_once_and_paid_once() {
    let (store, till) = (store().await, Till::paying());
    let processes = [runtime(store.clone(), till.clone()), runtime(store.clone(), till.clone())];
    let mut answers = JoinSet::new();
    for number in 0..20 {
        let runtime = processes[number % 2].clone();
        answers.spawn(async move { say(&runtime, "a", pay().with_id("m")).await });
    }
    while let Some(answer) = answers.join_next().await {
        assert_eq!(answer.unwrap(), ["one moment", "paid"]);
    }
    assert_eq!(till.calls(), 1);
    assert_eq!(say(&processes[0], "a", Message::text("and?")).await, ["heard 2"]);
}

#[tokio::test]
async fn a_message_of_a_conversation_that_has_ended_since_is_not_heard_again() {
    let clock = Arc::new(std::sync::atomic::AtomicI64::new(1_000));
    let now = clock.clone();
    let runtime = runtime(store().await, Till::paying())
        .with_clock(Arc::new(move || Timestamp::from_second(now.load(std::sync::atomic::Ordering::Relaxed)).unwrap()));
    let message = Message::text("one").with_id("m1");
    assert_eq!(say(&runtime, "a", message.clone()).await, ["heard 1"]);
    clock.store(100_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(say(&runtime, "a", Message::text("two").with_id("m2")).await, ["heard 1"], "it begins anew");
    assert_eq!(say(&runtime, "a", message).await, ["heard 1"]);
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn events_in_one_tick_of_the_clock_are_turns_of_their_own() {
    let runtime = runtime(store().await, Till::paying());
    for _ in 0..3 {
        runtime.reply(&shop(), &Place::Draft, "a", &Message::start()).await.unwrap();
    }
    assert_eq!(runtime.turns(&shop(), &Place::Draft, None, 10).await.unwrap().len(), 3);
}
