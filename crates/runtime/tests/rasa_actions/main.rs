//! A bot of Rasa's with custom actions, imported, against what `rasa-sdk` 3.21.1 answered.
//!
//! `bot/` is the project and `actions.py` its actions; `recorded.json` holds each call that this
//! very conversation made on 23 November 2026 and the server's answer, without times and ids of
//! messages, the domain with the first call alone. To record anew, serve `actions.py` and say
//! the same by `greenroom talk --actions` on the draft before it is trained.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use greenroom_flow::{HttpAnswer, HttpBody, HttpRequest, Reply, ReplyAction, TraceStep};
use greenroom_format::{RasaOptions, read_rasa};
use greenroom_lifecycle::Lifecycle;
use greenroom_model::document::Settings;
use greenroom_model::{Document, PartPath};
use greenroom_runtime::{Answer, HandlerError, Handlers, HttpClient, Message, Place, RasaActionServer, Runtime};
use greenroom_store::MemoryStore;
use serde_json::{Value, json};

/// The recorded calls that have not been made yet.
struct Recording(Mutex<Vec<Value>>);

#[async_trait]
impl HttpClient for Recording {
    async fn send(&self, request: &HttpRequest, _: usize) -> Result<HttpAnswer, HandlerError> {
        let Some(HttpBody::Json(asked)) = &request.body else { panic!("{request:?}") };
        let mut asked = timeless(asked);
        let expected = self.0.lock().unwrap().remove(0);
        if expected["request"].get("domain").is_none() {
            asked.as_object_mut().unwrap().remove("domain");
        }
        assert_eq!(asked, expected["request"], "{asked:#}");
        Ok(HttpAnswer { status: 200, body: expected["answer"].clone() })
    }
}

/// A call without what differs each time.
fn timeless(value: &Value) -> Value {
    const LEFT_OUT: [&str; 3] = ["timestamp", "latest_event_time", "message_id"];
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
            kept.map(|(key, value)| (key.clone(), timeless(value))).collect()
        }
        Value::Array(items) => items.iter().map(timeless).collect(),
        other => other.clone(),
    }
}

/// A conversation with the bot of the project.
struct Talk {
    runtime: Runtime,
    shown: Vec<Reply>,
}

impl Talk {
    async fn with(client: Arc<dyn HttpClient>) -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rasa_actions/bot");
        let store = Arc::new(MemoryStore::new());
        let id = "table".parse().unwrap();
        let settings = Settings::new("Table", "en".parse().unwrap());
        let bot = Lifecycle::new(store.clone()).create(&id, settings).await.unwrap();
        for (path, mut document) in read_rasa(&project, &RasaOptions::default()).unwrap().bundle.parts {
            if let Document::Variable(variable) = &mut document {
                variable.sensitive = variable.name == "tables";
            }
            bot.put(&path, document).await.unwrap();
        }
        // What an author adds to look into the conversation.
        let path: PartPath = "flows/shown".parse().unwrap();
        let shown = json!({ "name": "Shown", "start": "say", "triggers": [{ "keyword": "shown" }], "nodes": {
            "say": { "message": { "text": { "en": "{{ people }} {{ day }} {{ tables }} {{ active_loop }}" } } },
        } });
        bot.put(&path, Document::from_value(&path, shown).unwrap()).await.unwrap();
        let server = RasaActionServer::new("http://127.0.0.1:5055/webhook", client);
        let runtime = Runtime::new(store)
            .with_handlers(Handlers::new().with_any_other(Arc::new(server)))
            .with_clock(Arc::new(|| "2026-11-23T12:00:00Z".parse().unwrap()))
            .with_time_zone(jiff::tz::TimeZone::UTC);
        Self { runtime, shown: Vec::new() }
    }

    async fn take(&mut self, message: Message) -> Answer {
        let message = message.by_channel("terminal");
        let answer = self.runtime.reply(&"table".parse().unwrap(), &Place::Draft, "u1", &message).await.unwrap();
        self.shown.clone_from(&answer.replies);
        answer
    }

    /// Says something, or presses what stands in brackets; what the bot says to it.
    async fn say(&mut self, text: &str) -> Vec<String> {
        let message = match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            None => Message::text(text),
            Some(title) => {
                let mut buttons = self.shown.iter().flat_map(|reply| &reply.buttons);
                let button = buttons.find(|button| button.title == title).unwrap();
                let ReplyAction::Payload(payload) = &button.action else { panic!("{button:?}") };
                Message::button(payload)
            }
        };
        self.take(message).await.replies.into_iter().map(|reply| reply.text).collect()
    }
}

