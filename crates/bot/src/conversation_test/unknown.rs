//! Names in a test that the bot does not have: no conversation will ever bring
//! them, so that, and not the conversation, is what its author is to mend.

use std::fmt::Display;

use greenroom_flow::Position;
use greenroom_model::{EntityId, FlowId, IntentId, NodeId, VariableId};

use crate::Bot;

/// How many of the names that there are get told.
const NAMES_TOLD: usize = 8;

/// What is wrong with the id of an intent, other than `none`.
pub(super) fn intent(bot: &Bot, expected: &str) -> Option<String> {
    let intents = bot.names().intents();
    let is_known = expected == "none" || intents.keys().any(|intent| intent.as_str() == expected);
    (!is_known).then(|| told("intent", expected, intents.keys().map(IntentId::as_str)))
}

/// What is wrong with the id of an entity.
pub(super) fn entity(bot: &Bot, expected: &EntityId) -> Option<String> {
    let entities = bot.names().entities();
    (!entities.contains_key(expected)).then(|| told("entity", expected, entities.keys().map(EntityId::as_str)))
}

/// What is wrong with the id of a variable.
pub(super) fn variable(bot: &Bot, expected: &VariableId) -> Option<String> {
    let variables = bot.names().variables();
    (!variables.contains_key(expected)).then(|| told("variable", expected, variables.keys().map(VariableId::as_str)))
}

/// What is wrong with a place, `flow/node` or `none`.
pub(super) fn node(bot: &Bot, expected: &str) -> Option<String> {
    if expected == "none" {
        return None;
    }
    let Some((flow, node)) = expected.split_once('/') else {
        return Some(format!("`{expected}` names no place; write `FLOW/NODE`, or `none`"));
    };
    let flows = bot.names().flows();
    let Some(flow) = flows.keys().find(|known| known.as_str() == flow) else {
        return Some(told("flow", &flow, flows.keys().map(FlowId::as_str)));
    };
    let position = NodeId::new(node).ok().map(|node| Position { flow: flow.clone(), node });
    let is_known = position.is_some_and(|position| bot.graph().contains(&position));
    (!is_known).then(|| format!("the flow `{flow}` has no node `{node}`; name one that it has"))
}

fn told<'n>(kind: &str, wanted: &(impl Display + ?Sized), known: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMES_TOLD { " and others" } else { "" };
    let first = names.iter().take(NAMES_TOLD).cloned().collect::<Vec<_>>().join(", ");
    match names.as_slice() {
        [] => format!("the bot has no {kind} `{wanted}`, nor any other; take it out of the test, or make it"),
        _ => format!("the bot has no {kind} `{wanted}`; it has {first}{more}"),
    }
}
