//! How sure the model was when it was right, and when it was wrong.

use serde::{Deserialize, Serialize};

use super::prediction::Prediction;

/// How many bins of equal width there are: steps of 5 %, as in Rasa's histogram.
const BINS: usize = 20;

/// The texts whose confidence is in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceBin {
    /// Where the range begins; itself not part of it, but for 0.
    pub from: f64,
    /// Where the range ends; itself part of it.
    pub to: f64,
    /// How many texts in it were right.
    pub right: usize,
    /// How many were wrong.
    pub wrong: usize,
}

/// Counts predictions by confidence, in ascending order; empty bins too.
pub(super) fn confidence_histogram(predictions: &[Prediction]) -> Vec<ConfidenceBin> {
    let mut bins: Vec<ConfidenceBin> = (0..BINS)
        .map(|bin| ConfidenceBin {
            from: bin as f64 / BINS as f64,
            to: (bin + 1) as f64 / BINS as f64,
            right: 0,
            wrong: 0,
        })
        .collect();
    for prediction in predictions {
        let confidence = f64::from(prediction.confidence).clamp(0.0, 1.0);
        let bin = ((confidence * BINS as f64).ceil() as usize).saturating_sub(1).min(BINS - 1);
        if let Some(bin) = bins.get_mut(bin) {
            if prediction.is_right() { bin.right += 1 } else { bin.wrong += 1 }
        }
    }
    bins
}
