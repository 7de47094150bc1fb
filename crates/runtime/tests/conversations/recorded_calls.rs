//! What was called and how it answered stands in the transcript, so that a replay finds the same again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use greenroom_flow::{HandlerReply, HttpAnswer, HttpRequest};
use greenroom_lifecycle::{Lifecycle, Reference};
use greenroom_model::document::StubbedAnswer;
use greenroom_runtime::{HandlerError, HttpClient, Message, Place, Runtime, StoredCall};
use greenroom_store::Store;
use jiff::Timestamp;
use serde_json::json;

use super::desk::{Till, pay, runtime, say, shop, store};

/// A web in which every order has the number 7 and an owner.
struct Orders;

#[async_trait]
impl HttpClient for Orders {
    async fn send(&self, _: &HttpRequest, _: usize) -> Result<HttpAnswer, HandlerError> {
        Ok(HttpAnswer { status: 200, body: json!({ "number": 7, "owner": "Ann" }) })
    }
}

/// A till whose answer brings the number of a card, which is sensitive.
fn till() -> Arc<Till> {
    Till::new(|_| {
        let variables = [("card".parse().unwrap(), json!("4711-0815")), ("receipt".parse().unwrap(), json!("R-1"))];
        Ok(HandlerReply {
            variables: variables.into(),
            replies: vec!["by 4711-0815".into()],
            ..HandlerReply::default()
        })
    })
}

/// A runtime whose clock goes on a second each time it is looked at.
fn ticking(store: Arc<dyn Store>, till: Arc<Till>) -> Runtime {
    let seconds = AtomicI64::new(1_000);
    let now = move || Timestamp::from_second(seconds.fetch_add(1, Ordering::Relaxed)).unwrap();
    runtime(store, till).with_clock(Arc::new(now)).with_http(Arc::new(Orders))
}

async fn calls(runtime: &Runtime) -> Vec<StoredCall> {
    let turns = runtime.conversation(&shop(), &Place::Draft, "a", None, 10).await.unwrap();
    turns.into_iter().rev().flat_map(|turn| turn.calls).collect()
}

#[tokio::test]
async fn the_transcript_has_what_calls_answered_but_no_secrets_and_nothing_that_no_variable_took() {
    let runtime = ticking(store().await, till());
    say(&runtime, "a", pay()).await;
    say(&runtime, "a", Message::button("ask")).await;
    let kept = calls(&runtime).await;
    let called: Vec<String> = kept.iter().map(|call| call.called.to_string()).collect();
    assert_eq!(called, ["pay", "ask/ask"]);
    let variables =
        BTreeMap::from([("card".parse().unwrap(), json!("•••")), ("receipt".parse().unwrap(), json!("R-1"))]);
    let paid = StubbedAnswer::Handler {
        variables,
        replies: vec!["by •••".into()],
        valid: None,
        value: serde_json::Value::Null,
        goes_to: None,
        ends: std::collections::BTreeSet::new(),
    };
    assert_eq!(kept[0].answer, Some(paid));
    assert_eq!(kept[1].answer, Some(StubbedAnswer::Http { status: 200, body: json!({ "number": 7 }) }));
}

#[tokio::test]
async fn a_call_that_failed_or_said_too_much_is_told() {
    let till = Till::new(|call| match call {
        0 => Err(HandlerError::Refused("no money".into())),
        _ => Ok(HandlerReply { replies: vec!["x".repeat(20_000)], ..HandlerReply::default() }),
    });
    let runtime = ticking(store().await, till);
    say(&runtime, "a", pay()).await;
    say(&runtime, "a", pay()).await;
    let kept = calls(&runtime).await;
    assert!(
        matches!(&kept[0].answer, Some(StubbedAnswer::Fails(reason)) if reason.contains("no money")),
        "{:?}",
        kept[0]
    );
    assert_eq!(kept[1].answer, None);
}

#[tokio::test]
async fn a_replay_says_what_was_said_where_calls_decide_it() {
    let store = store().await;
    let broken = Till::new(|_| Err(HandlerError::Refused("no money".into())));
    let runtime = ticking(store.clone(), broken);
    assert_eq!(say(&runtime, "a", pay()).await, ["one moment", "sorry"]);
    assert_eq!(say(&runtime, "a", Message::button("ask")).await, ["order 7"]);
    let bot = Lifecycle::new(store).bot(&shop()).await.unwrap();
    let recordings = bot.recordings(&Reference::Draft, 10).await.unwrap();
    let report = bot.replay(&Reference::Draft, &Reference::Draft, &recordings).await.unwrap();
    let summary = report.summary;
    assert_eq!((summary.conversations, summary.turns, summary.same, summary.not_reproduced), (1, 2, 1, 0));
}
