//! An evaluation as text: the figures, each intent, what is taken for what.

use greenroom_nlp::Evaluation;

use crate::failure::Failure;
use crate::output::Output;

/// How many confusions are shown.
const MOST_CONFUSIONS: usize = 10;

/// Prints an evaluation.
pub(crate) fn print(output: &Output, evaluation: &Evaluation) -> Result<(), Failure> {
    output.line(format_args!("accuracy  {}", percent(evaluation.accuracy)))?;
    output.line(format_args!("macro-F1  {}", percent(evaluation.macro_f1)))?;
    output.line(format_args!("texts     {}", evaluation.n))?;
    output.line("")?;
    let rows = evaluation.per_label.iter().map(|label| {
        let figures = [label.precision, label.recall, label.f1].map(percent);
        let [precision, recall, f1] = figures;
        [label.label.clone(), precision, recall, f1, label.support.to_string()]
    });
    output.table(["intent", "precision", "recall", "F1", "texts"], rows.collect())?;
    if evaluation.confusions.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line("most often taken for another:")?;
    let rows = evaluation.confusions.iter().take(MOST_CONFUSIONS).map(|confusion| {
        let predicted = confusion.predicted.clone().unwrap_or_else(|| "nothing".to_owned());
        [confusion.expected.clone(), predicted, confusion.count.to_string()]
    });
    output.table(["intent", "taken for", "texts"], rows.collect())
}

/// A share as a percentage with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
