//! Whether confidences mean what they say: of the texts at 80 %, are 80 % right?

use serde::{Deserialize, Serialize};

use super::interval::Interval;
use super::prediction::Prediction;

/// How many bins of equal width there are.
const BINS: usize = 15;

/// Up to this expected error confidences can be read as probabilities.
const SMALL_ERROR: f64 = 0.02;
/// Chance makes less than so many times its mean, in nineteen of twenty cases (of 1,540 texts and of 3,000).
const CHANCE_AT_MOST: f64 = 1.4;

/// Whether confidences mean what they say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The expected calibration error, 0 to 1: how far a bin's mean confidence is from its share
    /// of right answers, in the mean over the texts (Guo, Pleiss, Sun and Weinberger, "On
    /// Calibration of Modern Neural Networks", 2017; 15 bins of equal width).
    pub expected_error: f64,
    /// What chance alone makes of the expected error, in the mean: a model whose confidences are exactly right shows
    /// this much for so many texts, since those of a bin are seldom right exactly as often as they should be.
    #[serde(default)]
    pub error_by_chance: f64,
    /// The same of the worst bin.
    pub largest_error: f64,
    /// Mean confidence less the share of right answers: above 0 the model is too sure of itself.
    pub bias: f64,
    /// In ascending order; those without a text too.
    pub bins: Vec<CalibrationBin>,
}

/// The texts whose confidence is in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Where the range begins; itself not part of it, but for 0.
    pub from: f64,
    /// Where the range ends; itself part of it.
    pub to: f64,
    /// How many texts there are.
    pub count: usize,
    /// Their mean confidence; 0 without a text.
    pub confidence: f64,
    /// The share of them that were right; 0 without a text.
    pub accuracy: f64,
    /// Where the true share lies, at 95 %.
    pub interval: Interval,
}

impl Calibration {
    /// Computes it of predictions.
    pub fn of(predictions: &[Prediction]) -> Self {
        let mut sums = [(0_usize, 0_usize, 0.0_f64); BINS];
        let mut variances = [0.0_f64; BINS];
        for prediction in predictions {
            let confidence = f64::from(prediction.confidence).clamp(0.0, 1.0);
            let bin = ((confidence * BINS as f64).ceil() as usize).saturating_sub(1).min(BINS - 1);
            if let Some((count, right, sum)) = sums.get_mut(bin) {
                *count += 1;
                *right += usize::from(prediction.is_right());
                *sum += confidence;
            }
            if let Some(variance) = variances.get_mut(bin) {
                *variance += confidence * (1.0 - confidence);
            }
        }
        let bins: Vec<CalibrationBin> =
            sums.iter().enumerate().map(|(bin, sums)| CalibrationBin::of(bin, *sums)).collect();
        let n = predictions.len().max(1) as f64;
        let gaps = || bins.iter().filter(|bin| bin.count > 0).map(|bin| (bin, (bin.confidence - bin.accuracy).abs()));
        let right = sums.iter().map(|(_, right, _)| *right).sum::<usize>() as f64;
        Self {
            expected_error: gaps().map(|(bin, gap)| gap * bin.count as f64 / n).sum(),
            // The mean of a normal variable's absolute value is √(2/π) of its deviation.
            error_by_chance: variances.iter().map(|variance| (variance * std::f64::consts::FRAC_2_PI).sqrt() / n).sum(),
            largest_error: gaps().map(|(_, gap)| gap).fold(0.0, f64::max),
            bias: (sums.iter().map(|(.., sum)| sum).sum::<f64>() - right) / n,
            bins,
        }
    }
}

impl Calibration {
    /// Whether confidences can be read as probabilities, as far as these texts can tell: the expected error is up to
    /// 0.02, or no more than chance makes of it in nineteen of twenty cases.
    pub fn is_honest(&self) -> bool {
        self.expected_error <= SMALL_ERROR.max(CHANCE_AT_MOST * self.error_by_chance)
    }
}

impl CalibrationBin {
    fn of(bin: usize, (count, right, sum): (usize, usize, f64)) -> Self {
        let whole = count.max(1) as f64;
        Self {
            from: bin as f64 / BINS as f64,
            to: (bin + 1) as f64 / BINS as f64,
            count,
            confidence: sum / whole,
            accuracy: right as f64 / whole,
            interval: Interval::of_share(right, count),
        }
    }
}