#[tokio::test]
async fn actions_of_a_real_server_lead_a_form_as_they_do_in_rasa() {
    let recorded: Vec<Value> = serde_json::from_str(include_str!("recorded.json")).unwrap();
    let recording = Arc::new(Recording(Mutex::new(recorded)));
    let mut talk = Talk::with(recording.clone()).await;
    talk.take(Message::start()).await;
    assert_eq!(talk.say("[Book]").await, ["For how many?"]);
    // The response of the bot, with a slot and with what the action gives.
    let too_many = "We have 12 tables; 30 are too many. At most 10.";
    assert_eq!(talk.say("for 30 people").await, [too_many, "For how many?"]);
    assert_eq!(talk.say("6 please").await, ["On which day?"]);
    // A follow-up of the form asks for what the action has taken away.
    assert_eq!(talk.say("[Hours]").await, ["Open from noon.", "For how many?"]);
    assert_eq!(talk.say("for 5").await, ["On which day?"]);
    // The action's own question, made of the domain and the active form.
    assert_eq!(talk.say("tomorrow").await, ["Which address? (booking_form)"]);
    // A slot that the form asks for because the validation requires it.
    assert_eq!(talk.say("ann@example.com").await, ["Vegan?"]);
    let booked = "A table for 5 at 2026-11-24, confirmed to ann@example.com, vegan: true.";
    assert_eq!(talk.say("[Yes]").await, [booked, "11 tables are left."]);
    // All slots are reset but the one that the action has set; a number is a number.
    assert_eq!(talk.say("shown").await, ["  11 "]);
    talk.shown = vec![Reply { buttons: vec![again()], ..Reply::default() }];
    assert_eq!(talk.say("[Again]").await, ["For how many?"]);
    assert_eq!(talk.say("for 3").await, ["On which day?"]);
    // The form is over: nothing goes back to it.
    assert_eq!(talk.say("[Cancel]").await, ["/cancel cancels booking_form."]);
    assert_eq!(talk.say("shown").await, ["  11 "]);
    assert_eq!(*recording.0.lock().unwrap(), [] as [Value; 0], "each recorded call was made");
}

fn again() -> greenroom_flow::ReplyButton {
    let action = ReplyAction::Payload("intent:book".to_owned());
    greenroom_flow::ReplyButton { title: "Again".to_owned(), action }
}

/// A server that answers every call with the same.
struct Always(u16, Value);

#[async_trait]
impl HttpClient for Always {
    async fn send(&self, _: &HttpRequest, _: usize) -> Result<HttpAnswer, HandlerError> {
        Ok(HttpAnswer { status: self.0, body: self.1.clone() })
    }
}

/// What `[Hours]` comes to, whose action answers so: what is said, and what of it is not done.
async fn hours(status: u16, answer: Value) -> (Vec<String>, Vec<String>) {
    let mut talk = Talk::with(Arc::new(Always(status, answer))).await;
    let answer = talk.take(Message::button("intent:hours")).await;
    let notes = answer.trace.into_iter().filter_map(|step| match step {
        TraceStep::Ignored { reason } => Some(reason),
        _ => None,
    });
    (answer.replies.into_iter().map(|reply| reply.text).collect(), notes.collect())
}

#[tokio::test]
async fn what_is_not_done_is_told_in_the_trace() {
    let event = |event: &str| json!({ "events": [{ "event": event }], "responses": [] });
    for kind in ["reminder", "cancel_reminder", "pause", "resume", "user", "agent", "a new one"] {
        let (_, notes) = hours(200, event(kind)).await;
        assert_eq!(notes, [format!("the event `{kind}` of an action is not done; see the table in docs/rasa.md")]);
    }
    for kind in ["rewind", "undo", "action", "action_execution_rejected", "loop_interrupted", "session_started"] {
        assert_eq!(hours(200, event(kind)).await.1, [] as [&str; 0], "{kind}");
    }
    let unknown = json!({
        "events": [{ "event": "slot", "name": "gone", "value": 1 }], "responses": [{ "response": "utter_gone" }],
    });
    let (said, notes) = hours(200, unknown).await;
    assert!(said.is_empty() && notes.len() == 2, "{said:?} {notes:?}");
    assert!(notes[0].contains("`utter_gone`") && notes[1].contains("`gone`"), "{notes:?}");
}

