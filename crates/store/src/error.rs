//! The one error of stores: what a caller branches on, and the backend's cause.

use greenroom_model::Digest;

use crate::{Key, Record};

/// Why a store did not do what it was asked. Whatever it is, nothing was changed
/// unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A record does not stand as a swap expected: someone else changed it.
    #[error("record `{key}` was changed meanwhile ({}); read it again and repeat the change", standing(found.as_deref()))]
    Conflict {
        /// The record of the first swap, in their order, that does not hold.
        key: Key,
        /// How the record stands.
        found: Option<Box<Record>>,
    },
    /// An object's bytes are not those of its digest.
    #[error("stored object `{digest}` is damaged: {reason}; restore it from a backup or an archive")]
    Damaged {
        /// The object.
        digest: Digest,
        /// How the damage showed.
        reason: String,
    },
    /// A record's stored bytes are not those that were written.
    #[error("stored record `{key}` is damaged: {reason}; restore the store from a backup")]
    DamagedRecord {
        /// The record's key as it is stored.
        key: String,
        /// How the damage showed.
        reason: String,
    },
    /// An object that is needed is not in the store.
    #[error("stored object `{0}` is missing; restore it from a backup or an archive")]
    Missing(Digest),
    /// The store does not offer this.
    #[error("this store does not offer {0}")]
    Unsupported(&'static str),
    /// An algorithm asks again for what it was given: a bug of the algorithm.
    #[error(
        "an algorithm asked {rounds} times for objects and the last round names nothing new; please report this bug"
    )]
    NoProgress {
        /// How often it was called.
        rounds: usize,
    },
    /// The model crate refused what was read.
    #[error(transparent)]
    Model(greenroom_model::Error),
    /// A text is not a key.
    #[error("`{text}` is not a key: {reason}")]
    InvalidKey {
        /// The text, cut to 80 characters.
        text: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// A commit contradicts itself or is too large.
    #[error("the commit is not valid: {reason}")]
    InvalidCommit {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The store was written by a newer build.
    #[error("the store {place} has schema version {found}, this build knows up to {supported}; use a newer build")]
    NewerSchema {
        /// Where the store is.
        place: String,
        /// The store's schema version.
        found: i64,
        /// The newest that this build knows.
        supported: i64,
    },
    /// What stands at the place is not a Greenroom store.
    #[error("{place} is not a Greenroom store: {reason}")]
    NotAStore {
        /// Where the store should be.
        place: String,
        /// What stands there instead, and what to do.
        reason: String,
    },
    /// The store as a whole is damaged, beyond one object or record.
    #[error("the store {place} is damaged: {reason}; restore it from a backup")]
    DamagedStore {
        /// Where the store is.
        place: String,
        /// How the damage showed.
        reason: String,
    },
    /// The store cannot be reached: no permission, no such directory, no connection.
    #[error("cannot open the store {place}: {reason}")]
    Unavailable {
        /// Where the store should be.
        place: String,
        /// Why, and what to do.
        reason: String,
    },
    /// There is no room for the commit.
    #[error("the store {place} is full; free or add disk space and repeat")]
    Full {
        /// Where the store is.
        place: String,
    },
    /// Others kept the store locked for too long.
    #[error("the store {place} is busy: others write to it without pause; repeat, or stop one of them")]
    Busy {
        /// Where the store is.
        place: String,
    },
    /// Anything else that the backend says. A commit may have happened; read to find out.
    #[error("{what}")]
    Backend {
        /// What was done, and where.
        what: String,
        /// The backend's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn standing(found: Option<&Record>) -> String {
    found.map_or_else(|| "it does not exist".to_owned(), |record| format!("it has revision {}", record.revision))
}

impl From<greenroom_model::Error> for Error {
    fn from(error: greenroom_model::Error) -> Self {
        match error {
            greenroom_model::Error::Damaged { digest, reason } => Self::Damaged { digest, reason },
            greenroom_model::Error::Missing(digest) => Self::Missing(digest),
            other => Self::Model(other),
        }
    }
}
