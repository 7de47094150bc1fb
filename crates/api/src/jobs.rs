//! Jobs: trainings, evaluations, test runs, publishes; their progress and what came of them.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use greenroom_lifecycle::{
    Bot, EvidenceOptions, Job, JobId, JobKind, JobState, JobWork, OutOfScopeTexts, TrainingRequest,
};
use greenroom_model::{EnvironmentId, Language, Scope};
use greenroom_web::{AppState, AsEditor, AsViewer, Json, OnBot, Path as InPath, Problem, Query as InQuery, job_events};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::page::Page;
use crate::part_edits::{PushedEdit, plan_request};
use crate::problems::refused;
use crate::schemas::{JobSchema, ScopeSchema};
use crate::strict_json::StrictJson;

/// What to train.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Training {
    /// Only these languages; all that have examples where none are named.
    #[schema(value_type = Vec<String>)]
    languages: BTreeSet<Language>,
    /// Trains anew where a model of the same data exists already.
    retrain: bool,
}

/// What to evaluate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evaluating {
    /// The language.
    #[schema(value_type = String, pattern = "^[a-z]{2,3}(-[a-z0-9]{2,8})*$", max_length = 35, example = "en")]
    language: Language,
    /// Into how many parts the examples are split; 5 where nobody says.
    #[serde(default)]
    #[schema(minimum = 2, maximum = 20)]
    folds: Option<usize>,
    /// Whether accuracy by the number of examples is wanted too, which takes about three times as long.
    #[serde(default)]
    learning_curve: bool,
    /// What people say that the bot has no intent for; the advice on the threshold counts it. Together at most 512 KiB.
    #[serde(default)]
    #[schema(max_items = 10_000)]
    out_of_scope: Vec<String>,
}

/// What the tests are to judge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Testing {
    /// What would be published; the whole draft where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<ScopeSchema>)]
    scope: Option<Scope>,
    /// Where to; `live` where nobody says.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9][a-z0-9_-]*$", max_length = 64, example = "live")]
    environment: Option<EnvironmentId>,
    /// For scope `hotfix`: what the hotfix would change; no part twice.
    #[serde(default)]
    edits: Vec<PushedEdit>,
}

/// A job in an address.
#[derive(Debug, Deserialize)]
pub(crate) struct JobPath {
    job: JobId,
}

/// Which evaluations to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvaluationQuery {
    /// Only of this language.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^[a-z]{2,3}(-[a-z0-9]{2,8})*$", max_length = 35)]
    language: Option<Language>,
}

/// One event of a stream.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a type that only the document reads")]
pub(crate) struct JobEvent {
    /// `progress`, or `end` for the last one.
    event: String,
    /// The job, as JSON.
    data: String,
}

pub(crate) type Accepted = (StatusCode, [(HeaderName, String); 1], Json<Job>);

pub(crate) async fn accept(app: &AppState, bot: &Bot, work: JobWork) -> Result<Accepted, Problem> {
    let job = app.start_job(bot, work).await?;
    let location = format!("/api/v1/bots/{}/jobs/{}", job.bot, job.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(job)))
}

/// Starts training the languages whose model is missing or stale.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/train", operation_id = "train", tag = "jobs",
    security(("token" = ["editor"])), request_body = Training,
    responses((status = 202, description = "The job", body = JobSchema, headers(("Location" = String)))))]
pub(crate) async fn train(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    Json(training): Json<Training>,
) -> Result<Accepted, Problem> {
    let request = TrainingRequest { languages: training.languages, retrain: training.retrain };
    accept(&app, &on.bot, JobWork::Train(request)).await
}

/// Starts an evaluation of the draft's examples by cross-validation.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/evaluate", operation_id = "evaluate", tag = "jobs",
    security(("token" = ["editor"])), request_body = Evaluating,
    responses((status = 202, description = "The job", body = JobSchema, headers(("Location" = String)))))]
pub(crate) async fn evaluate(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    Json(evaluating): Json<Evaluating>,
) -> Result<Accepted, Problem> {
    let folds = evaluating.folds.unwrap_or(5);
    if !(2..=20).contains(&folds) {
        return Err(refused("folds_invalid", format!("`folds` is {folds}; take 2 to 20")));
    }
    let Evaluating { language, learning_curve, out_of_scope, .. } = evaluating;
    let out_of_scope = OutOfScopeTexts::new(out_of_scope)?;
    accept(&app, &on.bot, JobWork::Evaluate { language, folds, learning_curve, out_of_scope }).await
}

/// Starts the draft's conversation tests on exactly what would be published.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/test", operation_id = "test", tag = "jobs",
    security(("token" = ["editor"])), request_body = Testing,
    responses((status = 202, description = "The job", body = JobSchema, headers(("Location" = String)))))]
