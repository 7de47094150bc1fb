//! Would more examples help? Accuracy after learning from a part of them.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::collect::{DealtExamples, distinct, label_positions, learn, predict_held_out};
use super::interval::Interval;
use crate::error::Error;
use crate::params::ValidTrainParams;
use crate::train::{Example, Progress, Purpose, SplitMix64};
use crate::vectors::Vectors;

/// The shares of the examples that are learnt from, 0 to 1.
pub const LEARNING_SHARES: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];

/// Examples are dealt to so many folds, each as large as in a cross-validation of the default.
const FOLDS: usize = 5;

/// So many of the folds are judged: enough for a stable curve at 9 trainings' cost.
const JUDGED_FOLDS: usize = 3;

/// Accuracy by the number of examples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// One for each of [`LEARNING_SHARES`], ascending.
    pub points: Vec<LearningPoint>,
}

/// The accuracy after learning from a share of the examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LearningPoint {
    /// The share of the examples, 0 to 1.
    pub share: f64,
    /// How many examples that were; the mean, rounded, where several trainings were judged.
    pub examples: usize,
    /// The share of held-out texts that were right, 0 to 1.
    pub accuracy: f64,
    /// Where the true accuracy lies, at 95 %.
    pub interval: Interval,
}

/// Learns from 20, 40, 60, 80 and 100 % of four fifths of the examples and judges on the rest, for
/// three choices of the rest. Each label's examples are cut to the share, to one at least; a
/// larger share holds the smaller ones.
///
/// # Errors
///
/// Those of [`predict_by_cross_validation`](crate::predict_by_cross_validation).
pub fn learning_curve(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<LearningCurve, Error> {
    let dealt = DealtExamples::new(examples, FOLDS, seed)?;
    let splits: Vec<_> = (0..dealt.folds.min(JUDGED_FOLDS)).map(|fold| dealt.split(fold)).collect();
    over_splits(&splits, params, vectors, seed, report)
}

/// The same with `judged` for the texts to judge on, after learning from `examples`.
///
/// # Errors
///
/// Those of [`train`](crate::train); [`Error::NothingToEvaluate`] if `judged` is empty.
pub fn learning_curve_held_out(
    examples: &[Example<'_>],
    judged: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<LearningCurve, Error> {
    over_splits(&[(distinct(examples), judged.to_vec())], params, vectors, seed, report)
}

type Split<'a> = (Vec<Example<'a>>, Vec<Example<'a>>);

fn over_splits(
    splits: &[Split<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<LearningCurve, Error> {
    let count = splits.len() * LEARNING_SHARES.len();
    let mut position = 0;
    let mut points = Vec::with_capacity(LEARNING_SHARES.len());
    for share in LEARNING_SHARES {
        let (mut learnt, mut right, mut judged) = (0, 0, 0);
        for (examples, asked) in splits {
            let part = part_of(examples, share, seed);
            let model = learn(&part, params, vectors, report, position, count)?;
            position += 1;
            let predictions = predict_held_out(&model, asked)?;
            learnt += part.len();
            right += predictions.iter().filter(|prediction| prediction.is_right()).count();
            judged += predictions.len();
        }
        points.push(LearningPoint {
            share,
            examples: (learnt as f64 / splits.len().max(1) as f64).round() as usize,
            accuracy: right as f64 / judged.max(1) as f64,
            interval: Interval::of_share(right, judged),
        });
    }
    Ok(LearningCurve { points })
}

/// A share of each label's examples; larger shares hold the smaller ones.
fn part_of<'a>(examples: &[Example<'a>], share: f64, seed: u64) -> Vec<Example<'a>> {
    let labels = label_positions(examples);
    let mut members: Vec<Vec<Example<'a>>> = Vec::new();
    for (example, label) in examples.iter().zip(labels) {
        if label >= members.len() {
            members.push(Vec::new());
        }
        if let Some(of_label) = members.last_mut() {
            of_label.push(*example);
        }
    }
    let mut random = SplitMix64::new(seed, Purpose::CrossValidation);
    let mut part = Vec::new();
    for of_label in &mut members {
        random.shuffle(of_label);
        let kept = ((of_label.len() as f64 * share).round() as usize).clamp(1, of_label.len().max(1));
        part.extend(of_label.iter().take(kept));
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_shares_hold_the_smaller_ones_and_every_label_stays() {
        let texts: Vec<String> = (0..30).map(|n| format!("text {n}")).collect();
        let examples: Vec<Example<'_>> =
            texts.iter().enumerate().map(|(n, text)| Example { text, label: if n < 2 { "a" } else { "b" } }).collect();
        let parts: Vec<Vec<Example<'_>>> = LEARNING_SHARES.iter().map(|share| part_of(&examples, *share, 1)).collect();
        for pair in parts.windows(2) {
            assert!(pair[0].iter().all(|example| pair[1].contains(example)));
        }
        assert!(parts.iter().all(|part| part.iter().any(|example| example.label == "a")));
        assert_eq!((parts[0].len(), parts[4].len()), (1 + 6, 30));
    }
}