#[tokio::test]
async fn an_answer_full_of_what_is_not_done_is_told_in_short() {
    let events: Vec<Value> = (0..10_000).map(|_| json!({ "event": "reminder" })).collect();
    let (_, notes) = hours(200, json!({ "events": events, "responses": [] })).await;
    assert!((1..=100).contains(&notes.len()), "{}", notes.len());
}

#[tokio::test]
async fn an_action_begins_a_form_and_a_restart_ends_all() {
    let leads = |event: Value| json!({ "events": [event], "responses": [{ "text": "ok" }] });
    let begins = ["followup", "active_loop"].map(|kind| leads(json!({ "event": kind, "name": "booking_form" })));
    for answer in begins {
        // Its validation gets the same answer, so the form goes on with its first question.
        let said = hours(200, answer).await.0;
        assert_eq!((said[0].as_str(), said.last().unwrap().as_str()), ("ok", "For how many?"));
    }
    let mut talk = Talk::with(Arc::new(Always(200, leads(json!({ "event": "restart" }))))).await;
    talk.take(Message::button("intent:book")).await;
    assert_eq!(talk.say("shown").await, ["  12 "], "the form has ended with the variables");
    // A follow-up that Rasa itself would run is no fault where the server does not have it.
    let mut talk = Talk::with(Arc::new(Restarting)).await;
    let answer = talk.take(Message::button("intent:hours")).await;
    assert!(answer.trace.iter().all(|step| !matches!(step, TraceStep::HandlerFailed { .. })), "{:?}", answer.trace);
}

/// A server that restarts and goes on with an action that it does not have.
struct Restarting;

#[async_trait]
impl HttpClient for Restarting {
    async fn send(&self, request: &HttpRequest, _: usize) -> Result<HttpAnswer, HandlerError> {
        let Some(HttpBody::Json(asked)) = &request.body else { panic!("{request:?}") };
        let events = json!([{ "event": "restart" }, { "event": "followup", "name": "action_session_start" }]);
        Ok(match asked["next_action"].as_str() {
            Some("action_hours") => HttpAnswer { status: 200, body: json!({ "events": events, "responses": [] }) },
            _ => HttpAnswer { status: 404, body: json!({ "error": "no registered action found" }) },
        })
    }
}

/// Why `[Hours]` fails when the server answers so, in a conversation that keeps a sensitive value.
async fn failure(status: u16, answer: Value) -> String {
    let mut talk = Talk::with(Arc::new(Always(status, answer))).await;
    let trace = talk.take(Message::button("intent:hours")).await.trace;
    trace
        .into_iter()
        .find_map(|step| match step {
            TraceStep::HandlerFailed { reason, .. } => Some(reason),
            _ => None,
        })
        .unwrap()
}

#[tokio::test]
async fn what_is_no_answer_of_an_action_server_is_told_in_short() {
    let page = format!("<html>\n{}</html>", "x".repeat(100_000));
    for (status, body) in [(200, json!(page)), (200, json!([page])), (500, json!({ "error": page }))] {
        let reason = failure(status, body).await;
        assert!(reason.chars().count() < 350, "{} characters", reason.chars().count());
        assert!(!reason.contains('\n'), "{reason}");
    }
    // The end of what is told would fall between the two digits of `12`, which is sensitive.
    let reason = failure(200, json!(format!("{} 12", "x".repeat(179)))).await;
    assert!(reason.ends_with("x •…") || reason.ends_with("x •"), "{reason}");
    let reason = failure(200, json!("<html>")).await;
    assert_eq!(
        reason,
        "the answer to the action `action_hours` is not one of an action server: it is no JSON but `<html>`"
    );
}
