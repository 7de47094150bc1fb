//! What makes confidences mean what they say, fitted on examples that a head has not seen.
//!
//! First a temperature (Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
//! Networks", ICML 2017). Then familiarity: held-out examples tell how large the largest logit of
//! a text of some label is; far below that lies what is of none (Hendrycks et al., "Scaling
//! Out-of-Distribution Detection for Real-World Settings", ICML 2022, find the largest logit the
//! best sign of it). At last the temperature once more, since familiarity takes its part of every
//! confidence.

use std::ops::RangeInclusive;

use ndarray::{Array2, Axis};

use super::fused_head::fit_head;
use super::head::{Head, HeadProblem, log_sum_exp};
use super::out_of_fold::HeadFeatures;
use super::progress::Meter;
use super::recipe::Recipe;
use crate::error::Error;
use crate::model::Calibration;

/// The share of the held-out examples whose largest logit is below the midpoint of familiarity.
const BELOW_MIDPOINT: f64 = 0.01;
/// The width of familiarity, in standard deviations of the largest logit.
const RELATIVE_WIDTH: f64 = 0.4;
/// What the share of known n-grams weighs against the largest logit, in standard deviations of
/// both. Measured: with 10 examples of 20 intents the recall of other matters, at 95 % of one's
/// own kept, is 0.67 without it and 0.86 with it.
const KNOWN_WEIGHT: f64 = 0.5;
/// Shares that differ less than this are equal.
const SMALLEST_DEVIATION: f64 = 1e-3;
/// Fewer held-out examples than this say nothing about confidence.
const FEWEST_EXAMPLES: usize = 20;
/// A temperature that is fitted first stays in this range.
const TEMPERATURES: RangeInclusive<f64> = 0.2..=5.0;
/// A fitted width stays between these.
const SMALLEST_WIDTH: f64 = 0.01;
const LARGEST_WIDTH: f64 = 100.0;
/// Work (examples × labels²) up to which every fold is held out in turn; above, only the first.
const CHEAP_WORK: usize = 20_000_000;
/// The most steps of a fit that is only judged: further ones hardly move its logits.
const MOST_ITERATIONS: usize = 20;
/// Steps of the search; each narrows it to 62 %.
const SEARCH_STEPS: usize = 40;

/// A calibration, and the last of the heads that it was fitted with: near the one of the model.
pub(crate) struct Calibrated {
    pub(crate) calibration: Calibration,
    pub(crate) head: Option<Head<f32>>,
}

/// Fits heads that leave out a fold, and what suits their logits on it best.
pub(crate) fn calibrate(features: &HeadFeatures, recipe: &Recipe, meter: &mut Meter<'_>) -> Result<Calibrated, Error> {
    let HeadProblem { records, targets, label_count } = &features.problem;
    let work = targets.len() * label_count * label_count;
    let held_out_folds = if work <= CHEAP_WORK { features.folds } else { 1 };
    let mut logits: Vec<Array2<f64>> = Vec::new();
    let mut expected: Vec<usize> = Vec::new();
    let mut known: Vec<f64> = Vec::new();
    let mut last_head = None;
    for fold in 0..held_out_folds {
        let positions = 0..targets.len();
        let (judged, learnt): (Vec<usize>, Vec<usize>) =
            positions.partition(|&example| features.fold_of[example] == Some(fold));
        if judged.is_empty() || learnt.is_empty() {
            continue;
        }
        let head = fit_head(
            &features.problem.select(&learnt),
            recipe.alpha_without_fold,
            recipe.iterations.min(MOST_ITERATIONS),
            None,
            &mut |done| meter.advance((fold as f32 + done) / held_out_folds as f32),
        )?;
        logits.push(head.logits(records.select(Axis(0), &judged).view()).mapv(f64::from));
        expected.extend(judged.iter().map(|&example| targets[example]));
        last_head = Some(head);
        known.extend(judged.iter().map(|&example| features.known_shares[example]));
    }
    if expected.len() < FEWEST_EXAMPLES {
        return Ok(Calibrated { calibration: Calibration::NEUTRAL, head: last_head });
    }
    let rows: Vec<&[f64]> = logits.iter().flat_map(|block| block.rows()).filter_map(|row| row.to_slice()).collect();
    Ok(Calibrated { calibration: fit_to(&rows, &expected, &known), head: last_head })
}

