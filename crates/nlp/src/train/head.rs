//! The second stage's problem: a softmax regression on dense features, its true loss, and the
//! guard that every fit must pass.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// What a head is fitted to.
#[derive(Debug, Clone)]
pub(crate) struct HeadProblem {
    /// One row an example, one column a dense feature.
    pub(crate) records: Array2<f64>,
    /// The label of each row, 0 up to `label_count`.
    pub(crate) targets: Array1<usize>,
    pub(crate) label_count: usize,
}

/// A fitted softmax regression: logits are `records · weights + biases`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// One row a dense feature, one column a label.
    pub(crate) weights: Array2<f64>,
    pub(crate) biases: Array1<f64>,
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

impl Head {
    pub(crate) fn zero(feature_count: usize, label_count: usize) -> Self {
        Self { weights: Array2::zeros((feature_count, label_count)), biases: Array1::zeros(label_count) }
    }

    pub(crate) fn logits(&self, records: ArrayView2<'_, f64>) -> Array2<f64> {
        records.dot(&self.weights) + &self.biases
    }

    /// The true loss, each row's log-sum-exp taken from that row's own maximum.
    pub(crate) fn judge(&self, problem: &HeadProblem, alpha: f64) -> Judgement {
        let mut logits = self.logits(problem.records.view());
        let mut loss = 0.0_f64;
        let mut largest = f64::NEG_INFINITY;
        let mut smallest_log_sum = f64::INFINITY;
        for (mut row, &target) in logits.outer_iter_mut().zip(&problem.targets) {
            let log_sum = log_sum_exp(row.iter().copied());
            largest = row.iter().copied().fold(largest, f64::max);
            smallest_log_sum = smallest_log_sum.min(log_sum);
            loss += log_sum - row[target];
            // What is left in the row is the derivative by its logits.
            row.mapv_inplace(|logit| (logit - log_sum).exp());
            row[target] -= 1.0;
        }
        let by_weights = problem.records.t().dot(&logits) + &self.weights * alpha;
        let by_biases = logits.sum_axis(Axis(0));
        let squared_slope: f64 = by_weights.iter().chain(&by_biases).map(|value| value * value).sum();
        let squares: f64 = self.weights.iter().map(|weight| weight * weight).sum();
        let loss = loss + alpha / 2.0 * squares;
        Judgement { loss, spread: largest - smallest_log_sum, slope: squared_slope.sqrt() }
    }
}

/// ln Σ exp(x), shifted by the maximum, so that it never overflows.
pub(crate) fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = values.map(|value| (value - largest).exp()).sum();
    largest + sum.ln()
}