pub(crate) async fn test(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    StrictJson(testing): StrictJson<Testing>,
) -> Result<Accepted, Problem> {
    let request = plan_request(testing.scope, testing.environment, String::new(), testing.edits)?;
    accept(&app, &on.bot, JobWork::Test(request)).await
}

/// Starts measuring what a publish would do: tests, scores, what people said lately through both bots. Plans of the same candidate then tell it.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/evidence", operation_id = "gatherEvidence", tag = "jobs",
    security(("token" = ["editor"])), request_body = Testing,
    responses((status = 202, description = "The job", body = JobSchema, headers(("Location" = String)))))]
pub(crate) async fn evidence(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    StrictJson(measuring): StrictJson<Testing>,
) -> Result<Accepted, Problem> {
    let request = plan_request(measuring.scope, measuring.environment, String::new(), measuring.edits)?;
    accept(&app, &on.bot, JobWork::GatherEvidence { request, options: EvidenceOptions::default() }).await
}

/// Lists the jobs of a bot, the newest first.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/jobs", operation_id = "listJobs", tag = "jobs",
    security(("token" = ["viewer"])), responses((status = 200, description = "The jobs", body = Page<JobSchema>)))]
pub(crate) async fn list(State(app): State<AppState>, on: OnBot<AsViewer>) -> Result<Json<Page<Job>>, Problem> {
    Ok(Json(Page::whole(app.jobs().list(on.bot.id()).await?)))
}

/// Gets a job as it stands.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/jobs/{job}", operation_id = "getJob", tag = "jobs",
    security(("token" = ["viewer"])), responses((status = 200, description = "The job", body = JobSchema)))]
pub(crate) async fn get(
    State(app): State<AppState>,
    on: OnBot<AsViewer>,
    InPath(path): InPath<JobPath>,
) -> Result<Json<Job>, Problem> {
    Ok(Json(app.jobs().get(on.bot.id(), &path.job).await?))
}

/// Asks a job to end; it does within a second or two. One that has ended stays as it is. A publish takes the role
/// `publisher`.
#[utoipa::path(post, path = "/api/v1/bots/{bot}/jobs/{job}/cancel", operation_id = "cancelJob", tag = "jobs",
    security(("token" = ["editor"])), responses((status = 200, description = "The job", body = JobSchema)))]
pub(crate) async fn cancel(
    State(app): State<AppState>,
    on: OnBot<AsEditor>,
    InPath(path): InPath<JobPath>,
) -> Result<Json<Job>, Problem> {
    Ok(Json(app.cancel_job(&on.caller, &on.bot, &path.job).await?))
}

/// Follows a job: an event `progress` with the job whenever it changes, and `end` with how it ended.
#[utoipa::path(get, path = "/api/v1/bots/{bot}/jobs/{job}/events", operation_id = "followJob", tag = "jobs",
    security(("token" = ["viewer"])),
    responses((status = 200, description = "The events", content_type = "text/event-stream", body = JobEvent)))]
pub(crate) async fn events(
    State(app): State<AppState>,
    on: OnBot<AsViewer>,
    InPath(path): InPath<JobPath>,
) -> Result<Response, Problem> {
    job_events(app, on.bot.id().clone(), path.job).await
}

/// The outcomes of the latest evaluations, one a language: `language`, `folds`, `evaluation`,
/// `thresholds`, `advice`, `errors`, and `learning_curve` where it was asked for. `thresholds` has a point for
/// each hundredth, with how many of the texts `out_of_scope` are answered there (`out_of_scope_answered`).
#[utoipa::path(get, path = "/api/v1/bots/{bot}/evaluation", operation_id = "getEvaluation", tag = "jobs",
    security(("token" = ["viewer"])), params(EvaluationQuery),
    responses((status = 200, description = "The outcomes", body = Page<Object>)))]
pub(crate) async fn evaluation(
    State(app): State<AppState>,
    on: OnBot<AsViewer>,
    InQuery(query): InQuery<EvaluationQuery>,
) -> Result<Json<Page<Value>>, Problem> {
    let mut items: Vec<Value> = Vec::new();
    for job in app.jobs().list(on.bot.id()).await? {
        let Some(outcome) = job.outcome.filter(|_| job.kind == JobKind::Evaluate && job.state == JobState::Succeeded)
        else {
            continue;
        };
        let language = outcome.get("language");
        let asked = query.language.as_ref().is_none_or(|asked| language == Some(&Value::from(asked.as_str())));
        if asked && !items.iter().any(|item| item.get("language") == language) {
            items.push(outcome);
        }
    }
    Ok(Json(Page::whole(items)))
}
