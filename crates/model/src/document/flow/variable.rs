//! What flows remember and call: contexts, variables, handlers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_false;
use crate::EntityId;
use crate::document::check_name;

/// `flows/contexts/ID`: a mark on the conversation that lasts some turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The name that people see.
    pub name: String,
    /// What it marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `flows/variables/ID`: a value that the conversation keeps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name that people see.
    pub name: String,
    /// What it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type of its values.
    #[serde(default, rename = "type", skip_serializing_if = "ValueType::is_any")]
    pub value_type: ValueType,
    /// Its value at the start of a conversation.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub default: Value,
    /// Entities whose value it takes whenever one is recognised.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub from_entities: BTreeSet<EntityId>,
    /// How long it keeps a value.
    #[serde(default, skip_serializing_if = "Lifetime::is_conversation")]
    pub lifetime: Lifetime,
    /// Keeps its values out of transcripts, traces and logs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
}

/// How long a variable keeps a value that it is given. Then it has its default again, or no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// As long as the conversation.
    #[default]
    Conversation,
    /// Until the flow that it was set in has ended or been left. A flow that waits for another has
    /// not; what is set outside of any flow is of the one that begins next.
    Flow,
    /// For so many turns of the user after this one (1 to 1,000).
    Turns(u32),
    /// For ever: the person's next conversation begins with it.
    User,
}

/// The type of a variable's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Any JSON value.
    #[default]
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List,
}

/// `flows/handlers/ID`: code of the embedder that flows may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// The name under which the embedder registers it.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl ValueType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_any(&self) -> bool {
        *self == Self::Any
    }

    /// Whether a value is of this type; `null` (not set) is of every type.
    #[must_use]
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null)
            | (Self::Any, _)
            | (Self::Text, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::List, Value::Array(_)) => true,
            (Self::Text | Self::Number | Self::Boolean | Self::List, _) => false,
        }
    }
}

impl Lifetime {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_conversation(&self) -> bool {
        *self == Self::Conversation
    }
}

impl Context {
    pub(in crate::document) fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}

impl Variable {
    pub(in crate::document) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if !self.value_type.admits(&self.default) {
            return Err(format!("at `default`: {} is not of the variable's type", self.default));
        }
        if let Lifetime::Turns(turns) = self.lifetime
            && !(1..=1_000).contains(&turns)
        {
            return Err("at `lifetime.turns`: it takes 1 to 1000 turns".to_owned());
        }
        Ok(())
    }
}

impl Handler {
    pub(in crate::document) fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}
