//! What training does with how many examples: every choice that was made by measurement.
//!
//! All figures are accuracies on validation splits; `docs/classifier.md` tells how they came about.

use super::dataset::Dataset;
use super::scorer::ScorerParams;
use crate::params::{Solver, TrainParams};

/// Up to this many examples a label, training takes the choices for few examples.
pub(crate) const FEW_EXAMPLES: usize = 40;
/// Sweeps over the examples make about this many steps together.
const STEPS: usize = 30_000;
/// What dense vectors are multiplied by for the scorer. Of 0.5, 0.7, 1 and 2 best, or within half
/// a point of the best, on every set.
const DENSE_GAIN: f32 = 0.7;
/// How many anchors each label has.
const ANCHORS: usize = 3;
/// Multiply-adds that a fit by linfa may take before our own solver takes over: about a third of
/// a second.
const LINFA_BUDGET: u64 = 1_500_000_000;
/// linfa's iterations at the default regularisation, and the products of matrices in each.
const LINFA_PRODUCTS: u64 = 70 * 5;

/// The choices for one training.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recipe {
    pub(crate) scorer: ScorerParams,
    pub(crate) folds: usize,
    /// The standard deviation of scores as the head sees them. With L2 regularisation it says how
    /// far the head may go from what the dense vectors say.
    pub(crate) score_deviation: f32,
    /// How many anchors each label has: made-up rows in which only its own score is high. They
    /// give the head a leaning to trust a label's own score.
    pub(crate) anchors: usize,
    /// L2 regularisation of the head.
    pub(crate) alpha: f64,
    /// That of the heads that leave out a fold, for calibration.
    pub(crate) alpha_without_fold: f64,
    /// Whether linfa fits the head; else our own solver does.
    pub(crate) by_linfa: bool,
    /// The most steps of our own solver.
    pub(crate) iterations: usize,
}

impl Recipe {
    /// The choices for these examples and vectors of so many dimensions (0 for none).
    pub(crate) fn choose(dataset: &Dataset, dimensions: usize, params: &TrainParams) -> Self {
        let (examples, labels) = (dataset.examples.len(), dataset.labels.len());
        let is_few = examples < FEW_EXAMPLES * labels;
        let multiply_adds = examples as u64 * (dimensions + labels) as u64 * labels as u64;
        let is_cheap = multiply_adds.saturating_mul(LINFA_PRODUCTS) <= LINFA_BUDGET;
        let by_linfa = match params.solver {
            Solver::Automatic => is_cheap,
            Solver::Linfa => true,
            Solver::Fused => false,
        };
        let folds = if is_few { 5 } else { 3 };
        // Regularised alike, a head that lacks a fold is less sure of itself than the model's head will be, and what is
        // fitted to its logits leaves the model too sure: by 2 % with eight examples a label. With many examples the
        // model is also righter by as much.
        let share_learnt = if is_few { 1.0 - 1.0 / folds as f64 } else { 1.0 };
        Self {
            scorer: ScorerParams { dense_gain: DENSE_GAIN, epochs: (STEPS / examples.max(1)).clamp(2, 6) },
            folds,
            // All scores of a text together are then about as long as its vector.
            score_deviation: if dimensions > 0 { 1.0 / (labels as f32).sqrt() } else { 0.3 },
            anchors: ANCHORS,
            alpha: params.alpha,
            alpha_without_fold: params.alpha * share_learnt,
            by_linfa,
            iterations: if is_cheap { 100 } else { 30 },
        }
    }

    /// The most bytes that training holds at once, beside the examples themselves: an estimate
    /// from above.
    pub(crate) fn memory(&self, dataset: &Dataset, ngrams: usize, dimensions: usize) -> u64 {
        let (examples, labels) = (dataset.examples.len() as u64, dataset.labels.len() as u64);
        let dimensions = dimensions as u64;
        let features = dimensions + labels;
        let characters: u64 = dataset.examples.iter().map(|example| example.text.len() as u64).sum();
        // Weights of the scorers of a fold and of all, and once more while they are folded.
        let scorers = 3 * ngrams as u64 * labels * 4;
        // Dense vectors (three times while they are whitened), scores, records; twice in a fold.
        let records = examples * (3 * dimensions + 2 * labels + 2 * features) * 4;
        // What L-BFGS remembers.
        let curvature = 24 * features * labels * 4;
        // Keys of all n-grams while the vocabulary is chosen, then their entries.
        let entries = characters * 4 * 8;
        let wide = if self.by_linfa { examples * features * 8 * 2 + curvature * 2 } else { 0 };
        scorers + records + curvature + entries + wide
    }
}
