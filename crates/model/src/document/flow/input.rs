//! Questions: what counts as an answer, and what happens when nothing does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Button, IntentFilter, Interruptions, is_false};
use crate::document::LocalizedText;
use crate::{EntityId, HandlerId, IntentId, NodeId, VariableId};

/// What an input node asks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The question by language.
    pub text: LocalizedText,
    /// Buttons under it (at most 100).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Answers that are offered under it until the user says something (at most 100).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<Button>,
}

/// Asks for a value, checks it, keeps it in a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InputNode {
    /// The variable that keeps the value.
    pub variable: VariableId,
    /// The question. Without one the node waits in silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Prompt>,
    /// What counts as an answer; the first that matches wins. None given: any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Accept>,
    /// Said when the answer does not match, before asking again: a text, or one for the first
    /// time, one for the second, and so on, the last one for all that follow.
    #[serde(default, skip_serializing_if = "Retries::is_empty")]
    pub retry: Retries,
    /// How many answers may fail before `otherwise` (1 to 100); no limit where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The way out when the attempts are used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<NodeId>,
    /// Goes on at once when the variable has a value already.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skip_when_known: bool,
    /// What may start another flow meanwhile; that flow comes back here when it ends.
    #[serde(default, skip_serializing_if = "Interruptions::is_all")]
    pub interruptions: Interruptions,
    /// The node that follows a good answer; without one the flow ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// What counts as an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Accept {
    /// Any text that is not blank.
    Text(IntentFilter),
    /// The value of an entity.
    Entity {
        /// The entity.
        entity: EntityId,
        /// Which intents may carry it.
        #[serde(default, skip_serializing_if = "IntentFilter::is_open")]
        intents: IntentFilter,
    },
    /// An intent; the variable gets the given value.
    Intent {
        /// The intent.
        intent: IntentId,
        /// The value.
        value: Value,
    },
    /// A number, with `.` or `,` as decimal sign.
    Number {
        /// The least that is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The greatest that is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// A day, written in numbers or said so that an entity of the bot with the system
    /// entity `date` knows it. The value is of the form `2026-11-24`.
    Date {
        /// The first day that is taken, as `2026-11-24`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        /// The last day that is taken, as `2026-11-24`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// Something of the form of an e-mail address, anywhere in the text.
    Email {},
    /// A telephone number of 7 to 15 digits. The value is its digits, after a `+`
    /// where it begins with one or with `00`.
    Phone {},
    /// The first match of a regular expression, anywhere in the text.
    Regex {
        /// The expression (linear time, no look-around).
        pattern: String,
    },
    /// One of these values, by itself or by another way to say it.
    Options {
        /// The values, each with the other ways to say it (at most 1,000 values).
        values: BTreeMap<String, BTreeSet<String>>,
    },
    /// Any text that a handler says is valid; the handler may give the value. A rule after
    /// it is never looked at.
    Handler {
        /// The handler.
        handler: HandlerId,
        /// Which intents may carry the text.
        #[serde(default, skip_serializing_if = "IntentFilter::is_open")]
        intents: IntentFilter,
    },
}

/// What is said before asking again: the `n`th text the `n`th time, the last one
/// from then on. Written as a text by language, or as a list of such.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retries(Vec<LocalizedText>);

impl Retries {
    /// These texts, in order.
    #[must_use]
    pub fn several(texts: Vec<LocalizedText>) -> Self {
        Self(texts)
    }

    /// The texts, in order.
    #[must_use]
    pub fn texts(&self) -> &[LocalizedText] {
        &self.0
    }

    /// The texts, to be changed.
    pub fn texts_mut(&mut self) -> &mut Vec<LocalizedText> {
        &mut self.0
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(LocalizedText::is_empty)
    }

    /// Leaves out texts at the end that no language has.
    pub(super) fn trim(&mut self) {
        while self.0.last().is_some_and(LocalizedText::is_empty) {
            self.0.pop();
        }
    }
}

impl From<LocalizedText> for Retries {
    fn from(text: LocalizedText) -> Self {
        if text.is_empty() { Self::default() } else { Self(vec![text]) }
    }
}

impl Serialize for Retries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Retries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Retries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text by language or a list of such")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Retries, A::Error> {
                LocalizedText::deserialize(MapAccessDeserializer::new(map)).map(Retries::from)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Retries, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = sequence.next_element()? {
                    texts.push(text);
                }
                Ok(Retries(texts))
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Retries {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Retries".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = generator.subschema_for::<LocalizedText>();
        schemars::json_schema!({
            "description": "A text by language, or a list of such: the first time, the second, …, the last ever after.",
            "anyOf": [text, { "type": "array", "items": text }]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_retry_and_a_list_of_one_are_the_same() {
        let one: Retries = serde_json::from_str(r#"{"en":"No."}"#).unwrap();
        let list: Retries = serde_json::from_str(r#"[{"en":"No."}]"#).unwrap();
        assert_eq!(one, list);
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"{"en":"No."}"#);
        let two: Retries = serde_json::from_str(r#"[{"en":"No."},{"en":["Still no.","Again no."]}]"#).unwrap();
        assert_eq!(two.texts().len(), 2);
        assert_eq!(serde_json::from_str::<Retries>(&serde_json::to_string(&two).unwrap()).unwrap(), two);
    }
}
