//! Why a bot could not be loaded.

use greenroom_model::{Digest, Language};

/// Why a bot could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model is damaged, or made for another build.
    #[error("the model `{}` of language `{language}` cannot be loaded: {source}", .artifact.short())]
    Model {
        /// The language.
        language: Language,
        /// The model's bytes.
        artifact: Digest,
        /// What is wrong with it.
        source: greenroom_nlp::Error,
    },
    /// A stored object is damaged.
    #[error(transparent)]
    Stored(#[from] greenroom_model::Error),
    /// The parts have no `settings`.
    #[error("the bot has no part `settings`; set one with at least `name` and `default_language`")]
    NoSettings,
}
