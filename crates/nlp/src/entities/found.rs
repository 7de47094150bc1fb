//! What recognition reports.

use std::ops::Range;

use serde::Serialize;

/// An entity found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityMatch {
    /// The entity's id.
    pub entity: String,
    /// For synonyms the value that they stand for, for system entities the normalised value, else
    /// what matched.
    pub value: String,
    /// Where it stands in the original text, in bytes: `&text[bytes]` is what matched.
    pub bytes: Range<usize>,
    /// The same in characters (Unicode scalar values).
    pub chars: Range<usize>,
    /// How it was found.
    pub source: EntitySource,
    /// What a composite is made of, from left to right; empty for all others.
    pub parts: Vec<EntityPart>,
}

/// An entity that is a part of a composite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityPart {
    /// Its role in the template, where that names one.
    pub role: Option<String>,
    /// The entity's id.
    pub entity: String,
    /// Its value.
    pub value: String,
    /// Where it stands in the original text, in bytes.
    pub bytes: Range<usize>,
    /// The same in characters.
    pub chars: Range<usize>,
}

/// How an entity was found, in the order in which one goes before the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntitySource {
    /// By a template of a composite.
    Composite,
    /// By a model that learned from annotated examples.
    Learned,
    /// By a synonym, to the letter.
    Synonym,
    /// By a regular expression.
    Regex,
    /// By the grammar of a system entity.
    System,
    /// By a synonym, with typing errors.
    FuzzySynonym,
}
