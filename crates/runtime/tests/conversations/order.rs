//! Turns of one conversation come one after another, those of others beside them.

use greenroom_runtime::{Message, Place};
use tokio::task::JoinSet;

use super::desk::{Till, pay, runtime, say, shop, store};

#[tokio::test]
async fn while_a_handler_works_its_conversation_waits_in_order_and_others_go_on() {
    let (store, till) = (store().await, Till::closed());
    let runtime = runtime(store, till.clone());
    let mut waiting = Vec::new();
    for message in [pay(), Message::text("b"), Message::text("c")] {
        let own = runtime.clone();
        waiting.push(tokio::spawn(async move { say(&own, "a", message).await }));
        // On the one thread of this test each gets as far as it can before the next is sent.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(say(&runtime, "other", Message::text("hello")).await, ["heard 1"]);
    assert!(waiting.iter().all(|answer| !answer.is_finished()));
    till.open.add_permits(1);
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap().join(", "));
    }
    assert_eq!(answers, ["one moment, paid", "heard 2", "heard 3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_messages_at_once_by_two_processes_are_each_heard_once() {
    let (store, till) = (store().await, Till::paying());
    let processes = [runtime(store.clone(), till.clone()), runtime(store, till.clone())];
    let mut answers = JoinSet::new();
    for number in 0..60 {
        let runtime = processes[number % 2].clone();
        let message = if number % 10 == 0 { pay() } else { Message::text("x") };
        answers.spawn(async move { say(&runtime, "a", message).await.join(", ") });
    }
    let answers = answers.join_all().await;
    let mut heard: Vec<usize> =
        answers.iter().filter_map(|answer| answer.strip_prefix("heard ")?.parse().ok()).collect();
    heard.sort_unstable();
    heard.dedup();
    assert_eq!((heard.len(), till.calls()), (54, 6));
    assert_eq!(answers.iter().filter(|answer| *answer == "one moment, paid").count(), 6);
    assert_eq!(processes[0].turns(&shop(), &Place::Draft, None, 100).await.unwrap().len(), 60);
}
