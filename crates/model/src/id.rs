//! Ids: stable, short, safe in paths, URLs and file names. Renaming a thing
//! changes its `name`, never its id; whatever refers to it refers by id.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Digest, Error};

/// The longest id, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// Words that a flow id cannot be, since they are directories beside the flows.
const RESERVED_FLOWS: &[&str] = &["contexts", "variables", "handlers"];

/// Words that conditions and templates keep for themselves.
const RESERVED_VARIABLES: &[&str] = &[
    "and",
    "else",
    "elif",
    "endfor",
    "endif",
    "false",
    "for",
    "if",
    "in",
    "is",
    "known",
    "language",
    "loop",
    "matches",
    "none",
    "not",
    "null",
    "or",
    "set",
    "true",
    "undefined",
];

fn check_slug(text: &str) -> Result<(), &'static str> {
    let mut bytes = text.bytes();
    match bytes.next() {
        None => return Err("it is empty; give it at least one character"),
        Some(b'a'..=b'z' | b'0'..=b'9') => {}
        Some(_) => return Err("it must begin with a lower-case letter or a digit"),
    }
    if !bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')) {
        return Err("only a–z, 0–9, `_` and `-` are allowed; put any other spelling into its `name`");
    }
    if text.len() > MAX_ID_BYTES {
        return Err("it is longer than 64 characters");
    }
    Ok(())
}

fn check_flow(text: &str) -> Result<(), &'static str> {
    if RESERVED_FLOWS.contains(&text) {
        return Err("`contexts`, `variables` and `handlers` are directories beside the flows; choose another id");
    }
    check_slug(text)
}

fn check_variable(text: &str) -> Result<(), &'static str> {
    if text.contains('-') {
        return Err("a variable is used in expressions, where `-` is a minus sign; use `_`");
    }
    if text.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        return Err("a variable is used in expressions and must begin with a letter");
    }
    if RESERVED_VARIABLES.contains(&text) {
        return Err("it is a word of conditions or templates; choose another id");
    }
    check_slug(text)
}

fn check_language(text: &str) -> Result<(), &'static str> {
    const RULE: &str = "it takes a BCP 47 tag in lower case, such as `en` or `pt-br`";
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(RULE);
    }
    let valid = |subtag: &str| {
        (2..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if text.len() > 35 || !subtags.all(valid) {
        return Err(RULE);
    }
    Ok(())
}

/// The nearest slug to a name: lower case, every run of other characters one `_`.
fn slug_of(name: &str, prefix: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' | '-' => slug.push(character),
            _ if slug.ends_with('_') || slug.is_empty() => {}
            _ => slug.push('_'),
        }
    }
    let ends: &[char] = &['_', '-'];
    let trimmed = slug.trim_matches(ends);
    if trimmed.is_empty() {
        // Nothing of the name can stand in an id (another script): its hash can.
        return format!("{prefix}_{}", &Digest::of(name.as_bytes()).to_string()[..8]);
    }
    if trimmed.len() > MAX_ID_BYTES {
        let head = trimmed[..MAX_ID_BYTES - 9].trim_matches(ends);
        return format!("{head}_{}", &Digest::of(name.as_bytes()).to_string()[..8]);
    }
    trimmed.to_owned()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $kind:literal $check:ident $pattern:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks a text and makes it an id.
            ///
            /// # Errors
            /// [`Error::Id`] names the rule that the text breaks.
            pub fn new(text: &str) -> Result<Self, Error> {
                match $check(text) {
                    Ok(()) => Ok(Self(text.into())),
                    Err(reason) => Err(Error::Id { kind: $kind, text: text.chars().take(80).collect(), reason }),
                }
            }

            /// The id as a text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "maxLength": 64 })
            }
        }
    )*};
}

ids! {
    /// A bot.
    BotId "bot" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// A flow.
    FlowId "flow" check_flow "^[a-z0-9][a-z0-9_-]*$";
    /// A node, unique inside its flow.
    NodeId "node" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// An intent.
    IntentId "intent" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// An entity.
    EntityId "entity" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// A context: a mark on the conversation that lasts some turns.
    ContextId "context" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// A variable of the conversation; usable as a name in conditions and templates.
    VariableId "variable" check_variable "^[a-z][a-z0-9_]*$";
    /// A handler: code of the embedder that a flow may call.
    HandlerId "handler" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// An event that a channel or an embedder may send into a conversation.
    EventId "event" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// A conversation test.
    TestId "test" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// An environment, such as `live`.
    EnvironmentId "environment" check_slug "^[a-z0-9][a-z0-9_-]*$";
    /// A language: a BCP 47 tag in lower case.
    Language "language" check_language "^[a-z]{2,3}(-[a-z0-9]{2,8})*$";
}

macro_rules! from_names {
    ($($name:ident $prefix:literal;)*) => {$(
        impl $name {
            /// The id that a name suggests: lower case, other characters as `_`; of a
            /// name in another script its hash. Two names may suggest one id.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                let slug = slug_of(name, $prefix);
                Self::new(&slug).unwrap_or_else(|_| {
                    Self::new(&format!(concat!($prefix, "_{}"), slug.replace('-', "_").trim_start_matches('_')))
                        .unwrap_or_else(|_| Self(format!(concat!($prefix, "_{}"), &Digest::of(name.as_bytes()).to_string()[..8]).into()))
                })
            }
        }
    )*};
}

from_names! {
    BotId "bot";
    FlowId "flow";
    NodeId "node";
    IntentId "intent";
    EntityId "entity";
    ContextId "context";
    HandlerId "handler";
    EventId "event";
    TestId "test";
}

impl VariableId {
    /// The id that a name suggests, as for the other ids, with `-` as `_`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let slug = slug_of(name, "v").replace('-', "_");
        Self::new(&slug)
            .or_else(|_| Self::new(&format!("v_{slug}")))
            .unwrap_or_else(|_| Self(format!("v_{}", &Digest::of(name.as_bytes()).to_string()[..8]).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        assert!(IntentId::new("open_incident-2").is_ok());
        for bad in ["", "A", "a b", "_a", "-a", "é", "a/b", "..", &"a".repeat(65)] {
            assert!(IntentId::new(bad).is_err(), "{bad}");
        }
        assert!(FlowId::new("contexts").is_err());
        assert!(VariableId::new("a-b").is_err());
        assert!(VariableId::new("not").is_err());
        assert!(Language::new("pt-br").is_ok());
        for bad in ["", "e", "EN", "en-", "en_us", "english"] {
            assert!(Language::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn any_name_suggests_an_id() {
        assert_eq!(IntentId::from_name("FAQ / Opening hours?").as_str(), "faq_opening_hours");
        assert_eq!(VariableId::from_name("amount-of-money").as_str(), "amount_of_money");
        assert_eq!(VariableId::from_name("not").as_str(), "v_not");
        assert_eq!(VariableId::from_name("2nd").as_str(), "v_2nd");
        assert_eq!(FlowId::from_name("Contexts").as_str(), "flow_contexts");
        assert!(IntentId::from_name("日本").as_str().starts_with("intent_"));
        for name in ["", "-", "___", "é", &"long ".repeat(60), "İ", "a-".repeat(80).as_str()] {
            assert!(IntentId::new(IntentId::from_name(name).as_str()).is_ok(), "{name}");
            assert!(VariableId::new(VariableId::from_name(name).as_str()).is_ok(), "{name}");
        }
    }
}
