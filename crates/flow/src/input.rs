//! What comes into a conversation.

use std::collections::BTreeMap;

use greenroom_model::{EntityId, EventId, IntentId, VariableId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happens in a conversation; [`step`](crate::step) answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The conversation begins (again): the introduction is said.
    Start,
    /// The user says something.
    Text {
        /// What was said, to the letter.
        text: String,
        /// What it means; `None`: not understood.
        intent: Option<IntentId>,
        /// The entities in it, in the order of the text.
        entities: Vec<EntityValue>,
    },
    /// The user presses a button.
    Button {
        /// The payload of the button, as the [`Reply`](crate::Reply) gave it.
        payload: String,
    },
    /// The channel or an embedder reports something.
    Event {
        /// What happened.
        event: EventId,
    },
    /// The handler of an [`Effect::Call`](crate::Effect::Call) has answered, or
    /// failed for the reason given.
    HandlerResult(Result<HandlerReply, String>),
    /// The person who had taken over gives the conversation back to the bot.
    Resume,
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
        Self::Text { text: text.into(), intent: None, entities: Vec::new() }
    }

    /// A text of an intent, without entities.
    pub fn of_intent(text: impl Into<String>, intent: IntentId) -> Self {
        Self::Text { text: text.into(), intent: Some(intent), entities: Vec::new() }
    }
}
