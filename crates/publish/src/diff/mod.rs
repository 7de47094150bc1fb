//! The structural diff: which parts differ, and what differs inside each.

mod documents;
mod flow;
#[cfg(test)]
mod tests;
mod values;
mod wording;

pub use documents::diff_documents;

use greenroom_model::document::Example;
use greenroom_model::{Language, NodeId, PartPath};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// All parts in which two states of a bot differ, sorted by path.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diff {
    /// The parts.
    pub parts: Vec<PartChange>,
}

/// How one part differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartChange {
    /// The part.
    pub path: PartPath,
    /// Whether it came, went or changed.
    pub kind: ChangeKind,
    /// The name that people know it by: the new one where it was renamed.
    pub name: String,
    /// What differs inside it.
    pub details: Vec<Detail>,
}

/// Whether something came, went or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It is there, and another.
    Changed,
}

/// One difference inside a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Detail {
    /// How much a part holds that came or went as a whole.
    Holds {
        /// What it holds, in the plural: `nodes`, `examples`.
        what: String,
        /// How many.
        count: u64,
    },
    /// A value.
    Field {
        /// Where it stands in the document, such as `nodes.ask.input.attempts`.
        place: String,
        /// The value so far; `None` where there was none.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
        before: Option<Value>,
        /// The value now; `None` where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
        after: Option<Value>,
    },
    /// What the bot says, in one language.
    Text {
        /// Where it stands in the document.
        place: String,
        /// The language.
        language: Language,
        /// The text so far with its alternatives; empty where there was none.
        before: Vec<String>,
        /// The text now.
        after: Vec<String>,
    },
    /// A node came, went, or is of another kind.
    Node {
        /// The node.
        node: NodeId,
        /// Its kind so far; `None` where it was not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// Its kind now; `None` where it is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// A way from one node to another.
    Edge {
        /// The node that it leaves.
        node: NodeId,
        /// The key that names it, such as `next` or `cases[1].goto`.
        key: String,
        /// Where it led; `None` where there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<NodeId>,
        /// Where it leads; `None` where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<NodeId>,
    },
    /// A trigger of a flow came or went.
    Trigger {
        /// The trigger in words, such as ``intent `order` ``.
        trigger: String,
        /// Whether it came or went.
        kind: ChangeKind,
    },
    /// An example came, went, or has other annotations.
    Example {
        /// The example so far; `None` where it was not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Example>,
        /// The example now; `None` where it is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Example>,
    },
    /// The same entries in another order.
    Order {
        /// Where they stand in the document.
        place: String,
    },
}

/// A value that is given, be it `null`: only what is left out is `None`.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Diff {
    /// The change of one part, where it differs.
    #[must_use]
    pub fn get(&self, path: &PartPath) -> Option<&PartChange> {
        self.parts.iter().find(|part| part.path == *path)
    }

    /// Whether it holds something to publish: anything but tests.
    #[must_use]
    pub fn carries_something(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part.path, PartPath::Test(_)))
    }
}
