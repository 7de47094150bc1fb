//! What an action server is asked: the action, the tracker, the domain.

use greenroom_bot::UserInput;
use serde_json::{Map, Value, json};

use crate::HandlerCall;

/// The version of Rasa whose shapes these are.
const VERSION: &str = "3.6.0";

/// The body of a call.
pub(super) fn request(action: &str, call: &HandlerCall, slots: &Map<String, Value>, domain: Option<&Value>) -> Value {
    let message = latest_message(call);
    let mut events = vec![json!({ "event": "action", "timestamp": null, "name": "action_listen" })];
    if let Some(text) = message["text"].as_str() {
        events.push(json!({
            "event": "user", "timestamp": null, "text": text, "parse_data": message,
            "input_channel": call.channel, "message_id": call.id, "metadata": {},
        }));
    }
    json!({
        "next_action": action,
        "sender_id": call.conversation,
        "tracker": {
            "sender_id": call.conversation,
            "slots": slots,
            "latest_message": message,
            "latest_event_time": null,
            "followup_action": null,
            "paused": false,
            "events": events,
            "latest_input_channel": call.channel,
            "active_loop": {},
            "latest_action": { "action_name": "action_listen" },
            "latest_action_name": "action_listen",
        },
        "domain": domain.cloned().unwrap_or_else(|| blank_domain(action)),
        "version": VERSION,
    })
}

fn blank_domain(action: &str) -> Value {
    json!({
        "intents": [], "entities": [], "slots": {}, "responses": {}, "forms": {}, "e2e_actions": [],
        "actions": [action],
    })
}

/// What the customer did, as Rasa reads it.
fn latest_message(call: &HandlerCall) -> Value {
    let text = match (&call.answer, &call.input) {
        (Some(answer), _) => answer.as_str(),
        (None, UserInput::Text(text)) => text,
        (None, UserInput::Button(payload)) => payload,
        (None, _) => "",
    };
    let understanding = call.understanding.as_ref();
    let intent = understanding.and_then(|understanding| understanding.intent.as_ref());
    let pressed = match &call.input {
        UserInput::Button(payload) => payload.strip_prefix("intent:").and_then(|intent| intent.split('{').next()),
        _ => None,
    };
    let intent = match (intent, pressed) {
        (Some(intent), _) => json!({ "name": intent.id, "confidence": intent.confidence }),
        (None, Some(pressed)) => json!({ "name": pressed, "confidence": 1.0 }),
        (None, None) => json!({ "name": null, "confidence": 0.0 }),
    };
    let ranking: Vec<Value> = understanding
        .into_iter()
        .flat_map(|understanding| &understanding.intent_ranking)
        .map(|ranked| json!({ "name": ranked.id, "confidence": ranked.confidence }))
        .collect();
    let entities: Vec<Value> = understanding
        .into_iter()
        .flat_map(|understanding| &understanding.entities)
        .map(|found| json!({ "entity": found.entity, "value": found.value, "start": found.start, "end": found.end }))
        .collect();
    json!({
        "text": text,
        "intent": intent,
        "intent_ranking": ranking,
        "entities": entities,
        "message_id": call.id,
        "metadata": { "language": call.language },
    })
}
