//! A process may end at any commit: no message is lost, none is heard twice, no
//! effect is begun twice, and no conversation hangs.

use std::sync::Arc;

use greenroom_runtime::{Message, Place, Runtime};
use greenroom_store::Store;

use super::desk::{Dying, Till, pay, runtime, say, shop, short, store, texts};

/// The dialogue: two texts and two payments, each under an id.
fn messages() -> Vec<Message> {
    [Message::text("a"), pay(), Message::text("b"), pay(), Message::text("c")]
        .into_iter()
        .enumerate()
        .map(|(number, message)| message.with_id(format!("m{number}")))
        .collect()
}

fn mended(store: Arc<dyn Store>, till: &Arc<Till>) -> Runtime {
    runtime(store, till.clone()).with_effect_limits(short())
}

#[tokio::test(start_paused = true)]
async fn wherever_a_process_ends_each_message_is_answered_once_and_paid_at_most_once() {
    let mut cut_off = 0;
    for carries_out_the_last in [false, true] {
        for commits in 0..=7 {
            let (store, till) = (store().await, Till::paying());
            let dying = mended(Dying::after(store.clone(), commits, carries_out_the_last), &till);
            let alive = mended(store.clone(), &till);
            let mut answers = Vec::new();
            let mut has_died = false;
            for message in messages() {
                let before = till.calls();
                let answer = match has_died {
                    false => dying.reply(&shop(), &Place::Draft, "a", &message).await,
                    true => alive.reply(&shop(), &Place::Draft, "a", &message).await,
                };
                // Who hears nothing sends the message again, to the next process.
                let answer = match answer {
                    Ok(answer) => answer,
                    Err(_) => {
                        has_died = true;
                        alive.reply(&shop(), &Place::Draft, "a", &message).await.unwrap()
                    }
                };
                assert!(till.calls() - before <= 1, "{commits} commits: paid twice");
                answers.push(texts(&answer).join(", "));
            }
            assert_eq!(has_died, commits < 7);
            cut_off += answers.iter().filter(|answer| *answer == "one moment, sorry").count();
            for answer in [1, 3].map(|place| &answers[place]) {
                assert!(["one moment, paid", "one moment, sorry"].contains(&answer.as_str()), "{answers:?}");
            }
            let heard = [0, 2, 4].map(|place| answers[place].as_str());
            assert_eq!(heard, ["heard 1", "heard 3", "heard 5"], "{commits} commits");
            let turns = alive.turns(&shop(), &Place::Draft, None, 100).await.unwrap();
            assert_eq!(turns.len(), 5, "{commits} commits: {turns:?}");
            // All of it once more changes nothing.
            for (message, answer) in messages().into_iter().zip(&answers) {
                assert_eq!(say(&alive, "a", message).await.join(", "), *answer);
            }
            assert_eq!(say(&alive, "a", Message::text("d")).await, ["heard 6"]);
        }
    }
    assert!(cut_off > 0, "no process ended amid a payment");
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_left_unsaid_is_said_with_the_next_answer_and_only_there() {
    let (store, till) = (store().await, Till::paying());
    // The commit of the turn that pays is carried out, the one after the payment is not.
    let dying = mended(Dying::after(store.clone(), 1, false), &till);
    assert!(dying.reply(&shop(), &Place::Draft, "a", &pay().with_id("m1")).await.is_err());
    let alive = mended(store, &till);
    let next = Message::text("hello?").with_id("m2");
    assert_eq!(say(&alive, "a", next.clone()).await, ["sorry", "heard 2"]);
    assert_eq!(say(&alive, "a", Message::text("and?")).await, ["heard 3"]);
    assert_eq!(say(&alive, "a", next).await, ["sorry", "heard 2"], "a repetition gets all of it");
    assert_eq!(say(&alive, "a", pay().with_id("m1")).await, ["one moment", "sorry"]);
    assert_eq!(till.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crash_amid_mending_loses_nothing_either() {
    let (store, till) = (store().await, Till::paying());
    let dying = mended(Dying::after(store.clone(), 1, false), &till);
    assert!(dying.reply(&shop(), &Place::Draft, "a", &pay().with_id("m1")).await.is_err());
    // It mends, and ends before it answers.
    let mending = mended(Dying::after(store.clone(), 1, false), &till);
    let next = Message::text("hello?").with_id("m2");
    assert!(mending.reply(&shop(), &Place::Draft, "a", &next).await.is_err());
    let alive = mended(store, &till);
    assert_eq!(say(&alive, "a", next).await, ["sorry", "heard 2"]);
}

#[tokio::test]
async fn a_turn_goes_on_where_nobody_waits_for_it_any_more() {
    let (store, till) = (store().await, Till::closed());
    let runtime = runtime(store, till.clone());
    let impatient = {
        let runtime = runtime.clone();
        tokio::spawn(async move { say(&runtime, "a", pay().with_id("m1")).await })
    };
    while till.calls() == 0 {
        tokio::task::yield_now().await;
    }
    impatient.abort();
    assert!(impatient.await.is_err());
    till.open.add_permits(1);
    assert_eq!(say(&runtime, "a", pay().with_id("m1")).await, ["one moment", "paid"]);
    assert_eq!(till.calls(), 1);
}
