//! Asks models about texts that they have not learnt: a model on held-out examples, a training by
//! cross-validation.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::evaluation::Evaluation;
use super::prediction::Prediction;
use crate::classification::Scratch;
use crate::error::Error;
use crate::features::normalise;
use crate::model::Model;
use crate::params::ValidTrainParams;
use crate::train::{Dataset, Example, Progress, Purpose, SplitMix64, stratified_folds, train};
use crate::vectors::Vectors;

/// Asks `model` about `examples`, each counted as given, repetitions and blank texts too.
///
/// A text of which the model knows nothing has no prediction, and so does not count as right.
///
/// # Errors
///
/// [`Error::NothingToEvaluate`] if there are no examples.
pub fn predict_held_out(model: &Model, examples: &[Example<'_>]) -> Result<Vec<Prediction>, Error> {
    if examples.is_empty() {
        return Err(Error::NothingToEvaluate);
    }
    let mut scratch = Scratch::default();
    Ok(examples.iter().map(|example| Prediction::of(model, example.text, example.label, &mut scratch)).collect())
}

/// Asks about each example a model that was trained without it: deals them to `folds`, each
/// label's evenly, trains `folds` times without one fold and asks about that fold.
///
/// The examples are those that [`train`](crate::train) would see: without repetitions and blank
/// texts. A label with fewer examples than folds is judged all the same; its only example, once
/// held out, cannot be recognised and counts as wrong. With fewer examples than folds, each is a
/// fold of its own. The same `seed` deals the same folds.
///
/// `report` hears of all trainings as one. Predictions come in the order of labels and texts.
///
/// # Errors
///
/// Those of [`train`](crate::train); [`Error::InvalidParameter`] for fewer than 2 folds;
/// [`Error::NothingToEvaluate`] for fewer than 2 examples.
pub fn predict_by_cross_validation(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    folds: usize,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<Prediction>, Error> {
    let dealt = DealtExamples::new(examples, folds, seed)?;
    let mut scratch = Scratch::default();
    let mut predictions = Vec::with_capacity(dealt.examples.len());
    for fold in 0..dealt.folds {
        let (learnt, judged) = dealt.split(fold);
        let model = learn(&learnt, params, vectors, report, fold, dealt.folds)?;
        let asked = judged.iter().map(|example| Prediction::of(&model, example.text, example.label, &mut scratch));
        predictions.extend(asked);
    }
    predictions.sort_by(|one, other| (&one.expected, &one.text).cmp(&(&other.expected, &other.text)));
    Ok(predictions)
}

/// The figures of [`predict_held_out`].
///
/// # Errors
///
/// As there.
pub fn held_out(model: &Model, examples: &[Example<'_>]) -> Result<Evaluation, Error> {
    Ok(Evaluation::of(&predict_held_out(model, examples)?))
}

/// The figures of [`predict_by_cross_validation`].
///
/// # Errors
///
/// As there.
pub fn cross_validate(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    folds: usize,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Evaluation, Error> {
    Ok(Evaluation::of(&predict_by_cross_validation(examples, params, vectors, folds, seed, report)?))
}

/// How sure the model is of its first label for each text, whatever that is: for texts that
/// none of its labels means.
pub fn confidences(model: &Model, texts: &[&str]) -> Vec<f32> {
    let answers = model.classify_batch(texts, 1, &mut Scratch::default());
    answers.iter().map(|answer| answer.first().map_or(0.0, |best| best.confidence)).collect()
}

/// Trains one of `count` models; `report` hears of all of them as one.
///
/// All trainings of evaluations go through here.
pub(super) fn learn(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    vectors: Option<&Vectors>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    position: usize,
    count: usize,
) -> Result<Model, Error> {
    train(examples, params, vectors, &mut |progress| {
        let fraction = (position as f32 + progress.fraction) / count.max(1) as f32;
        report(Progress { fraction, ..progress })
    })
}

/// The distinct examples in a fixed order, each in a fold.
pub(super) struct DealtExamples<'a> {
    examples: Vec<Example<'a>>,
    fold_of: Vec<usize>,
    pub(super) folds: usize,
}

impl<'a> DealtExamples<'a> {
    pub(super) fn new(examples: &[Example<'a>], folds: usize, seed: u64) -> Result<Self, Error> {
        if folds < 2 {
            let value = folds.to_string();
            return Err(Error::InvalidParameter { parameter: "folds", value, expected: "2 or more" });
        }
        // What a training refuses is refused before the first one.
        Dataset::new(examples)?;
        let examples = distinct(examples);
        if examples.len() < 2 {
            return Err(Error::NothingToEvaluate);
        }
        let folds = folds.min(examples.len());
        let labels = label_positions(&examples);
        let label_count = labels.iter().max().map_or(0, |last| last + 1);
        let mut random = SplitMix64::new(seed, Purpose::CrossValidation);
        let fold_of = stratified_folds(&labels, label_count, folds, &mut random);
        Ok(Self { examples, fold_of, folds })
    }

    /// The examples outside of the fold, and those in it.
    pub(super) fn split(&self, fold: usize) -> (Vec<Example<'a>>, Vec<Example<'a>>) {
        let (judged, learnt): (Vec<_>, Vec<_>) =
            self.examples.iter().copied().zip(&self.fold_of).partition(|(_, of)| **of == fold);
        let only = |pairs: Vec<(Example<'a>, &usize)>| pairs.into_iter().map(|(example, _)| example).collect();
        (only(learnt), only(judged))
    }
}

/// The examples without blank ones and repetitions, in an order that depends on nothing else: by
/// label and normalised text. Of those that features cannot tell apart the first spelling stays.
pub(super) fn distinct<'a>(examples: &[Example<'a>]) -> Vec<Example<'a>> {
    let mut by_form: BTreeMap<(&'a str, String), &'a str> = BTreeMap::new();
    for example in examples {
        let form = normalised(example.text);
        if !form.trim().is_empty() {
            let kept = by_form.entry((example.label, form)).or_insert(example.text);
            *kept = (*kept).min(example.text);
        }
    }
    by_form.into_iter().map(|((label, _), text)| Example { text, label }).collect()
}

/// The form of a text that features see.
pub(super) fn normalised(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    normalise(text, &mut form);
    form
}

/// For each of examples in the order of labels, the position of its label.
pub(super) fn label_positions(examples: &[Example<'_>]) -> Vec<usize> {
    let mut position = 0;
    let mut last = None;
    let mut positions = Vec::with_capacity(examples.len());
    for example in examples {
        if last.replace(example.label).is_some_and(|last| last != example.label) {
            position += 1;
        }
        positions.push(position);
    }
    positions
}
