//! From examples to a model.
//!
//! 1. The examples are sorted and their repetitions removed; their n-grams make the vocabulary.
//! 2. Static vectors of the examples are centred and whitened: the *dense block*.
//! 3. A linear *scorer* over sparse n-grams and the dense block is learnt from all examples, and
//!    one more from each fold's rest, so that every example has scores from a scorer that has not
//!    seen it.
//! 4. The dense block and these out-of-fold scores are the features of the *head*, a softmax
//!    regression. Heads that leave out a fold come first: temperature and familiarity, fitted on
//!    their logits of it, make the confidences honest.
//! 5. The model's head is fitted to all by `linfa-logistic` or our own solver, which begins at
//!    the last of those heads.
//! 6. Projection, scorer and head are linear, so they fold into two matrices: a model.

#[cfg(test)]
mod agreement;
mod calibration;
mod corpus;
mod dataset;
mod dense;
mod folds;
mod fused_head;
mod head;
mod linfa_head;
mod out_of_fold;
mod progress;
mod random;
mod recipe;
mod scorer;

use std::ops::ControlFlow;

use ndarray::{Array1, ArrayView2, Axis};

pub(crate) use dataset::Dataset;
pub use dataset::{Example, MAX_LABELS};
pub(crate) use folds::stratified_folds;
pub use progress::{Progress, Stage};
pub(crate) use random::{Purpose, SplitMix64};

use crate::error::Error;
use crate::model::{Calibration, DenseLayer, Model, QuantisedMatrix, TRAINER};
use crate::params::{Solver, ValidTrainParams};
use crate::vectors::Vectors;
use calibration::Calibrated;
use corpus::{Corpus, choose_vocabulary};
use dense::DenseBlock;
use head::{Head, HeadProblem};
use out_of_fold::HeadFeatures;
use progress::Meter;
use recipe::Recipe;
use scorer::ScorerInput;

