//! The conversation as Rasa's tracker: slots, the active form, what was just said, and the
//! events of the present turn, at whose end stand the slots that a form's validation judges.

use std::collections::BTreeMap;

use greenroom_bot::UserInput;
use greenroom_model::VariableId;
use serde_json::{Map, Value, json};

use super::duckling;
use super::run::Run;
use super::words::{REQUESTED_SLOT, Words};

/// What Rasa's classifier of what is not understood calls it.
const FALLBACK: &str = "nlu_fallback";

pub(super) fn tracker(action: &str, run: &Run<'_>) -> Value {
    let words = &run.words;
    let call = words.call;
    let message = latest_message(words);
    let time = time(words);
    let typed = typed_entities(words, &message);
    let mut slots = words.slot_values(&run.variables);
    let form = action.strip_prefix("validate_").filter(|form| words.form(form).is_some());
    let begins = form.is_some_and(|form| words.active_form(&call.before) != Some(form));
    if begins && slots.contains_key(REQUESTED_SLOT) {
        // A form that begins has asked for nothing yet, whatever another one asked for.
        slots.insert(REQUESTED_SLOT.to_owned(), Value::Null);
    }
    let mut changed: Vec<&str> = Vec::new();
    for slot in words.slots() {
        let value = run.variables.get(slot.variable);
        if slot.name == REQUESTED_SLOT || call.before.get(slot.variable) == value {
            continue;
        }
        changed.push(slot.name);
        // What an entity has just filled has the value that Rasa's extractors give it.
        if let Some((_, value)) = typed.iter().find(|(own, _)| Some(own) == value) {
            slots.insert(slot.name.to_owned(), value.clone());
        }
    }
    let set = |slot: &str| json!({ "event": "slot", "timestamp": time, "name": slot, "value": slots.get(slot).cloned().unwrap_or_default() });
    let mut events = vec![json!({ "event": "action", "timestamp": time, "name": "action_listen" })];
    if message["text"].as_str().is_some_and(|text| !text.is_empty()) {
        events.push(json!({
            "event": "user", "timestamp": time, "text": message["text"], "parse_data": message,
            "input_channel": call.channel, "message_id": call.id, "metadata": {},
        }));
    }
    events.extend(changed.iter().map(|slot| set(slot)));
    if let Some(form) = form {
        // The validation judges what stands behind the form's own action.
        events.push(json!({ "event": "action", "timestamp": time, "name": form }));
        let required = words.form(form).map(|(_, required)| required).unwrap_or_default();
        let requested = slots.get(REQUESTED_SLOT).and_then(Value::as_str);
        let is_known = |slot: &str| slots.get(slot).is_some_and(|value| !value.is_null());
        let asked = changed.iter().copied().filter(|slot| Some(*slot) == requested && !required.contains(slot));
        let candidates = required.iter().copied().filter(|slot| begins || changed.contains(slot)).chain(asked);
        events.extend(candidates.filter(|slot| is_known(slot)).map(set));
    }
    let active_loop = match words.active_form(&run.variables) {
        Some(form) => json!({ "name": form, "is_interrupted": false, "rejected": false }),
        None => json!({}),
    };
    json!({
        "sender_id": call.conversation,
        "slots": slots,
        "latest_message": message,
        "latest_event_time": time,
        "followup_action": null,
        "paused": call.session.handed_over,
        "events": events,
        "latest_input_channel": call.channel,
        "active_loop": active_loop,
        "latest_action": { "action_name": "action_listen" },
        "latest_action_name": "action_listen",
    })
}

/// The time of the turn, in seconds since 1970.
fn time(words: &Words<'_>) -> f64 {
    words.call.now.timestamp().as_duration().as_secs_f64()
}

/// What the customer did, as Rasa reads it.
fn latest_message(words: &Words<'_>) -> Value {
    let call = words.call;
    let mut text = String::new();
    let mut entities: Vec<Value> = Vec::new();
    let mut intent = json!({ "name": null, "confidence": 0.0 });
    match &call.input {
        UserInput::Text(said) => text.clone_from(said),
        UserInput::Button(payload) => match words.as_rasa_writes(payload) {
            Some((written, name, values)) => {
                entities.extend(values.into_iter().map(|(entity, value)| {
                    json!({ "entity": entity, "value": value, "start": 0, "end": written.chars().count() })
                }));
                intent = json!({ "name": name, "confidence": 1.0 });
                text = written;
            }
            None => text.clone_from(payload),
        },
        _ => {}
    }
    let mut ranking: Vec<Value> = Vec::new();
    if let Some(understood) = &call.understanding {
        let ranked = understood.intent_ranking.iter();
        ranking.extend(ranked.map(|ranked| json!({ "name": ranked.name, "confidence": ranked.confidence })));
        intent = match &understood.intent {
            Some(intent) => json!({ "name": intent.name, "confidence": intent.confidence }),
            None => {
                let best = understood.intent_ranking.first().map_or(0.0, |best| best.confidence);
                json!({ "name": FALLBACK, "confidence": 1.0 - best })
            }
        };
        if understood.intent.is_none() {
            ranking.insert(0, intent.clone());
        }
        entities.extend(understood.entities.iter().map(|found| {
            let mut entity = json!({
                "entity": words.entity_name(&found.entity), "value": found.value, "start": found.start, "end": found.end,
            });
            if let (Some(told), Some(map)) = (duckling::details(words, found, &understood.text), entity.as_object_mut()) {
                map.insert("value".to_owned(), told.value);
                map.insert("additional_info".to_owned(), told.additional_info);
                map.insert("extractor".to_owned(), "DucklingEntityExtractor".into());
            }
            entity
        }));
    }
    if ranking.is_empty() && !intent["name"].is_null() {
        ranking.push(intent.clone());
    }
    if let Some(answer) = &call.answer {
        text.clone_from(answer);
    }
    json!({
        "text": text,
        "intent": intent,
        "intent_ranking": ranking,
        "entities": entities,
        "message_id": call.id,
        "metadata": { "language": call.session.language },
    })
}

/// The values of the message's entities as variables have them, and as Rasa's extractors give them.
fn typed_entities(words: &Words<'_>, message: &Value) -> Vec<(Value, Value)> {
    let found = words.call.understanding.iter().flat_map(|understood| &understood.entities);
    let given = message["entities"].as_array().into_iter().flatten().map(|entity| entity["value"].clone());
    found.map(|found| Value::from(found.value.as_str())).zip(given).filter(|(own, given)| own != given).collect()
}

/// What an action without a tracker of its own stands on: nothing is known.
pub(super) fn values_of(given: &Map<String, Value>, words: &Words<'_>) -> BTreeMap<VariableId, Value> {
    given.iter().filter_map(|(name, value)| Some((words.variable(name)?, value.clone()))).collect()
}
