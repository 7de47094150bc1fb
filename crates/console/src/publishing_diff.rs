//! What differs between two states of a bot, part by part, as pages show it.

use greenroom_lifecycle::Reference;
use greenroom_model::{BotId, PartPath};
use greenroom_publish::{ChangeKind, Detail, Diff, PartChange};
use serde_json::Value;

use crate::flow_drawing;
use crate::usages::page_of;

/// A part that differs.
#[derive(Debug, Clone)]
pub(crate) struct ShownChange {
    pub(crate) kind: &'static str,
    /// The class of the kind's tag.
    pub(crate) tone: &'static str,
    /// What it is: «Flow», «Examples (en)».
    pub(crate) what: String,
    pub(crate) name: String,
    pub(crate) path: String,
    /// Its page; none where it is gone.
    pub(crate) href: Option<String>,
    /// The address of a picture of what differs, of a flow.
    pub(crate) drawing: Option<String>,
    pub(crate) details: Vec<ShownDetail>,
}

/// One difference inside a part.
#[derive(Debug, Clone)]
pub(crate) struct ShownDetail {
    pub(crate) label: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// The changes of a diff between two states that can be named, with pictures of its flows.
pub(crate) fn drawn_changes(diff: &Diff, base: &str, bot: &BotId, states: [&Reference; 2]) -> Vec<ShownChange> {
    let [before, after] = states;
    let drawing = |part: &PartChange| match &part.path {
        PartPath::Flow(flow) => Some(flow_drawing::address(bot, flow, before, after)),
        _ => None,
    };
    diff.parts.iter().map(|part| ShownChange { drawing: drawing(part), ..shown_change(part, base) }).collect()
}

/// The changes of a diff. `base` is the address of the side that has the parts, such as `/bots/shop/draft`.
pub(crate) fn shown_changes(diff: &Diff, base: &str) -> Vec<ShownChange> {
    diff.parts.iter().map(|part| shown_change(part, base)).collect()
}

fn shown_change(part: &PartChange, base: &str) -> ShownChange {
    let (kind, tone) = match part.kind {
        ChangeKind::Added => ("added", "good"),
        ChangeKind::Removed => ("removed", "bad"),
        ChangeKind::Changed => ("changed", "warn"),
    };
    ShownChange {
        kind,
        tone,
        what: part_kind(&part.path),
        name: part.name.clone(),
        path: part.path.to_string(),
        href: (part.kind != ChangeKind::Removed).then(|| format!("{base}/{}", page_of(&part.path))),
        drawing: None,
        details: shown_part(part),
    }
}

/// What differs inside a part.
pub(crate) fn shown_part(part: &PartChange) -> Vec<ShownDetail> {
    part.details.iter().map(shown_detail).collect()
}

/// What a part is, for people.
pub(crate) fn part_kind(path: &PartPath) -> String {
    match path {
        PartPath::Settings => "Settings".to_owned(),
        PartPath::Flow(_) => "Flow".to_owned(),
        PartPath::Context(_) => "Context".to_owned(),
        PartPath::Variable(_) => "Variable".to_owned(),
        PartPath::Handler(_) => "Handler".to_owned(),
        PartPath::Intent(_) => "Intent".to_owned(),
        PartPath::Examples(language, _) => format!("Examples ({language})"),
        PartPath::Entity(_) => "Entity".to_owned(),
        PartPath::Training => "Training settings".to_owned(),
        PartPath::Runtime => "Understanding settings".to_owned(),
        PartPath::Test(_) => "Test".to_owned(),
    }
}

fn shown_detail(detail: &Detail) -> ShownDetail {
    let sides = |label: String, before: Option<String>, after: Option<String>| ShownDetail { label, before, after };
    let joined = |texts: &[String]| (!texts.is_empty()).then(|| texts.join(" | "));
    match detail {
        Detail::Holds { what, count } => sides(format!("{what}: {count}"), None, None),
        Detail::Field { place, before, after } => {
            sides(place.clone(), before.as_ref().map(shown_json), after.as_ref().map(shown_json))
        }
        Detail::Text { place, language, before, after } => {
            sides(format!("Text {place} ({language})"), joined(before), joined(after))
        }
        Detail::Node { node, before, after } => sides(format!("Node {node}"), before.clone(), after.clone()),
        Detail::Edge { node, key, before, after } => sides(
            format!("Way {key} of {node}"),
            before.as_ref().map(ToString::to_string),
            after.as_ref().map(ToString::to_string),
        ),
        Detail::Trigger { trigger, kind } => {
            let text = Some(trigger.clone());
            match kind {
                ChangeKind::Added => sides("Trigger".to_owned(), None, text),
                ChangeKind::Removed => sides("Trigger".to_owned(), text, None),
                ChangeKind::Changed => sides(format!("Trigger {trigger} changed"), None, None),
            }
        }
        Detail::Example { before, after } => {
            let text = |example: &Option<greenroom_model::document::Example>| {
                example.as_ref().map(|example| match example.entities.len() {
                    0 => example.text.clone(),
                    1 => format!("{} (1 entity marked)", example.text),
                    marks => format!("{} ({marks} entities marked)", example.text),
                })
            };
            sides("Example".to_owned(), text(before), text(after))
        }
        Detail::Order { place } => sides(format!("{place}: the order changed"), None, None),
        other => sides(other.to_string(), None, None),
    }
}

fn shown_json(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