/// Trains a model on examples, with the static vectors of their language if there are some.
///
/// Texts that are blank are skipped, and so are repetitions (compared as features see them: case,
/// width and composition make no difference). A label whose texts are all blank is no label of
/// the model. The same text may stand under several labels. One label is enough: such a model
/// answers with how much of a text it knows.
///
/// Vectors carry what words mean: `bill` is near `invoice` without an example that says so. They
/// matter most for labels with few examples. Without them n-grams alone decide.
///
/// `report` is called with how far the training is, many times a second. When it answers
/// [`ControlFlow::Break`], the training stops there.
///
/// # Errors
///
/// [`Error::NoExamples`], [`Error::BlankLabel`], [`Error::TooManyLabels`] for examples that are
/// none; [`Error::MemoryLimit`] before memory is spent; [`Error::Cancelled`];
/// [`Error::DidNotDescend`] if no fit lowered the loss.
pub fn train(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Model, Error> {
    let params = params.get();
    let mut meter = Meter::new(report);
    meter.enter(Stage::Preparing, 0.0..0.05)?;
    let mut dataset = Dataset::new(examples)?;
    if params.label_names {
        dataset = dataset.with_label_names(recipe::FEW_EXAMPLES);
    }
    let dataset = &dataset;
    let vocabulary = choose_vocabulary(dataset, params.max_ngrams as usize);
    let label_count = dataset.labels.len();
    let dimensions = vectors.map_or(0, Vectors::dimensions);
    let recipe = Recipe::choose(dataset, dimensions, params);
    let needed = recipe.memory(dataset, vocabulary.len(), dimensions);
    if needed > params.memory_limit {
        return Err(Error::MemoryLimit { needed, limit: params.memory_limit });
    }
    meter.advance(0.3)?;
    let corpus = Corpus::vectorise(dataset, &vocabulary);
    meter.advance(0.6)?;
    if label_count == 1 {
        let weights = QuantisedMatrix::quantise(1, &vec![0.0; vocabulary.len()]);
        meter.enter(Stage::Done, 1.0..1.0)?;
        return Ok(Model {
            trainer: TRAINER.to_owned(),
            labels: dataset.labels.clone(),
            vocabulary,
            weights,
            dense: None,
            biases: vec![0.0],
            calibration: Calibration::NEUTRAL,
        });
    }

    let dense = DenseBlock::compute(dataset, vectors);
    let labels: Vec<usize> = dataset.examples.iter().map(|example| example.label).collect();
    let ngram_count = vocabulary.len();
    let input = ScorerInput { corpus: &corpus, dense: &dense.rows, labels: &labels, ngram_count, label_count };
    meter.enter(Stage::Scoring, 0.05..0.6)?;
    let features = HeadFeatures::compute(input, &recipe, params.seed, &mut meter)?;
    meter.enter(Stage::Calibrating, 0.6..0.8)?;
    let Calibrated { calibration, head } = calibration::calibrate(&features, &recipe, &mut meter)?;
    meter.enter(Stage::Fitting, 0.8..1.0)?;
    let head = fit_head(&features.problem, &recipe, params.solver, head, &mut |done| meter.advance(done))?;

    let (weights, dense_weights, biases) = fold_together(&features, &dense, &head);
    let dense = vectors.map(|vectors| DenseLayer::quantise(vectors.clone(), &dense_weights));
    meter.enter(Stage::Done, 1.0..1.0)?;
    Ok(Model {
        trainer: TRAINER.to_owned(),
        labels: dataset.labels.clone(),
        vocabulary,
        weights: QuantisedMatrix::quantise(label_count, &weights),
        dense,
        biases,
        calibration,
    })
}

/// Fits the head by the solver that the recipe chose; where a part of linfa's fit is refused and
/// the choice was ours, by our own.
fn fit_head(
    problem: &HeadProblem<f32>,
    recipe: &Recipe,
    solver: Solver,
    start: Option<Head<f32>>,
    advance: &mut dyn FnMut(f32) -> Result<(), Error>,
) -> Result<Head<f32>, Error> {
    if recipe.by_linfa {
        match linfa_head::fit_head(&problem.widen(), recipe.alpha, advance) {
            Ok(fit) if fit.is_complete || solver == Solver::Linfa => return Ok(fit.head.narrow()),
            Ok(_) => {}
            Err(Error::DidNotDescend { .. }) if solver == Solver::Automatic => {}
            Err(error) => return Err(error),
        }
    }
    // A head of most of the examples is half of the way.
    let iterations = if start.is_some() { recipe.iterations / 2 } else { recipe.iterations };
    fused_head::fit_head(problem, recipe.alpha, iterations, start, advance)
}

/// The n-grams' weights, the dense weights (a row of dimensions for each label) and the biases
/// that equal projection, scorer, scale and head one after another.
fn fold_together(features: &HeadFeatures, dense: &DenseBlock, head: &Head<f32>) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let HeadFeatures { scorer, scale, .. } = features;
    let (label_count, dimensions) = (scorer.biases.len(), dense.rows.ncols());
    let (by_vector, by_score) = head.weights.view().split_at(Axis(0), dimensions);
    let scaled_head = &by_score * scale.factor;
    let shifted = Array1::from_iter(scorer.biases.iter().map(|&bias| bias - scale.mean));
    // Row by row in blocks: the product never needs a second copy of the scorer.
    let mut weights = Vec::with_capacity(scorer.weights.len());
    for block in scorer.weights.chunks(label_count * 1024) {
        if let Ok(block) = ArrayView2::from_shape((block.len() / label_count, label_count), block) {
            weights.extend(block.dot(&scaled_head));
        }
    }
    let projected = &by_vector + &scorer.dense_weights.dot(&scaled_head);
    let dense_weights = dense.projection.dot(&projected);
    let biases = shifted.dot(&scaled_head) + &head.biases - dense.mean.dot(&dense_weights);
    (weights, dense_weights.t().iter().copied().collect(), biases.to_vec())
}
