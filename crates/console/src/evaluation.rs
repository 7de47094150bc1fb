//! How well the draft's examples can be told apart: cross-validation, its figures and plots.

use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use greenroom_lifecycle::{Job, JobKind, JobState, JobWork};
use greenroom_model::{Document, Language, PartPath};
use greenroom_web::{Path, Problem, Query};
use serde::Deserialize;

use crate::evaluation_plots::{confusion_plot, f1_plot};
use crate::fields::Fields;
use crate::frame::Frame;
use crate::page::Page;
use crate::training_progress::{ShownJob, newest_job};
use crate::viewed::{Documents, Editing, Viewed};

/// How many confused pairs the page lists.
const CONFUSIONS: usize = 15;

#[derive(Template)]
#[template(path = "evaluation.html")]
struct EvaluationPage {
    frame: Frame,
    can_edit: bool,
    languages: Vec<Language>,
    job: Option<ShownJob>,
    is_running: bool,
    /// Finished evaluations to choose from: job, words, whether it is the one that is shown.
    others: Vec<(String, String, bool)>,
    result: Option<ShownEvaluation>,
}

struct ShownEvaluation {
    job: String,
    language: Language,
    folds: usize,
    texts: usize,
    accuracy: String,
    macro_f1: String,
    intents: Vec<ShownIntent>,
    confusions: Vec<ShownConfusion>,
    more_confusions: usize,
}

struct ShownIntent {
    id: String,
    name: String,
    precision: String,
    recall: String,
    f1: String,
    tone: &'static str,
    support: usize,
}

struct ShownConfusion {
    expected: (String, String),
    /// None: nothing was understood.
    predicted: Option<(String, String)>,
    count: usize,
}

/// The outcome of an evaluation's job.
#[derive(Debug, Clone, Deserialize)]
struct Outcome {
    language: Language,
    folds: usize,
    evaluation: Figures,
}

/// The figures of an evaluation, as its job keeps them.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Figures {
    accuracy: f64,
    macro_f1: f64,
    pub(crate) per_label: Vec<LabelFigures>,
    pub(crate) confusions: Vec<ConfusedPair>,
    n: usize,
}

/// How well one intent was recognised.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LabelFigures {
    pub(crate) label: String,
    precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
    pub(crate) support: usize,
}

/// Texts of one intent that were taken for another.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ConfusedPair {
    pub(crate) expected: String,
    pub(crate) predicted: Option<String>,
    pub(crate) count: usize,
}

/// Which evaluation the page shows; the newest where none is named.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    job: Option<String>,
}

/// `GET …/draft/evaluation`
pub(crate) async fn page(viewed: Viewed, Query(wish): Query<Wish>) -> Result<Response, Problem> {
    let jobs = viewed.app.jobs().list(viewed.bot.id()).await?;
    let done: Vec<(Job, Outcome)> =
        jobs.into_iter().filter_map(|job| outcome(&job).map(|outcome| (job, outcome))).collect();
    let chosen = match &wish.job {
        Some(id) => done.iter().find(|(job, _)| job.id.as_str() == id),
        None => done.first(),
    };
    let newest = newest_job(&viewed, JobKind::Evaluate).await?;
    let documents = viewed.documents().await?;
    let others = done.iter().take(20).map(|(job, outcome)| {
        let is_chosen = chosen.is_some_and(|(chosen, _)| chosen.id == job.id);
        let words = format!("{}, {} folds, {}", outcome.language, outcome.folds, job.created.strftime("%F %H:%M UTC"));
        (job.id.to_string(), words, is_chosen)
    });
    let page = EvaluationPage {
        frame: viewed.frame("Evaluation"),
        can_edit: viewed.can_edit(),
        languages: viewed.bot.languages_with_examples().await?,
        is_running: newest.as_ref().is_some_and(|job| !job.state.has_ended()),
        // A finished one speaks by its figures.
        job: newest.filter(|job| job.state != JobState::Succeeded).map(|job| ShownJob::new(&viewed, &job)),
        others: others.collect(),
        result: chosen.map(|(job, outcome)| shown_evaluation(job, outcome, &documents)),
    };
    Ok(Page(page).into_response())
}

