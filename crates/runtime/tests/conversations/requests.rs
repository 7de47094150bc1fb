//! Requests of flows: what is answered, tried again, given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use greenroom_flow::{HttpAnswer, HttpRequest};
use greenroom_runtime::{HandlerError, HttpClient, Message, Runtime};
use serde_json::json;

use super::desk::{Dying, Till, runtime, say, short, store};

type Answer = Result<HttpAnswer, HandlerError>;

/// A web that answers the n-th request, from 0, so.
struct Web {
    requests: AtomicUsize,
    answer: Box<dyn Fn(usize) -> Answer + Send + Sync>,
}

#[async_trait]
impl HttpClient for Web {
    async fn send(&self, request: &HttpRequest, _: usize) -> Answer {
        assert_eq!(request.url, "https://api.example.com/orders/7");
        (self.answer)(self.requests.fetch_add(1, Ordering::SeqCst))
    }
}

async fn web(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> (Runtime, Arc<Web>) {
    let web = Arc::new(Web { requests: AtomicUsize::new(0), answer: Box::new(answer) });
    (runtime(store().await, Till::paying()).with_http(web.clone()), web)
}

fn order() -> Answer {
    Ok(HttpAnswer { status: 200, body: json!({ "number": 7 }) })
}

fn status(status: u16) -> Answer {
    Ok(HttpAnswer { status, body: json!("busy") })
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_into_variables_and_a_busy_service_is_asked_again() {
    let (runtime, web) = web(|call| if call < 2 { status(503) } else { order() }).await;
    assert_eq!(say(&runtime, "a", Message::button("ask")).await, ["order 7"]);
    assert_eq!(web.requests.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_takes_the_way_for_errors() {
    for (answer, times) in [
        (status(404), 1),
        (status(500), 3),
        (Err(HandlerError::Unavailable("no connection".into())), 3),
        (Err(HandlerError::Refused("not there".into())), 1),
    ] {
        let (runtime, web) = web(move |_| answer.clone()).await;
        assert_eq!(say(&runtime, "a", Message::button("ask")).await, ["sorry"]);
        assert_eq!(web.requests.load(Ordering::SeqCst), times);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_a_crash_cut_off_is_not_sent_again() {
    let store = store().await;
    let web = Arc::new(Web { requests: AtomicUsize::new(0), answer: Box::new(|_| order()) });
    let dying = runtime(Dying::after(store.clone(), 1, false), Till::paying())
        .with_effect_limits(short())
        .with_http(web.clone());
    let ask = Message::button("ask").with_id("m1");
    assert!(dying.reply(&super::desk::shop(), &greenroom_runtime::Place::Draft, "a", &ask).await.is_err());
    let alive = runtime(store, Till::paying()).with_effect_limits(short()).with_http(web.clone());
    assert_eq!(say(&alive, "a", ask).await, ["sorry"]);
    assert_eq!(web.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_flow_that_calls_on_and_on_is_given_up_and_the_conversation_goes_on() {
    for answers in [true, false] {
        let till = Till::new(move |_| if answers { Ok(Default::default()) } else { Err("no".into()) });
        let runtime = runtime(store().await, Till::paying())
            .with_handlers(greenroom_runtime::Handlers::new().with_any_other(till.clone()));
        assert!(say(&runtime, "a", Message::button("loop")).await.is_empty());
        assert_eq!(till.calls(), 50);
        assert_eq!(say(&runtime, "a", Message::text("hello")).await, ["heard 1"]);
        assert_eq!(till.calls(), 50, "nothing is left to mend");
    }
}
