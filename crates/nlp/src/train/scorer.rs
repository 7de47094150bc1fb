//! The first stage: one linear separator a label over the sparse n-grams, learnt by dual
//! coordinate descent.
//!
//! The method is that of Hsieh, Chang, Lin, Keerthi and Sundararajan, "A Dual Coordinate Descent
//! Method for Large-scale Linear SVM" (ICML 2008), with squared hinge loss. All labels are learnt
//! in one sweep over the examples, so that the inner loops run over labels that lie side by side.

use super::corpus::Corpus;
use super::random::SplitMix64;
use crate::error::Error;
use crate::features::Entry;

/// What a scorer is learnt with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScorerParams {
    /// The weight of an example's loss against the regularisation; above 0.
    pub(crate) cost: f32,
    /// The largest number of sweeps over the examples.
    pub(crate) max_epochs: usize,
    /// How many n-grams and how many labels there are.
    pub(crate) size: (usize, usize),
}

/// A sweep in which no dual variable moved by more than this is the last.
const SMALLEST_STEP: f32 = 0.01;

/// A score a label: `bias + weights · vector`.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    label_count: usize,
    /// Rows are n-grams, columns labels.
    pub(crate) weights: Vec<f32>,
    pub(crate) biases: Vec<f32>,
}

impl Scorer {
    /// Learns from the examples at the positions `members`.
    ///
    /// # Errors
    ///
    /// [`Error::Cancelled`] if `advance` says so; it is told the share done before each sweep.
    pub(crate) fn learn(
        corpus: &Corpus,
        labels: &[usize],
        members: &[usize],
        params: ScorerParams,
        random: &mut SplitMix64,
        advance: &mut dyn FnMut(f32) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (row_count, label_count) = params.size;
        let mut scorer =
            Self { label_count, weights: vec![0.0; row_count * label_count], biases: vec![0.0; label_count] };
        let diagonal = 0.5 / params.cost;
        let mut duals = vec![0.0_f32; members.len() * label_count];
        let mut order: Vec<usize> = (0..members.len()).collect();
        let mut steps = vec![0.0_f32; label_count];
        for epoch in 0..params.max_epochs {
            advance(epoch as f32 / params.max_epochs as f32)?;
            random.shuffle(&mut order);
            let mut largest_step = 0.0_f32;
            for &position in &order {
                let example = members[position];
                let row = corpus.row(example);
                let curvature = 1.0 + diagonal + row.iter().map(|entry| entry.value * entry.value).sum::<f32>();
                scorer.scores_into(row, &mut steps);
                let own = &mut duals[position * label_count..(position + 1) * label_count];
                let mut any_step = 0.0_f32;
                for (label, (step, dual)) in steps.iter_mut().zip(own).enumerate() {
                    let sign = if label == labels[example] { 1.0 } else { -1.0 };
                    let gradient = sign * *step - 1.0 + diagonal * *dual;
                    let next = (*dual - gradient / curvature).max(0.0);
                    let change = next - *dual;
                    *dual = next;
                    *step = change * sign;
                    any_step = any_step.max(change.abs());
                }
                largest_step = largest_step.max(any_step);
                if any_step > 0.0 {
                    scorer.add(row, &steps);
                }
            }
            if largest_step < SMALLEST_STEP {
                break;
            }
        }
        Ok(scorer)
    }

    /// Writes the score of every label.
    pub(crate) fn scores_into(&self, row: &[Entry], scores: &mut [f32]) {
        scores.copy_from_slice(&self.biases);
        for entry in row {
            let start = entry.row as usize * self.label_count;
            let weights = &self.weights[start..start + self.label_count];
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += entry.value * weight;
            }
        }
    }

    fn add(&mut self, row: &[Entry], steps: &[f32]) {
        for (bias, step) in self.biases.iter_mut().zip(steps) {
            *bias += step;
        }
        for entry in row {
            let start = entry.row as usize * self.label_count;
            let weights = &mut self.weights[start..start + self.label_count];
            for (weight, step) in weights.iter_mut().zip(steps) {
                *weight += entry.value * step;
            }
        }
    }
}
