//! A job: what it is, how far it is, what came of it.

use std::fmt;
use std::str::FromStr;

use greenroom_model::{BotId, Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, PlanRequest, TrainingRequest};

/// The name of a job: a UUID, so that later jobs sort after earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(String);

impl JobId {
    pub(super) fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// The text that writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match uuid::Uuid::try_parse(text) {
            Ok(id) if id.to_string() == text => Ok(Self(text.to_owned())),
            Ok(_) | Err(_) => Err(Error::InvalidJobId(text.chars().take(80).collect())),
        }
    }
}

impl TryFrom<String> for JobId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum JobWork {
    /// [`Bot::train`](crate::Bot::train).
    Train(TrainingRequest),
    /// [`Bot::evaluate`](crate::Bot::evaluate).
    Evaluate {
        /// The language.
        language: Language,
        /// How many folds, 2 or more.
        folds: usize,
        /// Whether accuracy by the number of examples is wanted too, which takes longer.
        learning_curve: bool,
    },
    /// [`Bot::test`](crate::Bot::test).
    Test(PlanRequest),
}

impl JobWork {
    pub(super) fn kind(&self) -> JobKind {
        match self {
            Self::Train(_) => JobKind::Train,
            Self::Evaluate { .. } => JobKind::Evaluate,
            Self::Test(_) => JobKind::Test,
        }
    }
}

/// The kind of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A training; its outcome is a list of [`Trained`](crate::Trained).
    Train,
    /// An evaluation; its outcome is an [`EvaluationOutcome`](crate::EvaluationOutcome).
    Evaluate,
    /// A run of the conversation tests; its outcome is a [`TestReport`](crate::TestReport).
    Test,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its turn.
    Queued,
    /// It runs.
    Running,
    /// It ended well; the outcome tells.
    Succeeded,
    /// It could not be done; the failure tells.
    Failed,
    /// Somebody ended it.
    Cancelled,
    /// The process that worked on it is gone. Nothing was stored; start it again.
    Interrupted,
}

impl JobState {
    /// Whether nothing will change any more.
    #[must_use]
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobFailure {
    /// The code of the [`Error`].
    pub code: String,
    /// What went wrong, and what to do.
    pub detail: String,
}

/// A job and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// The bot.
    pub bot: BotId,
    /// What it does.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// How far it is, 0 to 100; never falls.
    pub percentage: u8,
    /// What it is doing, for people.
    pub step: String,
    /// Who started it.
    pub by: String,
    /// When it was put down.
    pub created: Timestamp,
    /// When it began to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Value>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<JobFailure>,
}

impl greenroom_model::Record for Job {
    const WHAT: &'static str = "a job";
    const FORMAT: u32 = 1;
}

impl Job {
    pub(super) fn new(bot: BotId, kind: JobKind, by: String, now: Timestamp) -> Self {
        Self {
            id: JobId::fresh(),
            bot,
            kind,
            state: JobState::Queued,
            percentage: 0,
            step: "waiting for its turn".to_owned(),
            by,
            created: now,
            started: None,
            finished: None,
            outcome: None,
            error: None,
        }
    }
}
