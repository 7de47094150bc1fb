//! Finds entities in a text: values by their synonyms, and regular expressions.

mod definition;
mod recogniser;
mod segments;

pub use definition::{EntityDefinition, EntityKind, SynonymValue};
pub use recogniser::{EntityMatch, EntityRecogniser};
