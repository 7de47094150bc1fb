//! The second stage's problem: a softmax regression on dense features, its true loss, and the
//! guard that every fit must pass.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis, NdFloat};

use pulp::{Arch, Simd, WithSimd};

use crate::arithmetic;

/// The precision that a head is fitted in: `f32` in our own solver, `f64` in linfa's.
pub(crate) trait Precision: NdFloat + Into<f64> {
    fn from_f64(value: f64) -> Self;
    /// Replaces each row by the exponentials of the distances to its largest value, divided by
    /// their sum; hands that value and the logarithm of the whole sum to `told`.
    fn soften(rows: &mut Array2<Self>, told: &mut dyn FnMut(f64, f64));
}

impl Precision for f32 {
    fn from_f64(value: f64) -> Self {
        value as Self
    }

    fn soften(rows: &mut Array2<Self>, told: &mut dyn FnMut(f64, f64)) {
        // INVARIANT: a product of matrices is in standard layout.
        for row in rows.outer_iter_mut().filter_map(ArrayViewMut1::into_slice) {
            let (largest, sum) = Arch::new().dispatch(Softened { row });
            told(largest.into(), f64::from(largest) + f64::from(sum).ln());
        }
    }
}

impl Precision for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }

    fn soften(rows: &mut Array2<Self>, told: &mut dyn FnMut(f64, f64)) {
        for mut row in rows.outer_iter_mut() {
            let log_sum = log_sum_exp(row.iter().copied());
            told(row.iter().copied().fold(Self::NEG_INFINITY, Self::max), log_sum);
            row.mapv_inplace(|logit| (logit - log_sum).exp());
        }
    }
}

/// One row, softened by the widest vector instructions.
struct Softened<'a> {
    row: &'a mut [f32],
}

impl WithSimd for Softened<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (f32, f32) {
        let (largest, sum) = arithmetic::exponentiate(self.row);
        let inverse = 1.0 / sum;
        self.row.iter_mut().for_each(|value| *value *= inverse);
        (largest, sum)
    }
}

/// What a head is fitted to.
#[derive(Debug, Clone)]
pub(crate) struct HeadProblem<F> {
    /// One row an example, one column a dense feature.
    pub(crate) records: Array2<F>,
    /// The label of each row, 0 up to `label_count`.
    pub(crate) targets: Array1<usize>,
    pub(crate) label_count: usize,
}

/// A fitted softmax regression: logits are `records · weights + biases`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head<F> {
    /// One row a dense feature, one column a label.
    pub(crate) weights: Array2<F>,
    pub(crate) biases: Array1<F>,
}

/// What one forward pass tells of a head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judgement {
    /// Summed cross-entropy + α/2 · ‖weights‖².
    pub(crate) loss: f64,
    /// The largest logit of all minus the smallest row's log-sum-exp.
    pub(crate) spread: f64,
    /// The Euclidean length of the loss's gradient; 0 at the optimum.
    pub(crate) slope: f64,
}

/// Rows that a forward pass takes at once: their logits stay in the cache.
pub(crate) const BLOCK: usize = 256;

impl<F: Precision> HeadProblem<F> {
    /// The examples at these positions.
    pub(crate) fn select(&self, positions: &[usize]) -> Self {
        Self {
            records: self.records.select(Axis(0), positions),
            targets: self.targets.select(Axis(0), positions),
            label_count: self.label_count,
        }
    }
}

impl HeadProblem<f32> {
    /// The same in double precision.
    pub(crate) fn widen(&self) -> HeadProblem<f64> {
        let Self { records, targets, label_count } = self;
        HeadProblem { records: records.mapv(f64::from), targets: targets.clone(), label_count: *label_count }
    }
}

impl Head<f64> {
    /// The same in single precision.
    pub(crate) fn narrow(&self) -> Head<f32> {
        Head { weights: self.weights.mapv(|weight| weight as f32), biases: self.biases.mapv(|bias| bias as f32) }
    }
}

impl<F: Precision> Head<F> {
    pub(crate) fn zero(feature_count: usize, label_count: usize) -> Self {
        Self { weights: Array2::zeros((feature_count, label_count)), biases: Array1::zeros(label_count) }
    }

    pub(crate) fn logits(&self, records: ArrayView2<'_, F>) -> Array2<F> {
        records.dot(&self.weights) + &self.biases
    }

    /// The true loss, each row's log-sum-exp taken from that row's own maximum, and its gradient,
    /// which is written to `slope` (whose weights and biases stand for their derivatives).
    pub(crate) fn judge_into(&self, problem: &HeadProblem<F>, alpha: f64, slope: &mut Self) -> Judgement {
        let mut loss = 0.0_f64;
        let mut largest = f64::NEG_INFINITY;
        let mut smallest_log_sum = f64::INFINITY;
        slope.weights.assign(&self.weights);
        slope.weights *= F::from_f64(alpha);
        slope.biases.fill(F::zero());
        let blocks = problem.records.axis_chunks_iter(Axis(0), BLOCK);
        for (records, targets) in blocks.zip(problem.targets.axis_chunks_iter(Axis(0), BLOCK)) {
            let mut logits = self.logits(records);
            for (row, &target) in logits.outer_iter().zip(targets) {
                loss -= row[target].into();
            }
            F::soften(&mut logits, &mut |highest, log_sum| {
                loss += log_sum;
                largest = largest.max(highest);
                smallest_log_sum = smallest_log_sum.min(log_sum);
            });
            // What is left in a row is the derivative by its logits.
            for (mut row, &target) in logits.outer_iter_mut().zip(targets) {
                row[target] -= F::one();
            }
            ndarray::linalg::general_mat_mul(F::one(), &records.t(), &logits, F::one(), &mut slope.weights);
            slope.biases += &logits.sum_axis(Axis(0));
        }
        let squared_slope = sum_of_squares(slope.weights.iter().chain(&slope.biases));
        let squares = sum_of_squares(self.weights.iter());
        Judgement {
            loss: loss + alpha / 2.0 * squares,
            spread: largest - smallest_log_sum,
            slope: squared_slope.sqrt(),
        }
    }

    /// The true loss and what else one pass tells.
    pub(crate) fn judge(&self, problem: &HeadProblem<F>, alpha: f64) -> Judgement {
        let mut slope = Self::zero(self.weights.nrows(), self.biases.len());
        self.judge_into(problem, alpha, &mut slope)
    }
}

fn sum_of_squares<'a, F: Precision>(values: impl Iterator<Item = &'a F>) -> f64 {
    values.map(|&value| Into::<f64>::into(value).powi(2)).sum()
}

/// ln Σ exp(x), shifted by the maximum, so that it never overflows.
pub(crate) fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = values.map(|value| (value - largest).exp()).sum();
    largest + sum.ln()
}
