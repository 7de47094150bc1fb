//! What comes into a conversation.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{EntityId, EventId, FlowId, IntentId, Language, VariableId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Position, Reply};

/// Something that happens in a conversation; [`step`](crate::step) answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The conversation begins (again): the introduction is said. Variables and contexts stay,
    /// what waited is given up.
    Start,
    /// The conversation begins (again) by a link of this name: the flow of its trigger
    /// starts, or the introduction where there is none.
    Link {
        /// The name of the link.
        link: String,
    },
    /// The user says something.
    Text {
        /// What was said, to the letter.
        text: String,
        /// What it means; `None`: not understood.
        intent: Option<IntentId>,
        /// The entities in it, in the order of the text.
        entities: Vec<EntityValue>,
        /// The language that it was found to be in, where one was looked for. The
        /// conversation takes it as the bot's settings say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<Language>,
    },
    /// The user presses a button.
    Button {
        /// The payload of the button, as the [`Reply`] gave it.
        payload: String,
    },
    /// The channel or an embedder reports something.
    Event {
        /// What happened.
        event: EventId,
        /// Variables of the bot and the values that they get with it: from an embedder
        /// alone, never from a customer.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        variables: BTreeMap<VariableId, Value>,
    },
    /// The handler of an [`Effect::Call`](crate::Effect::Call) has answered, or
    /// failed for the reason given.
    HandlerResult(Result<HandlerReply, String>),
    /// An [`Effect::Http`](crate::Effect::Http) was answered, with whatever status, or there
    /// was no answer for the reason given.
    HttpResult(Result<HttpAnswer, String>),
    /// The time of an [`Effect::Timer`](crate::Effect::Timer) is over.
    Timeout {
        /// The timer's number.
        number: u64,
    },
    /// The person who had taken over gives the conversation back to the bot.
    Resume,
    /// The user says something while the bot is switched off: what the flow of its trigger for
    /// that says, the variables that it sets and the events that it tells are all that happens,
    /// and what waits goes on waiting.
    Disabled,
}

/// An entity that was recognised in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityValue {
    /// The entity.
    pub entity: EntityId,
    /// Its value; mostly a text.
    pub value: Value,
}

/// What a handler answers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandlerReply {
    /// Variables and their new values; `null` takes a value away.
    pub variables: BTreeMap<VariableId, Value>,
    /// What the bot says for the handler, to the letter.
    pub replies: Vec<String>,
    /// What it says after that, where texts are not enough.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Reply>,
    /// Whether the answer is valid that the handler was called to check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CheckedAnswer>,
    /// Flows that are over: nothing goes back to them, and the flow that made the call ends
    /// where it is one of them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub ends: BTreeSet<FlowId>,
    /// The node that the conversation goes on at, instead of what follows the call. Its flow
    /// waits nowhere else any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goes_to: Option<Position>,
    /// What of its answer could not be done, for the trace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a handler says of an answer that it was called to check.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedAnswer {
    /// Whether it is valid.
    pub valid: bool,
    /// The value of a valid one; `null`: the answer's own text.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// What a request was answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpAnswer {
    /// The status; from 200 to 299 it is a success.
    pub status: u16,
    /// The body: its JSON where it is JSON, else its text.
    #[serde(default)]
    pub body: Value,
}

impl EntityValue {
    /// A value of an entity.
    pub fn new(entity: EntityId, value: impl Into<Value>) -> Self {
        Self { entity, value: value.into() }
    }
}

impl Input {
    /// A text that means nothing that the bot knows.
    pub fn not_understood(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), intent: None, entities: Vec::new(), language: None }
    }

    /// A text of an intent, without entities.
    pub fn of_intent(text: impl Into<String>, intent: IntentId) -> Self {
        Self::Text { text: text.into(), intent: Some(intent), entities: Vec::new(), language: None }
    }

    /// An event that brings no values.
    #[must_use]
    pub fn event(event: EventId) -> Self {
        Self::Event { event, variables: BTreeMap::new() }
    }
}
