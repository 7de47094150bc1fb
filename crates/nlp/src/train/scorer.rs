//! The first stage: a softmax regression over sparse n-grams and dense vectors together, learnt
//! example by example.
//!
//! Steps adapt (Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and
//! Stochastic Optimization", JMLR 2011), so that a rare n-gram learns as much from its one example
//! as a frequent one from many: all weights of an n-gram alike, dense ones and biases each by
//! itself. One for each weight of an n-gram is no more accurate, and half as fast.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Axis};
use pulp::{Arch, Simd, WithSimd};

use super::corpus::Corpus;
use super::random::SplitMix64;
use crate::arithmetic;
use crate::error::Error;
use crate::features::Entry;

/// What a scorer is learnt from.
#[derive(Clone, Copy)]
pub(crate) struct ScorerInput<'a> {
    pub(crate) corpus: &'a Corpus,
    /// One row an example.
    pub(crate) dense: &'a Array2<f32>,
    pub(crate) labels: &'a [usize],
    pub(crate) ngram_count: usize,
    pub(crate) label_count: usize,
}

/// How a scorer is learnt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScorerParams {
    /// What the dense vectors are multiplied by.
    pub(crate) dense_gain: f32,
    /// Sweeps over the examples.
    pub(crate) epochs: usize,
}

/// What a weight's slope is multiplied by in its first steps.
const RATE: f32 = 0.5;
/// What the sum of squared slopes begins with: it keeps the first steps from being leaps.
const FIRST_SQUARE: f32 = 0.1;
/// What of a row's squared slopes counts. From 0.05 to 0.2 accuracies were within 0.2 points.
const ROW_SHARE: f32 = 0.1;
/// How many examples share one step of the dense weights.
const BATCH: usize = 16;
/// How many batches go by between two reports.
const REPORT_EVERY: usize = 32;

/// A score a label: `bias + ngram weights · n-grams + dense weights · vector`.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    label_count: usize,
    /// Rows are n-grams, columns labels.
    pub(crate) weights: Vec<f32>,
    /// Rows are dimensions; the gain is multiplied in.
    pub(crate) dense_weights: Array2<f32>,
    pub(crate) biases: Vec<f32>,
}

impl Scorer {
    /// Learns from the examples at the positions `members`.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`] if `advance` says so; it is told the share done several times a second.
    pub(crate) fn learn(
        input: ScorerInput<'_>,
        members: &[usize],
        params: ScorerParams,
        random: &mut SplitMix64,
        advance: &mut dyn FnMut(f32) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let ScorerInput { corpus, dense, labels, ngram_count, label_count } = input;
        let dimensions = dense.ncols();
        let mut learner = Learner {
            scorer: Self {
                label_count,
                weights: vec![0.0; ngram_count * label_count],
                dense_weights: Array2::zeros((dimensions, label_count)),
                biases: vec![0.0; label_count],
            },
            squares: vec![FIRST_SQUARE; ngram_count],
            dense_squares: Array2::from_elem((dimensions, label_count), FIRST_SQUARE),
            bias_squares: vec![FIRST_SQUARE; label_count],
        };
        let mut order: Vec<usize> = members.to_vec();
        let total = (params.epochs * members.len()).max(1) as f32;
        let mut slopes = Array2::zeros((BATCH, label_count));
        let mut dense_slopes = Array2::zeros((dimensions, label_count));
        for epoch in 0..params.epochs {
            random.shuffle(&mut order);
            for (number, batch) in order.chunks(BATCH).enumerate() {
                if number % REPORT_EVERY == 0 {
                    advance((epoch * members.len() + number * BATCH) as f32 / total)?;
                }
                // The dense weights stand still while a batch goes by; those of n-grams, of which
                // two examples share few, do not.
                let vectors = dense.select(Axis(0), batch) * params.dense_gain;
                let mut slopes = slopes.slice_axis_mut(Axis(0), (..batch.len()).into());
                general_mat_mul(1.0, &vectors, &learner.scorer.dense_weights, 0.0, &mut slopes);
                for (&example, mut slopes) in batch.iter().zip(slopes.outer_iter_mut()) {
                    if let Some(slopes) = slopes.as_slice_mut() {
                        let row = corpus.row(example);
                        Arch::new().dispatch(SparseStep { learner: &mut learner, row, label: labels[example], slopes });
                    }
                }
                if dimensions > 0 {
                    general_mat_mul(1.0, &vectors.t(), &slopes, 0.0, &mut dense_slopes);
                    Arch::new().dispatch(DenseStep { learner: &mut learner, slopes: &dense_slopes });
                }
            }
        }
        let mut scorer = learner.scorer;
        scorer.dense_weights *= params.dense_gain;
        Ok(scorer)
    }

