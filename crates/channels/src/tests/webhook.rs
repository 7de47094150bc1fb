//! The webhook: what is taken, and that its answers arrive: in order, signed, again after failures and restarts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::post;
use greenroom_lifecycle::{ChannelSettings, Secret};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::desk::Desk;
use crate::delivery::DeliveryWorker;
use crate::patience::Patience;
use crate::{failed_deliveries, retry_delivery, sign, waiting_deliveries};

const PATIENCE: Patience = Patience {
    first: Duration::from_millis(5),
    longest: Duration::from_millis(20),
    whole: SignedDuration::from_hours(24),
};

/// A system that takes answers: it tells each call, and answers with the statuses
/// that it was given, then with 200.
struct Receiver {
    url: String,
    calls: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

type Line = Arc<(mpsc::UnboundedSender<(HeaderMap, Bytes)>, Mutex<VecDeque<u16>>)>;

impl Receiver {
    async fn answering(statuses: &[u16]) -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let line: Line = Arc::new((sender, Mutex::new(statuses.iter().copied().collect())));
        let take = async |State(line): State<Line>, headers: HeaderMap, body: Bytes| {
            line.0.send((headers, body)).unwrap();
            let status = line.1.lock().await.pop_front().unwrap_or(200);
            (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")])
        };
        let router = Router::new().route("/in", post(take)).with_state(line);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, calls }
    }

    async fn call(&mut self) -> Value {
        let (_, body) = self.calls.recv().await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

/// A worker that runs until it is let go.
struct Running {
    stop: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

fn work(desk: &Desk, patience: Patience) -> Running {
    let worker = DeliveryWorker::new(desk.app.clone()).unwrap().with_patience(patience);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(worker.run(async move { drop(stopped.await) }));
    Running { stop: Some(stop), task }
}

impl Running {
    async fn end(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap();
    }
}

async fn with_webhook(desk: &Desk, id: &str, url: &str) -> Secret {
    desk.add(id, ChannelSettings::Webhook { url: url.parse().unwrap() }).await.unwrap()
}

async fn send(desk: &Desk, channel: &str, secret: &Secret, body: &Value) -> super::desk::Answer {
    let body = body.to_string();
    let signature = sign(secret.expose(), Timestamp::now().as_second(), body.as_bytes());
    let headers = [("content-type", "application/json"), ("x-greenroom-signature", signature.as_str())];
    desk.ask(Method::POST, &format!("/channels/shop/live/{channel}/webhook"), &headers, &body).await
}

fn text(id: &str, conversation: &str, text: &str) -> Value {
    json!({ "id": id, "conversation": conversation, "text": text })
}

#[tokio::test]
async fn an_answer_goes_out_signed_and_names_what_it_answers() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    let taken = send(&desk, "crm", &secret, &json!({ "id": "m1", "conversation": "ann", "start": true })).await;
    assert_eq!((taken.status.as_u16(), taken.json()), (202, json!({ "id": "m1", "status": "accepted" })));

    let (headers, body) = receiver.calls.recv().await.unwrap();
    let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    crate::signature::verify(secret.expose(), &header("x-greenroom-signature"), Timestamp::now(), &body).unwrap();
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["id"], header("x-greenroom-delivery"));
    assert_eq!((&said["conversation"], &said["in_reply_to"]), (&json!("ann"), &json!("m1")));
    assert_eq!(said["replies"][0]["text"], "Welcome!");
    assert_eq!(said["replies"][0]["buttons"][1], json!({ "title": "Pay", "payload": "pay now" }));
    worker.end().await;
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 0);
}

