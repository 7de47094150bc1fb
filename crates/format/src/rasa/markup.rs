//! Entities marked in examples: `[Bern](city)`, `[two]{"entity": "number", "value": "2"}`.

use serde::Deserialize;
use serde_json::Value;

/// An example without its marks.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Marked {
    /// What somebody would say.
    pub(super) text: String,
    /// The marks, in the order of the text.
    pub(super) marks: Vec<Mark>,
    /// Marks that do not read: left in the text as they are.
    pub(super) broken: Vec<String>,
}

/// An entity marked in a text.
#[derive(Debug, PartialEq)]
pub(super) struct Mark {
    /// Characters from the start of the text.
    pub(super) start: u32,
    /// The first character after it.
    pub(super) end: u32,
    /// The marked text.
    pub(super) text: String,
    pub(super) entity: String,
    /// The value that the mark itself names.
    pub(super) value: Option<String>,
    pub(super) role: Option<String>,
    pub(super) group: Option<String>,
    /// Further entities on the same text.
    pub(super) further: Vec<String>,
}

/// What stands in the braces of a mark. What else stands there Rasa does not read either.
#[derive(Deserialize)]
struct Braces {
    entity: String,
    value: Option<Value>,
    role: Option<Value>,
    group: Option<Value>,
}

/// Takes the marks out of an example.
pub(super) fn read(source: &str) -> Marked {
    let mut marked = Marked::default();
    let mut rest = source;
    let mut length: u32 = 0;
    let mut push = |marked: &mut Marked, text: &str| {
        marked.text.push_str(text);
        length = length.saturating_add(text.chars().count() as u32);
        length
    };
    while let Some((before, from)) = rest.split_at_checked(rest.find('[').unwrap_or(rest.len())) {
        let start = push(&mut marked, before);
        if from.is_empty() {
            break;
        }
        match read_mark(from) {
            Found::Mark(mut mark, after) => {
                mark.start = start;
                mark.end = push(&mut marked, &mark.text);
                marked.marks.push(mark);
                rest = after;
            }
            Found::Broken(what, after) => {
                marked.broken.push(what.to_owned());
                push(&mut marked, what);
                rest = after;
            }
            Found::Bracket => {
                push(&mut marked, "[");
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    marked
}

enum Found<'a> {
    Mark(Mark, &'a str),
    /// It looks like a mark but does not read.
    Broken(&'a str, &'a str),
    /// A bracket that marks nothing.
    Bracket,
}

/// Reads a mark at the beginning of a text that begins with `[`.
fn read_mark(from: &str) -> Found<'_> {
    let Some((text, after)) = from.get(1..).and_then(|inside| inside.split_once(']')) else { return Found::Bracket };
    if text.is_empty() {
        return Found::Bracket;
    }
    let closing = match after.chars().next() {
        Some('(') => ')',
        Some('{') => '}',
        Some('[') => ']',
        _ => return Found::Bracket,
    };
    let Some(end) = after.find(closing) else { return Found::Bracket };
    let (inside, rest) = (after.get(1..end).unwrap_or_default(), after.get(end + 1..).unwrap_or_default());
    let mark = match closing {
        ')' => in_parentheses(text, inside),
        '}' => in_braces(text, &format!("{{{inside}}}")),
        _ => in_list(text, inside),
    };
    match mark {
        Some(mark) => Found::Mark(mark, rest),
        None => {
            let whole = from.get(..from.len() - rest.len()).unwrap_or(from);
            Found::Broken(whole, rest)
        }
    }
}

fn new_mark(text: &str, entity: &str) -> Option<Mark> {
    let entity = entity.trim();
    (!entity.is_empty()).then(|| Mark {
        start: 0,
        end: 0,
        text: text.to_owned(),
        entity: entity.to_owned(),
        value: None,
        role: None,
        group: None,
        further: Vec::new(),
    })
}

/// `entity`, or the older `entity:value`.
fn in_parentheses(text: &str, inside: &str) -> Option<Mark> {
    match inside.split_once(':') {
        Some((entity, value)) => Some(Mark { value: Some(value.trim().to_owned()), ..new_mark(text, entity)? }),
        None => new_mark(text, inside),
    }
}

fn in_braces(text: &str, json: &str) -> Option<Mark> {
    let braces: Braces = serde_json::from_str(json).ok()?;
    Some(Mark {
        value: braces.value.map(plain),
        role: braces.role.map(plain),
        group: braces.group.map(plain),
        ..new_mark(text, &braces.entity)?
    })
}

/// Several entities on one text: the first is kept.
fn in_list(text: &str, inside: &str) -> Option<Mark> {
    let entities: Vec<Value> = serde_json::from_str(&format!("[{inside}]")).ok()?;
    let mut entities = entities.into_iter();
    let mut mark = in_braces(text, &entities.next()?.to_string())?;
    mark.further = entities.filter_map(|entity| Some(entity.get("entity")?.as_str()?.to_owned())).collect();
    Some(mark)
}

/// A value as a text.
pub(super) fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, text: &str, marks: &[(u32, u32, &str, Option<&str>)]) {
        let marked = read(source);
        assert_eq!(marked.text, text);
        let found: Vec<_> = marked
            .marks
            .iter()
            .map(|mark| (mark.start, mark.end, mark.entity.as_str(), mark.value.as_deref()))
            .collect();
        assert_eq!(found, marks);
        for mark in &marked.marks {
            let covered: String =
                text.chars().skip(mark.start as usize).take((mark.end - mark.start) as usize).collect();
            assert_eq!(covered, mark.text);
        }
    }

    #[test]
    fn marks_become_offsets_in_characters() {
        check("hi", "hi", &[]);
        check("to [Bern](city) please", "to Bern please", &[(3, 7, "city", None)]);
        check("[Zürich](city)→[Genève](city)", "Zürich→Genève", &[(0, 6, "city", None), (7, 13, "city", None)]);
        check(
            r#"an [urgent]{"entity": "priority", "value": "high"} one"#,
            "an urgent one",
            &[(3, 9, "priority", Some("high"))],
        );
        check("[a](b:c)", "a", &[(0, 1, "b", Some("c"))]);
        check(r#"[2]{"entity":"n","value":2}"#, "2", &[(0, 1, "n", Some("2"))]);
    }

    #[test]
    fn roles_groups_and_further_entities_are_told() {
        let marked = read(r#"[Bern]{"entity": "city", "role": "from", "group": "1"}"#);
        assert_eq!((marked.marks[0].role.as_deref(), marked.marks[0].group.as_deref()), (Some("from"), Some("1")));
        let marked = read(r#"[Bern][{"entity": "city"}, {"entity": "canton"}]"#);
        assert_eq!(marked.marks[0].further, ["canton"]);
    }

    #[test]
    fn brackets_that_mark_nothing_stay() {
        for text in ["[", "a [b] c", "[]", "[](x)", "[a", "[a](b", "]["] {
            check(text, text, &[]);
        }
    }

    #[test]
    fn a_mark_that_does_not_read_stays_and_is_told() {
        let marked = read(r#"x [a]{"entity": } y"#);
        assert_eq!(marked.text, r#"x [a]{"entity": } y"#);
        assert_eq!(marked.broken, [r#"[a]{"entity": }"#]);
    }
}
