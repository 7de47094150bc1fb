//! Entities that a model has learned from annotated examples: a linear-chain conditional random
//! field (Lafferty, McCallum and Pereira, 2001) over the words of a text.
//!
//! Each word gets a tag: outside, the beginning of an entity, or inside of one. What speaks for a
//! tag are features of the word and its neighbours, and the tag before it. Synonym lists are not
//! among the features, so that an author may edit them without a training.

mod artifact;
#[cfg(feature = "train")]
mod dataset;
#[cfg(feature = "train")]
mod evaluation;
mod features;
mod model;
mod tags;
#[cfg(feature = "train")]
mod training;

pub use artifact::ENTITY_FORMAT_VERSION;
#[cfg(feature = "train")]
pub use dataset::{AnnotatedExample, EntityAnnotation};
#[cfg(feature = "train")]
pub use evaluation::{EntityCounts, EntityEvaluation, cross_validate_entities, score_entities};
pub use features::ENTITY_FEATURE_VERSION;
pub use model::{ENTITY_TRAINER, EntityModel, LearnedSpan, MAX_LEARNED_ENTITIES};
#[cfg(feature = "train")]
pub use training::train_entities;
