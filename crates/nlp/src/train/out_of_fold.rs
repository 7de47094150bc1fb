//! Scores that no example had a part in: what the head learns from.
//!
//! A scorer that has seen an example is too sure of it. So the examples are dealt to folds, a
//! scorer learns from all folds but one, and scores that one (Wolpert, "Stacked Generalization",
//! Neural Networks 1992). The scorer of the model learns from all.

use ndarray::{Array2, ArrayView2, Axis};

use super::folds::stratified_folds;
use super::head::HeadProblem;
use super::progress::Meter;
use super::random::{Purpose, SplitMix64};
use super::recipe::Recipe;
use super::scorer::{Scorer, ScorerInput};
use crate::error::Error;

/// A label with fewer examples than this is in every scorer: held out, it would be unknown.
const FEWEST_TO_HOLD_OUT: usize = 2;

/// How many examples are scored at once.
const SCORED_AT_ONCE: usize = 512;
/// Scores that differ less than this differ by rounding; scaling must not blow it up.
const SMALLEST_DEVIATION: f64 = 1e-3;

/// How far, in deviations, an anchor's own score is above the mean.
const ANCHOR_HEIGHT: f32 = 3.0;

/// All that the head is fitted and calibrated with.
pub(crate) struct HeadFeatures {
    /// The scorer that learnt from every example.
    pub(crate) scorer: Scorer,
    pub(crate) scale: ScoreScale,
    /// A row an example: its dense vector, then its scores by a scorer that has not seen it;
    /// after all examples the anchors.
    pub(crate) problem: HeadProblem<f32>,
    /// The fold of each row; `None` for one that was never held out, and for an anchor.
    pub(crate) fold_of: Vec<Option<usize>>,
    pub(crate) folds: usize,
    /// For each example, the share of its n-grams that examples of other folds have.
    pub(crate) known_shares: Vec<f64>,
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
        input: ScorerInput<'_>,
        recipe: &Recipe,
        seed: u64,
        meter: &mut Meter<'_>,
    ) -> Result<Self, Error> {
        let folds = recipe.folds;
        let ScorerInput { corpus, dense, labels, label_count, .. } = input;
        let fold_of = assign_folds(labels, label_count, folds, seed);
        let runs = (folds + 1) as f32;
        let mut learn = |run: usize, members: &[usize]| {
            let mut random = SplitMix64::new(seed, Purpose::Scorer(run as u64));
            let mut advance = |done: f32| meter.advance((run as f32 + done) / runs);
            Scorer::learn(input, members, recipe.scorer, &mut random, &mut advance)
        };
        let everyone: Vec<usize> = (0..labels.len()).collect();
        let mut scores = Array2::zeros((labels.len(), label_count));
        let mut write_scores = |scorer: &Scorer, fold: Option<usize>| {
            let members: Vec<usize> = everyone.iter().copied().filter(|&example| fold_of[example] == fold).collect();
            // Blocks, so that never all vectors stand here twice.
            for block in members.chunks(SCORED_AT_ONCE) {
                let of_block = scorer.scores(corpus, dense, block);
                for (&example, row) in block.iter().zip(of_block.outer_iter()) {
                    scores.row_mut(example).assign(&row);
                }
            }
        };
        for fold in 0..folds {
            let is_member = |example: &usize| fold_of[*example] != Some(fold);
            let members: Vec<usize> = everyone.iter().copied().filter(is_member).collect();
            if members.len() < everyone.len() {
                write_scores(&learn(fold, &members)?, Some(fold));
            }
        }
        let scorer = learn(folds, &everyone)?;
        write_scores(&scorer, None);
        let scale = ScoreScale::of(scores.view(), recipe.score_deviation);
        scores.mapv_inplace(|score| (score - scale.mean) * scale.factor);
        let (dimensions, anchors) = (dense.ncols(), recipe.anchors * label_count);
        let mut records = Array2::zeros((labels.len() + anchors, dimensions + label_count));
        records
            .slice_axis_mut(Axis(0), (..labels.len()).into())
            .slice_axis_mut(Axis(1), (..dimensions).into())
            .assign(dense);
        records
            .slice_axis_mut(Axis(0), (..labels.len()).into())
            .slice_axis_mut(Axis(1), (dimensions..).into())
            .assign(&scores);
        let mut targets = labels.to_vec();
        for anchor in 0..anchors {
            let label = anchor % label_count;
            records[[labels.len() + anchor, dimensions + label]] = ANCHOR_HEIGHT * recipe.score_deviation;
            targets.push(label);
        }
        let known_shares = known_shares(input, &fold_of);
        let mut fold_of = fold_of;
        fold_of.resize(targets.len(), None);
        let targets = targets.into();
        Ok(Self { scorer, scale, problem: HeadProblem { records, targets, label_count }, fold_of, folds, known_shares })
    }
}

impl ScoreScale {
    /// The scale that gives `scores` the mean 0 and the wanted deviation.
    fn of(scores: ArrayView2<'_, f32>, wanted: f32) -> Self {
        let count = scores.len().max(1) as f64;
        let mean = scores.iter().map(|&score| f64::from(score)).sum::<f64>() / count;
        let squares = scores.iter().map(|&score| (f64::from(score) - mean).powi(2));
        let deviation = (squares.sum::<f64>() / count).sqrt().max(SMALLEST_DEVIATION);
        Self { mean: mean as f32, factor: wanted / deviation as f32 }
    }
}

/// For each example the share of its squared length that n-grams hold which examples of other
/// folds have too: what a scorer that has not seen its fold knows of it.
fn known_shares(input: ScorerInput<'_>, fold_of: &[Option<usize>]) -> Vec<f64> {
    // Of each n-gram, one fold that has it, and whether another does.
    let mut seen: Vec<(Option<Option<usize>>, bool)> = vec![(None, false); input.ngram_count];
    for (example, &fold) in fold_of.iter().enumerate() {
        for entry in input.corpus.row(example) {
            let (first, by_others) = &mut seen[entry.row as usize];
            *by_others |= *first.get_or_insert(fold) != fold || fold.is_none();
        }
    }
    // A vector's squared length is the share that the vocabulary has; see `Vocabulary::vectorise`.
    let share = |example: usize| -> f64 {
        let known = input.corpus.row(example).iter().filter(|entry| seen[entry.row as usize].1);
        known.map(|entry| f64::from(entry.value * entry.value)).sum()
    };
    (0..fold_of.len()).map(share).collect()
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
