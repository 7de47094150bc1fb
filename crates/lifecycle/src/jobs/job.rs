//! A job: what it is, how far it is, what came of it.

use std::fmt;
use std::str::FromStr;

use greenroom_model::BotId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{JobKind, JobSubject, JobWork};
use crate::Error;

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

/// A line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLine {
    /// When.
    pub time: Timestamp,
    /// What happened, for people; at most 300 characters.
    pub text: String,
}

/// How many lines of its log a job keeps, the newest.
const LOG_LINES: usize = 100;

/// The longest line of a log, in characters.
const LINE_CHARS: usize = 300;

/// A job and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// The bot.
    pub bot: BotId,
    /// What it does.
    pub kind: JobKind,
    /// What its tests or its evidence judge; none for other kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<JobSubject>,
    /// How it stands.
    pub state: JobState,
    /// How far it is, 0 to 100; never falls.
    pub percentage: u8,
    /// What it is doing, for people.
    pub step: String,
    /// How often it was begun: more than once where a process died amid it.
    #[serde(default)]
    pub attempts: u32,
    /// Whether somebody asked it to end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelling: bool,
    /// What happened, the newest last: at most 100 lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<JobLine>,
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

impl Job {
    pub(super) fn new(bot: BotId, work: &JobWork, by: String, now: Timestamp) -> Self {
        Self {
            id: JobId::fresh(),
            bot,
            kind: work.kind(),
            subject: work.subject(),
            state: JobState::Queued,
            percentage: 0,
            step: "waiting for its turn".to_owned(),
            attempts: 0,
            cancelling: false,
            log: Vec::new(),
            by,
            created: now,
            started: None,
            finished: None,
            outcome: None,
            error: None,
        }
    }

    /// Adds a line to the log.
    pub(super) fn note(&mut self, time: Timestamp, text: &str) {
        if self.log.len() >= LOG_LINES {
            self.log.drain(..=self.log.len() - LOG_LINES);
        }
        self.log.push(JobLine { time, text: text.chars().take(LINE_CHARS).collect() });
    }
}
