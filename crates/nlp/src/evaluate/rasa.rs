//! The report in the shape that Rasa's users know: scikit-learn's classification report as an
//! object, each intent with what it is confused with.

use serde_json::{Map, Value, json};

use super::evaluation::{Average, Evaluation};
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
pub(super) fn prediction_entry(text: &str, intent: &str, predicted: Option<&str>, confidence: f32) -> Value {
    json!({
        "text": text,
        "intent": intent,
        "intent_prediction": { "name": predicted.unwrap_or(""), "confidence": confidence },
    })
}

/// `intent_errors.json`.
pub(super) fn intent_errors(errors: &[WrongPrediction]) -> Value {
    let entry = |error: &WrongPrediction| {
        prediction_entry(&error.text, &error.expected, error.predicted.as_deref(), error.confidence)
    };
    errors.iter().map(entry).collect()
}
