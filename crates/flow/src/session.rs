//! A customer's conversation state: small, serialisable, with a format version.

use std::collections::BTreeMap;

use greenroom_model::{ContextId, FlowId, HandlerId, Language, NodeId, VariableId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::Graph;

/// The version of a session's stored form that this build writes.
pub const SESSION_FORMAT: u32 = 1;

/// A node of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The flow.
    pub flow: FlowId,
    /// The node inside it.
    pub node: NodeId,
}

impl std::fmt::Display for Position {
    /// `flow/node`, as conversation tests spell it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.flow, self.node)
    }
}

/// The state of one conversation: all that [`step`](crate::step) remembers.
///
/// # Examples
/// ```
/// use greenroom_flow::{Graph, Session};
///
/// let session = Session::new(&Graph::compile([]), None);
/// let json = serde_json::to_string(&session)?;
/// assert_eq!(json, r#"{"format":1,"language":"en"}"#);
/// assert_eq!(serde_json::from_str::<Session>(&json)?, session);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The version of the stored form, [`SESSION_FORMAT`]; a newer one does not deserialise.
    #[serde(deserialize_with = "known_format")]
    pub format: u32,
    /// The language that the bot speaks in this conversation.
    pub language: Language,
    /// The variables that have a value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<VariableId, Value>,
    /// The active contexts, and for how many user turns after this one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<ContextId, u32>,
    /// The node that waits: for an answer, a button, a handler or a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Where ended flows go back to, the latest last: jumps with return, and
    /// nodes that waited when a digression began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Position>,
    /// How many answers the waiting input has refused.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// How many turns the user has taken.
    #[serde(default, skip_serializing_if = "is_zero_turn")]
    pub turn: u64,
    /// Whether the conversation has begun.
    #[serde(default, skip_serializing_if = "is_false")]
    pub started: bool,
    /// Whether a person has taken over; the bot is silent until it is resumed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub handed_over: bool,
    /// The handler whose result is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting: Option<HandlerId>,
}

impl Session {
    /// A conversation that has not begun: variables have their defaults. Without
    /// a language it takes the bot's default one.
    #[must_use]
    pub fn new(graph: &Graph, language: Option<Language>) -> Self {
        Self {
            format: SESSION_FORMAT,
            language: language.unwrap_or_else(|| graph.default_language().clone()),
            variables: graph.default_values().clone(),
            contexts: BTreeMap::new(),
            position: None,
            returns: Vec::new(),
            attempts: 0,
            turn: 0,
            started: false,
            handed_over: false,
            awaiting: None,
        }
    }
}

fn known_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let format = u32::deserialize(deserializer)?;
    if (1..=SESSION_FORMAT).contains(&format) {
        Ok(format)
    } else {
        Err(serde::de::Error::custom(format!(
            "a session has format version {format}, this build reads up to {SESSION_FORMAT}; use a newer build"
        )))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero_turn(value: &u64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_newer_format() {
        let error = serde_json::from_str::<Session>(r#"{"format":2,"language":"en"}"#).unwrap_err();
        assert!(error.to_string().contains("use a newer build"), "{error}");
    }
}
