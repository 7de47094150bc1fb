//! Why a verb did not do what was asked, and which exit code that is: the one
//! place where errors of the libraries become exit codes.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use greenroom_lifecycle::PartConflict;
use greenroom_model::{Finding, Severity};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::findings::counted;

/// Why a verb did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Findings forbid it; beside those that deny there may be others.
    Refused(Vec<Finding>),
    /// Parts stand otherwise than expected.
    PartConflict(Vec<PartConflict>, String),
    /// Whoever read stdout went away; there is nobody to tell.
    OutputClosed,
    /// Anything else, in words.
    Other(Exit, String),
}

impl Failure {
    /// The command line is not one that there is.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Other(Exit::Usage, message.into())
    }

    /// What was named does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::Other(Exit::NotFound, message.into())
    }

    /// Something changed meanwhile, or exists already.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Other(Exit::Conflict, message.into())
    }

    /// Anything else.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Other(Exit::Failed, message.into())
    }

    /// What the system said of a file.
    pub(crate) fn file(action: &str, path: &Path, error: &std::io::Error) -> Self {
        let exit = if error.kind() == ErrorKind::NotFound { Exit::NotFound } else { Exit::Failed };
        Self::Other(exit, format!("cannot {action} `{}`: {error}", path.display()))
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Refused(_) => Exit::Refused,
            Self::PartConflict(..) => Exit::Conflict,
            Self::OutputClosed => Exit::Failed,
            Self::Other(exit, _) => *exit,
        }
    }

    /// The failure in words.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Refused(findings) => {
                let denying = findings.iter().filter(|finding| finding.severity == Severity::Deny).count();
                let mut text = format!("refused by {}; nothing was changed", counted(denying, "finding"));
                for finding in findings {
                    let _ = write!(text, "\n  {finding}");
                }
                text
            }
            Self::PartConflict(conflicts, advice) => {
                let mut text = "others changed what this would change; nothing was written".to_owned();
                for conflict in conflicts {
                    let _ = write!(text, "\n  {conflict}");
                }
                let _ = write!(text, "\n{advice}");
                text
            }
            Self::OutputClosed => "nobody reads the output".to_owned(),
            Self::Other(_, message) => message.clone(),
        }
    }

    /// The failure as the JSON document that `--json` promises.
    pub(crate) fn document(&self) -> Value {
        let exit = self.exit();
        let mut error = json!({ "code": exit.code(), "exit": exit as u8, "message": self.message() });
        match self {
            Self::Refused(findings) => error["findings"] = json!(findings),
            Self::PartConflict(conflicts, _) => error["conflicts"] = json!(conflicts),
            Self::OutputClosed | Self::Other(..) => {}
        }
        json!({ "error": error })
    }
}

