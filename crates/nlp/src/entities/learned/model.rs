//! A trained model of entities and its inference: feature weights of each word, then the best
//! path through the tags (Viterbi, 1967).

use std::ops::Range;

use super::features::Words;
use super::tags;
use crate::features::MAX_TEXT_CHARS;

/// What made an entity model: the crate's version and the version of its training recipe.
pub const ENTITY_TRAINER: &str = concat!("greenroom-nlp ", env!("CARGO_PKG_VERSION"), " entity recipe 1");

/// The largest number of entities that one model can learn.
pub const MAX_LEARNED_ENTITIES: usize = 200;

/// Finds the entities that annotated examples have taught it; immutable and shareable between
/// threads. Of a long text the first [`MAX_TEXT_CHARS`] characters are read.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityModel {
    pub(super) trainer: String,
    /// Ascending.
    pub(super) entities: Vec<String>,
    /// The keys of the words that are not rare, ascending.
    pub(super) words: Vec<u64>,
    /// The keys of the features that it knows, ascending.
    pub(super) keys: Vec<u64>,
    /// What each row of `weights` is multiplied by.
    pub(super) scales: Vec<f32>,
    /// A row a feature, a column a tag.
    pub(super) weights: Vec<i8>,
    /// A row a previous tag, a column a tag.
    pub(super) transitions: Vec<f32>,
}

/// Where a learned entity stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedSpan<'a> {
    /// In bytes of the text.
    pub bytes: Range<usize>,
    /// The entity's id.
    pub entity: &'a str,
}

impl EntityModel {
    /// The ids of the entities that it can find, ascending.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// What made the model; [`ENTITY_TRAINER`] if this build did.
    pub fn trainer(&self) -> &str {
        &self.trainer
    }

    /// How many features it knows.
    pub fn feature_count(&self) -> usize {
        self.keys.len()
    }

    /// The entities in `text`, from left to right; they do not overlap.
    pub fn find(&self, text: &str) -> Vec<LearnedSpan<'_>> {
        let end = text.char_indices().nth(MAX_TEXT_CHARS).map_or(text.len(), |(at, _)| at);
        let mut words = Words::new(text.get(..end).unwrap_or(text));
        words.mark_rare(|key| self.words.binary_search(&key).is_ok());
        let path = self.best_path(&words);
        let mut spans: Vec<LearnedSpan<'_>> = Vec::new();
        for (word, tag) in words.words.iter().zip(path) {
            let Some(entity) = tags::entity(tag).and_then(|entity| self.entities.get(entity)) else { continue };
            match spans.last_mut() {
                Some(span) if tags::is_inside(tag) => span.bytes.end = word.original.end,
                _ => spans.push(LearnedSpan { bytes: word.original.clone(), entity }),
            }
        }
        spans
    }

    /// The tags whose weights sum to the most.
    fn best_path(&self, words: &Words) -> Vec<usize> {
        let tag_count = tags::count(self.entities.len());
        let mut keys = Vec::new();
        let mut scores = vec![f32::NEG_INFINITY; tag_count];
        let mut next = vec![0.0; tag_count];
        let mut origins: Vec<u16> = Vec::with_capacity(words.words.len() * tag_count);
        for position in 0..words.words.len() {
            keys.clear();
            words.push_keys(position, &mut keys);
            next.fill(0.0);
            for key in &keys {
                self.add_feature(*key, &mut next);
            }
            for (tag, emission) in next.iter_mut().enumerate() {
                let (origin, score) = if position == 0 {
                    (0, if tags::may_follow(None, tag) { 0.0 } else { f32::NEG_INFINITY })
                } else {
                    self.best_origin(&scores, tag)
                };
                *emission += score;
                origins.push(origin as u16);
            }
            std::mem::swap(&mut scores, &mut next);
        }
        let mut path = Vec::with_capacity(words.words.len());
        let mut tag = best(scores.iter().copied().enumerate()).0;
        for origins in origins.rchunks_exact(tag_count) {
            path.push(tag);
            tag = origins.get(tag).copied().unwrap_or_default().into();
        }
        path.reverse();
        path
    }

    /// The tag before `tag` on the best path to it, and that path's score.
    fn best_origin(&self, scores: &[f32], tag: usize) -> (usize, f32) {
        let tag_count = scores.len();
        let through = |previous: usize| {
            let score = scores.get(previous).copied().unwrap_or(f32::NEG_INFINITY);
            (previous, score + self.transitions.get(previous * tag_count + tag).copied().unwrap_or_default())
        };
        if tags::is_inside(tag) { best([tag - 1, tag].map(through)) } else { best((0..tag_count).map(through)) }
    }

    fn add_feature(&self, key: u64, sums: &mut [f32]) {
        let Ok(row) = self.keys.binary_search(&key) else { return };
        let start = row * sums.len();
        if let (Some(scale), Some(weights)) = (self.scales.get(row), self.weights.get(start..start + sums.len())) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += scale * f32::from(*weight);
            }
        }
    }
}

/// The first of the largest.
fn best(candidates: impl IntoIterator<Item = (usize, f32)>) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for candidate in candidates {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    best
}
