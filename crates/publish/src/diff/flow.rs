//! The difference between two flows: triggers, nodes, edges, what the bot says.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Flow, Node, SystemEvent, Trigger, TriggerOn};
use greenroom_model::{Document, Language, NodeId, PartPath};
use serde_json::Value;

use super::values::{Place, Step, compare_values, spell};
use super::{ChangeKind, Detail};
use crate::wording::quoted;

/// How two flows differ: their own fields, then triggers, then nodes by id.
pub(super) fn compare_flows(path: &PartPath, before: &Flow, after: &Flow) -> Vec<Detail> {
    let mut details = Vec::new();
    let head = |flow: &Flow| {
        let head = Flow { triggers: Vec::new(), nodes: BTreeMap::new(), ..flow.clone() };
        Document::Flow(head).to_value(path).unwrap_or(Value::Null)
    };
    compare_values(&mut Place::new(), Some(&head(before)), Some(&head(after)), &|_, _, _| None, &mut details);
    compare_triggers(&before.triggers, &after.triggers, &mut details);
    let ids: BTreeSet<&NodeId> = before.nodes.keys().chain(after.nodes.keys()).collect();
    for id in ids {
        compare_nodes(id, before.nodes.get(id), after.nodes.get(id), &mut details);
    }
    details
}

fn compare_triggers(before: &[Trigger], after: &[Trigger], details: &mut Vec<Detail>) {
    // How many more there are of each now; by its text, since triggers have no order.
    let mut more: BTreeMap<String, (&Trigger, i64)> = BTreeMap::new();
    for (triggers, step) in [(before, -1), (after, 1)] {
        for trigger in triggers {
            let key = serde_json::to_string(trigger).unwrap_or_default();
            more.entry(key).or_insert((trigger, 0)).1 += step;
        }
    }
    let same = more.values().all(|(_, more)| *more == 0);
    if same && before != after {
        details.push(Detail::Order { place: "triggers".to_owned() });
    }
    for (trigger, more) in more.values() {
        let kind = if *more < 0 { ChangeKind::Removed } else { ChangeKind::Added };
        details.extend((0..more.abs()).map(|_| Detail::Trigger { trigger: trigger_in_words(trigger), kind }));
    }
}

fn trigger_in_words(trigger: &Trigger) -> String {
    let mut words = match &trigger.on {
        TriggerOn::Intent(intent) => format!("intent `{intent}`"),
        TriggerOn::Event(event) => format!("event `{event}`"),
        TriggerOn::Button(payload) => format!("button {}", quoted(payload)),
        TriggerOn::System(SystemEvent::Introduction) => "introduction".to_owned(),
        TriggerOn::Keyword(words) => format!("keyword {}", quoted(words)),
        TriggerOn::Link(link) => format!("link {}", quoted(link)),
        TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times > 1 => {
            format!("not understood {} times in a row", trigger.times)
        }
        TriggerOn::System(SystemEvent::NotUnderstood) => "not understood".to_owned(),
        TriggerOn::System(SystemEvent::Error) => "error".to_owned(),
        TriggerOn::System(SystemEvent::BotDisabled) => "bot disabled".to_owned(),
    };
    if !trigger.contexts.is_empty() {
        let contexts: Vec<String> = trigger.contexts.iter().map(|context| format!("`{context}`")).collect();
        words.push_str(&format!(" in context {}", contexts.join(" and ")));
    }
    if let Some(node) = &trigger.node {
        words.push_str(&format!(" at node `{node}`"));
    }
    words
}

fn compare_nodes(id: &NodeId, before: Option<&Node>, after: Option<&Node>, details: &mut Vec<Detail>) {
    let kinds = (before.map(Node::kind), after.map(Node::kind));
    if kinds.0 != kinds.1 {
        let owned = |kind: Option<&str>| kind.map(str::to_owned);
        details.push(Detail::Node { node: id.clone(), before: owned(kinds.0), after: owned(kinds.1) });
    }
    let Some(after) = after else { return };
    // Against a node of another kind every field is new.
    let before = before.filter(|before| before.kind() == after.kind());
    let value = |node: &Node| serde_json::to_value(node).ok()?.get(node.kind()).cloned();
    let (before, after_value) = (before.and_then(value), value(after));
    if before.is_none() && after_value.as_ref().and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
        return;
    }
    let mut place = Place::of(&["nodes", id.as_str(), after.kind()]);
    let recognise = |place: &Place, before: Option<&Value>, after: Option<&Value>| recognise(id, place, before, after);
    compare_values(&mut place, before.as_ref(), after_value.as_ref(), &recognise, details);
}

/// How many steps lead from a flow to the fields of one of its nodes: `nodes`, id, kind.
const STEPS_TO_FIELDS: usize = 3;

/// Edges and texts, by where they stand in a node.
fn recognise(id: &NodeId, place: &Place, before: Option<&Value>, after: Option<&Value>) -> Option<Vec<Detail>> {
    let steps = place.steps().get(STEPS_TO_FIELDS..)?;
    let keys: Vec<&str> = steps.iter().map(Step::key).collect();
    match keys.as_slice() {
        ["next" | "otherwise" | "else" | "on_error" | "on_timeout"]
        | ["cases", "", "goto"]
        | ["events", _]
        | [.., "buttons" | "quick_replies", "", "action", "goto"]
        | ["content", .., "button", "action", "goto"] => {
            Some(vec![Detail::Edge { node: id.clone(), key: spell(steps), before: node(before)?, after: node(after)? }])
        }
        ["text" | "retry"]
        | ["retry", ""]
        | ["ask", "text"]
        | [.., "buttons" | "quick_replies", "", "title"]
        | ["content", .., "text" | "title" | "subtitle" | "name"] => texts(place, before, after),
        _ => None,
    }
}

/// A node id that may be absent; `None` where the value is no node id.
fn node(value: Option<&Value>) -> Option<Option<NodeId>> {
    match value {
        None => Some(None),
        Some(value) => value.as_str()?.parse().ok().map(Some),
    }
}

fn texts(place: &Place, before: Option<&Value>, after: Option<&Value>) -> Option<Vec<Detail>> {
    let (before, after) = (by_language(before)?, by_language(after)?);
    let languages: BTreeSet<&Language> = before.keys().chain(after.keys()).collect();
    let mut details = Vec::new();
    for language in languages {
        let text = |side: &BTreeMap<Language, Vec<String>>| side.get(language).cloned().unwrap_or_default();
        let (before, after) = (text(&before), text(&after));
        if before != after {
            details.push(Detail::Text { place: place.to_string(), language: language.clone(), before, after });
        }
    }
    (!details.is_empty()).then_some(details)
}

fn by_language(value: Option<&Value>) -> Option<BTreeMap<Language, Vec<String>>> {
    let Some(value) = value else { return Some(BTreeMap::new()) };
    let mut texts = BTreeMap::new();
    for (language, text) in value.as_object()? {
        let alternatives = match text {
            Value::String(text) => vec![text.clone()],
            Value::Array(list) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            _ => return None,
        };
        texts.insert(language.parse().ok()?, alternatives);
    }
    Some(texts)
}
