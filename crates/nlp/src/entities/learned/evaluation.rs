//! How well entities are found: by exact span, by entity, and over folds of the examples.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::Serialize;

use super::dataset::{AnnotatedExample, byte_range};
use super::training::train_entities;
use crate::error::Error;

/// How often an entity was found where it was marked, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EntityCounts {
    /// Found and marked, from the first character to the last.
    pub correct: usize,
    /// Found, rightly or not.
    pub found: usize,
    /// Marked, found or not.
    pub marked: usize,
}

impl EntityCounts {
    /// The share of what was found that was marked, 0 to 1; 0 if nothing was found.
    pub fn precision(&self) -> f64 {
        share(self.correct, self.found)
    }

    /// The share of what was marked that was found, 0 to 1; 0 if nothing was marked.
    pub fn recall(&self) -> f64 {
        share(self.correct, self.marked)
    }

    /// The harmonic mean of precision and recall, 0 to 1.
    pub fn f1(&self) -> f64 {
        share(2 * self.correct, self.found + self.marked)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The counts of all examples together, and by entity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EntityEvaluation {
    /// All entities together: their precision, recall and F1 are micro averages.
    pub total: EntityCounts,
    /// By entity id.
    pub entities: BTreeMap<String, EntityCounts>,
}

impl EntityEvaluation {
    /// Adds the counts of another evaluation.
    pub fn merge(&mut self, other: &Self) {
        for (entity, counts) in &other.entities {
            let own = self.entities.entry(entity.clone()).or_default();
            for sum in [own, &mut self.total] {
                sum.correct += counts.correct;
                sum.found += counts.found;
                sum.marked += counts.marked;
            }
        }
    }
}

/// Compares what `find` finds in each example, as byte ranges with entity ids, with its marks.
pub fn score_entities(
    examples: &[AnnotatedExample<'_>],
    mut find: impl FnMut(&str) -> Vec<(std::ops::Range<usize>, String)>,
) -> EntityEvaluation {
    let mut evaluation = EntityEvaluation::default();
    for example in examples {
        let key = |bytes: std::ops::Range<usize>, entity: &str| (bytes.start, bytes.end, entity.to_owned());
        let marked: BTreeSet<_> =
            example.entities.iter().map(|mark| key(byte_range(example.text, &mark.chars), mark.entity)).collect();
        let found: BTreeSet<_> = find(example.text).into_iter().map(|(bytes, entity)| key(bytes, &entity)).collect();
        for mark in marked.union(&found) {
            let own = evaluation.entities.entry(mark.2.clone()).or_default();
            let (is_marked, is_found) = (marked.contains(mark), found.contains(mark));
            for counts in [own, &mut evaluation.total] {
                counts.marked += usize::from(is_marked);
                counts.found += usize::from(is_found);
                counts.correct += usize::from(is_marked && is_found);
            }
        }
    }
    evaluation
}

/// Deals the examples to `folds` folds, and scores each fold by a model of all others.
///
/// The folds depend on `seed` and the texts alone; the same text is always in one fold.
///
/// # Errors
///
/// [`Error::InvalidParameter`] for less than two folds; otherwise as [`train_entities`].
pub fn cross_validate_entities(
    examples: &[AnnotatedExample<'_>],
    folds: usize,
    seed: u64,
    report: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<EntityEvaluation, Error> {
    if folds < 2 {
        return Err(Error::InvalidParameter { parameter: "folds", value: folds.to_string(), expected: "at least 2" });
    }
    let mut texts: Vec<(blake3::Hash, &str)> =
        examples.iter().map(|example| (rank(example.text, seed), example.text)).collect();
    texts.sort_unstable_by_key(|(hash, text)| (*hash.as_bytes(), *text));
    texts.dedup();
    let fold_of: BTreeMap<&str, usize> =
        texts.iter().enumerate().map(|(position, (_, text))| (*text, position % folds)).collect();
    let mut evaluation = EntityEvaluation::default();
    for fold in 0..folds {
        let (held_out, rest): (Vec<_>, Vec<_>) =
            examples.iter().cloned().partition(|example| fold_of.get(example.text) == Some(&fold));
        let model = train_entities(&rest, seed, &mut |done| report((fold as f32 + done) / folds as f32))?;
        evaluation.merge(&score_entities(&held_out, |text| {
            let spans = model.iter().flat_map(|model| model.find(text));
            spans.map(|span| (span.bytes, span.entity.to_owned())).collect()
        }));
    }
    Ok(evaluation)
}

fn rank(text: &str, seed: u64) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(text.as_bytes());
    hasher.finalize()
}
