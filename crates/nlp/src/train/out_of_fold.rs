//! The dense features of the head: the scores of each example by a scorer that has not seen it.

use ndarray::{Array2, ArrayView2, Axis};

use super::corpus::Corpus;
use super::dataset::Dataset;
use super::folds::stratified_folds;
use super::head::HeadProblem;
use super::progress::Meter;
use super::random::{Purpose, SplitMix64};
use super::scorer::{Scorer, ScorerParams};
use crate::error::Error;
use crate::params::TrainParams;

/// A label with fewer examples is never held out: a scorer that saw hardly any of them would
/// teach the head that the label's own score speaks against it. Measured over random draws of 2,
/// 5 and 20 labels with 3 examples each: 85 % right instead of 74 %.
const FEWEST_TO_HOLD_OUT: usize = 4;
/// The standard deviation that scores are brought to. Together with the regularisation it says
/// how far the head may go from indifference; small values also keep linfa's loss sound.
const SCORE_DEVIATION: f64 = 0.3;

/// Scores that differ less than this differ by rounding; scaling must not blow it up.
const SMALLEST_DEVIATION: f64 = 1e-3;

/// How many anchors each label has: made-up rows in which only its own score is high. They give
/// the head a leaning to trust a label's own score. Measured: 1 to 2 points more with 5 examples a
/// label, up to 0.4 points less with 100, which are outweighed by what small bots gain.
const ANCHORS: usize = 3;
/// How far, in deviations, an anchor's own score is above the mean.
const ANCHOR_HEIGHT: f64 = 3.0;

/// All that the head is fitted and calibrated with.
pub(crate) struct HeadFeatures {
    /// The scorer that learnt from every example.
    pub(crate) scorer: Scorer,
    pub(crate) scale: ScoreScale,
    /// A row an example, then the anchors.
    pub(crate) problem: HeadProblem,
    /// The fold of each row; `None` for one that was never held out, and for an anchor.
    pub(crate) fold_of: Vec<Option<usize>>,
    pub(crate) folds: usize,
}

/// The map from scores to dense features: `(score − mean) × factor`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoreScale {
    pub(crate) mean: f64,
    pub(crate) factor: f64,
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
        let mut fold_of = assign_folds(&labels, label_count, folds, params.seed);
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
        let anchors: Vec<usize> = (0..label_count).flat_map(|label| [label; ANCHORS]).collect();
        let mut records = Array2::zeros((labels.len() + anchors.len(), label_count));
        let mut scores = vec![0.0; label_count];
        let mut write_scores = |scorer: &Scorer, fold: Option<usize>| {
            let rows = records.outer_iter_mut().zip(&fold_of).enumerate();
            for (example, (mut record, _)) in rows.filter(|(_, (_, of))| **of == fold) {
                scorer.scores_into(corpus.row(example), &mut scores);
                record.iter_mut().zip(&scores).for_each(|(to, &score)| *to = f64::from(score));
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
        let real = records.slice_axis(Axis(0), (..labels.len()).into());
        let scale = ScoreScale::of(real);
        records.mapv_inplace(|score| (score - scale.mean) * scale.factor);
        for (row, &label) in (labels.len()..).zip(&anchors) {
            records.row_mut(row).fill(0.0);
            records[[row, label]] = ANCHOR_HEIGHT * SCORE_DEVIATION;
        }
        fold_of.resize(records.nrows(), None);
        let targets = labels.into_iter().chain(anchors).collect();
        let problem = HeadProblem { records, targets, label_count };
        Ok(Self { scorer, scale, problem, fold_of, folds })
    }
}

impl ScoreScale {
    /// The scale that gives `scores` the mean 0 and the wanted deviation.
    fn of(scores: ArrayView2<'_, f64>) -> Self {
        let count = scores.len().max(1) as f64;
        let mean = scores.sum() / count;
        let squares = scores.iter().map(|&score| (score - mean).powi(2));
        let deviation = (squares.sum::<f64>() / count).sqrt().max(SMALLEST_DEVIATION);
        Self { mean, factor: SCORE_DEVIATION / deviation }
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
