//! The dense features of the head: the scores of each example by a scorer that has not seen it.

use ndarray::Array2;

use super::corpus::Corpus;
use super::dataset::Dataset;
use super::folds::stratified_folds;
use super::head::HeadProblem;
use super::progress::Meter;
use super::random::{Purpose, SplitMix64};
use super::scorer::{Scorer, ScorerParams};
use crate::error::Error;
use crate::params::TrainParams;

/// A label with fewer examples is never held out: a scorer that saw none or one of them would
/// teach the head that the label's own score speaks against it.
const FEWEST_TO_HOLD_OUT: usize = 3;
/// The standard deviation that scores are brought to. Together with the regularisation it says
/// how far the head may go from indifference; small values also keep linfa's loss sound.
const SCORE_DEVIATION: f32 = 0.3;

/// All that the head is fitted and calibrated with.
pub(crate) struct HeadFeatures {
    /// The scorer that learnt from every example.
    pub(crate) scorer: Scorer,
    pub(crate) scale: ScoreScale,
    pub(crate) problem: HeadProblem,
    /// The fold of each example; `None` for one that was never held out.
    pub(crate) fold_of: Vec<Option<usize>>,
    pub(crate) folds: usize,
}

/// The map from scores to dense features: `(score − mean) × factor`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoreScale {
    pub(crate) mean: f32,
    pub(crate) factor: f32,
}

impl HeadFeatures {
    /// Learns the scorer of all examples and those of the folds.
    pub(crate) fn compute(
        dataset: &Dataset,
        corpus: &Corpus,
        ngram_count: usize,
        params: &TrainParams,
        meter: &mut Meter<'_>,
    ) -> Result<Self, Error> {
        let labels: Vec<usize> = dataset.examples.iter().map(|example| example.label).collect();
        let label_count = dataset.labels.len();
        let folds = params.folds as usize;
        let fold_of = assign_folds(&labels, label_count, folds, params.seed);
        let scorer_params = ScorerParams {
            cost: params.cost as f32,
            max_epochs: params.max_epochs as usize,
            size: (ngram_count, label_count),
        };
        let runs = (folds + 1) as f32;
        let mut learn = |run: usize, members: &[usize]| {
            let mut random = SplitMix64::new(params.seed, Purpose::Scorer(run as u64));
            let mut advance = |done: f32| meter.advance((run as f32 + done) / runs);
            Scorer::learn(corpus, &labels, members, scorer_params, &mut random, &mut advance)
        };

        let everyone: Vec<usize> = (0..labels.len()).collect();
        let scorer = learn(0, &everyone)?;
        let mut records = Array2::zeros((labels.len(), label_count));
        let mut write_scores = |scorer: &Scorer, fold: Option<usize>| {
            for (example, mut record) in records.outer_iter_mut().enumerate() {
                if fold_of[example] == fold
                    && let Some(scores) = record.as_slice_mut()
                {
                    scorer.scores_into(corpus.row(example), scores);
                }
            }
        };
        write_scores(&scorer, None);
        for fold in 0..folds {
            let is_member = |example: &usize| fold_of[*example] != Some(fold);
            let members: Vec<usize> = everyone.iter().copied().filter(is_member).collect();
            if members.len() < everyone.len() {
                write_scores(&learn(fold + 1, &members)?, Some(fold));
            }
        }
        let scale = ScoreScale::of(&records);
        records.mapv_inplace(|score| (score - scale.mean) * scale.factor);
        let problem = HeadProblem { records, targets: labels.into_iter().collect(), label_count };
        Ok(Self { scorer, scale, problem, fold_of, folds })
    }
}

impl ScoreScale {
    /// The scale that gives `scores` the mean 0 and the wanted deviation.
    fn of(scores: &Array2<f32>) -> Self {
        let count = scores.len().max(1) as f64;
        let mean = scores.iter().map(|&score| f64::from(score)).sum::<f64>() / count;
        let squares = scores.iter().map(|&score| (f64::from(score) - mean).powi(2));
        let deviation = (squares.sum::<f64>() / count).sqrt().max(1e-6);
        Self { mean: mean as f32, factor: SCORE_DEVIATION / deviation as f32 }
    }
}

/// Deals all examples but those of the rarest labels.
fn assign_folds(labels: &[usize], label_count: usize, folds: usize, seed: u64) -> Vec<Option<usize>> {
    let mut sizes = vec![0_usize; label_count];
    for &label in labels {
        sizes[label] += 1;
    }
    let (dealt, dealt_labels): (Vec<usize>, Vec<usize>) =
        labels.iter().copied().enumerate().filter(|&(_, label)| sizes[label] >= FEWEST_TO_HOLD_OUT).unzip();
    let mut random = SplitMix64::new(seed, Purpose::Folds);
    let folds_of_dealt = stratified_folds(&dealt_labels, label_count, folds, &mut random);
    let mut fold_of = vec![None; labels.len()];
    for (example, fold) in dealt.into_iter().zip(folds_of_dealt) {
        fold_of[example] = Some(fold);
    }
    fold_of
}
