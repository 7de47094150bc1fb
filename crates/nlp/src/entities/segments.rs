//! Cuts a text into segments that a match must cover whole, and folds each, so that matching
//! ignores case, width and composition while offsets stay those of the original.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::features::normalise;

/// A text as synonyms, system entities and the learned model see it.
#[derive(Debug, Default)]
pub(crate) struct FoldedText {
    /// All segments folded, one after another; a run of white space is one space.
    pub(crate) folded: String,
    /// In the order of the text.
    pub(crate) segments: Vec<Segment>,
}

/// A word, a number, a symbol or a run of white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it stands in the folded text, in bytes; never empty.
    pub(crate) folded: Range<usize>,
    /// Where it stands in the original, in bytes.
    pub(crate) original: Range<usize>,
    /// Whether it is white space.
    pub(crate) is_space: bool,
}

impl FoldedText {
    /// Segments are Unicode's words, cut further at punctuation inside a word (`berlin's`,
    /// `l'avion`, `berlin.thanks`) but not inside a number (`3.5`). A run of white space is one
    /// segment, equal to any other; a symbol or an emoji is a segment of its own.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded_text = Self::default();
        for (start, word) in text.split_word_bound_indices() {
            for piece in split_at_punctuation(word) {
                let original = start + piece.start..start + piece.end;
                let piece = word.get(piece).unwrap_or_default();
                let is_space = piece.chars().all(char::is_whitespace);
                match folded_text.segments.last_mut() {
                    Some(last) if is_space && last.is_space => last.original.end = original.end,
                    _ => folded_text.push(if is_space { " " } else { piece }, original, is_space),
                }
            }
        }
        folded_text
    }

    /// The folded form of a text that is to be searched for; empty if there is nothing to see.
    pub(crate) fn key(text: &str) -> String {
        Self::new(text.trim()).folded
    }

    /// The segment that ends at this byte of the folded text.
    pub(crate) fn segment_to(&self, end: usize) -> Option<usize> {
        self.segments.binary_search_by_key(&end, |segment| segment.folded.end).ok()
    }

    /// The folded text of a segment.
    pub(crate) fn text_of(&self, segment: &Segment) -> &str {
        self.folded.get(segment.folded.clone()).unwrap_or_default()
    }

    fn push(&mut self, piece: &str, original: Range<usize>, is_space: bool) {
        let start = self.folded.len();
        normalise(piece, &mut self.folded);
        // Nothing to see, such as a zero-width space: as if it were not there.
        if self.folded.len() > start {
            self.segments.push(Segment { folded: start..self.folded.len(), original, is_space });
        }
    }
}

/// The ranges of a word between and at its punctuation.
fn split_at_punctuation(word: &str) -> Vec<Range<usize>> {
    if !word.chars().any(char::is_alphanumeric) {
        return std::iter::once(0..word.len()).collect();
    }
    let mut pieces = Vec::new();
    let mut piece_start = 0;
    let mut previous: Option<char> = None;
    let mut characters = word.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        let end = at + character.len_utf8();
        if is_punctuation(character) && !(is_numeric(previous) && is_numeric(next)) {
            if piece_start < at {
                pieces.push(piece_start..at);
            }
            pieces.push(at..end);
            piece_start = end;
        }
        previous = Some(character);
    }
    if piece_start < word.len() {
        pieces.push(piece_start..word.len());
    }
    pieces
}

/// What separates words inside one of Unicode's words: neither letter, digit, mark nor joiner.
fn is_punctuation(character: char) -> bool {
    let joins = matches!(character, '\u{200C}' | '\u{200D}' | '\u{00AD}');
    !character.is_alphanumeric() && !is_combining_mark(character) && !joins
}

fn is_numeric(character: Option<char>) -> bool {
    character.is_some_and(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let folded = FoldedText::new(text);
        let found: Vec<&str> = folded.segments.iter().map(|segment| folded.text_of(segment)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn cuts_at_punctuation_but_not_in_numbers() {
        check("Berlin's 3.5 km", &["berlin", "'", "s", " ", "3.5", " ", "km"]);
        check("l’avion", &["l", "'", "avion"]);
        check("a  \t b", &["a", " ", "b"]);
        check("first_name", &["first", "_", "name"]);
    }

    #[test]
    fn keeps_emoji_and_combining_marks_whole() {
        check("👨‍👩‍👧!", &["👨‍👩‍👧", "!"]);
        check("cafe\u{301}", &["caf\u{e9}"]);
        check("a\u{200B}", &["a"]);
    }
}
