//! How well the draft's examples can be told apart, and what to do about it: figures, plots,
//! advice, and all of it as files.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{EvaluationOutcome, Job, JobKind, JobState};
use greenroom_model::document::NlpRuntime;
use greenroom_model::{Document, Language, PartPath};
use greenroom_nlp::{FileOptions, Names, WrongAnswerCost};
use greenroom_web::{Path, Problem, Query};
use serde::Deserialize;

use crate::evaluation_form::EvaluationForm;
use crate::evaluation_shown::{ShownEvaluation, Situation};
use crate::frame::Frame;
use crate::page::Page;
use crate::sent_form::SentForm;
use crate::training_progress::{ShownJob, newest_job};
use crate::viewed::{Documents, Editing, Viewed};

/// How many finished evaluations there are to choose from.
const MOST_OTHERS: usize = 20;

#[derive(Template)]
#[template(path = "evaluation.html")]
struct EvaluationPage {
    frame: Frame,
    can_edit: bool,
    languages: Vec<Language>,
    form: EvaluationForm,
    job: Option<ShownJob>,
    is_running: bool,
    /// Finished evaluations to choose from: job, words, whether it is the one that is shown.
    others: Vec<(String, String, bool)>,
    result: Option<ShownEvaluation>,
}

/// Which evaluation is shown, the newest where none is named, and for what cost of a wrong answer.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    job: Option<String>,
    cost: Option<String>,
}

impl Wish {
    /// The cost, and what was wrong with it.
    fn cost(&self) -> (WrongAnswerCost, Option<String>) {
        let Some(text) = self.cost.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return (WrongAnswerCost::default(), None);
        };
        match text.replace(',', ".").parse().ok().and_then(|cost| WrongAnswerCost::new(cost).ok()) {
            Some(cost) => (cost, None),
            None => (WrongAnswerCost::default(), Some("Write a number from 0.01 to 1000, such as 3.".to_owned())),
        }
    }
}

/// `GET …/draft/evaluation`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    evaluation_page(&viewed, &wish, EvaluationForm::default()).await
}

async fn evaluation_page(viewed: &Viewed, wish: &Wish, form: EvaluationForm) -> Result<Response, Problem> {
    let jobs = viewed.app.jobs().list(viewed.bot.id()).await?;
    let done: Vec<(Job, EvaluationOutcome)> =
        jobs.into_iter().filter_map(|job| outcome(&job).map(|outcome| (job, outcome))).collect();
    let chosen = match &wish.job {
        Some(id) => done.iter().find(|(job, _)| job.id.as_str() == id),
        None => done.first(),
    };
    let newest = newest_job(viewed, JobKind::Evaluate).await?;
    let others = done.iter().take(MOST_OTHERS).map(|(job, outcome)| {
        let is_chosen = chosen.is_some_and(|(chosen, _)| chosen.id == job.id);
        (job.id.to_string(), words(job, outcome), is_chosen)
    });
    let documents = viewed.documents().await?;
    let (cost, cost_fault) = wish.cost();
    let (names, threshold) = names_and_threshold(&documents);
    let situation = Situation { names: &names, threshold, cost, cost_fault };
    let page = EvaluationPage {
        frame: viewed.frame("Evaluation"),
        can_edit: viewed.can_edit(),
        languages: viewed.bot.languages_with_examples().await?,
        form,
        is_running: newest.as_ref().is_some_and(|job| !job.state.has_ended()),
        // A finished one speaks by its figures.
        job: newest.filter(|job| job.state != JobState::Succeeded).map(|job| ShownJob::new(viewed, &job)),
        others: others.collect(),
        result: chosen.map(|(job, outcome)| ShownEvaluation::new(job, outcome, situation)),
    };
    Ok(Page(page).into_response())
}

/// What a finished evaluation is called.
fn words(job: &Job, outcome: &EvaluationOutcome) -> String {
    let outside = match outcome.report.thresholds.out_of_scope {
        0 => String::new(),
        texts => format!(", {texts} out of scope"),
    };
    let time = job.created.strftime("%F %H:%M UTC");
    format!("{}, {} folds{outside}, {time}", outcome.language, outcome.folds)
}

fn outcome(job: &Job) -> Option<EvaluationOutcome> {
    let outcome = job.outcome.clone().filter(|_| job.kind == JobKind::Evaluate)?;
    serde_json::from_value(outcome).ok()
}

/// How the intents are called now, and the threshold that the draft has.
fn names_and_threshold(documents: &Documents) -> (Names, f64) {
    let names = documents.iter().filter_map(|(path, (_, document))| match (path, document) {
        (PartPath::Intent(id), Document::Intent(intent)) => Some((id.to_string(), intent.name.clone())),
        _ => None,
    });
    let threshold = match documents.get(&PartPath::Runtime) {
        Some((_, Document::Runtime(runtime))) => runtime.threshold,
        _ => NlpRuntime::default().threshold,
    };
    (Names::new(names), threshold)
}

/// `POST …/draft/evaluation`
pub(crate) async fn start(Editing(viewed): Editing, sent: SentForm) -> Result<Response, Problem> {
    let running = newest_job(&viewed, JobKind::Evaluate).await?.is_some_and(|job| !job.state.has_ended());
    if !running {
        match EvaluationForm::read(&sent)? {
            Ok(work) => viewed.app.start_job(&viewed.bot, work).await?,
            Err(form) => {
                let page = evaluation_page(&viewed, &Wish::default(), form).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        };
    }
    Ok(Redirect::to(&viewed.href("evaluation")).into_response())
}

/// The part of the address that names a file.
#[derive(Debug, Deserialize)]
pub(crate) struct FileAt {
    job: String,
    file: String,
}

/// `GET …/draft/evaluation/{job}/{file}`: a report or a plot; plots are pictures of their own, since
/// pages hold no inline styles.
pub(crate) async fn file(
    viewed: Viewed,
    Path(at): Path<FileAt>,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let job = viewed.app.jobs().get(viewed.bot.id(), &at.job.parse()?).await?;
    let outcome = outcome(&job).ok_or_else(|| Problem::not_found("this job is no finished evaluation"))?;
    let (names, threshold) = names_and_threshold(&viewed.documents().await?);
    let (cost, _) = wish.cost();
    let options = FileOptions { names: &names, cost, threshold: Some(threshold), successes: None };
    let files = outcome.report.files(&options);
    let file = files.into_iter().find(|file| file.name == at.file);
    let file =
        file.ok_or_else(|| Problem::not_found("this evaluation has no such file; its page lists those it has"))?;
    Ok(([(header::CONTENT_TYPE, file.media_type)], file.content).into_response())
}
