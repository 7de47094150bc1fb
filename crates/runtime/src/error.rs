//! Why a message could not be answered.

use greenroom_model::{BotId, EnvironmentId};

/// Why a message could not be answered. The session is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such bot.
    #[error("there is no bot `{0}`; make it with `new`, or import one")]
    BotNotFound(BotId),
    /// Nothing was published to the environment yet.
    #[error("nothing of the bot `{bot}` is published to `{environment}` yet; publish first")]
    NeverPublished {
        /// The bot.
        bot: BotId,
        /// The environment.
        environment: EnvironmentId,
    },
    /// The version cannot be loaded.
    #[error(transparent)]
    Load(#[from] greenroom_bot::Error),
    /// A stored record is not what it should be.
    #[error(transparent)]
    Model(#[from] greenroom_model::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] greenroom_store::Error),
    /// A text is not the name of a turn.
    #[error(transparent)]
    InvalidTurnId(#[from] greenroom_bot::InvalidTurnId),
    /// The conversation got other messages faster than this one could be answered.
    #[error("the conversation `{0}` gets messages faster than they can be answered; send them one by one")]
    Contended(String),
    /// The process ends; what was begun is mended when the conversation goes on.
    #[error("the server ends; send the message again, under the same id where it has one")]
    Ending,
}

impl Error {
    /// A word for the kind of error, stable across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BotNotFound(_) => "bot_not_found",
            Self::NeverPublished { .. } => "never_published",
            Self::Load(_) => "bot_not_loadable",
            Self::Model(_) => "invalid_document",
            Self::Store(_) => "store_failed",
            Self::InvalidTurnId(_) => "invalid_turn_id",
            Self::Contended(_) => "contended",
            Self::Ending => "ending",
        }
    }
}
