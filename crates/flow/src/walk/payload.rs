//! The payloads of buttons that lead to a node or stand for an intent.

use std::collections::BTreeMap;

use greenroom_model::{EntityId, FlowId, IntentId, NodeId};

use crate::EntityValue;

const GOTO: &str = "goto:";
const INTENT: &str = "intent:";

/// What a payload asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Payload<'p> {
    /// `goto:FLOW/NODE`
    Goto(&'p str),
    /// `intent:ID` or `intent:ID{"ENTITY":"VALUE"}`
    Intent(IntentId, Vec<EntityValue>),
    /// Any other.
    Other,
}

/// The payload of a button that goes to a node.
pub(crate) fn goto(flow: &FlowId, node: &NodeId) -> String {
    format!("{GOTO}{flow}/{node}")
}

/// The payload of a button that stands for an intent.
pub(crate) fn intent(intent: &IntentId, entities: &BTreeMap<EntityId, String>) -> String {
    let mut payload = format!("{INTENT}{intent}");
    if !entities.is_empty() {
        let entities: serde_json::Map<_, _> =
            entities.iter().map(|(entity, value)| (entity.to_string(), value.as_str().into())).collect();
        payload.push_str(&serde_json::Value::Object(entities).to_string());
    }
    payload
}

/// Reads a payload; one that is almost ours is any other.
pub(crate) fn read(payload: &str) -> Payload<'_> {
    if let Some(target) = payload.strip_prefix(GOTO) {
        return Payload::Goto(target);
    }
    payload.strip_prefix(INTENT).and_then(read_intent).unwrap_or(Payload::Other)
}

fn read_intent<'p>(text: &str) -> Option<Payload<'p>> {
    let (intent, entities) = match text.find('{') {
        Some(start) => {
            let (intent, entities) = text.split_at(start);
            (intent, serde_json::from_str::<BTreeMap<EntityId, String>>(entities).ok()?)
        }
        None => (text, BTreeMap::new()),
    };
    let entities = entities.into_iter().map(|(entity, value)| EntityValue::new(entity, value)).collect();
    Some(Payload::Intent(IntentId::new(intent).ok()?, entities))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_read_back() {
        let id = IntentId::new("order").unwrap();
        let entities = BTreeMap::from([(EntityId::new("size").unwrap(), "very \"large\" {x}".to_owned())]);
        let expected = vec![EntityValue::new(EntityId::new("size").unwrap(), "very \"large\" {x}")];
        assert_eq!(read(&intent(&id, &entities)), Payload::Intent(id.clone(), expected));
        assert_eq!(read(&intent(&id, &BTreeMap::new())), Payload::Intent(id, vec![]));
        let payload = goto(&FlowId::new("a").unwrap(), &NodeId::new("b").unwrap());
        assert_eq!(read(&payload), Payload::Goto("a/b"));
        for other in ["", "hello", "intent:", "intent:NO", "intent:a{", "intent:a{\"b\":1}"] {
            assert_eq!(read(other), Payload::Other, "{other}");
        }
    }
}
