//! The protocol of Rasa's action server over a socket, in the shapes that `rasa-sdk` 3.6 sends.

use std::sync::{Arc, Mutex};

use greenroom_lifecycle::Lifecycle;
use greenroom_model::Document;
use greenroom_model::document::Settings;
use greenroom_runtime::{Handlers, Message, Place, RasaActionServer, Runtime};
use greenroom_store::MemoryStore;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::flow_requests::FlowRequests;
use crate::outgoing_policy::OutgoingPolicy;

const PARTS: &[(&str, &str)] = &[
    ("flows/variables/name", r#"{"name": "name", "type": "text", "default": "Ann"}"#),
    ("flows/variables/greeted", r#"{"name": "greeted"}"#),
    ("flows/handlers/action_hello", r#"{"name": "action_hello"}"#),
    (
        "flows/hello",
        r#"{"name": "Hello", "start": "call", "triggers": [{"system": "not_understood"}], "nodes": {
            "call": {"action": {"call": "action_hello", "next": "done", "on_error": "sorry"}},
            "done": {"message": {"text": {"en": "greeted: {{ greeted }}"}}},
            "sorry": {"message": {"text": {"en": "sorry"}}}}}"#,
    ),
];

/// What an action server is asked, and what it answers: a status and a body.
type Server = Arc<Mutex<(Vec<Value>, Vec<(u16, Value)>)>>;

async fn action_server(answers: Vec<(u16, Value)>) -> (String, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let server: Server = Arc::new(Mutex::new((Vec::new(), answers)));
    let state = server.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut bytes, mut buffer) = (Vec::new(), [0; 65_536]);
            let body = loop {
                let count = stream.read(&mut buffer).await.unwrap();
                bytes.extend_from_slice(&buffer[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                assert!(head.starts_with("POST /webhook "), "{head}");
                let length = head.to_lowercase().split_once("content-length: ").unwrap().1.to_owned();
                if body.len() >= length.lines().next().unwrap().parse().unwrap() {
                    break serde_json::from_str(body).unwrap();
                }
            };
            let (status, answer) = {
                let mut state = state.lock().unwrap();
                state.0.push(body);
                state.1.remove(0)
            };
            let answer = answer.to_string();
            let head = format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close");
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{answer}", answer.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (host, server)
}

/// What the bot says to a text when the actions answer so, and what they were asked.
async fn say(answers: Vec<(u16, Value)>) -> (Vec<Value>, Vec<Value>) {
    let (host, server) = action_server(answers).await;
    let client = FlowRequests::new(OutgoingPolicy::public().with_host(host.parse().unwrap())).unwrap();
    let domain = json!({
        "slots": { "name": { "type": "text" }, "priority": { "type": "text" } },
        "responses": { "utter_bye": [
            { "text": "channel only", "channel": "slack" },
            { "text": "bye {name}, {priority} {unknown}", "buttons": [{ "title": "Again", "payload": "/greet{\"a\":\"b\"}" }] },
        ] },
    });
    let actions = RasaActionServer::new(format!("http://{host}/webhook"), Arc::new(client)).with_domain(domain);
    let store = Arc::new(MemoryStore::new());
    let id = "shop".parse().unwrap();
    let bot = Lifecycle::new(store.clone()).create(&id, Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    for (path, part) in PARTS {
        let path = path.parse().unwrap();
        bot.put(&path, Document::from_json(&path, part.as_bytes()).unwrap()).await.unwrap();
    }
    let runtime = Runtime::new(store).with_handlers(Handlers::new().with_any_other(Arc::new(actions)));
    let answer = runtime.reply(&id, &Place::Draft, "u1", &Message::text("hi")).await.unwrap();
    let replies = answer.replies.iter().map(|reply| serde_json::to_value(reply).unwrap()).collect();
    let asked = server.lock().unwrap().0.clone();
    (replies, asked)
}

fn texts(replies: &[Value]) -> Vec<&str> {
    replies.iter().map(|reply| reply["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn slots_go_out_and_come_back_and_responses_are_said() {
    let answer = json!({
        "events": [{ "event": "slot", "timestamp": null, "name": "greeted", "value": true }],
        "responses": [
            { "text": "hello Ann", "buttons": [{ "title": "Yes", "payload": "/affirm" }], "elements": [], "custom": {},
              "template": null, "response": null, "image": null, "attachment": null },
            { "text": null, "buttons": [], "elements": [], "custom": {}, "template": "utter_bye",
              "response": "utter_bye", "image": null, "attachment": null, "name": "Ann" },
        ],
    });
    let (replies, asked) = say(vec![(200, answer)]).await;
    let expected = json!([
        { "text": "hello Ann", "buttons": [{ "title": "Yes", "action": { "payload": "intent:affirm" } }] },
        { "text": "bye Ann, None {unknown}",
          "buttons": [{ "title": "Again", "action": { "payload": "intent:greet{\"a\":\"b\"}" } }] },
        { "text": "greeted: true" },
    ]);
    assert_eq!(json!(replies), expected);
    let [call] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((&call["next_action"], &call["sender_id"]), (&json!("action_hello"), &json!("u1")));
    assert_eq!(call["tracker"]["slots"], json!({ "name": "Ann", "greeted": null, "priority": null }));
    assert_eq!(call["tracker"]["latest_message"]["text"], "hi");
    assert_eq!(call["domain"]["responses"]["utter_bye"][0]["channel"], "slack");
    for key in ["sender_id", "events", "paused", "followup_action", "active_loop", "latest_action_name"] {
        assert!(call["tracker"].get(key).is_some(), "rasa-sdk reads `{key}`");
    }
}

#[tokio::test]
async fn pictures_files_cards_and_what_is_custom_are_said_as_what_they_are() {
    let answer = json!({ "events": [], "responses": [{
        "text": "look", "image": "https://a.example/a.png",
        "attachment": { "type": "video", "payload": { "src": "https://a.example/a.mp4", "title": "film" } },
        "elements": [{ "title": "Card", "subtitle": "below", "image_url": "https://a.example/c.png",
                       "buttons": [{ "type": "web_url", "title": "Open", "url": "https://a.example/" }] }],
        "custom": { "blocks": [1] },
    }] });
    let (replies, _) = say(vec![(200, answer)]).await;
    let kinds: Vec<_> = replies.iter().map(|reply| reply["content"]["type"].as_str().unwrap_or("text")).collect();
    assert_eq!(kinds, ["text", "image", "video", "carousel", "raw", "text"]);
    assert_eq!(replies[3]["content"]["cards"][0]["buttons"][0]["action"], json!({ "url": "https://a.example/" }));
    assert_eq!(replies[4]["content"]["json"], json!({ "blocks": [1] }));
}

#[tokio::test]
async fn a_follow_up_is_called_with_the_slots_that_were_set_and_bot_events_speak() {
    let first = json!({ "responses": [], "events": [
        { "event": "slot", "name": "name", "value": "Bob" },
        { "event": "bot", "text": "one", "data": { "buttons": [{ "title": "B" }] } },
        { "event": "reminder", "name": "later" },
        { "event": "followup", "name": "action_next" },
    ] });
    let second = json!({ "responses": [{ "text": "two" }], "events": [{ "event": "followup", "name": "utter_bye" }] });
    let (replies, asked) = say(vec![(200, first), (200, second)]).await;
    assert_eq!(texts(&replies), ["one", "two", "bye Bob, None {unknown}", "greeted: "]);
    assert_eq!(
        (&asked[1]["next_action"], &asked[1]["tracker"]["slots"]["name"]),
        (&json!("action_next"), &json!("Bob"))
    );
}

#[tokio::test]
async fn what_goes_wrong_takes_the_way_for_errors_and_is_not_called_again() {
    let rejected = json!({ "error": "Custom action 'action_hello' rejected execution", "action_name": "action_hello" });
    let unknown =
        json!({ "error": "No registered action found for name 'action_hello'.", "action_name": "action_hello" });
    for (status, body) in [(400, rejected), (404, unknown), (500, json!("boom")), (200, json!([1])), (302, json!({}))] {
        let (replies, asked) = say(vec![(status, body.clone()), (status, body)]).await;
        assert_eq!((texts(&replies), asked.len()), (vec!["sorry"], 1), "{status}");
    }
}

#[tokio::test]
async fn actions_that_follow_each_other_without_end_are_cut_off() {
    let answer = json!({ "events": [{ "event": "followup", "name": "action_hello" }], "responses": [{ "text": "x" }] });
    let (replies, asked) = say(vec![(200, answer); 50]).await;
    assert_eq!((texts(&replies), asked.len()), (vec!["sorry"], 10));
}
