//! What handlers and requests are answered with in a test, where none is called or sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FlowId, HandlerId, NodeId, VariableId};

/// What a conversation calls: a handler by its id, or the request of an action by its
/// place, `flow/node`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Called {
    /// A handler.
    Handler(HandlerId),
    /// The request that a node sends.
    Request(FlowId, NodeId),
}

/// What a handler or a request is answered with, or that it fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "AnswerForm"))]
#[serde(try_from = "AnswerForm", into = "AnswerForm")]
pub enum StubbedAnswer {
    /// A handler answers.
    Handler {
        /// Variables and their new values; `null` takes a value away.
        variables: BTreeMap<VariableId, Value>,
        /// What the bot says for the handler.
        replies: Vec<String>,
        /// Where the handler is called to check what the user said: whether that is valid.
        /// It is where nothing is said.
        valid: Option<bool>,
        /// The value of a valid answer; `null`: the answer's own text.
        value: Value,
        /// The node that the conversation goes on at, instead of what follows the call.
        goes_to: Option<(FlowId, NodeId)>,
        /// The flows that are over.
        ends: BTreeSet<FlowId>,
    },
    /// A request is answered.
    Http {
        /// The status, such as 200.
        status: u16,
        /// The body: JSON, or a text.
        body: Value,
    },
    /// The handler fails, or the request is not answered, for this reason.
    Fails(String),
}

/// What several calls of the same are answered with, in order; the last answer is given to all further calls.
/// Written as one answer, or as a list of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "AnswersForm"))]
#[serde(try_from = "AnswersForm", into = "AnswersForm")]
pub struct StubbedAnswers(Vec<StubbedAnswer>);

/// What calls are answered with.
pub type AnswersByCall = BTreeMap<Called, StubbedAnswers>;

impl StubbedAnswers {
    /// The same answer to every call.
    #[must_use]
    pub fn always(answer: StubbedAnswer) -> Self {
        Self(vec![answer])
    }

    /// One answer after the other; none for an empty list.
    #[must_use]
    pub fn in_turn(answers: Vec<StubbedAnswer>) -> Option<Self> {
        if answers.is_empty() { None } else { Some(Self(answers)) }
    }

    /// All of them, in order; at least one.
    #[must_use]
    pub fn all(&self) -> &[StubbedAnswer] {
        &self.0
    }

    /// The answer to the `call`th call, from 0.
    #[must_use]
    pub fn to_call(&self, call: usize) -> Option<&StubbedAnswer> {
        self.0.get(call).or_else(|| self.0.last())
    }

