//! The report in the shape that Rasa's users know: scikit-learn's classification report as an
//! object, each intent with what it is confused with.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::evaluation::{Average, Evaluation};
use super::prediction::Prediction;
use super::report::WrongPrediction;

/// How many cells of an intent's row are looked at, its own among them.
const CONFUSED_CELLS: usize = 3;

/// `intent_report.json`: by label `precision`, `recall`, `f1-score`, `support`, `confused_with`;
/// then `accuracy`, `macro avg`, `weighted avg`, `micro avg`.
///
/// `confused_with` has the two labels that texts of this one are taken for most, with how often;
/// the key for texts of which the model knows nothing is the empty string.
pub(super) fn intent_report(evaluation: &Evaluation) -> Value {
    let mut report = Map::new();
    for label in evaluation.per_label.iter().filter(|label| label.support > 0) {
        let entry = json!({
            "precision": label.precision,
            "recall": label.recall,
            "f1-score": label.f1,
            "support": label.support,
            "confused_with": confused_with(evaluation, &label.label, label.right),
        });
        report.insert(label.label.clone(), entry);
    }
    let average = |average: Average| {
        json!({
            "precision": average.precision,
            "recall": average.recall,
            "f1-score": average.f1,
            "support": evaluation.n,
        })
    };
    report.insert("accuracy".to_owned(), json!(evaluation.accuracy));
    report.insert("macro avg".to_owned(), average(evaluation.macro_average));
    report.insert("weighted avg".to_owned(), average(evaluation.weighted_average));
    report.insert("micro avg".to_owned(), average(evaluation.micro_average));
    Value::Object(report)
}

fn confused_with(evaluation: &Evaluation, label: &str, right: usize) -> Map<String, Value> {
    let others = evaluation.confusions.iter().filter(|confusion| confusion.expected == label);
    let mut cells: Vec<(usize, Option<&str>)> =
        others.map(|confusion| (confusion.count, Some(confusion.predicted.as_deref().unwrap_or("")))).collect();
    cells.push((right, None));
    // As in Rasa, the own cell takes one of the places where it is among the largest.
    cells.sort_by_key(|(count, other)| (std::cmp::Reverse(*count), other.is_some()));
    let told = cells.into_iter().take(CONFUSED_CELLS);
    told.filter_map(|(count, other)| Some((other?.to_owned(), json!(count)))).collect()
}

/// One entry of `intent_errors.json` or `intent_successes.json`.
#[derive(Debug, Serialize)]
pub(super) struct PredictionEntry<'a> {
    text: &'a str,
    intent: &'a str,
    intent_prediction: PredictedIntent<'a>,
}

/// What was predicted.
#[derive(Debug, Serialize)]
struct PredictedIntent<'a> {
    /// Empty where the model knew nothing of the text.
    name: &'a str,
    confidence: f32,
}

impl<'a> PredictionEntry<'a> {
    fn new(text: &'a str, intent: &'a str, predicted: Option<&'a str>, confidence: f32) -> Self {
        let intent_prediction = PredictedIntent { name: predicted.unwrap_or_default(), confidence };
        Self { text, intent, intent_prediction }
    }
}

/// `intent_errors.json`.
pub(super) fn intent_errors(errors: &[WrongPrediction]) -> Vec<PredictionEntry<'_>> {
    errors
        .iter()
        .map(|error| PredictionEntry::new(&error.text, &error.expected, error.predicted.as_deref(), error.confidence))
        .collect()
}

/// `intent_successes.json`.
pub(super) fn intent_successes(predictions: &[Prediction]) -> Vec<PredictionEntry<'_>> {
    let right = predictions.iter().filter(|prediction| prediction.is_right());
    right
        .map(|right| PredictionEntry::new(&right.text, &right.expected, right.predicted.as_deref(), right.confidence))
        .collect()
}
