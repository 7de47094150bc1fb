//! Finds entities in a text: values by their synonyms, regular expressions, what people of all
//! trades say, what a model has learned, and wholes made of these.

mod composite;
mod definition;
mod found;
mod learned;
mod recogniser;
mod segments;
mod synonyms;
mod system;

pub use definition::{EntityDefinition, EntityKind, Fuzziness, SynonymList, SynonymValue};
pub use found::{EntityMatch, EntityPart, EntitySource};
#[cfg(feature = "train")]
pub use learned::{
    AnnotatedExample, EntityAnnotation, EntityCounts, EntityEvaluation, cross_validate_entities, score_entities,
    train_entities,
};
pub use learned::{
    ENTITY_FEATURE_VERSION, ENTITY_FORMAT_VERSION, ENTITY_TRAINER, EntityModel, LearnedSpan, MAX_LEARNED_ENTITIES,
};
pub use recogniser::{EntityContext, EntityRecogniser};
pub use system::{SystemKind, SystemLanguage};
