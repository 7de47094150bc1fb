//! A response's text as a template: `{slot}` becomes `{{ variable }}`, and what
//! only looks like a template's tag is written so that it is said as it stands.

/// A piece of a response's text.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    /// The name of a slot.
    Slot(String),
}

/// Cuts a response's text into texts and slots, as Rasa's `format` does: `{{` stands for `{`.
pub(super) fn pieces(source: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = source;
    while let Some(position) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(position);
        text.push_str(before);
        let doubled = from.starts_with("{{") || from.starts_with("}}");
        let slot = from.strip_prefix('{').filter(|_| !doubled).and_then(|inside| {
            let end = inside.find(['{', '}', '\n'])?;
            inside
                .get(end..)?
                .starts_with('}')
                .then(|| inside.split_at(end))
                .filter(|(name, _)| !name.trim().is_empty())
        });
        match slot {
            Some((name, after)) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Slot(name.trim().to_owned()));
                rest = after.get(1..).unwrap_or_default();
            }
            None => {
                text.push_str(from.get(..1).unwrap_or_default());
                rest = from.get(if doubled { 2 } else { 1 }..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// A text that a template says as it stands: a brace that would open a tag is
/// written as an expression.
pub(super) fn literal(text: &str, tag_follows: bool) -> String {
    let mut template = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let opens = match characters.peek() {
            Some(next) => matches!(next, '{' | '%' | '#'),
            None => tag_follows,
        };
        if character == '{' && opens {
            template.push_str(r#"{{ "{" }}"#);
        } else {
            template.push(character);
        }
    }
    template
}

/// Puts pieces together as a template, with a variable for each slot.
pub(super) fn write(pieces: &[Piece], mut variable: impl FnMut(&str) -> String) -> String {
    let mut template = String::new();
    for (position, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                let tag_follows = matches!(pieces.get(position + 1), Some(Piece::Slot(_)));
                template.push_str(&literal(text, tag_follows));
            }
            Piece::Slot(name) => template.push_str(&format!("{{{{ {} }}}}", variable(name))),
        }
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, template: &str) {
        assert_eq!(write(&pieces(source), |slot| slot.replace('-', "_")), template, "{source}");
    }

    #[test]
    fn slots_become_expressions() {
        check("hello", "hello");
        check("{currency}{amount-of-money} to {PERSON}.", "{{ currency }}{{ amount_of_money }} to {{ PERSON }}.");
    }

    #[test]
    fn literal_braces_stay_literal() {
        check("{{x}}", "{x}");
        check("a { b", "a { b");
        check("}{", "}{");
        check("{{{{x", r#"{{ "{" }}{x"#);
        check("{{#", r#"{{ "{" }}#"#);
        check("{{{x}", r#"{{ "{" }}{{ x }}"#);
        check("{}", "{}");
        check("{a\nb}", "{a\nb}");
    }
}
