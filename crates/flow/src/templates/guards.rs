//! What a template may be made of, checked before the engine sees it.
//!
//! The engine's parser recurses on `not`, `-` and parentheses, its `*` repeats
//! lists past the fuel, and its `set`, `with` and `macro` double a text as often
//! as they are written. So a tag is short, those are refused, and what is left
//! (`if`, `for`, expressions) is bounded by fuel and by the length of the output.

/// The longest template, in bytes.
pub(crate) const MAX_TEMPLATE_BYTES: usize = 32 << 10;

/// The longest tag, in bytes.
const MAX_TAG_BYTES: usize = 1_024;

/// How deep `if` and `for`, or parentheses, may nest, and how many `not` a tag may have.
const MAX_NESTING: usize = 32;

/// The filters that the engine has.
pub(super) const FILTERS: [&str; 14] = [
    "abs",
    "capitalize",
    "default",
    "first",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "round",
    "times",
    "title",
    "trim",
    "upper",
];

/// The tests (`is …`) that the engine has.
pub(super) const TESTS: [&str; 6] = ["defined", "none", "number", "sequence", "string", "undefined"];

/// A piece of a template.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'t> {
    /// Text between tags.
    Text(&'t str),
    /// `{{ expression }}`; `trims`: it takes blanks around it away (`{{-`, `-}}`).
    Output {
        /// The whole tag.
        tag: &'t str,
        /// What is inside.
        expression: &'t str,
        /// Whether it has signs for blanks.
        trims: bool,
    },
    /// `{% … %}`
    Statement {
        /// What is inside, without signs for blanks before it.
        inside: &'t str,
    },
    /// `{# … #}`
    Comment,
}

/// Cuts a template into pieces.
///
/// # Errors
/// What is not allowed in it, and what to do.
pub(super) fn pieces(source: &str) -> Result<Vec<Piece<'_>>, String> {
    if source.len() > MAX_TEMPLATE_BYTES {
        return Err(format!("the text is longer than {MAX_TEMPLATE_BYTES} bytes; split it"));
    }
    let mut pieces = Vec::new();
    let mut depth = 0;
    let mut rest = source;
    while let Some(start) = tag_start(rest) {
        let (text, tag_on) = rest.split_at(start);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let (piece, length) = tag(tag_on, &mut depth)?;
        pieces.push(piece);
        rest = tag_on.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// The text with every tag left out: what can be shown of a template at fault.
pub(super) fn without_tags(source: &str) -> String {
    let mut shown = String::new();
    let mut rest: &str = source;
    while let Some(start) = tag_start(rest) {
        let (text, tag_on) = rest.split_at(start);
        shown.push_str(text);
        let closing = match tag_on.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => "#}",
        };
        rest = match tag_on.find(closing) {
            Some(end) => tag_on.get(end + closing.len()..).unwrap_or_default(),
            None => "",
        };
    }
    shown.push_str(rest);
    shown.truncate(shown.floor_char_boundary(MAX_TEMPLATE_BYTES));
    shown
}

fn tag_start(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
}

/// Reads the tag at the start of a text, and tells its length.
fn tag<'t>(text: &'t str, depth: &mut usize) -> Result<(Piece<'t>, usize), String> {
    match text.as_bytes().get(1) {
        Some(b'#') => match text.get(2..).and_then(|inside| inside.find("#}")) {
            Some(end) => Ok((Piece::Comment, end + 4)),
            None => Err("a comment is not closed; add `#}`".to_owned()),
        },
        Some(b'{') => {
            let length = checked_length(text, b"}}")?;
            let tag = text.get(..length).unwrap_or_default();
            let inside = tag.get(2..length - 2).unwrap_or_default();
            check_names(inside)?;
            let trims = inside.starts_with(['-', '+']) || inside.ends_with(['-', '+']);
            Ok((Piece::Output { tag, expression: inside, trims }, length))
        }
        _ => {
            let length = checked_length(text, b"%}")?;
            let inside = text.get(2..length - 2).unwrap_or_default();
            let inside = inside.trim_start_matches(['-', '+']).trim_start();
            let word = inside.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
            match word {
                "if" | "for" if *depth < MAX_NESTING => *depth += 1,
                "if" | "for" => {
                    return Err(format!(
                        "`if` and `for` nest deeper than {MAX_NESTING}; move some of it into a branch"
                    ));
                }
                "endif" | "endfor" => *depth = depth.saturating_sub(1),
                "elif" | "else" => {}
                other => {
                    return Err(format!(
                        "`{{% {other} %}}` is not allowed; `if` and `for` are, values are set by an action"
                    ));
                }
            }
            check_names(inside)?;
            Ok((Piece::Statement { inside }, length))
        }
    }
}

