//! What a node's form has no fields of its own for: shown and edited as JSON, so
//! that nothing of a node is hidden or lost.

use greenroom_model::document::Node;
use serde_json::{Map, Value};

use crate::form::{Control, Group};

/// The name of the field.
pub(super) const FIELD: &str = "more";

/// The keys of a node that have fields of their own.
fn keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "message" => &["text", "buttons", "next"],
        "input" => &["variable", "ask", "accept", "retry", "attempts", "otherwise", "skip_when_known", "next"],
        "branch" => &["cases", "else"],
        "action" => &["set", "clear", "contexts", "call", "on_error", "next"],
        "jump" => &["to", "return", "next"],
        "handover" => &["text", "next"],
        _ => &[],
    }
}

/// The keys that a node may have beside them, for people.
fn hint(kind: &str) -> &'static str {
    match kind {
        "message" => "content (cards, pictures, lists, further texts), quick_replies",
        "input" => "interruptions, ask.quick_replies",
        "action" => "increment, language, http",
        "handover" => "to, note",
        "wait" => "events (each with its node), seconds, on_timeout",
        "event" => "event, data, next",
        _ => "",
    }
}

/// The field, for kinds of nodes that may have more than their form shows.
pub(super) fn group(node: &Node) -> Option<Group> {
    let hint = hint(node.kind());
    if hint.is_empty() {
        return None;
    }
    let more = rest_of(node);
    let typed = if more.is_empty() { String::new() } else { serde_json::to_string_pretty(&more).unwrap_or_default() };
    Some(Group::titled("More", vec![Control::area(FIELD, "As JSON", typed)]).hint(format!("Possible keys: {hint}.")))
}

fn rest_of(node: &Node) -> Map<String, Value> {
    let Ok(Value::Object(mut whole)) = serde_json::to_value(node) else { return Map::new() };
    let Some(Value::Object(mut fields)) = whole.remove(node.kind()) else { return Map::new() };
    let ask = fields.get_mut("ask").and_then(|ask| ask.get_mut("quick_replies")).map(Value::take);
    fields.retain(|key, _| !keys(node.kind()).contains(&key.as_str()));
    if let Some(replies) = ask {
        fields.insert("ask".to_owned(), serde_json::json!({ "quick_replies": replies }));
    }
    fields
}

/// The node of a form's own fields with what was typed beside them.
///
/// # Errors
/// What is wrong with that, with the field in backticks.
pub(super) fn read(kind: &str, mut node: Value, typed: &str) -> Result<Node, String> {
    if !typed.trim().is_empty() {
        let more: Map<String, Value> =
            serde_json::from_str(typed).map_err(|error| format!("at `{FIELD}`: it is not a JSON object: {error}"))?;
        if let Some(fields) = node.get_mut(kind) {
            merge(fields, Value::Object(more));
        }
    }
    serde_json::from_value(node).map_err(|error| format!("at `{FIELD}`: {error}"))
}

/// Adds what a value lacks, inside objects too; what the form's fields say stays.
fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(fields), Value::Object(more)) => {
            for (key, value) in more {
                match fields.get_mut(&key) {
                    Some(field) => merge(field, value),
                    None => drop(fields.insert(key, value)),
                }
            }
        }
        (into @ Value::Null, more) => *into = more,
        _ => {}
    }
}
