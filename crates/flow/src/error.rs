//! The one error of this crate. What an author may get wrong in a stored flow is
//! a finding, never an error: errors are for who calls the library.

/// Why a condition could not be read or a flow not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text is not a condition.
    #[error("`{text}` is not a condition: at character {character}: {reason}")]
    Condition {
        /// The text, shortened.
        text: String,
        /// Where the fault is: characters from 1.
        character: usize,
        /// What is wrong there, with what to do.
        reason: String,
    },
    /// The builder was given an id that is none.
    #[error(transparent)]
    Id(#[from] greenroom_model::Error),
    /// The builder was given a flow that cannot work.
    #[error("flow `{flow}`: {reason}")]
    Flow {
        /// The flow's name.
        flow: String,
        /// What is wrong, with what to do.
        reason: String,
    },
}
