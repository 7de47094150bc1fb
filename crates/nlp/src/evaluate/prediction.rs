//! What a model said of a text that it had not learnt: all that reports are computed of.

use serde::{Deserialize, Serialize};

use crate::classification::{Classification, Scratch, Threshold};
use crate::model::Model;

/// What a model said of a text that it had not learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The text, as its author wrote it.
    pub text: String,
    /// The label that it has.
    pub expected: String,
    /// The model's first label, whatever the threshold; `None` if the model knew nothing of the text.
    pub predicted: Option<String>,
    /// What a threshold is compared with: how sure the model was of its first label, from 0 to 1.
    pub confidence: f32,
    /// The probability that the model gave to the label that the text has, from 0 to 1; 0 for a
    /// label that it did not know.
    pub expected_probability: f32,
}

impl Prediction {
    /// Whether the first label was the one that the text has.
    pub fn is_right(&self) -> bool {
        self.predicted.as_ref() == Some(&self.expected)
    }

    pub(super) fn of(model: &Model, text: &str, expected: &str, scratch: &mut Scratch) -> Self {
        let asked = Asked::new(model, text, scratch);
        Self {
            text: text.to_owned(),
            expected: expected.to_owned(),
            predicted: asked.label.map(ToOwned::to_owned),
            confidence: asked.confidence,
            expected_probability: asked.probability(expected),
        }
    }
}

/// A model's answer to one text, while the scratch holds it.
///
/// Everything in `evaluate` asks models through here, and nowhere else: what a threshold is
/// compared with is decided in one place.
pub(super) struct Asked<'a> {
    answer: Classification<'a>,
    /// The first label, whatever the threshold; `None` if the model knows nothing of the text.
    pub(super) label: Option<&'a str>,
    /// What a threshold is compared with, 0 to 1.
    pub(super) confidence: f32,
}

impl<'a> Asked<'a> {
    pub(super) fn new(model: &'a Model, text: &str, scratch: &'a mut Scratch) -> Self {
        let answer = model.classify(text, scratch);
        // Above threshold 0 is whatever the model knows anything of.
        let best = answer.best(Threshold::ZERO);
        Self { answer, label: best.map(|best| best.label), confidence: best.map_or(0.0, |best| best.confidence) }
    }

    /// The label if the threshold is exceeded.
    pub(super) fn understood(&self, threshold: Threshold) -> Option<&'a str> {
        self.label.filter(|_| threshold.is_exceeded_by(self.confidence))
    }

    /// The probability that the model gives to a label; 0 for one that it does not know.
    pub(super) fn probability(&self, label: &str) -> f32 {
        self.answer.ranking().find(|ranked| ranked.label == label).map_or(0.0, |ranked| ranked.confidence)
    }
}
