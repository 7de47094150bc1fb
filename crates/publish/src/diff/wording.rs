//! A diff as text that people read: a line for a part, indented lines for what
//! differs inside it.

use std::fmt;

use greenroom_model::document::Example;
use serde_json::Value;

use super::{ChangeKind, Detail, Diff, PartChange};
use crate::wording::{counted, quoted};

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| write!(f, "{part}"))
    }
}

impl fmt::Display for PartChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} {}", self.kind.sign(), self.path, quoted(&self.name))?;
        self.details.iter().try_for_each(|detail| writeln!(f, "    {detail}"))
    }
}

impl PartChange {
    /// The change in a phrase, such as `` `nlp/examples/en/order` changed (2 examples added) ``.
    #[must_use]
    pub fn summary(&self) -> String {
        let word = match self.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        let mut amounts: Vec<String> = Vec::new();
        let (mut added, mut removed, mut changed) = (0, 0, 0);
        for detail in &self.details {
            match detail {
                Detail::Holds { what, count } => amounts.push(format!("{what}: {count}")),
                Detail::Example { before: None, .. } => added += 1,
                Detail::Example { after: None, .. } => removed += 1,
                Detail::Example { .. } => changed += 1,
                _ => {}
            }
        }
        for (count, what) in [(added, "added"), (removed, "removed"), (changed, "changed")] {
            if count > 0 {
                amounts.push(format!("{} {what}", counted(count, "example")));
            }
        }
        let amounts = if amounts.is_empty() { String::new() } else { format!(" ({})", amounts.join(", ")) };
        format!("`{}` {word}{amounts}", self.path)
    }
}

impl ChangeKind {
    fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }

    /// What happened to something that was perhaps there, and perhaps is.
    fn between<T>(before: &Option<T>, after: &Option<T>) -> Self {
        match (before, after) {
            (None, Some(_)) => Self::Added,
            (Some(_), None) => Self::Removed,
            _ => Self::Changed,
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds { what, count } => write!(f, "{what}: {count}"),
            Self::Field { place, before, after } => {
                let shown = |value: &Option<Value>| value.as_ref().map(show);
                write_sides(f, place, shown(before), shown(after))
            }
            Self::Text { place, language, before, after } => {
                let shown = |texts: &[String]| {
                    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                    (!texts.is_empty()).then(|| texts.join(" | "))
                };
                write_sides(f, &format!("{place} ({language})"), shown(before), shown(after))
            }
            Self::Node { node, before, after } => {
                let kinds = [before, after].map(|kind| kind.as_deref());
                let kinds: Vec<&str> = kinds.into_iter().flatten().collect();
                write!(f, "{} node `{node}` ({})", ChangeKind::between(before, after).sign(), kinds.join(" → "))
            }
            Self::Edge { node, key, before, after } => {
                let shown = |node: &Option<greenroom_model::NodeId>| node.as_ref().map(|node| format!("`{node}`"));
                write_sides(f, &format!("edge {key} of `{node}`"), shown(before), shown(after))
            }
            Self::Trigger { trigger, kind } => write!(f, "{} trigger {trigger}", kind.sign()),
            Self::Example { before, after } => {
                let text = after.as_ref().or(before.as_ref()).map(|example| quoted(&example.text));
                write!(f, "{} example {}", ChangeKind::between(before, after).sign(), text.unwrap_or_default())?;
                match (before, after) {
                    (Some(before), Some(after)) => write!(f, ": {} → {}", marks(before), marks(after)),
                    _ => Ok(()),
                }
            }
            Self::Order { place } => write!(f, "{place}: the order changed"),
        }
    }
}

/// `place: before → after`, or what came or went.
fn write_sides(f: &mut fmt::Formatter<'_>, place: &str, before: Option<String>, after: Option<String>) -> fmt::Result {
    match (before, after) {
        (Some(before), Some(after)) => write!(f, "{place}: {before} → {after}"),
        (None, Some(after)) => write!(f, "+ {place}: {after}"),
        (Some(before), None) => write!(f, "- {place}: {before}"),
        (None, None) => f.write_str(place),
    }
}

/// A value: texts in quotation marks, all else as JSON, cut alike.
fn show(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => {
            let json = other.to_string();
            match json.char_indices().nth(200) {
                Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
                None => json,
            }
        }
    }
}

/// The entities marked in an example.
fn marks(example: &Example) -> String {
    let marks: Vec<String> = example
        .entities
        .iter()
        .map(|mark| {
            let value = mark.value.as_ref().map(|value| format!(" = {}", quoted(value))).unwrap_or_default();
            format!("`{}` at {}–{}{value}", mark.entity, mark.start, mark.end)
        })
        .collect();
    if marks.is_empty() { "no entity".to_owned() } else { marks.join(", ") }
}
