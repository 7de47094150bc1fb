//! From logits to confidences that mean what they say.

use crate::arithmetic;

/// How a model turns logits into confidences.
///
/// A label's confidence is its share among the labels (a softmax at a temperature) times the
/// text's *familiarity*, a logistic of the largest logit: texts of no label have low logits
/// everywhere, which a softmax alone cannot tell. What is missing to 1 is the confidence that
/// none of the labels is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// What logits are divided by before the softmax; above 0.
    pub(crate) temperature: f32,
    /// The largest logit of a text that is half familiar.
    pub(crate) midpoint: f32,
    /// How much more raises the odds of familiarity by the factor e; above 0.
    pub(crate) width: f32,
}

impl Calibration {
    /// Logits as they are, every text familiar.
    #[cfg(feature = "train")]
    pub(crate) const NEUTRAL: Self = Self { temperature: 1.0, midpoint: -1e6, width: 1.0 };

    /// Turns logits into confidences that sum to the text's familiarity.
    #[inline(always)]
    pub(crate) fn apply(&self, logits: &mut [f32]) {
        let largest = arithmetic::largest(logits);
        let inverse = 1.0 / self.temperature;
        for logit in &mut *logits {
            *logit = arithmetic::exp((*logit - largest) * inverse);
        }
        let factor = self.familiarity(largest) / arithmetic::sum(logits);
        for confidence in logits {
            *confidence *= factor;
        }
    }

    /// From 0 to 1: how much a text with this largest logit is like those of training.
    pub(crate) fn familiarity(&self, largest: f32) -> f32 {
        1.0 / (1.0 + arithmetic::exp((self.midpoint - largest) / self.width))
    }
}
