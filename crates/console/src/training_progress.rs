//! How a job is shown while it runs and after it: training, evaluation, tests and publish alike.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Job, JobId, JobKind, JobState, PlanRequest};
use greenroom_web::{AppState, Path, Problem, job_events};
use jiff::Timestamp;
use serde::Deserialize;

use crate::fields::Fields;
use crate::frame::ago;
use crate::viewed::{Editing, Viewed};

/// A job as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct ShownJob {
    pub(crate) title: &'static str,
    pub(crate) state: &'static str,
    /// The class of the state's tag.
    pub(crate) tone: &'static str,
    pub(crate) is_running: bool,
    pub(crate) percentage: u8,
    pub(crate) step: String,
    pub(crate) by: String,
    pub(crate) ago: String,
    pub(crate) failure: Option<String>,
    /// Where its progress is told.
    pub(crate) events: String,
    /// Where it is cancelled.
    pub(crate) cancel: String,
}

impl ShownJob {
    pub(crate) fn new(viewed: &Viewed, job: &Job) -> Self {
        let (state, tone) = match job.state {
            JobState::Queued => ("waiting", ""),
            JobState::Running => ("running", ""),
            JobState::Succeeded => ("done", "good"),
            JobState::Failed => ("failed", "bad"),
            JobState::Cancelled => ("cancelled", "warn"),
        };
        let failure = job.error.as_ref().map(|error| error.detail.clone());
        let place = format!("/bots/{}/draft/jobs/{}", viewed.bot.id(), job.id);
        Self {
            title: match job.kind {
                JobKind::Train => "Training",
                JobKind::Evaluate => "Evaluation",
                JobKind::Test => "Tests",
                JobKind::Evidence => "Effect",
                JobKind::Publish => "Publish",
            },
            state,
            tone,
            is_running: !job.state.has_ended(),
            percentage: job.percentage,
            step: job.step.clone(),
            by: job.by.clone(),
            ago: ago(job.finished.unwrap_or(job.created), Timestamp::now()),
            failure,
            events: format!("{place}/events"),
            cancel: format!("{place}/cancel"),
        }
    }
}

/// The bot's newest job of a kind that judges nothing: see [`newest_on`] for the others.
pub(crate) async fn newest_job(viewed: &Viewed, kind: JobKind) -> Result<Option<Job>, Problem> {
    let jobs = viewed.app.jobs().list(viewed.bot.id()).await?;
    Ok(jobs.into_iter().find(|job| job.kind == kind))
}

/// The newest job of a kind that judges this very request: what was seen of another one says nothing of it.
pub(crate) async fn newest_on(viewed: &Viewed, kind: JobKind, request: &PlanRequest) -> Result<Option<Job>, Problem> {
    let (jobs, subject) = (viewed.app.jobs().list(viewed.bot.id()).await?, request.subject());
    Ok(jobs.into_iter().find(|job| job.kind == kind && job.subject.as_ref() == Some(&subject)))
}

/// The part of the address that names a job.
#[derive(Debug, Deserialize)]
pub(crate) struct JobAt {
    job: String,
}

/// `GET …/draft/jobs/{job}/events`
pub(crate) async fn events(
    State(app): State<AppState>,
    viewed: Viewed,
    Path(at): Path<JobAt>,
) -> Result<Response, Problem> {
    let id: JobId = at.job.parse()?;
    job_events(app, viewed.bot.id().clone(), id).await
}

/// `POST …/draft/jobs/{job}/cancel`
pub(crate) async fn cancel(
    Editing(viewed): Editing,
    Path(at): Path<JobAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id: JobId = at.job.parse()?;
    let job = viewed.app.cancel_job(&viewed.caller, &viewed.bot, &id).await?;
    let page = match job.kind {
        JobKind::Train => viewed.href("training"),
        JobKind::Evaluate => viewed.href("evaluation"),
        JobKind::Test | JobKind::Evidence if fields.get("scope") == "nlp" => viewed.href("publish?scope=nlp"),
        JobKind::Test | JobKind::Evidence | JobKind::Publish => viewed.href("publish"),
    };
    Ok(Redirect::to(&page).into_response())
}
