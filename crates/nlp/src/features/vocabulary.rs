//! The n-grams that training saw, with their weights, and the step from a text to a sparse
//! vector over them.

use super::ngrams::{WORD_BLOCK, push_ngram_keys};
use super::normalise::normalise;
use crate::buckets::Buckets;

/// The n-grams of a model in ascending order of key, and how rare each is.
///
/// An n-gram's place in that order is its row in the weight matrix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vocabulary {
    keys: Vec<u32>,
    rarities: Vec<f32>,
    unknown_rarity: f32,
    buckets: Buckets,
}

/// One entry of a sparse vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) row: u32,
    pub(crate) value: f32,
}

/// Buffers that featurising reuses from text to text.
#[derive(Debug, Default, Clone)]
pub(crate) struct FeatureBuffers {
    normalised: String,
    keys: Vec<u32>,
    /// The text's vector: ascending rows, length at most 1 over known and unknown n-grams.
    pub(crate) entries: Vec<Entry>,
    /// The share (0–1) of the text's squared length that known n-grams hold.
    pub(crate) known_share: f32,
}

impl FeatureBuffers {
    /// The text that was vectorised last, as features see it.
    pub(crate) fn normalised(&self) -> &str {
        &self.normalised
    }
}

impl Vocabulary {
    /// Builds the look-up table. `keys` must ascend strictly and be as many as `rarities`.
    pub(crate) fn new(keys: Vec<u32>, rarities: Vec<f32>, unknown_rarity: f32) -> Self {
        debug_assert_eq!(keys.len(), rarities.len());
        let buckets = Buckets::new(keys.iter().copied());
        Self { keys, rarities, unknown_rarity, buckets }
    }

    /// The number of n-grams, which is the number of rows of the weight matrix.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn keys(&self) -> &[u32] {
        &self.keys
    }

    pub(crate) fn rarities(&self) -> &[f32] {
        &self.rarities
    }

    pub(crate) fn unknown_rarity(&self) -> f32 {
        self.unknown_rarity
    }

    /// Turns `text` into `buffers.entries`: TF-IDF, each block of n-grams (characters, words) of
    /// equal length, the whole of length 1 if every n-gram is known.
    ///
    /// Unknown n-grams have no entry but count in the length, so a text of which little is known
    /// has a short vector, and a classifier is unsure of it.
    pub(crate) fn vectorise(&self, text: &str, buffers: &mut FeatureBuffers) {
        let mut normalised = std::mem::take(&mut buffers.normalised);
        normalised.clear();
        normalise(text, &mut normalised);
        self.vectorise_normalised(&normalised, buffers);
        buffers.normalised = normalised;
    }

    /// Does what [`Self::vectorise`] does, for a text that is normalised already.
    pub(crate) fn vectorise_normalised(&self, normalised: &str, buffers: &mut FeatureBuffers) {
        let FeatureBuffers { keys, entries, known_share, .. } = buffers;
        keys.clear();
        entries.clear();
        push_ngram_keys(normalised, keys);
        keys.sort_unstable();
        let words_start = keys.partition_point(|key| key & WORD_BLOCK == 0);
        let (characters, words) = keys.split_at(words_start);
        let mut share = 0.0;
        for block in [characters, words] {
            share += self.push_block(block, entries) / 2.0;
        }
        *known_share = share;
    }

    /// Appends one block's entries, scaled to the length 1/√2; returns the known share of it.
    fn push_block(&self, block: &[u32], entries: &mut Vec<Entry>) -> f32 {
        let start = entries.len();
        let mut known = 0.0_f32;
        let mut unknown = 0.0_f32;
        for run in block.chunk_by(|left, right| left == right) {
            let frequency = damped_frequency(run.len());
            match run.first().and_then(|&key| self.row(key)) {
                Some((row, rarity)) => {
                    let value = frequency * rarity;
                    known += value * value;
                    entries.push(Entry { row, value });
                }
                None => {
                    let value = frequency * self.unknown_rarity;
                    unknown += value * value;
                }
            }
        }
        let squared_length = known + unknown;
        if squared_length <= 0.0 {
            return 0.0;
        }
        let scale = (0.5 / squared_length).sqrt();
        for entry in entries.iter_mut().skip(start) {
            entry.value *= scale;
        }
        known / squared_length
    }

    /// The row and rarity of an n-gram, if training saw it.
    fn row(&self, key: u32) -> Option<(u32, f32)> {
        let bucket = self.buckets.range(key);
        let row = bucket.start + self.keys.get(bucket)?.binary_search(&key).ok()?;
        Some((row as u32, *self.rarities.get(row)?))
    }
}

/// An n-gram that occurs `count` times weighs 1 + ln(count).
///
/// The logarithm is computed in software: that of the C library differs with the processor.
fn damped_frequency(count: usize) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + libm::logf(count as f32) }
}