#[tokio::test]
async fn an_event_speaks_up_and_a_person_is_known_by_what_the_sender_says() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    let event = json!({ "id": "m1", "conversation": "c1", "event": "invoice", "person": "ann" });
    assert_eq!(send(&desk, "crm", &secret, &event).await.status, 202);
    assert_eq!(receiver.call().await["replies"][0]["text"], "Paying.");
    worker.end().await;
    let live = greenroom_runtime::Place::live();
    let export = desk.app.runtime().export_person(desk.bot.id(), &live, "ann").await.unwrap();
    assert_eq!((export.conversations.len(), export.conversations[0].turns.len()), (1, 1));
    for wrong in [
        json!({ "id": "m2", "conversation": "c1", "event": "invoice", "text": "a" }),
        json!({ "id": "m2", "conversation": "c1", "event": "No Id" }),
        json!({ "id": "m2", "conversation": "c1", "text": "a", "variables": { "a": 1 } }),
        json!({ "id": "m2", "conversation": "c1", "text": "a", "person": "" }),
    ] {
        assert_eq!(send(&desk, "crm", &secret, &wrong).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_said_unasked_goes_out_once_and_is_said_once() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    send(&desk, "crm", &secret, &json!({ "id": "m1", "conversation": "ann", "payload": "wait" })).await;
    assert_eq!(receiver.call().await["replies"][0]["text"], "One moment.");
    let by_rest = json!({ "sender": "ann", "message": "/payload:wait" });
    assert_eq!(desk.post("/channels/shop/live/open/webhooks/rest/webhook", &by_rest).await.status, 200);

    desk.ahead.store(3_700, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(desk.app.runtime().ring_due_timers().await.unwrap(), 2);
    let said = receiver.call().await;
    assert_eq!((&said["conversation"], &said["in_reply_to"]), (&json!("ann"), &Value::Null));
    assert_eq!(said["replies"], json!([{ "text": "Still there?", "buttons": [] }]));

    // It does not come again with the next answer, but where nothing brings it, it does.
    send(&desk, "crm", &secret, &text("m2", "ann", "yes")).await;
    let answer = receiver.call().await;
    assert_eq!((&answer["in_reply_to"], answer["replies"].as_array().unwrap().len()), (&json!("m2"), 1));
    worker.end().await;
    let by_rest = json!({ "sender": "ann", "message": "yes" });
    let answer = desk.post("/channels/shop/live/open/webhooks/rest/webhook", &by_rest).await.json();
    assert_eq!((&answer[0]["text"], &answer[1]["text"]), (&json!("Still there?"), &json!("Pardon?")));
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_an_answer_has_brought_already_is_not_delivered_again() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    send(&desk, "crm", &secret, &json!({ "id": "m1", "conversation": "ann", "payload": "wait" })).await;
    receiver.call().await;
    worker.end().await;
    desk.ahead.store(3_700, std::sync::atomic::Ordering::Relaxed);
    desk.app.runtime().ring_due_timers().await.unwrap();
    while waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    let live = greenroom_runtime::Place::live();
    let taken = desk.app.runtime().take_unsaid(desk.bot.id(), &live, "crm:ann").await.unwrap();
    assert_eq!(taken.len(), 1);
    let worker = work(&desk, PATIENCE);
    send(&desk, "crm", &secret, &text("m2", "ann", "yes")).await;
    assert_eq!(receiver.call().await["in_reply_to"], "m2");
    worker.end().await;
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_message_is_taken_once() {
    let desk = Desk::new().await;
    let secret = with_webhook(&desk, "crm", "https://crm.example/in").await;
    assert_eq!(send(&desk, "crm", &secret, &text("m1", "ann", "a")).await.status, 202);
    let again = send(&desk, "crm", &secret, &text("m1", "ann", "a")).await;
    assert_eq!((again.status.as_u16(), &again.json()["status"]), (200, &json!("received_before")));
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_not_signed_now_by_the_secret_is_refused() {
    let desk = Desk::new().await;
    let secret = with_webhook(&desk, "crm", "https://crm.example/in").await;
    let body = text("m1", "ann", "a").to_string();
    let now = Timestamp::now().as_second();
    let path = "/channels/shop/live/crm/webhook";
    let wrong = [
        String::new(),
        sign("other", now, body.as_bytes()),
        sign(secret.expose(), now - 400, body.as_bytes()),
        sign(secret.expose(), now + 400, body.as_bytes()),
        sign(secret.expose(), now, b"{}"),
    ];
    for signature in wrong {
        let headers = [("content-type", "application/json"), ("x-greenroom-signature", signature.as_str())];
        desk.ask(Method::POST, path, &headers, &body).await.refused(401, "invalid_signature");
    }
    desk.post(path, &text("m1", "ann", "a")).await.refused(401, "invalid_signature");
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 0);
    let wrong_kind = send(&desk, "open", &secret, &text("m1", "ann", "a")).await;
    wrong_kind.refused(404, "channel_not_found");
}

#[tokio::test]
async fn what_is_signed_and_wrong_is_told() {
    let desk = Desk::new().await;
    let secret = with_webhook(&desk, "crm", "https://crm.example/in").await;
    let long = "a".repeat(201);
    for body in [
        json!({ "id": "m1", "text": "a" }),
        json!({ "id": "m1", "conversation": "ann" }),
        json!({ "id": "m1", "conversation": "ann", "text": "a", "start": true }),
        json!({ "id": "", "conversation": "ann", "text": "a" }),
        json!({ "id": "m1", "conversation": long, "text": "a" }),
    ] {
        send(&desk, "crm", &secret, &body).await.refused(422, "invalid_request");
    }
    let long = text("m1", "ann", &"a".repeat(10_001));
    send(&desk, "crm", &secret, &long).await.refused(413, "message_too_long");
}

#[tokio::test]
async fn what_was_taken_before_a_crash_is_delivered_by_the_next_worker() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[500]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    for number in 0..5 {
        send(&desk, "crm", &secret, &text(&format!("m{number}"), "ann", "a")).await;
    }
    // The first worker fails at its first call and then is gone.
    let patience = Patience { first: Duration::from_millis(200), ..PATIENCE };
    let first = work(&desk, patience);
    let failed = receiver.call().await;
    first.end().await;
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 5);

    let after = Desk::over(desk.store.clone(), desk.bot.clone());
    let second = work(&after, PATIENCE);
    let mut order = Vec::new();
    for _ in 0..5 {
        let call = receiver.call().await;
        if order.is_empty() {
            assert_eq!(call["id"], failed["id"], "a delivery keeps its id, so that the receiver can drop doubles");
        }
        order.push(call["in_reply_to"].as_str().unwrap().to_owned());
    }
    second.end().await;
    assert_eq!(order, ["m0", "m1", "m2", "m3", "m4"]);
    assert_eq!(waiting_deliveries(&*after.store, after.bot.id()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_conversation_keeps_its_order_though_calls_fail() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[503, 500, 200, 302, 404, 200]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    for number in 0..3 {
        send(&desk, "crm", &secret, &text(&format!("m{number}"), "ann", "a")).await;
    }
    let mut calls = Vec::new();
    for _ in 0..7 {
        calls.push(receiver.call().await["in_reply_to"].as_str().unwrap().to_owned());
    }
    worker.end().await;
    assert_eq!(calls, ["m0", "m0", "m0", "m1", "m1", "m1", "m2"], "a redirect is no success either");
}

#[tokio::test]
async fn a_receiver_that_never_answers_does_not_hold_up_another() {
    let desk = Desk::new().await;
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stuck = with_webhook(&desk, "stuck", &format!("http://{}/", silent.local_addr().unwrap())).await;
    let mut receiver = Receiver::answering(&[]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, PATIENCE);
    for number in 0..40 {
        send(&desk, "stuck", &stuck, &text(&format!("m{number}"), &format!("c{number}"), "a")).await;
    }
    send(&desk, "crm", &secret, &text("m1", "ann", "a")).await;
    assert_eq!(receiver.call().await["in_reply_to"], "m1");
    worker.task.abort();
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_shown_and_can_be_sent_again() {
    let desk = Desk::new().await;
    let mut receiver = Receiver::answering(&[500]).await;
    let secret = with_webhook(&desk, "crm", &receiver.url).await;
    let worker = work(&desk, Patience { whole: SignedDuration::ZERO, ..PATIENCE });
    send(&desk, "crm", &secret, &text("m1", "ann", "a")).await;
    let first = receiver.call().await;
    let failed = loop {
        let failed = failed_deliveries(&*desk.store, desk.bot.id(), 10).await.unwrap();
        if !failed.is_empty() {
            break failed;
        }
        tokio::task::yield_now().await;
    };
    let [failed] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((failed.channel.as_str(), failed.conversation.as_str(), failed.attempts), ("crm", "ann", 1));
    assert_eq!(failed.error, "the receiver answered with status 500");
    assert_eq!(waiting_deliveries(&*desk.store, desk.bot.id()).await.unwrap(), 0);

    retry_delivery(&*desk.store, desk.bot.id(), &failed.id).await.unwrap();
    assert_eq!(receiver.call().await["id"], first["id"]);
    worker.end().await;
    assert!(failed_deliveries(&*desk.store, desk.bot.id(), 10).await.unwrap().is_empty());
    assert!(retry_delivery(&*desk.store, desk.bot.id(), &failed.id).await.is_err());
}
