//! Handlers that fail, hang, answer late or too much: the conversation goes on.

use std::sync::Arc;
use std::time::Duration;

use greenroom_flow::{HandlerReply, TraceStep};
use greenroom_runtime::{EffectLimits, HandlerError, Message, Place};
use tokio::time::{Instant, sleep};

use super::desk::{Till, pay, runtime, say, shop, store};

/// Why the handler failed, as the trace tells.
async fn failure(till: &Arc<Till>) -> String {
    let runtime = runtime(store().await, till.clone());
    let answer = runtime.reply(&shop(), &Place::Draft, "a", &pay()).await.unwrap();
    assert_eq!(answer.replies.last().unwrap().text, "sorry");
    assert_eq!(say(&runtime, "a", Message::text("and?")).await, ["heard 2"], "the conversation goes on");
    let mut reasons = answer.trace.into_iter().filter_map(|step| match step {
        TraceStep::HandlerFailed { reason, .. } => Some(reason),
        _ => None,
    });
    reasons.next().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_was_not_reached_is_tried_again_with_growing_waits() {
    let till = Till::new(|call| match call {
        0 | 1 => Err(HandlerError::Unavailable("no connection".into())),
        _ => Ok(HandlerReply::default()),
    });
    let runtime = runtime(store().await, till.clone());
    let begun = Instant::now();
    assert_eq!(say(&runtime, "a", pay()).await, ["one moment", "paid"]);
    // Three quarters of 200 ms and of 400 ms, as chance is a half.
    assert_eq!((till.calls(), begun.elapsed()), (3, Duration::from_millis(450)));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_not_tried_again() {
    let broken = Till::new(|_| Err(HandlerError::Broken("the line went dead".into())));
    assert_eq!((failure(&broken).await.as_str(), broken.calls()), ("the line went dead", 1));
    let refused = Till::new(|_| Err("no such order".into()));
    assert_eq!((failure(&refused).await.as_str(), refused.calls()), ("no such order", 1));
    let unreachable = Till::new(|_| Err(HandlerError::Unavailable("no connection".into())));
    assert_eq!((failure(&unreachable).await.as_str(), unreachable.calls()), ("no connection", 3));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_answers_holds_its_conversation_for_its_timeout_and_no_longer() {
    let till = Till::closed();
    let begun = Instant::now();
    let reason = failure(&till).await;
    assert!(reason.contains("did not answer within 10.0 s"), "{reason}");
    assert_eq!((begun.elapsed(), till.calls()), (EffectLimits::default().timeout, 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_is_ignored() {
    let till = Till::closed();
    let runtime = runtime(store().await, till.clone());
    assert_eq!(say(&runtime, "a", pay()).await, ["one moment", "sorry"]);
    till.open.add_permits(1);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(till.open.available_permits(), 0, "it went on, and has answered");
    assert_eq!(say(&runtime, "a", Message::text("and?")).await, ["heard 2"]);
}

#[tokio::test]
async fn a_handler_that_panics_takes_nobody_with_it() {
    let till = Till::new(|_| panic!("the drawer is stuck"));
    assert!(failure(&till).await.contains("panicked"));
}

#[tokio::test]
async fn an_answer_of_50_megabytes_is_refused_and_leaves_no_trace_in_the_session() {
    let till = Till::new(|_| {
        let variables = [("receipt".parse().unwrap(), "x".repeat(50 << 20).into())].into();
        Ok(HandlerReply { variables, ..HandlerReply::default() })
    });
    assert!(failure(&till).await.contains("more than 1048576 bytes"));
}

#[tokio::test(start_paused = true)]
async fn what_fails_again_and_again_is_not_called_for_a_while() {
    let till = Till::new(|_| Err(HandlerError::Broken("down".into())));
    let runtime = runtime(store().await, till.clone());
    for number in 0..20 {
        assert_eq!(say(&runtime, &format!("c{number}"), pay()).await, ["one moment", "sorry"]);
    }
    assert_eq!(till.calls(), 5);
    sleep(EffectLimits::default().breaker_pause).await;
    for number in 0..20 {
        say(&runtime, &format!("d{number}"), pay()).await;
    }
    assert_eq!(till.calls(), 6, "after the pause one call tries");
}
