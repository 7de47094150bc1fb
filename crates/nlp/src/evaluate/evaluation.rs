//! The figures of an evaluation, computed of predictions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::histogram::{ConfidenceBin, confidence_histogram};
use super::interval::Interval;
use super::prediction::Prediction;

/// How well texts were classified, over all and by label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The share of texts whose first label was right, 0 to 1.
    pub accuracy: f64,
    /// Where the true accuracy lies: Wilson's interval at 95 %, for texts like these.
    pub accuracy_interval: Interval,
    /// The mean of the labels' F1, each label weighing the same, 0 to 1. Labels without a text
    /// here (`support` 0) do not count.
    pub macro_f1: f64,
    /// Means over the labels with texts, each label weighing the same.
    pub macro_average: Average,
    /// Means over the labels with texts, each weighing as many texts as it has.
    pub weighted_average: Average,
    /// Of the counts of all labels with texts together. Its recall is the accuracy.
    pub micro_average: Average,
    /// In ascending order of label.
    pub per_label: Vec<LabelReport>,
    /// What was taken for what, the most frequent first.
    pub confusions: Vec<Confusion>,
    /// Whether confidences mean what they say.
    pub calibration: Calibration,
    /// How sure the model was, by right and wrong, in steps of 5 %.
    pub confidences: Vec<ConfidenceBin>,
    /// How many texts were judged.
    pub n: usize,
}

/// Precision, recall and F1 over several labels, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Average {
    /// Of what was predicted, the share that was right.
    pub precision: f64,
    /// Of what was there, the share that was found.
    pub recall: f64,
    /// Both in one.
    pub f1: f64,
}

/// How well one label was recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Of the texts that got this label, the share that had it; 0 if none got it.
    pub precision: f64,
    /// Of the texts that had this label, the share that got it; 0 if none had it.
    pub recall: f64,
    /// The harmonic mean of precision and recall; 0 if both are 0.
    pub f1: f64,
    /// How many texts had this label.
    pub support: usize,
    /// How many texts got it, rightly or wrongly.
    pub predicted: usize,
    /// How many texts got it rightly.
    pub right: usize,
}

/// Texts of one label that got another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// The label that they had.
    pub expected: String,
    /// The label that they got; `None` if the model knew nothing of them.
    pub predicted: Option<String>,
    /// How many there were.
    pub count: usize,
}

/// Counts of one label.
#[derive(Default)]
struct Counts {
    expected: usize,
    predicted: usize,
    right: usize,
}

impl Evaluation {
    /// Computes all figures.
    pub fn of(predictions: &[Prediction]) -> Self {
        let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut confusions: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        for prediction in predictions {
            let expected = prediction.expected.as_str();
            counts.entry(expected).or_default().expected += 1;
            if let Some(predicted) = &prediction.predicted {
                counts.entry(predicted).or_default().predicted += 1;
            }
            if prediction.is_right() {
                counts.entry(expected).or_default().right += 1;
            } else {
                *confusions.entry((expected, prediction.predicted.as_deref())).or_default() += 1;
            }
        }
        let per_label: Vec<LabelReport> = counts.into_iter().map(|(label, counts)| counts.report(label)).collect();
        let mut confusions: Vec<Confusion> = confusions
            .into_iter()
            .map(|((expected, predicted), count)| Confusion {
                expected: expected.to_owned(),
                predicted: predicted.map(ToOwned::to_owned),
                count,
            })
            .collect();
        // A stable sort: equals stay in the order of their labels.
        confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.count));
        let supported: Vec<&LabelReport> = per_label.iter().filter(|report| report.support > 0).collect();
        let sum = |count: fn(&LabelReport) -> usize| supported.iter().map(|report| count(report)).sum::<usize>();
        let (right, predicted) = (sum(|report| report.right), sum(|report| report.predicted));
        let macro_average = mean(&supported, |_| 1.0);
        Self {
            accuracy: ratio(right, predictions.len()),
            accuracy_interval: Interval::of_share(right, predictions.len()),
            macro_f1: macro_average.f1,
            macro_average,
            weighted_average: mean(&supported, |report| report.support as f64),
            micro_average: Average {
                precision: ratio(right, predicted),
                recall: ratio(right, predictions.len()),
                f1: ratio(2 * right, predicted + predictions.len()),
            },
            per_label,
            confusions,
            calibration: Calibration::of(predictions),
            confidences: confidence_histogram(predictions),
            n: predictions.len(),
        }
    }
}

