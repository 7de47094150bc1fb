//! A whole evaluation in one call: what is judged, how, and what else is to be found out.

use std::ops::ControlFlow;

use super::advice::{Utterance, coverage};
use super::collect::{confidences, learn, predict_by_cross_validation, predict_held_out};
use super::learning_curve::{LEARNING_SHARES, learning_curve, learning_curve_held_out};
use super::names::Names;
use super::prediction::Prediction;
use super::report::EvaluationReport;
use crate::classification::Threshold;
use crate::error::Error;
use crate::params::ValidTrainParams;
use crate::train::{Example, Progress};
use crate::vectors::Vectors;

/// What texts are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JudgedTexts<'a> {
    /// The examples themselves, each by a model that was trained without it.
    CrossValidation {
        /// Into how many parts the examples are dealt, 2 or more.
        folds: usize,
    },
    /// Others, by a model that was trained on all examples.
    HeldOut(&'a [Example<'a>]),
}

/// What to evaluate.
#[derive(Debug, Clone, Copy)]
pub struct EvaluationRequest<'a> {
    /// What models are trained on.
    pub examples: &'a [Example<'a>],
    /// How they are trained.
    pub params: &'a ValidTrainParams,
    /// The static vectors of the examples' language, if there are some.
    pub vectors: Option<&'a Vectors>,
    /// How labels are called in words.
    pub names: &'a Names,
    /// What is judged.
    pub judged: JudgedTexts<'a>,
    /// Whether accuracy by the number of examples is wanted too; it costs about nine trainings, or
    /// three where held-out texts are judged.
    pub learning_curve: bool,
    /// Texts that no label means, for threshold advice.
    pub out_of_scope: &'a [&'a str],
    /// What people said, for its coverage at `threshold`.
    pub traffic: &'a [Utterance],
    /// The threshold that is set now.
    pub threshold: Threshold,
}

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// All figures and advice.
    pub report: EvaluationReport,
    /// What they were computed of.
    pub predictions: Vec<Prediction>,
}

/// Trains and judges as the request says. `report` hears of all trainings as one.
///
/// # Errors
///
/// Those of [`predict_by_cross_validation`] and [`train`](crate::train).
pub fn evaluate(
    request: &EvaluationRequest<'_>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Evaluated, Error> {
    let EvaluationRequest { examples, params, vectors, names, judged, out_of_scope, traffic, .. } = *request;
    let seed = params.get().seed;
    let needs_whole = matches!(judged, JudgedTexts::HeldOut(_)) || !out_of_scope.is_empty() || !traffic.is_empty();
    let mut stages = Stages::new(report, request, needs_whole);
    // A model of all examples: what the bot itself would answer with.
    let whole = if needs_whole { Some(learn(examples, params, vectors, &mut stages.next(1.0), 0, 1)?) } else { None };
    let predictions = match (judged, &whole) {
        (JudgedTexts::HeldOut(judged), Some(model)) => predict_held_out(model, judged)?,
        (JudgedTexts::HeldOut(_), None) => return Err(Error::NothingToEvaluate),
        (JudgedTexts::CrossValidation { folds }, _) => {
            predict_by_cross_validation(examples, params, vectors, folds, seed, &mut stages.next(folds as f32))?
        }
    };
    let outside = whole.as_ref().map(|model| confidences(model, out_of_scope)).unwrap_or_default();
    let mut report = EvaluationReport::of(examples, &predictions, &outside, names);
    if request.learning_curve {
        let mut heard = stages.next(curve_cost(judged));
        report.learning_curve = Some(match judged {
            JudgedTexts::CrossValidation { .. } => learning_curve(examples, params, vectors, seed, &mut heard)?,
            JudgedTexts::HeldOut(judged) => {
                learning_curve_held_out(examples, judged, params, vectors, seed, &mut heard)?
            }
        });
    }
    if let Some(model) = whole.filter(|_| !traffic.is_empty()) {
        report.coverage = Some(coverage(&model, request.threshold, traffic));
    }
    Ok(Evaluated { report, predictions })
}

/// What a learning curve costs, in trainings on all examples.
fn curve_cost(judged: JudgedTexts<'_>) -> f32 {
    let once = LEARNING_SHARES.iter().sum::<f64>() as f32;
    match judged {
        JudgedTexts::CrossValidation { .. } => 3.0 * once,
        JudgedTexts::HeldOut(_) => once,
    }
}

/// Makes the progress of several trainings that of one.
struct Stages<'a> {
    report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    total: f32,
    done: f32,
}

impl<'a> Stages<'a> {
    fn new(
        report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
        request: &EvaluationRequest<'_>,
        needs_whole: bool,
    ) -> Self {
        let judging = match request.judged {
            JudgedTexts::CrossValidation { folds } => folds as f32,
            JudgedTexts::HeldOut(_) => 0.0,
        };
        let curve = if request.learning_curve { curve_cost(request.judged) } else { 0.0 };
        let whole = if needs_whole { 1.0 } else { 0.0 };
        Self { report, total: judging + curve + whole, done: 0.0 }
    }

    /// What hears of the next stage, of this cost.
    fn next(&mut self, cost: f32) -> impl FnMut(Progress) -> ControlFlow<()> {
        let (before, total) = (self.done, self.total.max(1.0));
        self.done += cost;
        move |progress| {
            let fraction = ((before + cost * progress.fraction) / total).min(1.0);
            (self.report)(Progress { fraction, ..progress })
        }
    }
}
