//! Where a part stands in the tree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ContextId, EntityId, Error, FlowId, HandlerId, IntentId, Language, TestId, VariableId};

/// The path of a part: what it is, and its id.
///
/// # Examples
/// ```
/// use greenroom_model::PartPath;
///
/// let path: PartPath = "nlp/examples/en/greet".parse()?;
/// assert!(matches!(&path, PartPath::Examples(language, intent)
///     if language.as_str() == "en" && intent.as_str() == "greet"));
/// assert_eq!(path.to_string(), "nlp/examples/en/greet");
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartPath {
    /// `settings`: the bot's name, languages, sessions.
    Settings,
    /// `flows/ID`.
    Flow(FlowId),
    /// `flows/contexts/ID`.
    Context(ContextId),
    /// `flows/variables/ID`.
    Variable(VariableId),
    /// `flows/handlers/ID`: code of the embedder that flows may call.
    Handler(HandlerId),
    /// `nlp/intents/ID`: an intent's name and description.
    Intent(IntentId),
    /// `nlp/examples/LANGUAGE/ID`: an intent's examples in one language.
    Examples(Language, IntentId),
    /// `nlp/entities/ID`.
    Entity(EntityId),
    /// `nlp/training`: what training reads beside examples.
    Training,
    /// `nlp/runtime`: thresholds and the like, which need no training.
    Runtime,
    /// `tests/ID`: a conversation test.
    Test(TestId),
}

impl PartPath {
    /// The path, a segment at a time.
    #[must_use]
    pub fn segments(&self) -> Vec<&str> {
        match self {
            Self::Settings => vec!["settings"],
            Self::Flow(id) => vec!["flows", id.as_str()],
            Self::Context(id) => vec!["flows", "contexts", id.as_str()],
            Self::Variable(id) => vec!["flows", "variables", id.as_str()],
            Self::Handler(id) => vec!["flows", "handlers", id.as_str()],
            Self::Intent(id) => vec!["nlp", "intents", id.as_str()],
            Self::Examples(language, id) => vec!["nlp", "examples", language.as_str(), id.as_str()],
            Self::Entity(id) => vec!["nlp", "entities", id.as_str()],
            Self::Training => vec!["nlp", "training"],
            Self::Runtime => vec!["nlp", "runtime"],
            Self::Test(id) => vec!["tests", id.as_str()],
        }
    }

    /// Whether the part belongs to the NLP half (`nlp/…`).
    #[must_use]
    pub fn is_nlp(&self) -> bool {
        matches!(self, Self::Intent(_) | Self::Examples(..) | Self::Entity(_) | Self::Training | Self::Runtime)
    }

    /// Whether the part belongs to the flows (`flows/…`).
    #[must_use]
    pub fn is_flow(&self) -> bool {
        matches!(self, Self::Flow(_) | Self::Context(_) | Self::Variable(_) | Self::Handler(_))
    }
}

impl fmt::Display for PartPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.segments().join("/"))
    }
}

impl FromStr for PartPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let id = |error: Error| Error::Path { text: text.chars().take(200).collect(), reason: error.to_string() };
        let segments: Vec<&str> = text.split('/').collect();
        Ok(match segments.as_slice() {
            ["settings"] => Self::Settings,
            ["flows", "contexts", name] => Self::Context(name.parse().map_err(id)?),
            ["flows", "variables", name] => Self::Variable(name.parse().map_err(id)?),
            ["flows", "handlers", name] => Self::Handler(name.parse().map_err(id)?),
            ["flows", name] => Self::Flow(name.parse().map_err(id)?),
            ["nlp", "intents", name] => Self::Intent(name.parse().map_err(id)?),
            ["nlp", "examples", language, name] => {
                Self::Examples(language.parse().map_err(id)?, name.parse().map_err(id)?)
            }
            ["nlp", "entities", name] => Self::Entity(name.parse().map_err(id)?),
            ["nlp", "training"] => Self::Training,
            ["nlp", "runtime"] => Self::Runtime,
            ["tests", name] => Self::Test(name.parse().map_err(id)?),
            _ => {
                return Err(Error::Path {
                    text: text.chars().take(200).collect(),
                    reason: "no kind of part stands there".to_owned(),
                });
            }
        })
    }
}

impl Serialize for PartPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_reads_back() {
        for text in [
            "settings",
            "flows/order",
            "flows/contexts/order",
            "flows/variables/size",
            "flows/handlers/pay",
            "nlp/intents/order",
            "nlp/examples/pt-br/order",
            "nlp/entities/size",
            "nlp/training",
            "nlp/runtime",
            "tests/order",
        ] {
            assert_eq!(text.parse::<PartPath>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn names_the_fault_of_a_path() {
        let error = "flows/Order".parse::<PartPath>().unwrap_err().to_string();
        assert!(error.contains("`Order` is not a flow id"), "{error}");
        for text in ["", "flows", "flows/contexts", "settings/x", "nlp/examples/order", "../x", "tests/a/b"] {
            assert!(text.parse::<PartPath>().is_err(), "{text}");
        }
    }
}