/// Checks that an expression names only what the engine has: its parser does not.
fn check_names(inside: &str) -> Result<(), String> {
    let words = words(inside);
    let word = |place: Option<usize>| place.and_then(|place| words.get(place)).copied().unwrap_or_default();
    for (place, this) in words.iter().enumerate() {
        let before = word(place.checked_sub(1));
        let next = word(Some(place + 1));
        let known = |names: &[&str], what: &str, name: &str| {
            if names.contains(&name) {
                return Ok(());
            }
            Err(format!("there is no {what} `{name}`; there are `{}`", names.join("`, `")))
        };
        match *this {
            "|" if is_word(next) => known(&FILTERS, "filter", next)?,
            "is" if before != "." && next == "not" => known(&TESTS, "test", word(Some(place + 2)))?,
            "is" if before != "." && is_word(next) => known(&TESTS, "test", next)?,
            "and" | "elif" | "else" | "if" | "in" | "is" | "not" | "or" => {}
            name if is_word(name) && next == "(" && !matches!(before, "|" | "is" | "not") => {
                return Err(format!("there is no function `{name}`; compute the value in a handler"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

/// The words and signs of an expression, texts in quotes left out.
pub(super) fn words(inside: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = inside;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                let mut escaped = false;
                let end = rest.char_indices().skip(1).find(|(_, character)| {
                    let closes = *character == first && !escaped;
                    escaped = *character == '\\' && !escaped;
                    closes
                });
                let length = end.map_or(rest.len(), |(at, _)| at + 1);
                rest = rest.get(length..).unwrap_or_default();
                // A text stands between two signs like any other value.
                words.push("\"");
                continue;
            }
            first if first.is_ascii_alphanumeric() || first == '_' => rest
                .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !word.trim().is_empty() {
            words.push(word);
        }
        rest = after;
    }
    words
}

/// The length of a tag that keeps the rules.
fn checked_length(text: &str, closing: &[u8; 2]) -> Result<usize, String> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut nesting = 0_usize;
    let mut negations = 0_usize;
    let mut previous = b' ';
    let mut at = 2;
    while let Some(&byte) = bytes.get(at) {
        if at >= MAX_TAG_BYTES {
            return Err(format!("a tag is longer than {MAX_TAG_BYTES} bytes; compute the value in a handler"));
        }
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, _) if bytes.get(at..at + 2) == Some(closing) => return Ok(at + 2),
            (None, b'{' | b'}') => {
                return Err("braces inside a tag are not allowed; compute the value in a handler".to_owned());
            }
            (None, b'*') => {
                return Err(
                    "`*` is not allowed, since it can repeat a text without end; write `a | times(b)`".to_owned()
                );
            }
            (None, b'-') if previous == b'-' => return Err("`--` is not allowed; one minus is enough".to_owned()),
            (None, b'(' | b'[') => nesting += 1,
            (None, b')' | b']') => nesting = nesting.saturating_sub(1),
            (None, b'n') if bytes.get(at..at + 3) == Some(b"not") => negations += 1,
            _ => {}
        }
        if nesting > MAX_NESTING || negations > MAX_NESTING {
            return Err(format!("a tag nests deeper than {MAX_NESTING}; compute the value in a handler"));
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
        at += 1;
    }
    let closing = String::from_utf8_lossy(closing);
    Err(format!("a tag is not closed; add `{closing}`, or write `{{ {{` with a blank for braces that are text"))
}