    /// The scores of these examples, a row each.
    pub(crate) fn scores(&self, corpus: &Corpus, dense: &Array2<f32>, examples: &[usize]) -> Array2<f32> {
        let mut scores = dense.select(Axis(0), examples).dot(&self.dense_weights);
        for (&example, mut row) in examples.iter().zip(scores.outer_iter_mut()) {
            row.iter_mut().zip(&self.biases).for_each(|(score, bias)| *score += bias);
            if let Some(row) = row.as_slice_mut() {
                self.add_ngram_scores(corpus.row(example), row);
            }
        }
        scores
    }

    #[inline(always)]
    fn add_ngram_scores(&self, row: &[Entry], scores: &mut [f32]) {
        for entry in row {
            let start = entry.row as usize * self.label_count;
            let weights = &self.weights[start..start + self.label_count];
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += entry.value * weight;
            }
        }
    }
}

/// A scorer, and the sums of squared slopes that say how far its weights go: one for each
/// n-gram's row, one for each dense weight and bias.
struct Learner {
    scorer: Scorer,
    squares: Vec<f32>,
    dense_squares: Array2<f32>,
    bias_squares: Vec<f32>,
}

/// One example's step of biases and n-gram weights. `slopes` holds the scores that dense vectors
/// give, and then the loss's derivative by each score.
struct SparseStep<'a> {
    learner: &'a mut Learner,
    row: &'a [Entry],
    label: usize,
    slopes: &'a mut [f32],
}

impl WithSimd for SparseStep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { learner: Learner { scorer, squares, bias_squares, .. }, row, label, slopes } = self;
        slopes.iter_mut().zip(&scorer.biases).for_each(|(score, bias)| *score += bias);
        scorer.add_ngram_scores(row, slopes);
        let (_, sum) = arithmetic::exponentiate(slopes);
        slopes.iter_mut().for_each(|slope| *slope /= sum);
        slopes[label] -= 1.0;
        let squared: f32 = slopes.iter().map(|slope| slope * slope).sum();
        descend(&mut scorer.biases, bias_squares, slopes, 1.0);
        for entry in row {
            let row = entry.row as usize;
            squares[row] += ROW_SHARE * squared * entry.value * entry.value;
            let step = RATE * entry.value / squares[row].sqrt();
            let weights = &mut scorer.weights[row * slopes.len()..(row + 1) * slopes.len()];
            weights.iter_mut().zip(&*slopes).for_each(|(weight, slope)| *weight -= step * slope);
        }
    }
}

/// A batch's step of the dense weights.
struct DenseStep<'a> {
    learner: &'a mut Learner,
    slopes: &'a Array2<f32>,
}

impl WithSimd for DenseStep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Learner { scorer, dense_squares, .. } = self.learner;
        // INVARIANT: all three are made with one shape, in standard layout.
        if let (Some(weights), Some(squares), Some(slopes)) =
            (scorer.dense_weights.as_slice_mut(), dense_squares.as_slice_mut(), self.slopes.as_slice())
        {
            descend(weights, squares, slopes, 1.0);
        }
    }
}

/// One step of each weight against its slope.
#[inline(always)]
fn descend(weights: &mut [f32], squares: &mut [f32], slopes: &[f32], value: f32) {
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(slopes) {
        let slope = slope * value;
        *square += slope * slope;
        *weight -= RATE * slope / square.sqrt();
    }
}
