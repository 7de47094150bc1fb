//! From examples to a model.
//!
//! 1. The examples are sorted and their repetitions removed; their n-grams make the vocabulary.
//! 2. A linear *scorer* over sparse n-grams is learnt from all examples, and one more from each
//!    fold's rest, so that every example has scores from a scorer that has not seen it.
//! 3. These out-of-fold scores are the dense features of the *head*, a softmax regression that
//!    `linfa-logistic` fits: it learns which scores to trust and turns them into logits.
//! 4. Scorer and head are both linear, so they fold into one matrix: a model.
//! 5. One temperature, fitted on logits of examples that a head has not seen, makes the
//!    confidences honest.

mod calibration;
mod corpus;
mod dataset;
mod folds;
mod head;
mod linfa_head;
mod out_of_fold;
mod progress;
mod random;
mod scorer;

use std::ops::ControlFlow;

use ndarray::{Array1, ArrayView2};

pub(crate) use dataset::Dataset;
pub use dataset::{Example, MAX_LABELS};
pub(crate) use folds::stratified_folds;
pub use progress::{Progress, Stage};
pub(crate) use random::{Purpose, SplitMix64};

use crate::error::Error;
use crate::model::{Model, QuantisedMatrix, TRAINER};
use crate::params::ValidTrainParams;
use corpus::{Corpus, choose_vocabulary};
use head::Head;
use out_of_fold::{HeadFeatures, ScoreScale};
use progress::Meter;
use scorer::Scorer;

/// Trains a model.
///
/// Texts that are blank are skipped, and so are repetitions (compared as features see them: case,
/// width and composition make no difference). A label whose texts are all blank is no label of
/// the model. The same text may stand under several labels. One label is enough: such a model
/// answers with how much of a text it knows.
///
/// `report` is called with how far the training is, before every sweep over the examples and every
/// ten iterations of a fit: many times a second for a bot of some hundred examples, at least
/// every three seconds or so for 15,000 examples of 150 labels. When it answers [`ControlFlow::Break`], the
/// training stops there.
///
/// # Errors
///
/// [`Error::NoExamples`], [`Error::BlankLabel`], [`Error::TooManyLabels`] for examples that are
/// none; [`Error::Cancelled`]; [`Error::DidNotDescend`] if no fit lowered the loss.
pub fn train(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Model, Error> {
    train_dataset(&Dataset::new(examples)?, params, report)
}

/// Trains on examples that are canonical already.
pub(crate) fn train_dataset(
    dataset: &Dataset,
    params: &ValidTrainParams,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Model, Error> {
    let params = params.get();
    let mut meter = Meter::new(report);
    meter.enter(Stage::Preparing, 0.0..0.05)?;
    let vocabulary = choose_vocabulary(dataset, params.max_ngrams as usize);
    let corpus = Corpus::vectorise(dataset, &vocabulary);
    let label_count = dataset.labels.len();
    if label_count == 1 {
        let weights = QuantisedMatrix::quantise(1, &vec![0.0; vocabulary.len()]);
        meter.enter(Stage::Done, 1.0..1.0)?;
        return Ok(Model {
            trainer: TRAINER.to_owned(),
            labels: dataset.labels.clone(),
            vocabulary,
            weights,
            biases: vec![0.0],
            temperature: 1.0,
        });
    }

    meter.enter(Stage::Scoring, 0.05..0.55)?;
    let features = HeadFeatures::compute(dataset, &corpus, vocabulary.len(), params, &mut meter)?;
    meter.enter(Stage::Fitting, 0.55..0.8)?;
    let alpha = params.alpha;
    let head = linfa_head::fit_head(&features.problem, alpha, &mut |done| meter.advance(done))?;
    meter.enter(Stage::Calibrating, 0.8..1.0)?;
    let temperature = calibration::fit_temperature(&features, alpha, &mut meter)?;

    let (weights, biases) = fold_together(&features.scorer, features.scale, &head);
    meter.enter(Stage::Done, 1.0..1.0)?;
    Ok(Model {
        trainer: TRAINER.to_owned(),
        labels: dataset.labels.clone(),
        vocabulary,
        weights: QuantisedMatrix::quantise(label_count, &weights),
        biases,
        temperature,
    })
}

/// One matrix and one bias a label, equal to scorer, scale and head one after another.
fn fold_together(scorer: &Scorer, scale: ScoreScale, head: &Head) -> (Vec<f32>, Vec<f32>) {
    let label_count = scorer.biases.len();
    let scaled_head = &head.weights * scale.factor;
    let shifted = Array1::from_iter(scorer.biases.iter().map(|&bias| f64::from(bias) - scale.mean));
    let biases = shifted.dot(&scaled_head) + &head.biases;
    let scaled_head = scaled_head.mapv(|weight| weight as f32);
    // Row by row in blocks: the product never needs a second copy of the scorer.
    let mut weights = Vec::with_capacity(scorer.weights.len());
    for block in scorer.weights.chunks(label_count * 1024) {
        if let Ok(block) = ArrayView2::from_shape((block.len() / label_count, label_count), block) {
            weights.extend(block.dot(&scaled_head));
        }
    }
    (weights, biases.iter().map(|&bias| bias as f32).collect())
}
