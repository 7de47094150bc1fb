//! The n-grams that training saw, with their weights, and the step from a text to a sparse
//! vector over them.

use super::ngrams::{WORD_BLOCK, push_ngram_keys};
use super::normalise::normalise;

/// The n-grams of a model in ascending order of key, and how rare each is.
///
/// An n-gram's place in that order is its row in the weight matrix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vocabulary {
    keys: Vec<u32>,
    rarities: Vec<f32>,
    unknown_rarity: f32,
    /// Open addressing: `(key, row + 1)`, zero for a free slot. Its length is a power of two.
    slots: Vec<(u32, u32)>,
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
        // INVARIANT: without a limit there always are slots.
        let slots = slots(&keys, usize::MAX).unwrap_or_default();
        Self { keys, rarities, unknown_rarity, slots }
    }

    /// The same for keys that somebody else chose; `None` if so many of them clash that to build
    /// the table, and to look into it, would take too long.
    pub(crate) fn of_foreign_keys(keys: Vec<u32>, rarities: Vec<f32>, unknown_rarity: f32) -> Option<Self> {
        let slots = slots(&keys, LONGEST_PROBE)?;
        Some(Self { keys, rarities, unknown_rarity, slots })
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
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        loop {
            // INVARIANT: at most half of the slots are taken, so that a free one ends the search.
            let &(candidate, row) = self.slots.get(slot)?;
            let row = row.checked_sub(1)?;
            if candidate == key {
                return Some((row, *self.rarities.get(row as usize)?));
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// How many slots a foreign key may be away from its own. At half of them taken, as spread by a
/// hash, some dozens are the most of millions.
const LONGEST_PROBE: usize = 1_000;

/// The table, or `None` if a key would be more than `longest_probe` slots away from its own.
fn slots(keys: &[u32], longest_probe: usize) -> Option<Vec<(u32, u32)>> {
    debug_assert!(keys.is_sorted_by(|left, right| left < right));
    let slot_count = (keys.len() * 2).next_power_of_two().max(2);
    let mut slots = vec![(0, 0); slot_count];
    for (row, &key) in (1..).zip(keys) {
        let mut free = (0..=longest_probe).map(|probe| (key as usize).wrapping_add(probe) & (slot_count - 1));
        let slot = free.find(|&slot| slots[slot].1 == 0)?;
        slots[slot] = (key, row);
    }
    Some(slots)
}

/// An n-gram that occurs `count` times weighs 1 + ln(count).
///
/// The logarithm is computed in software: that of the C library differs with the processor.
fn damped_frequency(count: usize) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + libm::logf(count as f32) }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn refuses_keys_that_are_made_to_clash() {
        for (count, is_taken) in [(500_u32, true), (2_000, false)] {
            let keys: Vec<u32> = (0..count).map(|number| (number << 16) | 7).collect();
            let rarities = vec![1.0; keys.len()];
            assert_eq!(Vocabulary::of_foreign_keys(keys.clone(), rarities.clone(), 1.0).is_some(), is_taken);
            let found = Vocabulary::new(keys, rarities, 1.0).row(((count / 2) << 16) | 7);
            assert_eq!(found.map(|(row, _)| row), Some(count / 2), "the one that trains takes any");
        }
    }
}
