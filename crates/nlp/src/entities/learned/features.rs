//! What speaks for the tag of a word: the word and its neighbours, their beginnings, ends and
//! shapes, and where in the text they stand.
//!
//! Everything here is part of the *entity feature version*: a model works only with the features
//! that it was trained with.

use crate::entities::segments::FoldedText;

/// The version of the features of learned entities that this build computes.
pub const ENTITY_FEATURE_VERSION: u32 = 1;

/// The shortest and longest beginning and end of a word that are features, in characters.
const AFFIX_LENGTHS: std::ops::RangeInclusive<usize> = 1..=4;
/// How many words before and after a word are looked at.
const WINDOW: isize = 2;
/// The template of a word by itself, which no feature has.
const WORD: u8 = 255;

/// The words of a text, without white space.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) words: Vec<Word>,
}

/// A word as features see it.
#[derive(Debug)]
pub(super) struct Word {
    /// Where it stands in the original, in bytes.
    pub(super) original: std::ops::Range<usize>,
    folded: String,
    shape: String,
    /// Whether training met the word once at most, as it will have most names.
    is_rare: bool,
}

impl Words {
    pub(super) fn new(text: &str) -> Self {
        let folded = FoldedText::new(text);
        let words = folded
            .segments
            .iter()
            .filter(|segment| !segment.is_space)
            .map(|segment| Word {
                original: segment.original.clone(),
                folded: folded.text_of(segment).to_owned(),
                shape: shape(text.get(segment.original.clone()).unwrap_or_default()),
                is_rare: true,
            })
            .collect();
        Self { words }
    }

    /// Notes which words are rare: all that `is_known` says no to.
    pub(super) fn mark_rare(&mut self, is_known: impl Fn(u64) -> bool) {
        for word in &mut self.words {
            word.is_rare = !is_known(word.key());
        }
    }

    /// Appends the keys of the features of the word at `position`.
    pub(super) fn push_keys(&self, position: usize, keys: &mut Vec<u64>) {
        let Some(word) = self.words.get(position) else { return };
        let near = |offset: isize| {
            position.checked_add_signed(offset).and_then(|position| self.words.get(position)).map_or(
                // Never a word: folding removes what cannot be seen.
                ("\u{0}", "\u{0}", "-"),
                |word| (word.folded.as_str(), word.shape.as_str(), if word.is_rare { "?" } else { "" }),
            )
        };
        let mut push = |template: u8, parts: &[&str]| keys.push(key(template, parts));
        push(0, &[]);
        for offset in -WINDOW..=WINDOW {
            let (folded, shape, _) = near(offset);
            let template = 1 + (offset + WINDOW) as u8;
            push(template, &[folded]);
            if offset.abs() <= 1 {
                push(template + 8, &[shape]);
            }
        }
        let (before, own, after) = (near(-1), near(0), near(1));
        push(17, &[before.0, &word.folded]);
        push(18, &[&word.folded, after.0]);
        push(19, &[near(-2).0, before.0]);
        push(20, &[after.0, near(2).0]);
        push(21, &[before.0, after.0]);
        push(22, &[before.0, &word.shape]);
        push(23, &[before.1, &word.shape, after.1]);
        push(24, &[before.2, own.2, after.2]);
        if word.is_rare {
            push(25, &[before.0]);
            push(26, &[after.0]);
            push(27, &[&word.shape]);
            push(28, &[before.0, after.0]);
        }
        for length in AFFIX_LENGTHS {
            push(32 + length as u8, &[start_of(&word.folded, length)]);
            push(40 + length as u8, &[end_of(&word.folded, length)]);
        }
        for (template, near) in [(48, before), (50, after)] {
            push(template, &[start_of(near.0, 3)]);
            push(template + 1, &[end_of(near.0, 3)]);
        }
        let length = match self.words.len() {
            length @ 0..=3 => length as u8,
            4..=7 => 4,
            _ => 5,
        };
        push(56 + length, &[]);
        if self.words.len() <= 3 {
            push(64 + length, &[&word.shape]);
        }
    }
}

impl Word {
    /// The word as a number.
    pub(super) fn key(&self) -> u64 {
        key(WORD, &[&self.folded])
    }
}

/// Upper-case letters as `X`, other letters as `x`, digits as `0`, all else as it is; a run as one.
fn shape(word: &str) -> String {
    let mut shape = String::new();
    let mut last = None;
    for character in word.chars() {
        let class = if character.is_numeric() {
            '0'
        } else if character.is_uppercase() {
            'X'
        } else if character.is_alphabetic() {
            'x'
        } else {
            character
        };
        if last.replace(class) != Some(class) {
            shape.push(class);
        }
    }
    shape
}

fn start_of(word: &str, length: usize) -> &str {
    word.char_indices().nth(length).map_or(word, |(end, _)| &word[..end])
}

fn end_of(word: &str, length: usize) -> &str {
    word.char_indices().nth_back(length - 1).map_or(word, |(start, _)| &word[start..])
}

/// A feature as a number: FNV-1a of its template and parts. Two of a hundred thousand features
/// share a number once in some billions of models.
fn key(template: u8, parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut add = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01B3);
    };
    add(template);
    for part in parts {
        part.bytes().for_each(&mut add);
        // No byte of UTF-8: parts cannot run into each other.
        add(0xFF);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_tell_case_and_digits() {
        assert_eq!([shape("IBAN"), shape("McCoy"), shape("3,50"), shape("o'Neill")], ["X", "XxXx", "0,0", "x'Xx"]);
    }

    #[test]
    fn affixes_are_cut_at_characters() {
        assert_eq!((start_of("été", 2), end_of("été", 2)), ("ét", "té"));
        assert_eq!((start_of("a", 3), end_of("a", 3)), ("a", "a"));
    }

    #[test]
    fn features_of_other_positions_and_templates_have_other_keys() {
        let words = Words::new("pay Bob now");
        let mut keys = Vec::new();
        for position in 0..words.words.len() {
            let mut own = Vec::new();
            words.push_keys(position, &mut own);
            let distinct: std::collections::BTreeSet<u64> = own.iter().copied().collect();
            assert_eq!(distinct.len(), own.len());
            keys.push(distinct);
        }
        assert_ne!(keys[0], keys[1]);
        assert_ne!(key(1, &["a", "b"]), key(1, &["ab", ""]));
    }
}
