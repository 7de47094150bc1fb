//! How wide text is, without a font: a table of advance widths by kind of character.

/// Longer texts than this are cut before anything else is done with them, in characters.
const MAX_CHARACTERS: usize = 400;

/// About how wide a text is, in units, at this font size; rather too wide than too narrow.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// The text on one line, its blanks single, at most 400 characters of it.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut characters = 0;
    for character in text.trim().chars() {
        if characters == MAX_CHARACTERS {
            line.push('…');
            break;
        }
        let character = if character.is_whitespace() { ' ' } else { character };
        if character != ' ' || !line.ends_with(' ') {
            line.push(character);
            characters += 1;
        }
    }
    line
}

/// The text cut to a width, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut room = limit - advance('…') * size;
    let kept: String = text
        .chars()
        .take_while(|character| {
            room -= advance(*character) * size;
            room >= 0.0
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// The text in at most `lines` lines of a width; spaces and line ends count as one space.
pub(super) fn wrap(text: &str, size: f64, limit: f64, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.peek() {
        let longer = if line.is_empty() { (*word).to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= limit || line.is_empty() {
            line = longer;
            words.next();
        } else if wrapped.len() + 1 == lines {
            // The last line takes what is left, to be cut.
            line = longer;
            break;
        } else {
            wrapped.push(cut(&line, size, limit));
            line.clear();
        }
    }
    if !line.is_empty() {
        wrapped.push(cut(&line, size, limit));
    }
    wrapped
}

/// The advance width of a character, in ems: of the widest of the common sans-serif
/// faces, DejaVu Sans. Scripts other than Latin get what their wide letters need.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' => 0.28,
        '|' | '.' | ',' | ':' | ';' | ' ' | 'I' | '/' | '\\' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '"' | '-' | '!' | '·' => 0.42,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '→' => 1.0,
        '<' | '>' | '=' | '+' | '~' | '#' | '^' | 'w' => 0.84,
        'A'..='Z' | '&' => 0.79,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        '\0'..='\u{7f}' => 0.64,
        '\u{80}'..='\u{24f}' => 0.8,
        '\u{250}'..='\u{10ff}' => 1.0,
        // A whole sentence in one character.
        '\u{fdfd}' => 12.0,
        '\u{1f000}'.. => 1.4,
        _ => 1.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_cuts_the_last_line() {
        let lines = wrap("What kind of bike would you like to rent from us today, and when?", 12.0, 110.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("What kind"), "{lines:?}");
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 12.0) <= 110.0), "{lines:?}");
    }

    #[test]
    fn cuts_a_word_that_has_no_space() {
        let lines = wrap(&"x".repeat(10_000), 12.0, 100.0, 2);
        assert_eq!(lines.len(), 1);
        assert!(width(&lines[0], 12.0) <= 100.0);
    }

    #[test]
    fn takes_no_more_of_a_text_than_is_shown() {
        let line = one_line(&format!("  so \n much\t{}", "x".repeat(1_000_000)));
        assert!(line.starts_with("so much xxx") && line.ends_with('…'), "{line}");
        assert_eq!(line.chars().count(), MAX_CHARACTERS + 1);
    }
}
