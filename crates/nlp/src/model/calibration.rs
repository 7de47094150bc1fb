//! From logits to confidences that mean what they say.

use crate::arithmetic;

/// How a model turns logits into confidences.
///
/// A label's confidence is its share among the labels (a softmax at a temperature) times the
/// text's *familiarity*, a logistic of the largest logit and of the share of the text's n-grams
/// that training knew: texts of no label have low logits everywhere and strange words, which a
/// softmax alone cannot tell. What is missing to 1 is the confidence that
/// none of the labels is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// What logits are divided by before the softmax; above 0.
    pub(crate) temperature: f32,
    /// What evidence (see [`Self::familiarity`]) makes a text half familiar.
    pub(crate) midpoint: f32,
    /// How much more raises the odds of familiarity by the factor e; above 0.
    pub(crate) width: f32,
    /// How much of a logit the share of known n-grams is worth; 0 or more.
    pub(crate) known_weight: f32,
}

impl Calibration {
    /// Logits as they are, every text familiar.
    #[cfg(feature = "train")]
    pub(crate) const NEUTRAL: Self = Self { temperature: 1.0, midpoint: -1e6, width: 1.0, known_weight: 0.0 };

    /// Turns logits into confidences that sum to the text's familiarity.
    #[inline(always)]
    pub(crate) fn apply(&self, logits: &mut [f32], known_share: f32) {
        let largest = arithmetic::largest(logits);
        let inverse = 1.0 / self.temperature;
        logits.iter_mut().for_each(|logit| *logit *= inverse);
        let (_, sum) = arithmetic::exponentiate(logits);
        let factor = self.familiarity(largest, known_share) / sum;
        for confidence in logits {
            *confidence *= factor;
        }
    }

    /// From 0 to 1: how much a text is like those of training. The evidence is its largest logit,
    /// and `known_weight` times the share (0 to 1) of its n-grams that training knew.
    pub(crate) fn familiarity(&self, largest: f32, known_share: f32) -> f32 {
        let evidence = largest + self.known_weight * known_share;
        1.0 / (1.0 + arithmetic::exp((self.midpoint - evidence) / self.width))
    }
}
