//! A customer's conversation state: small, serialisable, with a format version.

use std::collections::BTreeMap;

use greenroom_model::{ContextId, FlowId, HandlerId, IntentId, Language, NodeId, VariableId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::Graph;

/// The version of a session's stored form that this build writes.
pub const SESSION_FORMAT: u32 = 2;

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
/// assert_eq!(json, r#"{"format":2,"language":"en"}"#);
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
    /// What the node that waits has called and awaits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting: Option<Awaiting>,
    /// How many calls, requests and timers have begun: the number of the latest.
    #[serde(default, skip_serializing_if = "is_zero_turn")]
    pub calls: u64,
    /// The timers that run, by their numbers, and the nodes that wait for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timers: BTreeMap<u64, Position>,
    /// How many texts the user has said: 0, 1, or more, which counts as 2.
    #[serde(default, skip_serializing_if = "is_zero_texts")]
    pub texts: u8,
    /// How many of the user's last turns in a row were not understood.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_understood: u32,
    /// How long those variables keep their value that do not keep it as long as the conversation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lifetimes: BTreeMap<VariableId, Remaining>,
}

/// What a conversation has called and awaits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "AwaitingForm")]
pub enum Awaiting {
    /// What a handler answers.
    Handler(HandlerId),
    /// What a request is answered with.
    Http {},
    /// What a handler says of a user's answer.
    Answer(PendingAnswer),
}

/// An answer of the user that a handler checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAnswer {
    /// The handler.
    pub handler: HandlerId,
    /// The rule of the input that called it, from 0.
    pub rule: usize,
    /// What the user said.
    pub text: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentId>,
}

/// How long a variable still keeps its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remaining {
    /// For so many turns of the user after this one.
    Turns(u32),
    /// Until this flow has ended or been left.
    Flow(FlowId),
}

/// As stored; format 1 knew handlers alone, by their id.
#[derive(Deserialize)]
#[serde(untagged)]
enum AwaitingForm {
    FormatOne(HandlerId),
    Tagged(AwaitingTagged),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AwaitingTagged {
    Handler(HandlerId),
    Http {},
    Answer(PendingAnswer),
}

impl From<AwaitingForm> for Awaiting {
    fn from(form: AwaitingForm) -> Self {
        match form {
            AwaitingForm::FormatOne(handler) | AwaitingForm::Tagged(AwaitingTagged::Handler(handler)) => {
                Self::Handler(handler)
            }
            AwaitingForm::Tagged(AwaitingTagged::Http {}) => Self::Http {},
            AwaitingForm::Tagged(AwaitingTagged::Answer(answer)) => Self::Answer(answer),
        }
    }
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
            calls: 0,
            timers: BTreeMap::new(),
            texts: 0,
            not_understood: 0,
            lifetimes: BTreeMap::new(),
        }
    }

    /// A conversation that has not begun, of a person of whom these values were kept
    /// ([`Graph::kept_for_user`]). What the bot does not keep for persons (any more) is left out.
    #[must_use]
    pub fn of_user(graph: &Graph, language: Option<Language>, kept: &BTreeMap<VariableId, Value>) -> Self {
        let mut session = Self::new(graph, language);
        for (variable, value) in kept {
            if graph.keeps_for_user(variable, value) {
                session.variables.insert(variable.clone(), value.clone());
            }
        }
        session
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
fn is_zero_texts(value: &u8) -> bool {
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
        let error = serde_json::from_str::<Session>(r#"{"format":3,"language":"en"}"#).unwrap_err();
        assert!(error.to_string().contains("use a newer build"), "{error}");
    }

    #[test]
    fn reads_what_an_older_build_awaited() {
        let session: Session = serde_json::from_str(r#"{"format":1,"language":"en","awaiting":"lookup"}"#).unwrap();
        assert_eq!(session.awaiting, Some(Awaiting::Handler("lookup".parse().unwrap())));
        for awaiting in [session.awaiting.unwrap(), Awaiting::Http {}] {
            let json = serde_json::to_string(&awaiting).unwrap();
            assert_eq!(serde_json::from_str::<Awaiting>(&json).unwrap(), awaiting, "{json}");
        }
    }
}
