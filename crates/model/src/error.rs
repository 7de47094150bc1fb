//! The one error of this crate: what was wrong with an id, a path, a document
//! or stored bytes.

use crate::{Digest, PartPath};

/// Why something could not be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text is not an id of its kind.
    #[error("`{text}` is not a {kind} id: {reason}")]
    Id {
        /// What the text should have named, such as `flow`.
        kind: &'static str,
        /// The text.
        text: String,
        /// The rule that it breaks, with what to do.
        reason: &'static str,
    },
    /// A text is not the path of a part.
    #[error(
        "`{text}` is not the path of a part: {reason}; paths are `settings`, `flows/ID`, \
         `flows/contexts/ID`, `flows/variables/ID`, `flows/handlers/ID`, `nlp/intents/ID`, \
         `nlp/examples/LANGUAGE/ID`, `nlp/entities/ID`, `nlp/training`, `nlp/runtime`, `tests/ID`"
    )]
    Path {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A document is not of the form that its part needs.
    #[error("part `{path}`: {reason}")]
    Document {
        /// The part.
        path: PartPath,
        /// What is wrong, and where inside the document.
        reason: String,
    },
    /// Stored bytes are not what their digest says, or cannot be decoded.
    #[error("stored object `{digest}` is damaged: {reason}; restore it from a backup or an archive")]
    Damaged {
        /// The object.
        digest: Digest,
        /// How the damage showed.
        reason: String,
    },
    /// A stored record cannot be decoded.
    #[error("{what} cannot be read: {reason}; restore it from a backup or an archive")]
    Record {
        /// The kind of the record.
        what: &'static str,
        /// How the damage showed.
        reason: String,
    },
    /// A tree names an object that nobody could provide.
    #[error("stored object `{0}` is missing; restore it from a backup or an archive")]
    Missing(Digest),
    /// An object was written by a newer build.
    #[error("{what} has format version {found}, this build reads up to {supported}; use a newer build")]
    NewerFormat {
        /// The kind of the object.
        what: &'static str,
        /// The version that it claims.
        found: u32,
        /// The newest version that this build reads.
        supported: u32,
    },
}
