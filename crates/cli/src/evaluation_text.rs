//! An evaluation as text: the figures, each intent, what is taken for what, and the advice.

use greenroom_nlp::{Calibration, EvaluationReport, FileOptions, Interval};

use crate::failure::Failure;
use crate::output::Output;

/// How many confusions are shown.
const MOST_CONFUSIONS: usize = 10;

/// How many findings of a kind are shown; the files have them all.
const FINDINGS_OF_A_KIND: usize = 3;

/// Prints an evaluation.
pub(crate) fn print(output: &Output, report: &EvaluationReport, options: &FileOptions<'_>) -> Result<(), Failure> {
    let evaluation = &report.evaluation;
    let Interval { low, high } = evaluation.accuracy_interval;
    let range = format!("{} to {} at 95 %", percent(low), percent(high));
    output.line(format_args!("accuracy     {} ({range})", percent(evaluation.accuracy)))?;
    output.line(format_args!("macro-F1     {}", percent(evaluation.macro_f1)))?;
    output.line(format_args!("weighted-F1  {}", percent(evaluation.weighted_average.f1)))?;
    let Calibration { expected_error, error_by_chance, .. } = evaluation.calibration;
    output
        .line(format_args!("calibration  {expected_error:.3} expected error, {error_by_chance:.3} by chance alone"))?;
    output.line(format_args!("texts        {}", evaluation.n))?;
    output.line("")?;
    let rows = evaluation.per_label.iter().map(|label| {
        let [precision, recall, f1] = [label.precision, label.recall, label.f1].map(percent);
        [label.label.clone(), precision, recall, f1, label.support.to_string()]
    });
    output.table(["intent", "precision", "recall", "F1", "texts"], rows.collect())?;
    if !evaluation.confusions.is_empty() {
        output.line("")?;
        output.line("most often taken for another:")?;
        let rows = evaluation.confusions.iter().take(MOST_CONFUSIONS).map(|confusion| {
            let predicted = confusion.predicted.clone().unwrap_or_else(|| "nothing".to_owned());
            [confusion.expected.clone(), predicted, confusion.count.to_string()]
        });
        output.table(["intent", "taken for", "texts"], rows.collect())?;
    }
    if let Some(curve) = &report.learning_curve {
        output.line("")?;
        output.line("accuracy by the number of examples:")?;
        let rows = curve.points.iter().map(|point| [point.examples.to_string(), percent(point.accuracy)]);
        output.table(["examples", "accuracy"], rows.collect())?;
    }
    if let Some(text) = report.threshold_text(options) {
        output.line("")?;
        output.line("threshold:")?;
        for line in text.lines() {
            output.line(format_args!("  {line}"))?;
        }
    }
    if !report.advice.findings.is_empty() {
        output.line("")?;
        output.line("advice:")?;
        let (foremost, others) = report.advice.foremost(FINDINGS_OF_A_KIND);
        for finding in foremost {
            output.line(format_args!("  {}", finding.message))?;
            output.line(format_args!("    {}", finding.action))?;
        }
        let more = others.len() + report.advice.omitted;
        if more > 0 {
            output.line(format_args!("  and {more} more; `--out DIR` writes them"))?;
        }
    }
    if let Some(coverage) = &report.coverage {
        output.line("")?;
        output.line(coverage.text(options.names).trim_end())?;
    }
    Ok(())
}

/// A share as a percentage with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
