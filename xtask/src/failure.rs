//! Why a command or a step did not succeed.

/// A command's or a step's end without success, worded for whoever reads the log.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense; the help is shown beside it.
    Usage(String),
    /// What was to be done was not done, or found a fault.
    Failed(String),
}

impl Failure {
    /// The arguments make no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Something failed.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// The message alone.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Usage(message) | Self::Failed(message) => message,
        }
    }
}
