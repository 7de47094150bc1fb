//! The one error type of the crate.

/// Why a training, an artifact or an entity definition was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Training was asked for without a single example that holds a word.
    #[error("no examples to train on: give at least one label a text that is not blank")]
    NoExamples,
    /// An example's label is blank.
    #[error("example {index} (`{text}`) has a blank label: name the label that the text stands for")]
    BlankLabel {
        /// The example's position in the slice that was given, from 0.
        index: usize,
        /// The example's text, shortened.
        text: String,
    },
    /// There are more labels than a model can hold.
    #[error("{count} labels are more than a model can hold: use at most {limit}")]
    TooManyLabels {
        /// How many different labels the examples have.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A training parameter is outside its range.
    #[error("training parameter `{parameter}` is {value}: it must be {expected}")]
    InvalidParameter {
        /// The parameter's name.
        parameter: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A threshold is not a number from 0 to 1.
    #[error("threshold {value} is out of range: it must be a number from 0 to 1")]
    InvalidThreshold {
        /// The value that was given.
        value: f32,
    },
    /// There are more entities than an entity model can learn.
    #[error("{count} annotated entities are more than a model can learn: annotate at most {limit}")]
    TooManyEntities {
        /// How many different entities the examples have.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The host cancelled the training.
    #[error("training was cancelled")]
    Cancelled,
    /// The optimiser found no step that lowers the loss.
    #[error("training did not converge at any regularisation: raise `alpha` above {alpha}")]
    DidNotDescend {
        /// The largest regularisation that was tried.
        alpha: f64,
    },
    /// The optimiser refused its input.
    #[error("the optimiser failed: {0}")]
    Optimiser(String),
    /// The bytes are not a model, or not the bytes that were written.
    #[error("the model is damaged: {reason}; train it again or restore it from a copy")]
    DamagedModel {
        /// What does not hold.
        reason: String,
    },
    /// The bytes are not static vectors, or not the bytes that were written.
    #[error("the static vectors are damaged: {reason}; copy or make them again")]
    DamagedVectors {
        /// What does not hold.
        reason: String,
    },
    /// A model was trained with static vectors that are not at hand.
    #[error("the model needs the static vectors `{digest}`, which are not at hand: add them, or train it again")]
    MissingVectors {
        /// The digest of the vectors that the model was trained with.
        digest: String,
    },
    /// Training would need more memory than it may take.
    #[error(
        "training needs about {needed} bytes of memory and may take {limit}: raise `memory_limit`, \
         or train on fewer examples, labels or n-grams"
    )]
    MemoryLimit {
        /// What it would need, in bytes.
        needed: u64,
        /// What it may take, in bytes.
        limit: u64,
    },
    /// The model is sound, but made by a version of the library that this build cannot read.
    #[error(
        "its {what} version is {found} and this build reads {supported}: \
         upgrade the library or make it again"
    )]
    UnsupportedVersion {
        /// Which version differs: `format`, `feature` or `vectors`.
        what: &'static str,
        /// The version of the model.
        found: u64,
        /// The version that this build reads.
        supported: u32,
    },
    /// A pattern of a regex entity does not compile, or compiles to something too large.
    #[error("pattern `{pattern}` of entity `{entity}` is not usable: {reason}")]
    InvalidPattern {
        /// The entity's id.
        entity: String,
        /// The pattern as given.
        pattern: String,
        /// What the regex compiler says.
        reason: String,
    },
    /// A template of a composite entity does not read.
    #[error("template `{template}` of entity `{entity}` is not usable: {reason}")]
    InvalidTemplate {
        /// The entity's id.
        entity: String,
        /// The template as given.
        template: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The synonyms of all entities together are too large for one automaton.
    #[error("the entities' synonyms do not fit one automaton: {reason}; use fewer or shorter ones")]
    TooManySynonyms {
        /// What the automaton's builder says.
        reason: String,
    },
    /// An evaluation was asked for without anything to judge.
    #[error("no examples to evaluate on: give at least one")]
    NothingToEvaluate,
}
