//! What a test expects of a turn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Called;
use crate::{ContextId, EntityId, EventId, Language, VariableId};

/// How long a pattern may be, in bytes.
const MAX_PATTERN_BYTES: usize = 1_024;

/// What the bot should do in a turn. What is left out is not looked at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// The replies, all of them, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Vec<ExpectedReply>>,
    /// The id of the intent that was understood, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Entities and the value that was found of each in the text: one value that
    /// must be among them, a list of all, or `null` for none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<EntityId, Value>,
    /// Where the conversation then waits: `flow/node`, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The language that the bot then speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Variables and the values that they then have (`null`: not set).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<VariableId, Value>,
    /// Contexts, and whether or for how many further turns they are active.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<ContextId, ExpectedContext>,
    /// Whether a person has then taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<bool>,
    /// The handlers that are called and the requests that are sent, all of them, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Vec<ExpectedCall>>,
    /// The events that the host is told of, all of them, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raised: Option<Vec<EventId>>,
}

/// A reply as a test expects it. Written as a text, or with `text`, `contains`,
/// `matches` or `one_of`, and `buttons`; or with `raw`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "ReplyForm"))]
#[serde(try_from = "ReplyForm", into = "ReplyForm")]
pub struct ExpectedReply {
    /// The text.
    pub text: ExpectedText,
    /// The titles of the buttons under it, all of them, in order.
    pub buttons: Option<Vec<String>>,
    /// What is made for one kind of channel alone.
    pub raw: Option<ExpectedRaw>,
}

/// What is made for one kind of channel, as a test expects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedRaw {
    /// The kind of channel, such as `web_chat`.
    pub channel: String,
    /// What it gets; left out: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
}

/// A text as a test expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedText {
    /// Any text.
    Any,
    /// This text, to the letter.
    Exactly(String),
    /// This somewhere in the text.
    Contains(String),
    /// A regular expression that matches somewhere in the text.
    Matches(String),
    /// One of these texts, to the letter.
    OneOf(Vec<String>),
}

/// A context as a test expects it: whether it is active, or for how many further turns of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`true`, `false` or a number of turns")]
pub enum ExpectedContext {
    /// Whether it is active in the user's next turn.
    Active(bool),
    /// For how many further turns; 0: it is not active any more.
    Turns(u32),
}

