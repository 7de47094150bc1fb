//! The latest run of the conversation tests, and what it says about each.

use std::collections::BTreeMap;

use greenroom_lifecycle::{Job, JobKind, JobState, PlanRequest};
use greenroom_model::TestId;
use greenroom_web::Problem;
use serde::Deserialize;

use crate::frame::{Side, ago};
use crate::training_progress::newest_on;
use crate::viewed::Viewed;

/// What a run showed of a test.
pub(crate) struct Outcome {
    pub(crate) passed: bool,
    pub(crate) mismatches: Vec<Mismatch>,
}

/// As a test report writes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Mismatch {
    pub(crate) turn: usize,
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) found: String,
    /// What its author can do; empty in runs of older builds.
    #[serde(default)]
    pub(crate) help: String,
}

/// What a run showed, as its report writes it.
#[derive(Debug, Deserialize)]
pub(crate) struct TestResult {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    #[serde(default)]
    outcomes: BTreeMap<String, ReportedOutcome>,
}

#[derive(Debug, Deserialize)]
struct ReportedOutcome {
    mismatches: Vec<Mismatch>,
}

impl TestResult {
    pub(crate) fn of(run: &Job) -> Option<Self> {
        serde_json::from_value(run.outcome.clone()?).ok()
    }

    /// The tests that failed, each with the first thing that was not as expected.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&String, &Mismatch)> {
        self.outcomes.iter().filter_map(|(id, outcome)| Some((id, outcome.mismatches.first()?)))
    }
}

/// A run, for people.
pub(crate) struct LastRun {
    pub(crate) is_under_way: bool,
    pub(crate) text: String,
    pub(crate) failure: Option<String>,
}

/// The latest run of the tests on the draft.
pub(crate) async fn last_run(viewed: &Viewed) -> Result<Option<Job>, Problem> {
    match viewed.side {
        Some(Side::Live) => Ok(None),
        _ => newest_on(viewed, JobKind::Test, &PlanRequest::full("")).await,
    }
}

pub(crate) fn outcome_of(run: Option<&Job>, id: &TestId) -> Option<Outcome> {
    let outcome = run?.outcome.as_ref()?.get("outcomes")?.get(id.as_str())?;
    let mismatches: Vec<Mismatch> = serde_json::from_value(outcome.get("mismatches")?.clone()).ok()?;
    Some(Outcome { passed: mismatches.is_empty(), mismatches })
}

pub(crate) fn told(run: &Job) -> LastRun {
    let count = |name: &str| run.outcome.as_ref().and_then(|outcome| outcome.get(name)?.as_u64()).unwrap_or_default();
    let when = ago(run.created, jiff::Timestamp::now());
    let text = match run.state {
        JobState::Queued => "The tests wait for their turn.".to_owned(),
        JobState::Running => format!("The tests run: {} %.", run.percentage),
        JobState::Succeeded => {
            format!("Last run, {when}: {} passed, {} failed.", count("passed"), count("failed"))
        }
        JobState::Cancelled => format!("The last run, {when}, was cancelled."),
        JobState::Failed => format!("The last run, {when}, could not be finished."),
    };
    LastRun {
        is_under_way: !run.state.has_ended(),
        text,
        failure: run.error.as_ref().map(|failure| failure.detail.clone()),
    }
}
