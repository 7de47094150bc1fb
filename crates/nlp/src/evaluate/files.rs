//! The report as files, named and shaped as Rasa's users know them, and more of our own.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use super::advice::{Advice, Coverage};
use super::names::Names;
use super::plots;
use super::prediction::Prediction;
use super::rasa::{intent_errors, intent_report, intent_successes};
use super::report::EvaluationReport;
use super::thresholds::{ThresholdCurve, WrongAnswerCost};

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Its name, such as `intent_report.json`.
    pub name: &'static str,
    /// What type it has, such as `application/json`.
    pub media_type: &'static str,
    /// What stands in it.
    pub content: String,
}

/// How the files of a report are written.
#[derive(Debug, Clone, Copy)]
pub struct FileOptions<'a> {
    /// How labels are called in pictures and texts. JSON has the labels themselves.
    pub names: &'a Names,
    /// What a wrong answer costs.
    pub cost: WrongAnswerCost,
    /// The threshold that is set now, to be marked.
    pub threshold: Option<f64>,
    /// The predictions, where `intent_successes.json` is wanted.
    pub successes: Option<&'a [Prediction]>,
}

/// What labels are called where a host gives no names.
static LABELS: Names = Names::none();

impl Default for FileOptions<'_> {
    fn default() -> Self {
        Self { names: &LABELS, cost: WrongAnswerCost::default(), threshold: None, successes: None }
    }
}

const JSON: &str = "application/json";
const SVG: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

impl EvaluationReport {
    /// All files: `summary.json`, `intent_report.json`, `intent_errors.json`,
    /// `intent_confusion_matrix.svg`, `intent_histogram.svg`, `calibration.svg`, `thresholds.json`,
    /// `thresholds.svg`, `advice.json`, `advice.txt`; `learning_curve.svg` where there is one, and
    /// `intent_successes.json` where it is wanted.
    pub fn files(&self, options: &FileOptions<'_>) -> Vec<ReportFile> {
        let FileOptions { names, cost, threshold, successes } = *options;
        let advice = self.thresholds.advise(cost);
        let mut files = vec![
            json_file("summary.json", &self.summary(options)),
            json_file("intent_report.json", &intent_report(&self.evaluation)),
            json_file("intent_errors.json", &intent_errors(&self.errors)),
            svg_file("intent_confusion_matrix.svg", plots::confusion_matrix(&self.evaluation, names)),
            svg_file("intent_histogram.svg", plots::confidence_histogram(&self.evaluation)),
            svg_file("calibration.svg", plots::calibration(&self.evaluation)),
            json_file(
                "thresholds.json",
                &json!({ "advice": advice, "current": threshold.and_then(|at| self.thresholds.at(at)), "curve": self.thresholds }),
            ),
            svg_file("thresholds.svg", plots::thresholds(&self.thresholds, advice.as_ref(), threshold)),
            json_file("advice.json", &json!({ "advice": self.advice, "coverage": self.coverage })),
            ReportFile { name: "advice.txt", media_type: TEXT, content: self.advice_text(options) },
        ];
        if let Some(curve) = &self.learning_curve {
            files.push(svg_file("learning_curve.svg", plots::learning_curve(curve)));
        }
        if let Some(predictions) = successes {
            files.push(json_file("intent_successes.json", &intent_successes(predictions)));
        }
        files
    }

    /// The advice in words: thresholds, what to do about the examples, what people say in vain.
    pub fn advice_text(&self, options: &FileOptions<'_>) -> String {
        let mut text = String::new();
        if let Some(sentences) = self.threshold_text(options) {
            _ = writeln!(text, "Threshold\n\n{sentences}\n");
        }
        text.push_str(&self.advice.text());
        if let Some(coverage) = &self.coverage {
            _ = write!(text, "\n{}", coverage.text(options.names));
        }
        text
    }