/// A call as a test expects it. Written as what is called, or with `call` and more of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "CallForm"))]
#[serde(from = "CallForm", into = "CallForm")]
pub struct ExpectedCall {
    /// What is called.
    pub call: Called,
    /// Variables and the values that they have at the call (`null`: not set); others are not looked at.
    pub with: BTreeMap<VariableId, Value>,
    /// The address of a request.
    pub url: Option<String>,
    /// The body of a request: JSON, or a text.
    pub body: Option<Value>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "a text, or one of `text`, `contains`, `matches` and `one_of`, and perhaps `buttons` or `raw`"
)]
enum ReplyForm {
    Text(String),
    Form(ReplyFields),
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct ReplyFields {
    /// The text, to the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// A part of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    contains: Option<String>,
    /// A regular expression that matches somewhere in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<String>,
    /// The texts of which it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<String>>,
    /// The titles of all buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    buttons: Option<Vec<String>>,
    /// What is made for one kind of channel alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<ExpectedRaw>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "the id of a handler, the place of a request, or `call` with `with`, `url` or `body`")]
enum CallForm {
    Call(Called),
    Form(CallFields),
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct CallFields {
    /// The id of the handler, or the place of the request: `flow/node`.
    call: Called,
    /// Variables and the values that they have at the call.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    with: BTreeMap<VariableId, Value>,
    /// The address of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The body of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl TryFrom<ReplyForm> for ExpectedReply {
    type Error = &'static str;

    fn try_from(form: ReplyForm) -> Result<Self, Self::Error> {
        let fields = match form {
            ReplyForm::Text(text) => return Ok(Self::exactly(text)),
            ReplyForm::Form(fields) => fields,
        };
        let texts = [
            fields.text.map(ExpectedText::Exactly),
            fields.contains.map(ExpectedText::Contains),
            fields.matches.map(ExpectedText::Matches),
            fields.one_of.map(ExpectedText::OneOf),
        ];
        let mut texts = texts.into_iter().flatten();
        let text = match (texts.next(), texts.next()) {
            (Some(text), None) => text,
            (None, _) if fields.buttons.is_some() || fields.raw.is_some() => ExpectedText::Any,
            _ => {
                return Err(
                    "a reply takes one of `text`, `contains`, `matches` and `one_of`, or `buttons` or `raw` alone",
                );
            }
        };
        Ok(Self { text, buttons: fields.buttons, raw: fields.raw })
    }
}

impl From<ExpectedReply> for ReplyForm {
    fn from(reply: ExpectedReply) -> Self {
        let mut fields = ReplyFields { buttons: reply.buttons, raw: reply.raw, ..ReplyFields::default() };
        match reply.text {
            ExpectedText::Exactly(text) if fields.buttons.is_none() && fields.raw.is_none() => {
                return Self::Text(text);
            }
            ExpectedText::Any => {}
            ExpectedText::Exactly(text) => fields.text = Some(text),
            ExpectedText::Contains(part) => fields.contains = Some(part),
            ExpectedText::Matches(pattern) => fields.matches = Some(pattern),
            ExpectedText::OneOf(texts) => fields.one_of = Some(texts),
        }
        Self::Form(fields)
    }
}

impl From<CallForm> for ExpectedCall {
    fn from(form: CallForm) -> Self {
        match form {
            CallForm::Call(call) => Self::of(call),
            CallForm::Form(CallFields { call, with, url, body }) => Self { call, with, url, body },
        }
    }
}

impl From<ExpectedCall> for CallForm {
    fn from(expected: ExpectedCall) -> Self {
        if expected == ExpectedCall::of(expected.call.clone()) {
            return Self::Call(expected.call);
        }
        let ExpectedCall { call, with, url, body } = expected;
        Self::Form(CallFields { call, with, url, body })
    }
}

impl ExpectedCall {
    /// A call of which nothing else is looked at.
    #[must_use]
    pub fn of(call: Called) -> Self {
        Self { call, with: BTreeMap::new(), url: None, body: None }
    }
}

impl ExpectedReply {
    /// This text, to the letter.
    pub fn exactly(text: impl Into<String>) -> Self {
        Self { text: ExpectedText::Exactly(text.into()), buttons: None, raw: None }
    }

    /// What is made for one kind of channel alone.
    pub fn raw(channel: impl Into<String>, json: Option<Value>) -> Self {
        Self { text: ExpectedText::Any, buttons: None, raw: Some(ExpectedRaw { channel: channel.into(), json }) }
    }
}

impl Expectation {
    /// What is wrong with its form, after the place, which the caller begins.
    pub(super) fn check(&self) -> Result<(), String> {
        for (place, reply) in self.replies.iter().flatten().enumerate() {
            match &reply.text {
                ExpectedText::OneOf(texts) if texts.is_empty() => {
                    return Err(format!("replies[{place}].one_of`: the list has no text; give one"));
                }
                ExpectedText::Matches(pattern) if pattern.len() > MAX_PATTERN_BYTES => {
                    return Err(format!(
                        "replies[{place}].matches`: the pattern is longer than {MAX_PATTERN_BYTES} bytes; use `contains`"
                    ));
                }
                _ => {}
            }
            // Nothing written would be read back as nothing expected.
            if reply.text == ExpectedText::Any && reply.buttons.is_none() && reply.raw.is_none() {
                return Err(format!("replies[{place}]`: it expects neither a text nor buttons; say one of them"));
            }
            if reply.raw.as_ref().is_some_and(|raw| raw.channel.trim().is_empty()) {
                return Err(format!("replies[{place}].raw.channel`: name the kind of channel, such as `web_chat`"));
            }
        }
        for (place, call) in self.calls.iter().flatten().enumerate() {
            if matches!(call.call, Called::Handler(_)) && (call.url.is_some() || call.body.is_some()) {
                return Err(format!(
                    "calls[{place}]`: `url` and `body` are a request's, which is named by its place, `flow/node`"
                ));
            }
        }
        Ok(())
    }
}
