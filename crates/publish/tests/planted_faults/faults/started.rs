//! Faults of what starts flows.

use greenroom_model::{Code, Severity};
use serde_json::{Value, json};

use super::{at, of_part};
use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;

/// The same trigger once more, in any flow: the later of the two never wins.
pub(super) fn trigger_shadowed(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let mut triggers: Vec<(String, Value)> = Vec::new();
    for flow in bot.flows() {
        let own = bot.flow(&flow)["triggers"].as_array().cloned().unwrap_or_default();
        triggers.extend(own.into_iter().map(|trigger| (flow.clone(), trigger)));
    }
    let (first, mut trigger) = chance.pick(&triggers).clone();
    trigger.as_object_mut().unwrap().remove("node");
    if let Some(keyword) = trigger["keyword"].as_str() {
        // Case and signs do not tell keywords apart.
        trigger["keyword"] = json!(format!("{}!", keyword.to_uppercase()));
    }
    let second = bot.any_flow(chance);
    bot.add_trigger(&second, trigger);
    let loser = first.max(second);
    vec![of_part(Code::TriggerShadowed, Severity::Warn, &format!("flows/{loser}"))]
}

pub(super) fn context_never_set(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    bot.parts.insert("flows/contexts/never".to_owned(), json!({ "name": "Never" }));
    if chance.one_in(2) {
        // To end a context is not to set it.
        let flow = bot.any_flow(chance);
        bot.attach(&flow, json!({ "action": { "contexts": { "never": 0 } } }), chance);
    }
    let flow = bot.any_flow(chance);
    let intent = bot.intent();
    let mut trigger = json!({ "intent": intent, "contexts": ["context_a", "never"] });
    if chance.one_in(2) {
        trigger["node"] = json!("node_1");
        bot.add_trigger(&flow, trigger);
        return vec![at(Code::ContextNeverSet, Severity::Warn, &flow, "node_1")];
    }
    bot.add_trigger(&flow, trigger);
    vec![of_part(Code::ContextNeverSet, Severity::Warn, &format!("flows/{flow}"))]
}

pub(super) fn context_unknown(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    if chance.one_in(2) {
        let intent = bot.intent();
        bot.add_trigger(&flow, json!({ "intent": intent, "contexts": ["ghost"] }));
        return vec![of_part(Code::ContextUnknown, Severity::Deny, &format!("flows/{flow}"))];
    }
    let node = bot.attach(&flow, json!({ "action": { "contexts": { "ghost": 2 } } }), chance);
    vec![at(Code::ContextUnknown, Severity::Deny, &flow, &node)]
}

pub(super) fn intent_unknown(bot: &mut Bot, chance: &mut Chance) -> Vec<Found> {
    let flow = bot.any_flow(chance);
    match chance.below(3) {
        0 => {
            bot.add_trigger(&flow, json!({ "intent": "ghost", "node": "node_1" }));
            vec![at(Code::IntentUnknown, Severity::Deny, &flow, "node_1")]
        }
        1 => {
            let accept = json!([{ "intent": { "intent": "ghost", "value": 1 } }]);
            let node = bot.attach(&flow, json!({ "input": { "variable": "one", "accept": accept } }), chance);
            vec![at(Code::IntentUnknown, Severity::Deny, &flow, &node)]
        }
        _ => {
            let node = bot.attach(&flow, json!({ "message": { "text": bot.text("Press") } }), chance);
            bot.add_button(&flow, &node, json!({ "intent": { "intent": "ghost" } }));
            vec![at(Code::IntentUnknown, Severity::Deny, &flow, &node)]
        }
    }
}
