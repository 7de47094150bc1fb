//! Cuts a text into the word pieces that static vectors were made for, as BERT's uncased
//! tokenizer does: clean, strip accents, lower case, split at white space and punctuation, then
//! take the longest known piece again and again (Devlin, Chang, Lee and Toutanova, "BERT", 2019).

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::buckets::Buckets;
use crate::features::MAX_TEXT_CHARS;

/// A word with more characters than this is unknown as a whole.
const LONGEST_WORD: usize = 100;

/// Marks a piece that continues a word, in a vocabulary's text.
const CONTINUATION: &str = "##";

/// A vocabulary of word pieces; a piece's number is its place in it.
#[derive(Debug, Clone, PartialEq)]
pub struct WordPieces {
    /// All pieces one after another, without the mark of continuation.
    text: String,
    pieces: Vec<Piece>,
    /// The numbers of the pieces, by hash, then by kind and text; of equal ones the first.
    order: Vec<u32>,
    /// Where in that order hashes begin.
    buckets: Buckets,
    /// The most bytes that a piece has.
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    hash: u32,
    start: u32,
    end: u32,
    continues: bool,
}

/// Buffers that cutting reuses from text to text.
#[derive(Debug, Default, Clone)]
pub struct PieceBuffers {
    cleaned: String,
    /// Of the word in work: where each prefix ends, and its hash.
    prefixes: Vec<(u32, u32)>,
    /// The numbers of the pieces that a text was cut into; unknown words have none.
    pub(crate) numbers: Vec<u32>,
}

impl PieceBuffers {
    /// The numbers of the pieces that the last text was cut into; unknown words have none.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }
}

