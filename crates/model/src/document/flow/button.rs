//! Buttons: what stands on them and what pressing them does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{EntityId, IntentId, Language, NodeId};

/// A button, shown with a message or a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What stands on it, by language (a template).
    pub title: BTreeMap<Language, String>,
    /// What pressing it does.
    pub action: ButtonAction,
}

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Goes to a node of the same flow.
    Goto(NodeId),
    /// Counts as if the user had said something of this intent, with these entity values.
    Intent {
        /// The intent.
        intent: IntentId,
        /// The entities' values.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        entities: BTreeMap<EntityId, String>,
    },
    /// Sends this payload: button triggers listen to it.
    Payload(String),
    /// Opens an address (values in `{{ … }}` are percent-encoded); the bot hears nothing of it.
    Url(String),
}

impl Button {
    /// The node that it goes to, where it goes to one.
    #[must_use]
    pub fn goto(&self) -> Option<&NodeId> {
        match &self.action {
            ButtonAction::Goto(node) => Some(node),
            ButtonAction::Intent { .. } | ButtonAction::Payload(_) | ButtonAction::Url(_) => None,
        }
    }
}
