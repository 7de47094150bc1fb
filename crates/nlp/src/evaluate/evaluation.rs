//! The figures of an evaluation, from pairs of what was expected and what was predicted.

use std::collections::BTreeMap;

use serde::Serialize;

/// How well texts were classified, over all and by label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The share of texts whose first label was right, 0 to 1.
    pub accuracy: f64,
    /// The mean of the labels' F1, each label weighing the same, 0 to 1. Labels without a text
    /// here (`support` 0) do not count.
    pub macro_f1: f64,
    /// In ascending order of label.
    pub per_label: Vec<LabelReport>,
    /// What was taken for what, the most frequent first.
    pub confusions: Vec<Confusion>,
    /// How many texts were judged.
    pub n: usize,
}

/// How well one label was recognised.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
}

/// Texts of one label that got another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Computes all figures from `(expected, predicted)`, one pair a text.
    pub(crate) fn from_pairs(pairs: &[(String, Option<String>)]) -> Self {
        let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut confusions: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        let mut right = 0;
        for (expected, predicted) in pairs {
            counts.entry(expected).or_default().expected += 1;
            if let Some(predicted) = predicted {
                counts.entry(predicted).or_default().predicted += 1;
            }
            if predicted.as_ref() == Some(expected) {
                counts.entry(expected).or_default().right += 1;
                right += 1;
            } else {
                *confusions.entry((expected, predicted.as_deref())).or_default() += 1;
            }
        }
        let per_label: Vec<LabelReport> = counts.into_iter().map(|(label, counts)| counts.report(label)).collect();
        let supported: Vec<f64> =
            per_label.iter().filter(|report| report.support > 0).map(|report| report.f1).collect();
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
        Self {
            accuracy: ratio(right, pairs.len()),
            macro_f1: supported.iter().sum::<f64>() / supported.len().max(1) as f64,
            per_label,
            confusions,
            n: pairs.len(),
        }
    }
}

impl Counts {
    fn report(&self, label: &str) -> LabelReport {
        LabelReport {
            label: label.to_owned(),
            precision: ratio(self.right, self.predicted),
            recall: ratio(self.right, self.expected),
            f1: ratio(2 * self.right, self.predicted + self.expected),
            support: self.expected,
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

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let predicted = |label: &str| (!label.is_empty()).then(|| label.to_owned());
        list.iter().map(|(e, p)| ((*e).to_owned(), predicted(p))).collect()
    }

    #[test]
    fn computes_the_textbook_figures() {
        let evaluation =
            Evaluation::from_pairs(&pairs(&[("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", ""), ("c", "b")]));
        assert_eq!(evaluation.n, 6);
        assert_eq!(evaluation.accuracy, 0.5);
        let [a, b, c] = &evaluation.per_label[..] else { panic!("{evaluation:?}") };
        assert_eq!((a.precision, a.recall, a.f1, a.support), (1.0, 2.0 / 3.0, 0.8, 3));
        assert_eq!((b.precision, b.recall, b.f1, b.support), (1.0 / 3.0, 0.5, 0.4, 2));
        assert_eq!((c.precision, c.recall, c.f1, c.support), (0.0, 0.0, 0.0, 1));
        assert!((evaluation.macro_f1 - (0.8 + 0.4) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn lists_the_most_frequent_confusion_first() {
        let evaluation = Evaluation::from_pairs(&pairs(&[("a", "b"), ("b", "a"), ("c", ""), ("b", "a")]));
        let listed: Vec<_> =
            evaluation.confusions.iter().map(|c| (c.expected.as_str(), c.predicted.as_deref(), c.count)).collect();
        assert_eq!(listed, [("b", Some("a"), 2), ("a", Some("b"), 1), ("c", None, 1)]);
    }

    #[test]
    fn a_label_that_is_only_predicted_has_no_part_in_macro_f1() {
        let evaluation = Evaluation::from_pairs(&pairs(&[("a", "a"), ("a", "other")]));
        assert_eq!(evaluation.per_label[1].support, 0);
        assert!((evaluation.macro_f1 - 2.0 / 3.0).abs() < 1e-12);
    }
}