impl WordPieces {
    /// Builds the look-up table; `pieces` are as in a `vocab.txt`, continuations with `##`.
    ///
    /// The first of equal pieces counts. Returns `None` if they are more than fits in 32 bits.
    pub fn new<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut text = String::new();
        let mut list = Vec::new();
        let mut longest = 0;
        for piece in pieces {
            let (bare, continues) = match piece.strip_prefix(CONTINUATION) {
                Some(bare) if !bare.is_empty() => (bare, true),
                _ => (piece, false),
            };
            let start = u32::try_from(text.len()).ok()?;
            text.push_str(bare);
            let end = u32::try_from(text.len()).ok()?;
            let hash = bare.bytes().fold(seed(continues), step);
            list.push(Piece { hash: finish(hash), start, end, continues });
            longest = longest.max(bare.len());
        }
        let count = u32::try_from(list.len()).ok()?;
        let mut built = Self { text, pieces: list, order: Vec::new(), buckets: Buckets::default(), longest };
        let mut order: Vec<u32> = (0..count).collect();
        // By hash first, which is fast; the few that share one are then put in order by their text.
        order.sort_unstable_by_key(|&number| (built.hash(number), number));
        for equal in order.chunk_by_mut(|&one, &next| built.hash(one) == built.hash(next)) {
            if equal.len() > 1 {
                equal.sort_by_key(|&number| built.key(number));
            }
        }
        order.dedup_by_key(|number| built.key(*number));
        built.buckets = Buckets::new(order.iter().map(|&number| built.key(number).0));
        built.order = order;
        Some(built)
    }

    /// How many pieces there are.
    #[expect(clippy::len_without_is_empty, reason = "an empty vocabulary is of no use")]
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// The pieces as they were given, in order.
    pub fn pieces(&self) -> impl Iterator<Item = String> + '_ {
        self.pieces.iter().enumerate().map(|(number, piece)| {
            let mark = if piece.continues { CONTINUATION } else { "" };
            format!("{mark}{}", self.bare(number))
        })
    }

    /// Cuts `text`; `buffers.numbers` holds the result. Only the first [`MAX_TEXT_CHARS`]
    /// characters are read, and a word that cannot be cut without rest has no piece.
    pub fn cut(&self, text: &str, buffers: &mut PieceBuffers) {
        let PieceBuffers { cleaned, prefixes, numbers } = buffers;
        numbers.clear();
        let read = text.len().min(MAX_TEXT_CHARS);
        if let Some(plain) = text.get(..read).filter(|prefix| prefix.bytes().all(is_plain)) {
            return self.cut_cleaned(plain, prefixes, numbers);
        }
        cleaned.clear();
        clean(text, cleaned);
        self.cut_cleaned(cleaned, prefixes, numbers);
    }

    /// Cuts a text of lower case; of punctuation, ASCII alone may stand without spaces around it.
    fn cut_cleaned(&self, text: &str, prefixes: &mut Vec<(u32, u32)>, numbers: &mut Vec<u32>) {
        let mut start = 0;
        for (at, byte) in text.bytes().enumerate() {
            let alone = byte.is_ascii_punctuation();
            if alone || byte.is_ascii_whitespace() {
                self.cut_word(text.get(start..at).unwrap_or_default(), prefixes, numbers);
                start = at + 1;
            }
            if alone {
                self.cut_word(text.get(at..=at).unwrap_or_default(), prefixes, numbers);
            }
        }
        self.cut_word(text.get(start..).unwrap_or_default(), prefixes, numbers);
    }

    fn cut_word(&self, word: &str, prefixes: &mut Vec<(u32, u32)>, numbers: &mut Vec<u32>) {
        if word.is_empty() || word.len() > LONGEST_WORD && word.chars().count() > LONGEST_WORD {
            return;
        }
        // Most words are one piece.
        let hash = finish(word.bytes().fold(seed(false), step));
        if let Some(number) = self.find(hash, false, word) {
            numbers.push(number);
            return;
        }
        let before = numbers.len();
        let mut rest = word;
        while !rest.is_empty() {
            let continues = before < numbers.len();
            prefixes.clear();
            let mut hash = seed(continues);
            for (index, byte) in rest.bytes().enumerate().take(self.longest) {
                hash = step(hash, byte);
                if rest.is_char_boundary(index + 1) {
                    prefixes.push((index as u32 + 1, finish(hash)));
                }
            }
            let found = prefixes.iter().rev().find_map(|&(end, hash)| {
                let (prefix, rest) = rest.split_at_checked(end as usize)?;
                Some((self.find(hash, continues, prefix)?, rest))
            });
            let Some((number, after)) = found else {
                numbers.truncate(before);
                return;
            };
            numbers.push(number);
            rest = after;
        }
    }

    fn find(&self, hash: u32, continues: bool, bare: &str) -> Option<u32> {
        let bucket = self.order.get(self.buckets.range(hash))?;
        let place = bucket.binary_search_by_key(&(hash, continues, bare), |&number| self.key(number)).ok()?;
        bucket.get(place).copied()
    }

    fn hash(&self, number: u32) -> u32 {
        self.pieces.get(number as usize).map_or(0, |piece| piece.hash)
    }

    /// What a piece is found by.
    fn key(&self, number: u32) -> (u32, bool, &str) {
        let Some(piece) = self.pieces.get(number as usize) else { return (0, false, "") };
        (piece.hash, piece.continues, self.bare(number as usize))
    }

    fn bare(&self, number: usize) -> &str {
        let piece = self.pieces.get(number).map(|piece| piece.start as usize..piece.end as usize);
        piece.and_then(|range| self.text.get(range)).unwrap_or_default()
    }
}

fn seed(continues: bool) -> u32 {
    if continues { 0x9747_B28C } else { 0x811C_9DC5 }
}

fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

fn finish(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0x85EB_CA6B);
    hash ^ (hash >> 13)
}

/// Whether cleaning leaves the byte as it is, or puts spaces around it.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r') && !byte.is_ascii_uppercase()
}

/// Appends `text` without accents, control characters and upper case, with a space in place of
/// white space and around each punctuation mark and ideograph.
fn clean(text: &str, output: &mut String) {
    for character in text.chars().take(MAX_TEXT_CHARS).filter_map(visible).nfd() {
        match character.general_category() {
            GeneralCategory::NonspacingMark => {}
            _ if is_ideograph(character) => push_alone(character, output),
            _ => {
                for lower in character.to_lowercase() {
                    if lower.is_whitespace() {
                        output.push(' ');
                    } else if is_punctuation(lower) {
                        push_alone(lower, output);
                    } else {
                        output.push(lower);
                    }
                }
            }
        }
    }
}

fn push_alone(character: char, output: &mut String) {
    output.push(' ');
    output.push(character);
    output.push(' ');
}

