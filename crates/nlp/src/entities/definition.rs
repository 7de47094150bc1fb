//! What an author says of an entity.

use serde::{Deserialize, Serialize};

/// An entity and how to find it. Several definitions may share an id: what any of them finds is
/// that entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityDefinition {
    /// The entity's id, as matches report it.
    pub id: String,
    /// How it is found.
    pub kind: EntityKind,
}

/// How an entity is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// By a list of values and their synonyms, whatever the case, as whole words.
    Synonyms(Vec<SynonymValue>),
    /// By any of these regular expressions, in the syntax of the crate `regex`; `(?i)` makes one
    /// indifferent to case. What matched is the value.
    Regex(Vec<String>),
}

/// A value and the words that stand for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynonymValue {
    /// What a match reports. The value stands for itself too.
    pub value: String,
    /// Other words for it. Blank ones are ignored.
    #[serde(default)]
    pub synonyms: Vec<String>,
}
