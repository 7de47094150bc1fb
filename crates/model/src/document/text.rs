//! Texts that the bot says: by language, with alternatives.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Language;

/// A text by language. Each text is a template (`Hello {{ name }}`).
pub type LocalizedText = BTreeMap<Language, Alternatives>;

/// One text, or several that say the same; a conversation takes them in turn.
/// Written as a text, or as a list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternatives(Vec<String>);

impl Alternatives {
    /// One text.
    pub fn one(text: impl Into<String>) -> Self {
        Self(vec![text.into()])
    }

    /// Several texts; none for an empty list.
    #[must_use]
    pub fn several(texts: Vec<String>) -> Option<Self> {
        if texts.is_empty() { None } else { Some(Self(texts)) }
    }

    /// All of them, in the author's order; at least one.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    /// The alternative that the `turn`th use takes.
    #[must_use]
    pub fn choose(&self, turn: u64) -> &str {
        let index = turn.checked_rem(self.0.len() as u64).unwrap_or_default();
        self.0.get(index as usize).map_or("", String::as_str)
    }
}

impl Serialize for Alternatives {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Alternatives {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Alternatives;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Alternatives, E> {
                Ok(Alternatives::one(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Alternatives, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = sequence.next_element()? {
                    texts.push(text);
                }
                Alternatives::several(texts).ok_or_else(|| serde::de::Error::custom("the list has no text; give one"))
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Alternatives {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Alternatives".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A text, or a list of texts that say the same.",
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_and_a_list_of_one_are_the_same() {
        let one: Alternatives = serde_json::from_str("\"hi\"").unwrap();
        let list: Alternatives = serde_json::from_str("[\"hi\"]").unwrap();
        assert_eq!(one, list);
        assert_eq!(serde_json::to_string(&list).unwrap(), "\"hi\"");
        assert!(serde_json::from_str::<Alternatives>("[]").is_err());
    }

    #[test]
    fn alternatives_are_taken_in_turn() {
        let texts = Alternatives::several(vec!["a".into(), "b".into()]).unwrap();
        assert_eq!([0, 1, 2].map(|turn| texts.choose(turn)), ["a", "b", "a"]);
    }
}
