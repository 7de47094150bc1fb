//! Cuts a text into segments that a synonym must cover whole, and folds each, so that matching
//! ignores case, width and composition while offsets stay those of the original.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::features::normalise;

/// Stand before and after each segment in a folded text. A folded segment holds neither.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// A text as synonyms see it.
#[derive(Debug, Default)]
pub(crate) struct FoldedText {
    /// Each segment folded, between its marks.
    pub(crate) folded: String,
    /// Where each segment stands in `folded`, and in the original.
    segments: Vec<(Range<usize>, Range<usize>)>,
}

impl FoldedText {
    /// Segments are Unicode's words, cut further at punctuation inside a word (`berlin's`,
    /// `l'avion`, `berlin.thanks`) but not inside a number (`3.5`). A run of white space is one
    /// segment, equal to any other; a symbol or an emoji is a segment of its own.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded_text = Self::default();
        let mut last_was_space = false;
        for (start, word) in text.split_word_bound_indices() {
            for piece in split_at_punctuation(word) {
                let original = start + piece.start..start + piece.end;
                let piece = word.get(piece).unwrap_or_default();
                let is_space = piece.chars().all(char::is_whitespace);
                if is_space && last_was_space {
                    folded_text.widen_last(original.end);
                } else {
                    folded_text.push(if is_space { " " } else { piece }, original);
                }
                last_was_space = is_space;
            }
        }
        folded_text
    }

    /// The bytes of the original that a match in `folded` covers, if it covers whole segments.
    pub(crate) fn original(&self, matched: Range<usize>) -> Option<Range<usize>> {
        let first = self.segments.binary_search_by_key(&matched.start, |(at, _)| at.start).ok()?;
        let last = self.segments.binary_search_by_key(&matched.end, |(at, _)| at.end).ok()?;
        Some(self.segments.get(first)?.1.start..self.segments.get(last)?.1.end)
    }

    fn push(&mut self, piece: &str, original: Range<usize>) {
        let start = self.folded.len();
        self.folded.push(OPEN);
        let mut content = String::with_capacity(piece.len());
        normalise(piece, &mut content);
        self.folded.extend(content.chars().filter(|&character| character > CLOSE));
        self.folded.push(CLOSE);
        if self.folded.len() == start + OPEN.len_utf8() + CLOSE.len_utf8() {
            // Nothing to see, such as a zero-width space: as if it were not there.
            self.folded.truncate(start);
        } else {
            self.segments.push((start..self.folded.len(), original));
        }
    }

    fn widen_last(&mut self, end: usize) {
        if let Some((_, original)) = self.segments.last_mut() {
            original.end = end;
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
        let found: Vec<&str> = folded
            .folded
            .split(CLOSE)
            .filter(|segment| !segment.is_empty())
            .map(|segment| segment.trim_start_matches(OPEN))
            .collect();
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

    #[test]
    fn control_characters_cannot_forge_marks() {
        let folded = FoldedText::new("a\u{1}b\u{2}c");
        let marks = folded.folded.chars().filter(|&c| c == OPEN || c == CLOSE).count();
        assert_eq!(marks, 2 * folded.segments.len());
    }
}
