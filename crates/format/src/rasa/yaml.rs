//! YAML as a tree that remembers on which line everything stands, so that a
//! loss can name its line and no key is lost without a word.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::Spanned;

use crate::Error;
use crate::yaml::fault;

/// A value and the line that it begins on, from 1; of a block of text its first line,
/// not that of its `|`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Yaml {
    pub(super) line: u32,
    pub(super) content: Content,
}

/// What stands at a place of a YAML file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: u32,
    pub(super) value: Yaml,
}

/// The longest outline of a value, in characters.
const OUTLINE_CHARACTERS: usize = 160;

/// Reads a file's text. What an alias repeats is bounded by the size of the text.
///
/// # Errors
/// [`Error::Content`] with the line and column of what does not parse.
pub(super) fn parse(file: &str, text: &str) -> Result<Yaml, Error> {
    let size = text.len();
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 2 * size + 1_000,
            max_nodes: size + 1_000,
            max_total_scalar_bytes: 4 * size + 10_000,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: size + 1_000,
        },
        // YAML 1.2, as Rasa reads it: `yes` is a text.
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Option<Yaml>>(text, options)
        .map(|root| root.unwrap_or(Yaml { line: 1, content: Content::Null }))
        .map_err(|error| fault(file, &error))
}

impl Yaml {
    /// Whether it says nothing: null, or a list or map without entries.
    pub(super) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::List(items) => items.is_empty(),
            Content::Map(entries) => entries.is_empty(),
            Content::Boolean(_) | Content::Number(_) | Content::Text(_) => false,
        }
    }

    /// The same as JSON.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Boolean(value) => Value::Bool(*value),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Content::Map(entries) => {
                Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }

    /// How many keys there are in it, at any depth.
    pub(super) fn keys(&self) -> usize {
        match &self.content {
            Content::List(items) => items.iter().map(Self::keys).sum(),
            Content::Map(entries) => entries.iter().map(|entry| 1 + entry.value.keys()).sum(),
            Content::Null | Content::Boolean(_) | Content::Number(_) | Content::Text(_) => 0,
        }
    }

    /// What stands here, on one line; of something long its beginning and how many
    /// keys there are, so that two values that differ by a key never read alike.
    pub(super) fn outline(&self) -> String {
        let text = self.to_string();
        if text.chars().count() <= OUTLINE_CHARACTERS {
            return text;
        }
        let head: String = text.chars().take(OUTLINE_CHARACTERS).collect();
        format!("{head}… ({} keys in all)", self.keys())
    }
}

impl fmt::Display for Yaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Null => f.write_str("null"),
            Content::Boolean(value) => write!(f, "{value}"),
            Content::Number(number) => write!(f, "{number}"),
            Content::Text(text) => f.write_str(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Content::List(items) => {
                f.write_str("[")?;
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Content::Map(entries) => {
                f.write_str("{")?;
                for (position, entry) in entries.iter().enumerate() {
                    if position > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{}: {}", entry.key, entry.value)?;
                }
                f.write_str("}")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { line: spanned.defined.line() as u32, content: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        Ok(Number::from_f64(value).map_or_else(|| Content::Text(value.to_string()), Content::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Yaml>()? {
            let text = match key.content {
                Content::Text(text) => text,
                Content::Null => "null".to_owned(),
                Content::Boolean(value) => value.to_string(),
                Content::Number(number) => number.to_string(),
                Content::List(_) | Content::Map(_) => {
                    return Err(A::Error::custom("a list or a map cannot be a key; use a text"));
                }
            };
            entries.push(Entry { key: text, line: key.line, value: map.next_value()? });
        }
        Ok(Content::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(yaml: &Yaml, into: &mut Vec<(String, u32)>) {
        match &yaml.content {
            Content::List(items) => items.iter().for_each(|item| lines(item, into)),
            Content::Map(entries) => {
                for entry in entries {
                    into.push((entry.key.clone(), entry.line));
                    lines(&entry.value, into);
                }
            }
            _ => into.push((yaml.to_string(), yaml.line)),
        }
    }

    #[test]
    fn every_key_and_value_knows_its_line() {
        let yaml = parse("f", "# c\na:\n- b: 1\n  c: yes\n- |\n  x\n  y\nd: [e,\n  true]\n").unwrap();
        let mut found = Vec::new();
        lines(&yaml, &mut found);
        let expected =
            [("a", 2), ("b", 3), ("1", 3), ("c", 4), ("yes", 4), ("x y", 6), ("d", 8), ("e", 8), ("true", 9)];
        assert_eq!(found, expected.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn yes_is_a_text_as_in_yaml_1_2() {
        assert_eq!(parse("f", "yes").unwrap().content, Content::Text("yes".to_owned()));
        assert_eq!(parse("f", "true").unwrap().content, Content::Boolean(true));
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "# only a comment\n", "---\n"] {
            assert_eq!(parse("f", text).unwrap().content, Content::Null, "{text:?}");
        }
    }

    #[test]
    fn broken_yaml_is_named_with_its_place() {
        let error = parse("data/nlu.yml", "nlu:\n- intent: [a\n").unwrap_err().to_string();
        assert!(error.starts_with("data/nlu.yml:"), "{error}");
        let error = parse("data/nlu.yml", "a: 1\nb: 2\na: 3\n").unwrap_err().to_string();
        assert!(error.starts_with("data/nlu.yml:3:1: "), "{error}");
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(", ")));
        }
        let error = parse("domain.yml", &bomb).unwrap_err().to_string();
        assert!(error.starts_with("domain.yml:"), "{error}");
        assert!(error.contains("aliases (`*`) of this file repeat far more"), "{error}");
    }

    #[test]
    fn an_honest_alias_is_read() {
        let yaml = parse("f", "a: &a {b: 1}\nc: *a\n").unwrap();
        assert_eq!(yaml.to_json(), serde_json::json!({ "a": { "b": 1 }, "c": { "b": 1 } }));
    }

    #[test]
    fn outlines_that_differ_by_a_key_differ() {
        let long = |skip: usize| {
            let map: Vec<String> =
                (0..50).filter(|key| *key != skip).map(|key| format!("key_{key:02}: value_{key:02}")).collect();
            parse("f", &map.join("\n")).unwrap().outline()
        };
        assert_ne!(long(49), long(50));
    }
}