fn outcome(job: &Job) -> Option<Outcome> {
    let outcome = job.outcome.clone().filter(|_| job.kind == JobKind::Evaluate)?;
    serde_json::from_value(outcome).ok()
}

fn shown_evaluation(job: &Job, outcome: &Outcome, documents: &Documents) -> ShownEvaluation {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let named = |label: &str| {
        let name = label.parse().ok().and_then(|id| documents.get(&PartPath::Intent(id)));
        let name = match name {
            Some((_, Document::Intent(intent))) => intent.name.clone(),
            _ => label.to_owned(),
        };
        (label.to_owned(), name)
    };
    let figures = &outcome.evaluation;
    let mut intents: Vec<&LabelFigures> = figures.per_label.iter().collect();
    intents.sort_by(|one, other| one.f1.total_cmp(&other.f1));
    let intents = intents.into_iter().map(|label| {
        let (id, name) = named(&label.label);
        ShownIntent {
            id,
            name,
            precision: percent(label.precision),
            recall: percent(label.recall),
            f1: percent(label.f1),
            tone: match label.f1 {
                f1 if f1 < 0.5 => "bad",
                f1 if f1 < 0.75 => "warn",
                _ => "good",
            },
            support: label.support,
        }
    });
    let confusions = figures.confusions.iter().take(CONFUSIONS).map(|pair| ShownConfusion {
        expected: named(&pair.expected),
        predicted: pair.predicted.as_deref().map(named),
        count: pair.count,
    });
    ShownEvaluation {
        job: job.id.to_string(),
        language: outcome.language.clone(),
        folds: outcome.folds,
        texts: figures.n,
        accuracy: percent(figures.accuracy),
        macro_f1: percent(figures.macro_f1),
        intents: intents.collect(),
        more_confusions: figures.confusions.len().saturating_sub(CONFUSIONS),
        confusions: confusions.collect(),
    }
}

/// `POST …/draft/evaluation`
pub(crate) async fn start(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let running = newest_job(&viewed, JobKind::Evaluate).await?.is_some_and(|job| !job.state.has_ended());
    if !running {
        let language: Language = fields.get("language").parse()?;
        let folds = match fields.get("folds").parse() {
            Ok(folds) if (2..=20).contains(&folds) => folds,
            _ => return Err(Problem::invalid("an evaluation takes 2 to 20 folds")),
        };
        viewed.app.start_job(&viewed.bot, JobWork::Evaluate { language, folds, learning_curve: false }).await?;
    }
    Ok(Redirect::to(&viewed.href("evaluation")).into_response())
}

/// The part of the address that names a plot.
#[derive(Debug, Deserialize)]
pub(crate) struct PlotAt {
    job: String,
    plot: String,
}

/// `GET …/draft/evaluation/{job}/{plot}`: a picture of its own, since pages hold no inline styles.
pub(crate) async fn plot(viewed: Viewed, Path(at): Path<PlotAt>) -> Result<Response, Problem> {
    let job = viewed.app.jobs().get(viewed.bot.id(), &at.job.parse()?).await?;
    let figures = outcome(&job).map(|outcome| outcome.evaluation);
    let figures = figures.ok_or_else(|| Problem::not_found("this job is no finished evaluation"))?;
    let drawn = match at.plot.as_str() {
        "confusions.svg" => confusion_plot(&figures),
        "f1.svg" => f1_plot(&figures),
        _ => return Err(Problem::not_found("there is no such plot; there are `confusions.svg` and `f1.svg`")),
    };
    let svg = drawn.map_err(|reason| {
        tracing::error!(reason, "a plot could not be drawn");
        Problem::invalid("the plot could not be drawn")
    })?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}
