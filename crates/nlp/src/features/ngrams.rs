//! Lists the n-grams of a normalised text as 32-bit keys: words, pairs of words, and runs of
//! two to five characters inside a word.

use unicode_segmentation::UnicodeSegmentation as _;

/// The shortest and the longest run of characters that becomes a feature.
const CHARACTER_RUNS: std::ops::RangeInclusive<usize> = 2..=5;

/// Set in the key of a word or a pair of words, clear in the key of a run of characters.
///
/// Sorted keys therefore keep the two blocks apart.
pub(crate) const WORD_BLOCK: u32 = 1 << 31;

/// Marks the border of a word in a run of characters.
const BORDER: u32 = ' ' as u32;

/// Appends the key of every n-gram of `normalised` to `keys`, repeated as often as it occurs.
///
/// Words are segments of Unicode's word boundaries (UAX 29); a symbol or an emoji is a word of
/// its own, white space is none.
pub(crate) fn push_ngram_keys(normalised: &str, keys: &mut Vec<u32>) {
    let mut previous_word: Option<Hash> = None;
    for_each_word(normalised, |word| {
        let hash = Hash::of_word(word);
        keys.push(hash.finish() | WORD_BLOCK);
        if let Some(previous) = previous_word.replace(hash) {
            keys.push(previous.join(hash).finish() | WORD_BLOCK);
        }
        push_character_runs(word, keys);
    });
}

/// Hands every word to `visit`. ASCII goes a short way, with the same result.
fn for_each_word(normalised: &str, mut visit: impl FnMut(&str)) {
    if !normalised.is_ascii() {
        normalised.split_word_bounds().filter(|word| !word.chars().all(char::is_whitespace)).for_each(visit);
        return;
    }
    let bytes = normalised.as_bytes();
    let mut start = 0;
    while let Some(&first) = bytes.get(start) {
        let mut end = start + 1;
        if is_word_byte(first) {
            while let Some(&next) = bytes.get(end) {
                let joins = || {
                    let (Some(&before), Some(&after)) = (bytes.get(end - 1), bytes.get(end + 1)) else { return false };
                    match next {
                        b'.' | b'\'' => {
                            (before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
                                || (before.is_ascii_digit() && after.is_ascii_digit())
                        }
                        b':' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
                        b',' | b';' => before.is_ascii_digit() && after.is_ascii_digit(),
                        _ => false,
                    }
                };
                if !is_word_byte(next) && !joins() {
                    break;
                }
                end += 1;
            }
        }
        if !is_white_space(first)
            && let Some(word) = normalised.get(start..end)
        {
            visit(word);
        }
        start = end;
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What `char::is_whitespace` says of ASCII.
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Appends the runs of characters of one word, with a border mark on both sides.
fn push_character_runs(word: &str, keys: &mut Vec<u32>) {
    // A run starts at the border or at any character, and grows to the longest length.
    let from_border = std::iter::once(BORDER).chain(word.chars().map(u32::from));
    push_runs_from(from_border.chain([BORDER]), keys);
    for (start, _) in word.char_indices() {
        let rest = word.get(start..).unwrap_or_default();
        push_runs_from(rest.chars().map(u32::from).chain([BORDER]), keys);
    }
}

/// Appends every run that begins with the first of `characters`.
fn push_runs_from(characters: impl Iterator<Item = u32>, keys: &mut Vec<u32>) {
    let mut hash = Hash::new(2);
    for (index, character) in characters.take(*CHARACTER_RUNS.end()).enumerate() {
        hash = hash.add(character);
        if index + 1 >= *CHARACTER_RUNS.start() {
            keys.push(hash.finish() & !WORD_BLOCK);
        }
    }
}

/// The key of one word, for a reference to list n-grams in its own way.
#[cfg(test)]
#[cfg(feature = "train")]
pub(crate) fn key_of_word(word: &str) -> u32 {
    Hash::of_word(word).finish() | WORD_BLOCK
}

/// The key of a pair of words.
#[cfg(test)]
#[cfg(feature = "train")]
pub(crate) fn key_of_pair(first: &str, second: &str) -> u32 {
    Hash::of_word(first).join(Hash::of_word(second)).finish() | WORD_BLOCK
}

/// The key of a run of characters.
#[cfg(test)]
#[cfg(feature = "train")]
pub(crate) fn key_of_run(run: &[char]) -> u32 {
    run.iter().fold(Hash::new(2), |hash, &character| hash.add(u32::from(character))).finish() & !WORD_BLOCK
}

/// A running hash of code points. Its values are part of the feature version: never change it
/// without a new one.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    /// An odd multiplier with well-spread bits: 2^64 divided by the golden ratio.
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

    fn new(kind: u64) -> Self {
        Self(kind)
    }

    fn of_word(word: &str) -> Self {
        word.chars().fold(Self::new(1), |hash, character| hash.add(u32::from(character)))
    }

    fn add(self, value: u32) -> Self {
        Self((self.0.rotate_left(23) ^ u64::from(value)).wrapping_mul(Self::MULTIPLIER))
    }

    /// The hash of a pair; `a b` and `b a` differ.
    fn join(self, other: Self) -> Self {
        Self((self.0.rotate_left(29) ^ other.0).wrapping_mul(Self::MULTIPLIER)).add(BORDER)
    }

    /// The upper half after one more mixing step, in which every input bit has spread.
    fn finish(self) -> u32 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(Self::MULTIPLIER);
        (mixed >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Vec<u32> {
        let mut keys = Vec::new();
        push_ngram_keys(text, &mut keys);
        keys
    }

    #[test]
    fn counts_words_pairs_and_character_runs() {
        // "ab": the word; of " ab " the runs " a", " ab", " ab ", "ab", "ab ", "b ".
        assert_eq!(keys("ab").len(), 1 + 6);
        // One pair of words more.
        assert_eq!(keys("ab ab").len(), 2 * 7 + 1);
        assert!(keys("").is_empty());
        assert!(keys(" \t\n").is_empty());
    }

    proptest! {
        #[test]
        fn the_short_way_gives_the_words_of_the_long_one(text in "([a-c1-3_.,:;' ]|[ -~]|[\\x00-\\x7f]){0,30}") {
            let mut words = Vec::new();
            for_each_word(&text, |word| words.push(word.to_owned()));
            let long: Vec<&str> =
                text.split_word_bounds().filter(|word| !word.chars().all(char::is_whitespace)).collect();
            prop_assert_eq!(words, long);
        }
    }

    #[test]
    fn emoji_and_ideographs_are_features() {
        assert!(!keys("👍🏽").is_empty());
        assert!(keys("你好").len() > 2);
        assert_ne!(keys("👍"), keys("👎"));
    }

    #[test]
    fn order_of_words_matters_to_pairs_only() {
        let sorted = |text: &str| {
            let mut keys = keys(text);
            keys.sort_unstable();
            keys
        };
        let (one, other) = (sorted("red car"), sorted("car red"));
        let shared = one.iter().filter(|key| other.contains(key)).count();
        assert_eq!(shared, one.len() - 1);
    }

    #[test]
    fn blocks_are_told_apart_by_the_upper_bit() {
        let words = keys("one two").iter().filter(|&&key| key & WORD_BLOCK != 0).count();
        assert_eq!(words, 3);
    }

    #[test]
    fn keys_are_the_ones_that_models_were_trained_with() {
        // A change here makes every stored model wrong: raise FEATURE_VERSION instead.
        assert_eq!(keys("a"), PINNED);
    }

    const PINNED: [u32; 4] = [2_766_157_794, 1_366_872_661, 1_789_014_247, 1_005_393_672];
}
