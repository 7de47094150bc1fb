//! The exit codes: a stable contract of the command line.

use std::process::ExitCode;

/// How a run of the command line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done = 0,
    /// Findings, or tests that fail, forbid it.
    Refused = 1,
    /// The command line is not one that there is.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// Something changed meanwhile, or exists already.
    Conflict = 4,
    /// Anything else.
    Failed = 5,
}

impl Exit {
    /// The word for it in JSON.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
        }
    }

    /// Done, or refused where it is not `fine`.
    pub(crate) fn refused_unless(fine: bool) -> Self {
        if fine { Self::Done } else { Self::Refused }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