    /// What to set the threshold to, in words; none without a text that was judged.
    pub fn threshold_text(&self, options: &FileOptions<'_>) -> Option<String> {
        let advice = self.thresholds.advise(options.cost)?;
        let mut text = advice.text();
        if let Some(point) = options.threshold.and_then(|threshold| self.thresholds.at(threshold)) {
            let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
            let ThresholdCurve { in_scope, out_of_scope, .. } = self.thresholds;
            _ = write!(
                text,
                "\nNow it is {:.2}: {:.1} % are answered wrongly and {:.1} % refused",
                point.threshold,
                share(point.wrong, in_scope),
                share(point.refused, in_scope)
            );
            if out_of_scope > 0 {
                let answered = share(point.out_of_scope_answered, out_of_scope);
                _ = write!(text, "; of what the bot has no intent for, {answered:.1} % is answered");
            }
            text.push('.');
            if advice.as_good.contains(point.threshold) {
                text.push_str(" These texts show nothing better.");
            }
        }
        Some(text)
    }

    fn summary(&self, options: &FileOptions<'_>) -> serde_json::Value {
        let evaluation = &self.evaluation;
        let best = self.thresholds.advise(options.cost);
        json!({
            "texts": evaluation.n,
            "intents": evaluation.per_label.iter().filter(|label| label.support > 0).count(),
            "accuracy": evaluation.accuracy,
            "accuracy_interval": evaluation.accuracy_interval,
            "macro": evaluation.macro_average,
            "weighted": evaluation.weighted_average,
            "micro": evaluation.micro_average,
            "expected_calibration_error": evaluation.calibration.expected_error,
            "calibration_error_by_chance": evaluation.calibration.error_by_chance,
            "largest_calibration_error": evaluation.calibration.largest_error,
            "calibration": evaluation.calibration.bins,
            "confidences": evaluation.confidences,
            "confusions": evaluation.confusions,
            "threshold": best,
            "learning_curve": self.learning_curve.as_ref().map(|curve| &curve.points),
            "findings": self.advice.findings.len() + self.advice.omitted,
            "understood_share": self.coverage.as_ref().map(|coverage| coverage.understood_share),
        })
    }
}

fn json_file(name: &'static str, content: &impl Serialize) -> ReportFile {
    // Strings, numbers and lists always serialise: the fallback is never written.
    let content = serde_json::to_string_pretty(content).unwrap_or_default() + "\n";
    ReportFile { name, media_type: JSON, content }
}

fn svg_file(name: &'static str, content: String) -> ReportFile {
    ReportFile { name, media_type: SVG, content }
}

impl Advice {
    /// All findings in words, each with what to do.
    pub fn text(&self) -> String {
        if self.findings.is_empty() {
            return "Examples\n\nNothing stands out.\n".to_owned();
        }
        let mut text = "Examples\n".to_owned();
        for (position, finding) in self.findings.iter().enumerate() {
            _ = write!(text, "\n{}. {}\n   {}\n", position + 1, finding.message, finding.action);
        }
        if self.omitted > 0 {
            _ = write!(text, "\n{} more of these kinds.\n", self.omitted);
        }
        text
    }
}

impl Coverage {
    /// What people say in vain, in words.
    pub fn text(&self, names: &Names) -> String {
        let mut text = format!(
            "What people say\n\n{:.1} % of {} utterances are understood.\n",
            self.understood_share * 100.0,
            self.utterances
        );
        if !self.not_understood.is_empty() {
            text.push_str("Most often not understood, alike ones together:\n\n");
        }
        for group in &self.not_understood {
            let texts: Vec<String> = group.texts.iter().map(|said| super::advice::quoted(&said.text)).collect();
            _ = write!(text, "{:>7} ×  {}", group.count, texts.join(", "));
            if let Some((label, _)) = &group.nearest {
                _ = write!(text, " (nearest: \"{}\")", names.of(label));
            }
            text.push('\n');
        }
        if self.omitted > 0 {
            _ = writeln!(text, "{} more groups.", self.omitted);
        }
        text
    }
}
