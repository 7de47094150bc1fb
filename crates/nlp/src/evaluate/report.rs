//! All that an evaluation came to, in one value that hosts store and show.

use serde::{Deserialize, Serialize};

use super::advice::{Advice, Coverage};
use super::evaluation::Evaluation;
use super::learning_curve::LearningCurve;
use super::names::Names;
use super::prediction::Prediction;
use super::thresholds::ThresholdCurve;
use crate::train::Example;

/// All that an evaluation came to.
///
/// Its size grows with the mistakes and the labels, not with the texts that were judged rightly.
///
/// ```
/// # use std::ops::ControlFlow;
/// use greenroom_nlp::{
///     EvaluationReport, Example, FileOptions, Names, TrainParams, WrongAnswerCost, predict_by_cross_validation,
/// };
///
/// let examples = [
///     ("where is my parcel", "track"), ("has my parcel shipped", "track"), ("track my parcel please", "track"),
///     ("i want my money back", "refund"), ("please refund my money", "refund"), ("can i get a refund", "refund"),
/// ]
/// .map(|(text, label)| Example { text, label });
/// let params = TrainParams::default().check()?;
/// let judged = predict_by_cross_validation(&examples, &params, None, 3, 1, &mut |_| ControlFlow::Continue(()))?;
///
/// let names = Names::new([("track", "Track an order"), ("refund", "Refund")]);
/// let report = EvaluationReport::of(&examples, &judged, &[], &names);
/// assert_eq!(report.evaluation.n, 6);
/// assert!(report.thresholds.advise(WrongAnswerCost::default()).is_some());
/// let files = report.files(&FileOptions { names: &names, ..FileOptions::default() });
/// assert!(files.iter().any(|file| file.name == "intent_confusion_matrix.svg"));
/// # Ok::<(), greenroom_nlp::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationReport {
    /// The figures.
    pub evaluation: Evaluation,
    /// What comes of each threshold.
    pub thresholds: ThresholdCurve,
    /// What an author can do.
    pub advice: Advice,
    /// The texts that were judged wrongly, the surest mistakes first.
    pub errors: Vec<WrongPrediction>,
    /// How many more there were, where a host has cut them.
    #[serde(default)]
    pub errors_omitted: usize,
    /// Accuracy by the number of examples, where a host asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_curve: Option<LearningCurve>,
    /// How much of what people said is understood, where a host gave utterances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
}

/// A text whose first label was wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrongPrediction {
    /// The text, as its author wrote it.
    pub text: String,
    /// The label that it has.
    pub expected: String,
    /// The label that it got; `None` if the model knew nothing of the text.
    pub predicted: Option<String>,
    /// How sure the model was, 0 to 1.
    pub confidence: f32,
}

impl EvaluationReport {
    /// Of predictions by models that learnt from `examples`, or from all of these but the text
    /// itself; `out_of_scope` are the confidences that they gave to texts that no label means.
    pub fn of(examples: &[Example<'_>], predictions: &[Prediction], out_of_scope: &[f32], names: &Names) -> Self {
        let mut errors: Vec<WrongPrediction> = predictions
            .iter()
            .filter(|prediction| !prediction.is_right())
            .map(|prediction| WrongPrediction {
                text: prediction.text.clone(),
                expected: prediction.expected.clone(),
                predicted: prediction.predicted.clone(),
                confidence: prediction.confidence,
            })
            .collect();
        errors.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        Self {
            evaluation: Evaluation::of(predictions),
            thresholds: ThresholdCurve::of(predictions, out_of_scope),
            advice: Advice::of(examples, predictions, names),
            errors,
            errors_omitted: 0,
            learning_curve: None,
            coverage: None,
        }
    }

    /// Keeps the surest mistakes only, for a host that stores reports.
    #[must_use]
    pub fn with_errors_at_most(mut self, most: usize) -> Self {
        self.errors_omitted += self.errors.len().saturating_sub(most);
        self.errors.truncate(most);
        self
    }
}