/// The character, a space for white space, nothing for one that is not seen.
fn visible(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' => Some(' '),
        '\0' | '\u{FFFD}' => None,
        _ if character.is_whitespace() => Some(' '),
        _ if character.is_ascii() => (!character.is_ascii_control()).then_some(character),
        _ => (character.general_category_group() != GeneralCategoryGroup::Other).then_some(character),
    }
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || (!character.is_ascii() && character.general_category_group() == GeneralCategoryGroup::Punctuation)
}

/// Whether BERT takes the character for a word of its own.
fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x2_0000..=0x2_A6DF | 0x2_A700..=0x2_B73F
        | 0x2_B740..=0x2_B81F | 0x2_B920..=0x2_CEAF | 0xF900..=0xFAFF | 0x2_F800..=0x2_FA1F)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces() -> WordPieces {
        WordPieces::new([
            "un", "##aff", "##able", "##a", "cafe", "can", "'", "t", "你", "want", "##want", "a", "##b", "##",
        ])
        .unwrap()
    }

    fn cut(text: &str) -> Vec<String> {
        let pieces = pieces();
        let mut buffers = PieceBuffers::default();
        pieces.cut(text, &mut buffers);
        let all: Vec<String> = pieces.pieces().collect();
        buffers.numbers.iter().map(|&number| all[number as usize].clone()).collect()
    }

    /// Pieces that all have one hash: blocks of eight letters in pairs that lead to the same state.
    fn clashing_pieces(doublings: u32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut state = seed(false);
        for _ in 0..doublings {
            let mut seen = std::collections::HashMap::new();
            let spread = |number: u32| u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let letters = |number: u32| spread(number).to_le_bytes().map(|byte| b'a' + byte % 26);
            let (one, other, next) = (1..10_000_000)
                .find_map(|number| {
                    let next = letters(number).into_iter().fold(state, step);
                    seen.insert(next, number).map(|earlier| (letters(earlier), letters(number), next))
                })
                .unwrap();
            let with = |piece: &String, block: [u8; 8]| format!("{piece}{}", str::from_utf8(&block).unwrap());
            pieces = pieces.iter().flat_map(|piece| [with(piece, one), with(piece, other)]).collect();
            state = next;
        }
        pieces
    }

    #[test]
    fn pieces_of_one_hash_are_told_apart() {
        let made = clashing_pieces(4);
        let pieces = WordPieces::new(made.iter().map(String::as_str)).unwrap();
        let mut buffers = PieceBuffers::default();
        pieces.cut(&made.join(" "), &mut buffers);
        assert!(buffers.numbers.iter().copied().eq(0..16), "{:?}", buffers.numbers);
    }

    #[test]
    fn of_equal_pieces_the_first_counts() {
        let pieces = WordPieces::new(["b", "a", "##a", "a", "b"]).unwrap();
        let mut buffers = PieceBuffers::default();
        pieces.cut("a b aa", &mut buffers);
        assert_eq!(buffers.numbers, [1, 0, 1, 2]);
    }

    #[test]
    fn takes_the_longest_piece_first() {
        assert_eq!(cut("unaffable"), ["un", "##aff", "##able"]);
        assert_eq!(cut("UNAFFABLE Want"), ["un", "##aff", "##able", "want"]);
    }

    #[test]
    fn a_word_that_leaves_a_rest_has_no_piece() {
        assert_eq!(cut("unaffablez want"), ["want"]);
        assert!(cut(&"a".repeat(101)).is_empty());
    }

    #[test]
    fn splits_punctuation_and_ideographs_and_drops_accents() {
        assert_eq!(cut("Café can't 你你"), ["cafe", "can", "'", "t", "你", "你"]);
        assert_eq!(cut("can't"), ["can", "'", "t"]);
        assert_eq!(cut("ca\u{0}n\u{200B}"), ["can"]);
        assert_eq!(cut("##"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn plain_text_takes_the_same_way_as_all_else(text in "([abcntuw' ]|[ -~\t\n\r\u{1}\u{7f}]){0,40}") {
            // A combining mark at the end is dropped, and sends the text the long way round.
            prop_assert_eq!(cut(&text), cut(&format!("{text} \u{301}")));
        }

        #[test]
        fn any_text_is_cut(text in "\\PC*") {
            let mut buffers = PieceBuffers::default();
            pieces().cut(&text, &mut buffers);
            prop_assert!(buffers.numbers.iter().all(|&number| (number as usize) < pieces().len()));
        }
    }
}