/// What suits these logits and shares of known n-grams of held-out examples best.
fn fit_to(rows: &[&[f64]], expected: &[usize], known: &[f64]) -> Calibration {
    let cross_entropy = |temperature: f64| -> f64 {
        let inverse = 1.0 / temperature;
        rows.iter()
            .zip(expected)
            .map(|(row, &label)| log_sum_exp(row.iter().map(|logit| logit * inverse)) - row[label] * inverse)
            .sum()
    };
    let temperature = least(cross_entropy, TEMPERATURES);
    let largest: Vec<f64> = rows.iter().map(|row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max)).collect();
    let deviation_of_known = deviation(known);
    let known_weight = if deviation_of_known > SMALLEST_DEVIATION {
        (KNOWN_WEIGHT * deviation(&largest) / deviation_of_known).min(LARGEST_WIDTH)
    } else {
        0.0
    };
    let evidence: Vec<f64> = largest.iter().zip(known).map(|(logit, known)| logit + known_weight * known).collect();
    let mut sorted = evidence.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let midpoint = sorted[(BELOW_MIDPOINT * sorted.len() as f64) as usize];
    let width = (RELATIVE_WIDTH * deviation(&evidence)).clamp(SMALLEST_WIDTH, LARGEST_WIDTH);
    // Whether the best label is the right one, and the chance that its confidence gives that.
    let disbelief = |temperature: f64| -> f64 {
        let of_example = |(((row, &label), largest), evidence): (((&&[f64], &usize), &f64), &f64)| {
            let log_sum = log_sum_exp(row.iter().map(|logit| logit / temperature));
            let familiarity = 1.0 / (1.0 + ((midpoint - evidence) / width).exp());
            let confidence = (familiarity * (largest / temperature - log_sum).exp()).clamp(1e-9, 1.0 - 1e-9);
            let is_right = row[label] >= *largest;
            -(if is_right { confidence } else { 1.0 - confidence }).ln()
        };
        rows.iter().zip(expected).zip(&largest).zip(&evidence).map(of_example).sum()
    };
    let temperature = least(disbelief, temperature / 3.0..=temperature * 1.5);
    Calibration {
        temperature: temperature as f32,
        midpoint: midpoint as f32,
        width: width as f32,
        known_weight: known_weight as f32,
    }
}

/// The standard deviation.
fn deviation(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// Where `cost` is least, by golden-section search over the logarithm.
fn least(cost: impl Fn(f64) -> f64, range: RangeInclusive<f64>) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (range.start().ln(), range.end().ln());
    for _ in 0..SEARCH_STEPS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if cost(left.exp()) <= cost(right.exp()) { high = right } else { low = left }
    }
    ((low + high) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidences_become_what_they_claim() {
        // Two labels; in three of four cases the first is right, at logits that claim more.
        let claimed = 2.5 * (0.75_f64 / 0.25).ln();
        let logits: Vec<[f64; 2]> = (0..400).map(|n| f64::from(n % 100) / 10.0).map(|at| [claimed + at, at]).collect();
        let rows: Vec<&[f64]> = logits.iter().map(|row| &row[..]).collect();
        let expected: Vec<usize> = (0..400).map(|n| usize::from(n % 4 == 0)).collect();
        let calibration = fit_to(&rows, &expected, &[1.0; 400]);
        let confidence = |row: &[f64; 2]| {
            let mut single = row.map(|logit| logit as f32);
            calibration.apply(&mut single, 1.0);
            single[0]
        };
        let mean = logits.iter().map(confidence).sum::<f32>() / 400.0;
        assert!((mean - 0.75).abs() < 0.05, "{mean} {calibration:?}");
    }

    #[test]
    fn low_logits_are_unfamiliar() {
        let logits: Vec<[f64; 2]> = (0..200).map(|n| [10.0 + f64::from(n % 20) / 10.0, 2.0]).collect();
        let rows: Vec<&[f64]> = logits.iter().map(|row| &row[..]).collect();
        let calibration = fit_to(&rows, &[0; 200], &[1.0; 200]);
        assert!(calibration.familiarity(11.0, 1.0) > 0.9, "{calibration:?}");
        assert!(calibration.familiarity(8.0, 1.0) < 0.05, "{calibration:?}");
    }

    #[test]
    fn strange_words_are_unfamiliar() {
        let logits: Vec<[f64; 2]> = (0..200).map(|n| [10.0 + f64::from(n % 20) / 10.0, 2.0]).collect();
        let rows: Vec<&[f64]> = logits.iter().map(|row| &row[..]).collect();
        let known: Vec<f64> = (0..200).map(|n| 0.7 + f64::from(n % 7) / 30.0).collect();
        let calibration = fit_to(&rows, &[0; 200], &known);
        assert!(calibration.familiarity(11.0, 0.8) > 2.0 * calibration.familiarity(11.0, 0.0), "{calibration:?}");
    }

    #[test]
    fn stays_in_range_when_all_is_right() {
        let row = [1.0_f64, 0.0];
        let calibration = fit_to(&[&row[..]; 30], &[0; 30], &[1.0; 30]);
        assert!(calibration.temperature >= 0.05 && calibration.width > 0.0, "{calibration:?}");
    }
}
