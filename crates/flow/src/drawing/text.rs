//! How wide text is, without a font: a table of advance widths by kind of character.

/// About how wide a text is, in units, at this font size; rather too wide than too narrow.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
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

/// The advance width of a character, in ems, of a common sans-serif face.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' => 0.3,
        'f' | 't' | 'r' | 'I' | ' ' | '(' | ')' | '[' | ']' | '/' | '\\' | '"' | '-' | '`' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.92,
        'A'..='Z' | '&' | '<' | '>' | '=' | '+' | '~' | '#' => 0.7,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        '\0'..='\u{10ff}' => 0.57,
        _ => 1.05,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_cuts_the_last_line() {
        let lines = wrap("What kind of bike would you like to rent from us today, and when?", 12.0, 100.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("What kind"), "{lines:?}");
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 12.0) <= 100.0), "{lines:?}");
    }

    #[test]
    fn cuts_a_word_that_has_no_space() {
        let lines = wrap(&"x".repeat(10_000), 12.0, 100.0, 2);
        assert_eq!(lines.len(), 1);
        assert!(width(&lines[0], 12.0) <= 100.0);
    }
}
