//! The bot as Rasa's domain, which actions get with each call.

use std::collections::BTreeMap;

use greenroom_flow::{Reply, ReplyAction, Session};
use greenroom_model::VariableId;
use greenroom_model::document::ValueType;
use serde_json::{Map, Value, json};

use super::run::place_of;
use super::words::Words;

/// The domain of a bot: its intents, entities, slots, forms, actions, and what its responses
/// say in its default language, with `{slot}` for variables.
pub(super) fn domain(words: &Words<'_>) -> Value {
    let names = words.names();
    let intents: Vec<&String> = names.intents().values().collect();
    let entities: Vec<&String> = names.entities().values().map(|entity| &entity.name).collect();
    let mut slots = Map::new();
    let mut placeholders: BTreeMap<VariableId, Value> = BTreeMap::new();
    for slot in words.slots() {
        let kind = match slot.value_type {
            ValueType::Any => "any",
            ValueType::Text => "text",
            ValueType::Number => "float",
            ValueType::Boolean => "bool",
            ValueType::List => "list",
        };
        let described = json!({
            "type": kind, "initial_value": slot.default, "influence_conversation": false, "mappings": [],
        });
        slots.insert(slot.name.to_owned(), described);
        placeholders.insert(slot.variable.clone(), format!("{{{}}}", slot.name).into());
    }
    let mut forms = Map::new();
    for flow in names.flows().values() {
        if let Some((_, required)) = words.form(&flow.name) {
            forms.insert(flow.name.clone(), json!({ "required_slots": required }));
        }
    }
    let session = Session::new(words.loaded().graph(), None);
    let mut responses = Map::new();
    for name in response_names(words) {
        let Some(place) = place_of(words, &name) else { continue };
        let said = words.loaded().graph().say(&session, &place, &placeholders);
        let said: Vec<Value> = said.iter().map(|reply| variation(words, reply)).collect();
        if !said.is_empty() {
            responses.insert(name, said.into());
        }
    }
    json!({
        "intents": intents, "entities": entities, "slots": slots, "responses": responses, "forms": forms,
        "actions": names.handlers(), "e2e_actions": [],
    })
}

/// The responses that the bot has, whether in a message or as a question.
fn response_names(words: &Words<'_>) -> Vec<String> {
    let names = words.names();
    let mut found: Vec<String> = names.messages("utter_").into_iter().map(str::to_owned).collect();
    for flow in names.flows().values() {
        for question in flow.questions.iter().filter(|question| question.has_words) {
            if let Some(slot) = words.slots().find(|slot| *slot.variable == question.variable) {
                found.push(format!("utter_ask_{}_{}", flow.name, slot.name));
                found.push(format!("utter_ask_{}", slot.name));
            }
        }
    }
    found
}

fn variation(words: &Words<'_>, reply: &Reply) -> Value {
    let buttons: Vec<Value> = reply
        .buttons
        .iter()
        .map(|button| match &button.action {
            ReplyAction::Url(url) => json!({ "title": button.title, "url": url }),
            ReplyAction::Payload(payload) => {
                let payload = words.as_rasa_writes(payload).map_or_else(|| payload.clone(), |(text, ..)| text);
                json!({ "title": button.title, "payload": payload })
            }
        })
        .collect();
    match buttons.is_empty() {
        true => json!({ "text": reply.text }),
        false => json!({ "text": reply.text, "buttons": buttons }),
    }
}
