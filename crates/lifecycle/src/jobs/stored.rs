//! The record of a job: the job as anybody sees it, its work, and who has it.
//!
//! Whoever works on a job holds a lease: a token of its own, and a time until which
//! others leave the job alone. It is taken and renewed by compare-and-swap on the
//! record, so of any number of processes one has it. A lease that ran out belongs
//! to a process that died, or that cannot reach the store: the job is free again.

use greenroom_store::{Commit, Expected, Record, layout};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Job, JobFailure, JobState, JobWork};
use crate::Error;

/// How long a job is left alone after the last sign of life of whoever works on it.
/// Clocks of machines that share a store may differ by a part of it.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How often a job is begun. Then it has failed: it takes its processes down with it.
pub(super) const MAX_ATTEMPTS: u32 = 5;

/// How often a change of a record is repeated that others changed first, or of which the store did not know the end.
pub(super) const MAX_REPEATS: usize = 100;

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredJob {
    #[serde(flatten)]
    pub(super) job: Job,
    /// None in records of builds whose jobs did not outlive their process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) work: Option<JobWork>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
}

/// Who works on a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    /// A UUID that this run alone has.
    pub(super) token: String,
    pub(super) until: Timestamp,
}

impl greenroom_model::Record for StoredJob {
    const WHAT: &'static str = "a job";
    const FORMAT: u32 = 2;
}

impl StoredJob {
    /// The job as anybody sees it.
    pub(super) fn seen(self) -> Job {
        if self.work.is_none() && !self.job.state.has_ended() {
            let detail = "an older build began it and ended meanwhile; start it again";
            let error = JobFailure { code: "interrupted".to_owned(), detail: detail.to_owned() };
            return Job { state: JobState::Failed, error: Some(error), ..self.job };
        }
        self.job
    }

    /// Whether somebody may take it.
    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        !self.job.state.has_ended() && self.lease.as_ref().is_none_or(|lease| lease.until <= now)
    }

    pub(super) fn is_held_by(&self, token: &str) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.token == token)
    }

    /// Gives it to the holder of this token, or renews that.
    pub(super) fn lend(&mut self, token: &str, now: Timestamp) {
        self.lease =
            Some(Lease { token: token.to_owned(), until: now.saturating_add(LEASE).unwrap_or(Timestamp::MAX) });
    }

    /// Ends it; nothing changes any more.
    pub(super) fn end(&mut self, now: Timestamp, outcome: Result<Value, Error>) {
        self.lease = None;
        let job = &mut self.job;
        job.finished = Some(now);
        match outcome {
            Ok(outcome) => {
                job.state = JobState::Succeeded;
                job.percentage = 100;
                "done".clone_into(&mut job.step);
                job.outcome = Some(outcome);
            }
            Err(Error::Cancelled) => {
                job.state = JobState::Cancelled;
                "cancelled; nothing was stored".clone_into(&mut job.step);
            }
            Err(error) => {
                job.state = JobState::Failed;
                "failed".clone_into(&mut job.step);
                job.error = Some(JobFailure { code: error.code().to_owned(), detail: error.to_string() });
            }
        }
        let step = job.step.clone();
        job.note(now, &step);
    }

    /// The commit that writes it over what was read. One that has ended leaves the list of the unfinished,
    /// and the texts that it judged.
    pub(super) fn written_over(&self, read: &Record) -> Result<Commit, Error> {
        use greenroom_model::Record as _;
        if !self.job.state.has_ended() {
            return Ok(Commit::new().swap(read, self.to_bytes()));
        }
        let mut ended = self.clone();
        ended.work.iter_mut().for_each(JobWork::forget_texts);
        let entry = layout::unfinished_job(self.job.id.as_str(), &self.job.bot)?;
        Ok(Commit::new().swap(read, ended.to_bytes()).with(entry, Expected::Any, None))
    }
}
