//! One temperature that makes confidences mean what they say (Guo, Pleiss, Sun and Weinberger,
//! "On Calibration of Modern Neural Networks", ICML 2017).

use ndarray::{Array2, Axis};

use super::fused_head::fit_head;
use super::head::{HeadProblem, log_sum_exp};
use super::out_of_fold::HeadFeatures;
use super::progress::Meter;
use super::recipe::Recipe;
use crate::error::Error;

/// The temperature of a model that has too few held-out examples to fit one.
const NEUTRAL: f32 = 1.0;
/// Fewer held-out examples than this say nothing about confidence.
const FEWEST_EXAMPLES: usize = 20;
/// A fitted temperature stays in this range.
const RANGE: std::ops::RangeInclusive<f64> = 0.2..=5.0;
/// Work (examples × labels²) up to which every fold is held out in turn; above, only the first.
const CHEAP_WORK: usize = 20_000_000;
/// Steps of the search; each narrows it to 62 %.
const SEARCH_STEPS: usize = 40;

/// Fits heads that leave out a fold, and the temperature that suits their logits on it best.
pub(crate) fn fit_temperature(features: &HeadFeatures, recipe: &Recipe, meter: &mut Meter<'_>) -> Result<f32, Error> {
    let HeadProblem { records, targets, label_count } = &features.problem;
    let work = targets.len() * label_count * label_count;
    let held_out_folds = if work <= CHEAP_WORK { features.folds } else { 1 };
    let mut logits: Vec<Array2<f64>> = Vec::new();
    let mut expected: Vec<usize> = Vec::new();
    for fold in 0..held_out_folds {
        let positions = 0..targets.len();
        let (judged, learnt): (Vec<usize>, Vec<usize>) =
            positions.partition(|&example| features.fold_of[example] == Some(fold));
        if judged.is_empty() || learnt.is_empty() {
            continue;
        }
        let head = fit_head(&features.problem.select(&learnt), recipe.alpha, recipe.iterations.min(30), &mut |done| {
            meter.advance((fold as f32 + done) / held_out_folds as f32)
        })?;
        logits.push(head.logits(records.select(Axis(0), &judged).view()).mapv(f64::from));
        expected.extend(judged.iter().map(|&example| targets[example]));
    }
    if expected.len() < FEWEST_EXAMPLES {
        return Ok(NEUTRAL);
    }
    let rows: Vec<&[f64]> = logits.iter().flat_map(|block| block.rows()).filter_map(|row| row.to_slice()).collect();
    Ok(best_temperature(&rows, &expected))
}

/// The temperature with the least cross-entropy, by golden-section search over its logarithm, in
/// which the cross-entropy has one minimum.
fn best_temperature(rows: &[&[f64]], expected: &[usize]) -> f32 {
    let cross_entropy = |logarithm: f64| -> f64 {
        let inverse = (-logarithm).exp();
        rows.iter()
            .zip(expected)
            .map(|(row, &label)| log_sum_exp(row.iter().map(|logit| logit * inverse)) - row[label] * inverse)
            .sum()
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (RANGE.start().ln(), RANGE.end().ln());
    for _ in 0..SEARCH_STEPS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if cross_entropy(left) <= cross_entropy(right) { high = right } else { low = left }
    }
    ((low + high) / 2.0).exp() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_temperature_that_was_applied() {
        // Two labels; in a share p of the cases the first is right, at logits that claim more.
        let (right, wrong) = (75, 25);
        let honest = (0.75_f64 / 0.25).ln();
        let row = [honest * 2.5, 0.0];
        let rows = vec![&row[..]; right + wrong];
        let expected: Vec<usize> = (0..right + wrong).map(|n| usize::from(n >= right)).collect();
        let temperature = best_temperature(&rows, &expected);
        assert!((temperature - 2.5).abs() < 0.01, "{temperature}");
    }

    #[test]
    fn stays_in_range_when_all_is_right() {
        let row = [1.0_f64, 0.0];
        let temperature = best_temperature(&[&row[..]; 30], &[0; 30]);
        assert!((temperature - 0.2).abs() < 0.001, "{temperature}");
    }
}
