//! The answer of a model: labels in order of confidence, and the rule of the threshold.

use crate::error::Error;
use crate::features::FeatureBuffers;
use crate::vectors::PieceBuffers;

/// A confidence that a label must exceed to be understood, from 0 to 1.
///
/// A score *equal* to the threshold is not understood.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Threshold(f32);

impl Threshold {
    /// Every label of which the model is sure at all.
    pub const ZERO: Self = Self(0.0);

    /// # Errors
    ///
    /// [`Error::InvalidThreshold`] if `value` is not a number from 0 to 1.
    pub fn new(value: f32) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(Error::InvalidThreshold { value }) }
    }

    /// The value, from 0 to 1.
    pub fn get(self) -> f32 {
        self.0
    }

    /// Whether `confidence` exceeds the threshold.
    pub fn is_exceeded_by(self, confidence: f32) -> bool {
        confidence > self.0
    }
}

/// A label and how sure the model is of it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RankedLabel<'a> {
    /// The label as it was trained.
    pub label: &'a str,
    /// A calibrated probability from 0 to 1. The confidences of one text sum to 1, or are all 0
    /// when the model knows nothing of the text.
    pub confidence: f32,
}

/// Buffers that classification reuses from text to text, and from model to model.
///
/// Once they have grown to the longest text, classifying allocates nothing.
#[derive(Debug, Default, Clone)]
pub struct Scratch {
    pub(crate) features: FeatureBuffers,
    pub(crate) pieces: PieceBuffers,
    /// The text's static vector.
    pub(crate) vector: Vec<f32>,
    pub(crate) logits: Vec<f32>,
    pub(crate) order: Vec<Ranked>,
}

/// What a model makes of one text. It borrows the model and the scratch.
#[derive(Debug, Clone, Copy)]
pub struct Classification<'a> {
    labels: &'a [String],
    order: &'a [Ranked],
}

impl<'a> Classification<'a> {
    pub(crate) fn new(labels: &'a [String], order: &'a [Ranked]) -> Self {
        Self { labels, order }
    }

    /// The most confident label if its confidence exceeds `threshold`; else the text is not
    /// understood. A blank text, or one of which the model knows nothing, never is.
    pub fn best(&self, threshold: Threshold) -> Option<RankedLabel<'a>> {
        self.ranking().next().filter(|best| threshold.is_exceeded_by(best.confidence))
    }

    /// Every label, the most confident first; equals in the order of [`Model::labels`].
    ///
    /// [`Model::labels`]: crate::Model::labels
    pub fn ranking(&self) -> impl Iterator<Item = RankedLabel<'a>> + use<'a> {
        let labels = self.labels;
        self.order.iter().filter_map(move |ranked| ranked.resolve(labels))
    }
}

/// A confidence and a label's position in one integer, whose ascending order is the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked(u64);

impl Ranked {
    /// `confidence` must be finite and not negative: the bits of such floats ascend with them.
    pub(crate) fn new(confidence: f32, label: u32) -> Self {
        Self(u64::from(!confidence.to_bits()) << 32 | u64::from(label))
    }

    /// The label's name, out of the labels of the model that ranked it.
    pub(crate) fn resolve(self, labels: &[String]) -> Option<RankedLabel<'_>> {
        let label = labels.get(self.label())?;
        Some(RankedLabel { label, confidence: self.confidence() })
    }

    fn confidence(self) -> f32 {
        f32::from_bits(!((self.0 >> 32) as u32))
    }

    fn label(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confidence_equal_to_the_threshold_is_not_understood() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let mut order = [Ranked::new(0.3, 0), Ranked::new(0.7, 1)];
        order.sort_unstable();
        let answer = Classification::new(&labels, &order);
        assert!(answer.best(Threshold::new(0.7).unwrap()).is_none());
        assert_eq!(answer.best(Threshold::new(0.699).unwrap()).unwrap().label, "b");
    }

    #[test]
    fn refuses_thresholds_that_are_no_probability() {
        for value in [f32::NAN, -0.1, 1.1, f32::INFINITY] {
            assert!(Threshold::new(value).is_err(), "{value}");
        }
        assert!(Threshold::new(0.0).is_ok() && Threshold::new(1.0).is_ok());
    }

    #[test]
    fn ranks_by_confidence_and_then_by_label() {
        let mut order = [(0.0, 3), (0.5, 1), (1.0, 2), (0.5, 0)].map(|(c, l)| Ranked::new(c, l));
        order.sort_unstable();
        let labels: Vec<usize> = order.iter().map(|ranked| ranked.label()).collect();
        assert_eq!(labels, [2, 0, 1, 3]);
        assert_eq!(order[0].confidence(), 1.0);
        assert_eq!(order[3].confidence(), 0.0);
    }
}
