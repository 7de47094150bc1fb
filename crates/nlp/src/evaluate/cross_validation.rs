//! Judges a model on held-out examples, and a training by cross-validation.

use std::ops::ControlFlow;

use super::evaluation::Evaluation;
use crate::classification::{Scratch, Threshold};
use crate::error::Error;
use crate::model::Model;
use crate::params::ValidTrainParams;
use crate::train::{Dataset, Example, Progress, Purpose, SplitMix64, stratified_folds, train_dataset};

/// Judges `model` on `examples`, each counted as given, repetitions and blank texts too.
///
/// A text of which the model knows nothing counts as wrong, with no prediction.
///
/// # Errors
///
/// [`Error::NothingToEvaluate`] if there are no examples.
pub fn held_out(model: &Model, examples: &[Example<'_>]) -> Result<Evaluation, Error> {
    if examples.is_empty() {
        return Err(Error::NothingToEvaluate);
    }
    let mut scratch = Scratch::default();
    let pairs: Vec<(String, Option<String>)> =
        examples.iter().map(|example| (example.label.to_owned(), predict(model, example.text, &mut scratch))).collect();
    Ok(Evaluation::from_pairs(&pairs))
}

/// Judges what training on `examples` gives: deals them to `folds`, each label's evenly, trains
/// `folds` times without one fold and judges on that fold.
///
/// The examples are those that [`train`](crate::train) would see: without repetitions and blank
/// texts. A label with fewer examples than folds is judged all the same; its only example, once
/// held out, cannot be recognised and counts as wrong. With fewer examples than folds, each is a
/// fold of its own. The same `seed` deals the same folds.
///
/// `report` hears of all trainings as one.
///
/// # Errors
///
/// Those of [`train`](crate::train); [`Error::InvalidParameter`] for fewer than 2 folds;
/// [`Error::NothingToEvaluate`] for fewer than 2 examples.
pub fn cross_validate(
    examples: &[Example<'_>],
    params: &ValidTrainParams,
    folds: usize,
    seed: u64,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Evaluation, Error> {
    if folds < 2 {
        let value = folds.to_string();
        return Err(Error::InvalidParameter { parameter: "folds", value, expected: "2 or more" });
    }
    let dataset = Dataset::new(examples)?;
    if dataset.examples.len() < 2 {
        return Err(Error::NothingToEvaluate);
    }
    let folds = folds.min(dataset.examples.len());
    let labels: Vec<usize> = dataset.examples.iter().map(|example| example.label).collect();
    let mut random = SplitMix64::new(seed, Purpose::CrossValidation);
    let fold_of = stratified_folds(&labels, dataset.labels.len(), folds, &mut random);
    let mut scratch = Scratch::default();
    let mut pairs = Vec::with_capacity(labels.len());
    for fold in 0..folds {
        let learnt = dataset.filter(|position| fold_of[position] != fold);
        let model = train_dataset(&learnt, params, None, &mut |progress| {
            let fraction = (fold as f32 + progress.fraction) / folds as f32;
            report(Progress { fraction, ..progress })
        })?;
        for (example, _) in dataset.examples.iter().zip(&fold_of).filter(|(_, of)| **of == fold) {
            let expected = dataset.labels[example.label].clone();
            pairs.push((expected, predict(&model, &example.text, &mut scratch)));
        }
    }
    Ok(Evaluation::from_pairs(&pairs))
}

/// The model's first label, if it knows anything of the text.
fn predict(model: &Model, text: &str, scratch: &mut Scratch) -> Option<String> {
    let best = model.classify(text, scratch).best(Threshold::ZERO)?;
    Some(best.label.to_owned())
}
