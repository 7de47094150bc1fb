//! The examples as numbers: the vocabulary that they give, and their sparse vectors over it.

use super::dataset::Dataset;
use crate::features::{Entry, FeatureBuffers, Vocabulary, push_ngram_keys};

/// Sparse rows, one after another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Corpus {
    entries: Vec<Entry>,
    ends: Vec<usize>,
}

impl Corpus {
    pub(crate) fn vectorise(dataset: &Dataset, vocabulary: &Vocabulary) -> Self {
        let mut corpus = Self::default();
        let mut buffers = FeatureBuffers::default();
        for example in &dataset.examples {
            vocabulary.vectorise_normalised(&example.text, &mut buffers);
            corpus.entries.extend_from_slice(&buffers.entries);
            corpus.ends.push(corpus.entries.len());
        }
        corpus
    }

    /// The vector of one example; empty if there is no such example.
    pub(crate) fn row(&self, example: usize) -> &[Entry] {
        let start = example.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(example).copied().unwrap_or_default();
        self.entries.get(start.unwrap_or_default()..end).unwrap_or_default()
    }
}

/// Chooses the n-grams that a model knows: those in the most examples, at most `limit`.
///
/// An n-gram's rarity is the smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1.
pub(crate) fn choose_vocabulary(dataset: &Dataset, limit: usize) -> Vocabulary {
    let mut occurrences: Vec<u32> = Vec::new();
    let mut keys = Vec::new();
    for example in &dataset.examples {
        keys.clear();
        push_ngram_keys(&example.text, &mut keys);
        keys.sort_unstable();
        keys.dedup();
        occurrences.extend_from_slice(&keys);
    }
    occurrences.sort_unstable();
    let mut counted: Vec<(usize, u32)> = occurrences
        .chunk_by(|left, right| left == right)
        .filter_map(|run| run.first().map(|&key| (run.len(), key)))
        .collect();
    if counted.len() > limit {
        // The most frequent first; the key decides between equals, so that the choice is fixed.
        counted.sort_unstable_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        counted.truncate(limit);
        counted.sort_unstable_by_key(|&(_, key)| key);
    }
    let total = dataset.examples.len() as f64;
    let rarity = |frequency: usize| (((1.0 + total) / (1.0 + frequency as f64)).ln() + 1.0) as f32;
    let rarities = counted.iter().map(|&(frequency, _)| rarity(frequency)).collect();
    let keys = counted.iter().map(|&(_, key)| key).collect();
    Vocabulary::new(keys, rarities, rarity(0))
}
