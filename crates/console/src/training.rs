//! Training the draft: what is stale and why, a start button, progress, the result.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{Job, JobKind, JobState, JobWork, PlanRequest, TrainingRequest};
use greenroom_model::{Code, Language, Subject};
use greenroom_web::Problem;
use serde::Deserialize;

use crate::fields::Fields;
use crate::frame::Frame;
use crate::page::Page;
use crate::training_progress::{ShownJob, newest_job};
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "training.html")]
struct TrainingPage {
    frame: Frame,
    can_edit: bool,
    languages: Vec<TrainedLanguage>,
    is_all_trained: bool,
    job: Option<ShownJob>,
    results: Vec<TrainingResult>,
}

/// A language and whether its model fits the examples.
struct TrainedLanguage {
    language: Language,
    state: &'static str,
    tone: &'static str,
    why: String,
}

/// What the last training came to, as its job tells.
#[derive(Debug, Deserialize)]
struct TrainingResult {
    language: Language,
    fresh: bool,
    labels: u64,
    examples: u64,
}

impl TrainingPage {
    fn is_running(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.is_running)
    }
}

/// `GET …/draft/training`
pub(crate) async fn page(viewed: Viewed) -> Result<Response, Problem> {
    let languages = trained_languages(&viewed).await?;
    let job = newest_job(&viewed, JobKind::Train).await?;
    let page = TrainingPage {
        frame: viewed.frame("Train"),
        can_edit: viewed.can_edit(),
        is_all_trained: languages.iter().all(|language| language.state == "trained"),
        languages,
        results: job.as_ref().map(results).unwrap_or_default(),
        job: job.map(|job| ShownJob::new(&viewed, &job)),
    };
    Ok(Page(page).into_response())
}

fn results(job: &Job) -> Vec<TrainingResult> {
    let outcome = job.outcome.clone().filter(|_| job.state == JobState::Succeeded);
    outcome.and_then(|outcome| serde_json::from_value(outcome).ok()).unwrap_or_default()
}

async fn trained_languages(viewed: &Viewed) -> Result<Vec<TrainedLanguage>, Problem> {
    let plan = viewed.bot.plan(&PlanRequest::full("")).await?;
    let candidate = plan.candidate();
    let languages = candidate.data.iter().map(|(language, data)| {
        let (state, tone) = match candidate.models.get(language) {
            Some(model) if model.unsupported.is_some() => ("must be trained anew", "bad"),
            Some(model) if model.data == *data => ("trained", "good"),
            Some(_) => ("examples changed", "warn"),
            None => ("never trained", "warn"),
        };
        let about = Subject::Language(language.clone());
        let why = plan.findings().iter().find(|finding| {
            finding.subject == about
                && matches!(finding.code, Code::ModelMissing | Code::ModelStale | Code::ModelUnsupported)
        });
        let why = why.map(|finding| without_command(&finding.message).to_owned()).unwrap_or_default();
        TrainedLanguage { language: language.clone(), state, tone, why }
    });
    Ok(languages.collect())
}

/// The message without the hint at the command line: pages have buttons.
pub(crate) fn without_command(message: &str) -> &str {
    match message.find("`greenroom ") {
        Some(command) => {
            let before = message.get(..command).unwrap_or(message);
            before.rsplit_once(';').map_or(before, |(what, _)| what)
        }
        None => message,
    }
}

/// `POST …/draft/training`
pub(crate) async fn start(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let running = newest_job(&viewed, JobKind::Train).await?.is_some_and(|job| !job.state.has_ended());
    if !running {
        let mut languages = BTreeSet::new();
        for language in fields.all("language") {
            languages.insert(language.parse()?);
        }
        let request = TrainingRequest { languages, retrain: fields.has("retrain") };
        viewed.app.start_job(&viewed.bot, JobWork::Train(request)).await?;
    }
    Ok(viewed.done("training", "started"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_what_is_wrong_and_no_command() {
        let message = "the model was trained on other data; since then: `a` changed; train it: `greenroom train x`";
        assert_eq!(without_command(message), "the model was trained on other data; since then: `a` changed");
        assert_eq!(without_command("nothing to run here"), "nothing to run here");
    }
}