/// The mean of the labels' figures, each weighed.
fn mean(reports: &[&LabelReport], weight: impl Fn(&LabelReport) -> f64) -> Average {
    let total: f64 = reports.iter().map(|report| weight(report)).sum();
    let of = |figure: fn(&LabelReport) -> f64| {
        let sum: f64 = reports.iter().map(|report| figure(report) * weight(report)).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    };
    Average { precision: of(|report| report.precision), recall: of(|report| report.recall), f1: of(|report| report.f1) }
}

impl Counts {
    fn report(&self, label: &str) -> LabelReport {
        LabelReport {
            label: label.to_owned(),
            precision: ratio(self.right, self.predicted),
            recall: ratio(self.right, self.expected),
            f1: ratio(2 * self.right, self.predicted + self.expected),
            support: self.expected,
            predicted: self.predicted,
            right: self.right,
        }
    }
}

/// `part / whole`, and 0 for a part of nothing.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(list: &[(&str, &str)]) -> Evaluation {
        let prediction = |(expected, predicted): &(&str, &str)| Prediction {
            text: "text".to_owned(),
            expected: (*expected).to_owned(),
            predicted: (!predicted.is_empty()).then(|| (*predicted).to_owned()),
            confidence: 0.5,
            expected_probability: 0.5,
        };
        Evaluation::of(&list.iter().map(prediction).collect::<Vec<_>>())
    }

    #[test]
    fn computes_the_textbook_figures() {
        let evaluation = evaluation(&[("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", ""), ("c", "b")]);
        assert_eq!(evaluation.n, 6);
        assert_eq!(evaluation.accuracy, 0.5);
        let [a, b, c] = &evaluation.per_label[..] else { panic!("{evaluation:?}") };
        assert_eq!((a.precision, a.recall, a.f1, a.support), (1.0, 2.0 / 3.0, 0.8, 3));
        assert_eq!((b.precision, b.recall, b.f1, b.support), (1.0 / 3.0, 0.5, 0.4, 2));
        assert_eq!((c.precision, c.recall, c.f1, c.support), (0.0, 0.0, 0.0, 1));
        assert!((evaluation.macro_f1 - (0.8 + 0.4) / 3.0).abs() < 1e-12);
        assert!((evaluation.weighted_average.f1 - (0.8 * 3.0 + 0.4 * 2.0) / 6.0).abs() < 1e-12);
        assert_eq!((evaluation.micro_average.precision, evaluation.micro_average.recall), (3.0 / 5.0, 0.5));
        assert!(evaluation.accuracy_interval.contains(0.5));
    }

    #[test]
    fn lists_the_most_frequent_confusion_first() {
        let evaluation = evaluation(&[("a", "b"), ("b", "a"), ("c", ""), ("b", "a")]);
        let listed: Vec<_> =
            evaluation.confusions.iter().map(|c| (c.expected.as_str(), c.predicted.as_deref(), c.count)).collect();
        assert_eq!(listed, [("b", Some("a"), 2), ("a", Some("b"), 1), ("c", None, 1)]);
    }

    #[test]
    fn a_label_that_is_only_predicted_has_no_part_in_macro_f1() {
        let evaluation = evaluation(&[("a", "a"), ("a", "other")]);
        assert_eq!(evaluation.per_label[1].support, 0);
        assert!((evaluation.macro_f1 - 2.0 / 3.0).abs() < 1e-12);
    }
}