    /// What is wrong with them as answers of this call.
    pub(super) fn check(&self, called: &Called) -> Result<(), String> {
        let misplaced = self.0.iter().any(|answer| match (called, answer) {
            (_, StubbedAnswer::Fails(_)) => false,
            (Called::Handler(_), answer) => matches!(answer, StubbedAnswer::Http { .. }),
            (Called::Request(..), answer) => !matches!(answer, StubbedAnswer::Http { .. }),
        });
        match called {
            Called::Handler(_) if misplaced => Err(format!(
                "answers.{called}`: `status` and `body` are a request's, which is named by its place, `flow/node`"
            )),
            Called::Request(..) if misplaced => {
                Err(format!("answers.{called}`: a request is answered with `status` and `body`, or `fails`"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler(handler) => write!(f, "{handler}"),
            Self::Request(flow, node) => write!(f, "{flow}/{node}"),
        }
    }
}

impl FromStr for Called {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, crate::Error> {
        match text.split_once('/') {
            Some((flow, node)) => Ok(Self::Request(flow.parse()?, node.parse()?)),
            None => Ok(Self::Handler(text.parse()?)),
        }
    }
}

impl TryFrom<String> for Called {
    type Error = crate::Error;

    fn try_from(text: String) -> Result<Self, crate::Error> {
        text.parse()
    }
}

impl From<Called> for String {
    fn from(called: Called) -> Self {
        called.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Called {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Called".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The id of a handler, or the place of a request: `flow/node`.",
            "type": "string"
        })
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct AnswerForm {
    /// Of a handler: variables and their new values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<VariableId, Value>,
    /// Of a handler: what the bot says for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replies: Vec<String>,
    /// Of a handler that checks what the user said: whether that is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<bool>,
    /// Of a handler that checks what the user said: the value that it comes to.
    #[serde(skip_serializing_if = "Value::is_null")]
    value: Value,
    /// Of a handler: the node that the conversation goes on at, `flow/node`.
    #[serde(skip_serializing_if = "Option::is_none")]
    goes_to: Option<String>,
    /// Of a handler: the flows that are over.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    ends: BTreeSet<FlowId>,
    /// Of a request: the status; 200 where a body is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Of a request: the body.
    #[serde(skip_serializing_if = "Value::is_null")]
    body: Value,
    /// Why the handler fails, or the request is not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    fails: Option<String>,
}

/// The node of a flow that a handler leads to.
fn place_of(text: &str) -> Result<(FlowId, NodeId), &'static str> {
    let place = text.split_once('/').and_then(|(flow, node)| Some((flow.parse().ok()?, node.parse().ok()?)));
    place.ok_or("`goes_to` takes a node of a flow, `flow/node`")
}

impl TryFrom<AnswerForm> for StubbedAnswer {
    type Error = &'static str;

    fn try_from(form: AnswerForm) -> Result<Self, Self::Error> {
        let is_handlers = !form.variables.is_empty()
            || !form.replies.is_empty()
            || form.valid.is_some()
            || !form.value.is_null()
            || form.goes_to.is_some()
            || !form.ends.is_empty();
        let is_requests = form.status.is_some() || !form.body.is_null();
        match (form.fails, is_handlers, is_requests) {
            (Some(reason), false, false) => Ok(Self::Fails(reason)),
            (None, false, true) => Ok(Self::Http { status: form.status.unwrap_or(200), body: form.body }),
            (None, _, false) => Ok(Self::Handler {
                variables: form.variables,
                replies: form.replies,
                valid: form.valid,
                value: form.value,
                goes_to: form.goes_to.map(|place| place_of(&place)).transpose()?,
                ends: form.ends,
            }),
            _ => Err(
                "an answer is a handler's (`variables`, `replies`, `valid`, `value`, `goes_to`, `ends`), a request's (`status`, `body`) or `fails`, not several of these",
            ),
        }
    }
}

impl From<StubbedAnswer> for AnswerForm {
    fn from(answer: StubbedAnswer) -> Self {
        match answer {
            StubbedAnswer::Handler { variables, replies, valid, value, goes_to, ends } => {
                let goes_to = goes_to.map(|(flow, node)| format!("{flow}/{node}"));
                Self { variables, replies, valid, value, goes_to, ends, ..Self::default() }
            }
            StubbedAnswer::Http { status, body } => Self { status: Some(status), body, ..Self::default() },
            StubbedAnswer::Fails(reason) => Self { fails: Some(reason), ..Self::default() },
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "an answer of a handler, of a request or `fails`, or a list of such answers")]
enum AnswersForm {
    // First, since a list could also be read as the fields of one answer in their order.
    Several(Vec<StubbedAnswer>),
    One(StubbedAnswer),
}

impl TryFrom<AnswersForm> for StubbedAnswers {
    type Error = &'static str;

    fn try_from(form: AnswersForm) -> Result<Self, Self::Error> {
        match form {
            AnswersForm::One(answer) => Ok(Self::always(answer)),
            AnswersForm::Several(answers) => Self::in_turn(answers).ok_or("the list has no answer; give one"),
        }
    }
}

impl From<StubbedAnswers> for AnswersForm {
    fn from(answers: StubbedAnswers) -> Self {
        match <[StubbedAnswer; 1]>::try_from(answers.0) {
            Ok([one]) => Self::One(one),
            Err(several) => Self::Several(several),
        }
    }
}
