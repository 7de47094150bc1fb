//! How the document describes jobs.
#![expect(dead_code, reason = "types that only the document reads")]

use serde_json::Value;
use utoipa::ToSchema;

use super::ScopeSchema;

/// What tests or evidence judge.
#[derive(ToSchema)]
#[schema(as = JobSubject)]
pub(crate) struct JobSubjectSchema {
    scope: ScopeSchema,
    environment: String,
    /// Of a hotfix: the name of its edits; the same edits have the same.
    edits: Option<String>,
}

/// How a job stands.
#[derive(ToSchema)]
#[schema(as = JobState, rename_all = "snake_case")]
pub(crate) enum JobStateSchema {
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// What a job does.
#[derive(ToSchema)]
#[schema(as = JobKind, rename_all = "snake_case")]
pub(crate) enum JobKindSchema {
    Train,
    Evaluate,
    Test,
    Evidence,
    Publish,
}

/// Why a job failed.
#[derive(ToSchema)]
#[schema(as = JobFailure)]
pub(crate) struct JobFailureSchema {
    /// For programs.
    code: String,
    /// For people.
    detail: String,
}

/// A line of a job's log.
#[derive(ToSchema)]
#[schema(as = JobLine)]
pub(crate) struct JobLineSchema {
    #[schema(format = DateTime)]
    time: String,
    /// What happened, for people.
    text: String,
}

/// A job and how it stands.
#[derive(ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobSchema {
    id: String,
    bot: String,
    kind: JobKindSchema,
    /// What tests or evidence judge.
    subject: Option<JobSubjectSchema>,
    state: JobStateSchema,
    /// How far it is; never falls.
    #[schema(minimum = 0, maximum = 100)]
    percentage: u8,
    /// What it is doing, for people.
    step: String,
    /// How often it was begun: more than once where a server ended amid it.
    attempts: u32,
    /// Whether somebody asked it to end.
    cancelling: Option<bool>,
    /// What happened, the newest last; at most 100 lines.
    log: Option<Vec<JobLineSchema>>,
    /// Who started it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    started: Option<String>,
    #[schema(format = DateTime)]
    finished: Option<String>,
    /// What came of it. A training: a list of the languages with their models; an
    /// evaluation: `language`, `folds`, `evaluation`, `thresholds`, `advice`, `errors`; a test run: `passed`, `failed`, `outcomes`, `coverage`; a publish: `environment`, `version`, `number`, `draft_moved`.
    outcome: Option<Value>,
    error: Option<JobFailureSchema>,
}