impl From<greenroom_lifecycle::Error> for Failure {
    fn from(error: greenroom_lifecycle::Error) -> Self {
        use greenroom_lifecycle::Error;
        let exit = match error {
            Error::Refused(findings) => return Self::Refused(findings),
            Error::PartConflict(conflicts) => {
                let advice = "look at what stands there now, then repeat the edit on top of it";
                return Self::PartConflict(conflicts, advice.to_owned());
            }
            Error::Store(error) => return error.into(),
            Error::BotNotFound(_)
            | Error::PartNotFound { .. }
            | Error::VersionNotFound { .. }
            | Error::NeverPublished { .. }
            | Error::ChannelNotFound { .. }
            | Error::ConversationNotFound { .. }
            | Error::NoModel { .. }
            | Error::NoDrift { .. }
            | Error::NoExamples(_) => Exit::NotFound,
            Error::BotExists(_)
            | Error::EnvironmentMoved { .. }
            | Error::SavedDraft { .. }
            | Error::MergeConflict { .. }
            | Error::DriftMoved { .. }
            | Error::NotOfEnvironment { .. }
            | Error::CandidateIncomplete { .. }
            | Error::PolicyChanged(_)
            | Error::IdempotencyKeyReused { .. }
            | Error::Contended(_) => Exit::Conflict,
            Error::NoTranscripts(_) | Error::NotesTooLong { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.to_string())
    }
}

impl From<greenroom_runtime::Error> for Failure {
    fn from(error: greenroom_runtime::Error) -> Self {
        use greenroom_runtime::Error;
        let exit = match error {
            Error::Store(error) => return error.into(),
            Error::BotNotFound(_) | Error::NeverPublished { .. } => Exit::NotFound,
            Error::Contended(_) => Exit::Conflict,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.to_string())
    }
}

impl From<greenroom_store::Error> for Failure {
    fn from(error: greenroom_store::Error) -> Self {
        let exit = match error {
            greenroom_store::Error::Conflict { .. } => Exit::Conflict,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.to_string())
    }
}

impl From<greenroom_format::Error> for Failure {
    fn from(error: greenroom_format::Error) -> Self {
        let exit = match &error {
            greenroom_format::Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.to_string())
    }
}

impl From<greenroom_model::Error> for Failure {
    fn from(error: greenroom_model::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<greenroom_publish::Error> for Failure {
    fn from(error: greenroom_publish::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<greenroom_nlp::Error> for Failure {
    fn from(error: greenroom_nlp::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::failed(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<greenroom_identity::Error> for Failure {
    fn from(error: greenroom_identity::Error) -> Self {
        use greenroom_identity::Error;
        let exit = match error {
            Error::Store(error) => return error.into(),
            Error::UserNotFound(_) | Error::TokenNotFound(_) => Exit::NotFound,
            Error::UserExists(_) | Error::LastAdmin(_) => Exit::Conflict,
            Error::InvalidText { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.to_string())
    }
}

impl From<greenroom_server::Error> for Failure {
    fn from(error: greenroom_server::Error) -> Self {
        match error {
            greenroom_server::Error::Store(error) => error.into(),
            greenroom_server::Error::Configuration(_) => Self::usage(error.to_string()),
            _ => Self::failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use greenroom_format::Error as FormatError;
    use greenroom_lifecycle::Error as LifecycleError;
    use greenroom_model::{BotId, Code, Digest, Finding, Severity, Subject};
    use greenroom_runtime::Error as RuntimeError;
    use greenroom_store::Error as StoreError;

    use super::*;

    fn bot() -> BotId {
        "helpdesk".parse().unwrap()
    }

    fn finding() -> Finding {
        Finding::new(Code::Untested, Severity::Deny, Subject::Bot, "the tests did not run")
    }

    fn part_conflict() -> PartConflict {
        PartConflict { path: "nlp/runtime".parse().unwrap(), expected: Some(Digest::of(b"a")), found: None }
    }

    fn io(kind: ErrorKind) -> FormatError {
        FormatError::Io { action: "read", path: "a".into(), source: kind.into() }
    }

    #[test]
    fn every_kind_of_error_has_its_exit_code() {
        let live = greenroom_lifecycle::live();
        let version = || LifecycleError::VersionNotFound { bot: bot(), version: "7".into() };
        let part = || LifecycleError::PartNotFound { bot: bot(), path: "nlp/runtime".parse().unwrap() };
        let never = || LifecycleError::NeverPublished { bot: bot(), environment: live.clone(), others: Vec::new() };
        let moved = || LifecycleError::EnvironmentMoved {
            environment: live.clone(),
            by: "ann".into(),
            number: 2,
            time: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        let taken = || StoreError::Conflict { key: "a".parse().unwrap(), found: None };
        let newer = || StoreError::NewerSchema { place: "`a`".into(), found: 9, supported: 1 };
        let table: Vec<(Failure, u8)> = vec![
            (LifecycleError::Refused(vec![finding()]).into(), 1),
            (LifecycleError::BotNotFound(bot()).into(), 3),
            (part().into(), 3),
            (version().into(), 3),
            (never().into(), 3),
            (LifecycleError::NoExamples("fr".parse().unwrap()).into(), 3),
            (RuntimeError::BotNotFound(bot()).into(), 3),
            (RuntimeError::NeverPublished { bot: bot(), environment: live.clone() }.into(), 3),
            (io(ErrorKind::NotFound).into(), 3),
            (LifecycleError::BotExists(bot()).into(), 4),
            (LifecycleError::PartConflict(vec![part_conflict()]).into(), 4),
            (moved().into(), 4),
            (LifecycleError::Contended("the draft".into()).into(), 4),
            (LifecycleError::Store(taken()).into(), 4),
            (RuntimeError::Contended("a".into()).into(), 4),
            (RuntimeError::Store(taken()).into(), 4),
            (taken().into(), 4),
            (LifecycleError::Cancelled.into(), 5),
            (LifecycleError::Store(newer()).into(), 5),
            (LifecycleError::Load(greenroom_bot::Error::NoSettings).into(), 5),
            (LifecycleError::Model(greenroom_model::Error::Missing(Digest::of(b"a"))).into(), 5),
            (RuntimeError::Load(greenroom_bot::Error::NoSettings).into(), 5),
            (newer().into(), 5),
            (io(ErrorKind::PermissionDenied).into(), 5),
            (FormatError::Archive { reason: "it is damaged".into() }.into(), 5),
            (greenroom_publish::Policy::from_yaml("rules: 1").unwrap_err().into(), 5),
            (std::io::Error::from(ErrorKind::BrokenPipe).into(), 5),
        ];
        for (failure, exit) in table {
            assert_eq!(failure.exit() as u8, exit, "{failure:?}");
            assert_eq!(failure.document()["error"]["exit"], exit);
            assert_eq!(failure.document()["error"]["code"], failure.exit().code());
        }
    }

    #[test]
    fn a_refusal_carries_its_findings_and_a_conflict_its_parts() {
        let refused = Failure::from(LifecycleError::Refused(vec![finding()]));
        assert_eq!(refused.document()["error"]["findings"][0]["code"], "untested");
        let conflict = Failure::from(LifecycleError::PartConflict(vec![part_conflict()]));
        assert_eq!(conflict.document()["error"]["conflicts"][0]["path"], "nlp/runtime");
        assert!(conflict.message().contains("part `nlp/runtime` was deleted meanwhile"));
    }
}
