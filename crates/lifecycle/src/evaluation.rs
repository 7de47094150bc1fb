//! How well the draft's examples can be told apart, and what an author can do about it.

use std::ops::ControlFlow;

use greenroom_model::document::NlpRuntime;
use greenroom_model::{Content, Document, Language, PartPath};
use greenroom_nlp::{
    Evaluated, EvaluationReport, EvaluationRequest, Example, JudgedTexts, Names, Prediction, Progress, Threshold,
    Utterance, evaluate,
};
use serde::{Deserialize, Serialize};

use crate::{Bot, Error};

/// The outcome of an evaluation's job keeps so many mistakes, the surest.
const MOST_ERRORS: usize = 2_000;

/// How the draft is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationOptions {
    /// Into how many parts the examples are dealt, 2 or more; without meaning where `held_out` is given.
    pub folds: usize,
    /// Texts to judge instead of the examples, each with the id or the name of its intent.
    pub held_out: Vec<(String, String)>,
    /// Whether accuracy by the number of examples is wanted too, which takes longer.
    pub learning_curve: bool,
    /// Texts that no intent means, for threshold advice.
    pub out_of_scope: Vec<String>,
    /// What people said, for how much of it is understood.
    pub traffic: Vec<Utterance>,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self { folds: 5, held_out: Vec::new(), learning_curve: false, out_of_scope: Vec::new(), traffic: Vec::new() }
    }
}

/// What an evaluation of the draft came to.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftEvaluation {
    /// All figures and advice; labels are the intents' ids.
    pub report: EvaluationReport,
    /// What they were computed of.
    pub predictions: Vec<Prediction>,
    /// The intents' names.
    pub names: Names,
    /// The threshold that the draft has.
    pub threshold: f64,
}

/// The outcome of an evaluation's job, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationOutcome {
    /// The language.
    pub language: Language,
    /// How many folds there were.
    pub folds: usize,
    /// All figures and advice; of the mistakes the 2,000 surest.
    #[serde(flatten)]
    pub report: EvaluationReport,
}

impl EvaluationOutcome {
    pub(crate) fn of(language: &Language, folds: usize, done: DraftEvaluation) -> Self {
        Self { language: language.clone(), folds, report: done.report.with_errors_at_most(MOST_ERRORS) }
    }
}

impl Bot {
    /// Trains on part of the draft's examples and judges on the rest, in turn, or judges on other
    /// texts. Blocks the calling thread, as training does. The draft stays as it is.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Cancelled`], [`Error::Training`].
    pub async fn evaluate(
        &self,
        language: &Language,
        options: &EvaluationOptions,
        report: &mut (dyn FnMut(Progress) -> ControlFlow<()> + Send),
    ) -> Result<DraftEvaluation, Error> {
        self.evaluate_content(&self.draft().await?, language, options, report).await
    }

    /// The same of any content.
    pub(crate) async fn evaluate_content(
        &self,
        content: &Content,
        language: &Language,
        options: &EvaluationOptions,
        report: &mut (dyn FnMut(Progress) -> ControlFlow<()> + Send),
    ) -> Result<DraftEvaluation, Error> {
        let job = self.prepare_training(content, language).await?;
        let (pairs, threshold) = self.names_and_threshold(content).await?;
        let names = Names::new(pairs.iter().cloned());
        let failed = |source| match source {
            greenroom_nlp::Error::Cancelled => Error::Cancelled,
            source => Error::Training { language: language.clone(), source },
        };
        let params = job.params().clone().check().map_err(failed)?;
        let held_out: Vec<Example<'_>> = options
            .held_out
            .iter()
            .map(|(text, intent)| {
                let named =
                    pairs.iter().find(|(id, _)| id == intent).or_else(|| pairs.iter().find(|(_, name)| name == intent));
                Example { text, label: named.map_or(intent, |(id, _)| id) }
            })
            .collect();
        let out_of_scope: Vec<&str> = options.out_of_scope.iter().map(String::as_str).collect();
        let judged = if held_out.is_empty() {
            JudgedTexts::CrossValidation { folds: options.folds }
        } else {
            JudgedTexts::HeldOut(&held_out)
        };
        #[expect(clippy::cast_possible_truncation, reason = "confidences are single precision")]
        let single = threshold as f32;
        let request = EvaluationRequest {
            examples: &job.examples(),
            params: &params,
            vectors: job.vectors(),
            names: &names,
            judged,
            learning_curve: options.learning_curve,
            out_of_scope: &out_of_scope,
            traffic: &options.traffic,
            threshold: Threshold::new(single).unwrap_or(Threshold::ZERO),
        };
        let Evaluated { report, predictions } = evaluate(&request, report).map_err(failed)?;
        Ok(DraftEvaluation { report, predictions, names, threshold })
    }

    /// The intents' ids and names, and the threshold.
    async fn names_and_threshold(&self, content: &Content) -> Result<(Vec<(String, String)>, f64), Error> {
        let parts = self.parts(content).await?;
        let wanted: Vec<_> =
            parts.into_iter().filter(|(path, _)| matches!(path, PartPath::Intent(_) | PartPath::Runtime)).collect();
        let mut names = Vec::with_capacity(wanted.len());
        let mut threshold = NlpRuntime::default().threshold;
        let mut reader = self.reader();
        for ((path, _), document) in wanted.iter().zip(reader.documents(&wanted).await?) {
            match (path, document) {
                (PartPath::Intent(id), Document::Intent(intent)) => names.push((id.to_string(), intent.name)),
                (PartPath::Runtime, Document::Runtime(runtime)) => threshold = runtime.threshold,
                _ => {}
            }
        }
        Ok((names, threshold))
    }
}
