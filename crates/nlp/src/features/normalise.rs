//! Brings a text into the one form that features are made of, so that case, width, composition
//! and typographic quotes make no difference to a classifier.

use unicode_normalization::UnicodeNormalization as _;

/// How many characters of a text are read; what follows is ignored.
///
/// The limit bounds the time that one message can take. It applies to training and to inference.
pub const MAX_TEXT_CHARS: usize = 10_000;

/// Appends the normalised form of `text` to `output`.
///
/// The form is NFKC followed by a case folding that makes `ß` and `SS`, `ς` and `σ`, `ı` and `i`
/// equal. Only the first [`MAX_TEXT_CHARS`] characters are read.
pub(crate) fn normalise(text: &str, output: &mut String) {
    let ascii_end = text.len().min(MAX_TEXT_CHARS);
    if let Some(ascii) = text.get(..ascii_end).filter(|prefix| prefix.is_ascii()) {
        // All that is read is ASCII: no character of it composes with another.
        output.extend(ascii.chars().map(|character| character.to_ascii_lowercase()));
        return;
    }
    for character in text.chars().take(MAX_TEXT_CHARS).nfkc() {
        fold(character, output);
    }
}

/// Appends the folded form of one character.
fn fold(character: char, output: &mut String) {
    match character {
        // Keyboards insert these by themselves; `can’t` must not differ from `can't`.
        '\u{2018}' | '\u{2019}' | '\u{02BC}' => output.push('\''),
        '\u{201C}' | '\u{201D}' => output.push('"'),
        // Invisible: byte-order mark, soft hyphen, zero-width space.
        '\u{FEFF}' | '\u{00AD}' | '\u{200B}' => {}
        // Turkish: `İZMİR`, `İzmir` and `izmir` are typed alike, and `ı` folds to `i` below.
        '\u{0130}' => output.push('i'),
        _ if character.is_ascii() => output.push(character.to_ascii_lowercase()),
        // Lower case of upper case comes close to full case folding, with the standard library.
        _ => output.extend(character.to_uppercase().flat_map(char::to_lowercase)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut output = String::new();
        normalise(text, &mut output);
        assert_eq!(output, expected, "{text:?}");
    }

    #[test]
    fn folds_case_width_composition_and_quotes() {
        check("Hello THERE", "hello there");
        check("ＦＵＬＬ", "full");
        check("cafe\u{301}", "caf\u{e9}");
        check("Straße", "strasse");
        check("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύσ");
        check("İZMİR ızmır", "izmir izmir");
        check("can\u{2019}t", "can't");
        check("a\u{200B}b\u{FEFF}", "ab");
        check("", "");
    }

    #[test]
    fn reads_no_more_than_the_limit() {
        let mut ascii = String::new();
        normalise(&"a".repeat(3 * MAX_TEXT_CHARS), &mut ascii);
        assert_eq!(ascii.len(), MAX_TEXT_CHARS);

        let mut other = String::new();
        normalise(&"é".repeat(3 * MAX_TEXT_CHARS), &mut other);
        assert_eq!(other.chars().count(), MAX_TEXT_CHARS);
    }
}
