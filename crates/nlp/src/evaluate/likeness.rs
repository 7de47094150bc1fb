//! How alike two texts are to the eye: the cosine of what words and letters they share. It says
//! which example of another label a text resembles; no model is asked.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::collect::normalised;

/// How many letters a piece of a word has.
const PIECE: usize = 3;

/// Rates how alike texts are; what is rare among the texts that it was made of counts more.
pub(super) struct Likeness {
    occurrences: BTreeMap<u64, u32>,
    texts: f64,
}

/// A text as [`Likeness`] compares it: pieces in ascending order, of length 1 together.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces(Vec<(u64, f32)>);

impl Pieces {
    /// The pieces' keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|(key, _)| *key)
    }
}

impl Likeness {
    /// Counts which pieces the texts have.
    pub(super) fn among<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut occurrences: BTreeMap<u64, u32> = BTreeMap::new();
        let mut count = 0_u32;
        for text in texts {
            count += 1;
            for key in counted_keys(text).into_keys() {
                *occurrences.entry(key).or_default() += 1;
            }
        }
        Self { occurrences, texts: f64::from(count) }
    }

    /// A text in pieces.
    pub(super) fn pieces(&self, text: &str) -> Pieces {
        let weighed = counted_keys(text).into_iter().map(|(key, count)| {
            let known = self.occurrences.get(&key).copied().unwrap_or_default();
            let rarity = ((1.0 + self.texts) / (1.0 + f64::from(known))).ln() + 1.0;
            (key, (f64::from(count).sqrt() * rarity) as f32)
        });
        let mut pieces: Vec<(u64, f32)> = weighed.collect();
        let length = pieces.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        if length > 0.0 {
            pieces.iter_mut().for_each(|(_, weight)| *weight /= length);
        }
        Pieces(pieces)
    }

    /// From 0 (nothing in common) to 1 (the same pieces).
    pub(super) fn between(one: &Pieces, other: &Pieces) -> f32 {
        let (mut sum, mut rest) = (0.0, other.0.as_slice());
        for (key, weight) in &one.0 {
            let skipped = rest.partition_point(|(other, _)| other < key);
            rest = rest.get(skipped..).unwrap_or_default();
            match rest.first() {
                Some((other, other_weight)) if other == key => sum += weight * other_weight,
                Some(_) => {}
                None => break,
            }
        }
        sum.clamp(0.0, 1.0)
    }
}

/// The words of a text and the pieces of its words, each with how often it occurs.
fn counted_keys(text: &str) -> BTreeMap<u64, u32> {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    let text = normalised(text);
    for word in text.unicode_words() {
        *counts.entry(key('w', word.chars())).or_default() += 1;
        let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
        for piece in letters.windows(PIECE) {
            *counts.entry(key('p', piece.iter().copied())).or_default() += 1;
        }
    }
    if counts.is_empty() {
        // Emoji and the like are no words; they are compared letter by letter.
        for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
            *counts.entry(key('w', std::iter::once(letter))).or_default() += 1;
        }
    }
    counts
}

/// FNV-1a over the characters: the same on every machine.
fn key(kind: char, letters: impl Iterator<Item = char>) -> u64 {
    std::iter::once(kind).chain(letters).fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
        (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_make_texts_alike_and_case_makes_no_difference() {
        let texts = ["where is my parcel", "where is my money", "where is my parcel now", "where is it"];
        let likeness = Likeness::among(texts);
        let to_first = |text: &str| Likeness::between(&likeness.pieces(texts[0]), &likeness.pieces(text));
        assert!((to_first("WHERE is my Parcel") - 1.0).abs() < 1e-5);
        assert!(to_first("a parcel") > to_first("where is it"));
        assert_eq!(to_first("xyz"), 0.0);
        assert_eq!(to_first(""), 0.0);
        assert!(Likeness::between(&likeness.pieces("👍"), &likeness.pieces("👍 ")) > 0.99);
    }
}
