//! What comes out of a step: replies, effects, and the step itself.

use std::collections::BTreeMap;

use greenroom_model::{HandlerId, VariableId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Session, TraceStep};

/// Something that the bot says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// The buttons under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ReplyButton>,
}

/// A button under a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// What stands on it.
    pub title: String,
    /// What pressing it does.
    pub action: ReplyAction,
}

/// What pressing a button does, as a channel sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyAction {
    /// Sends this payload back as [`Input::Button`](crate::Input::Button).
    Payload(String),
    /// Opens an address; nothing comes back.
    Url(String),
}

/// Something that the runtime shall do; a step itself does nothing outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Calls a handler of the embedder. The conversation goes on with
    /// [`Input::HandlerResult`](crate::Input::HandlerResult); one call waits at most.
    Call {
        /// The handler.
        handler: HandlerId,
        /// The name under which the embedder registered it.
        name: String,
        /// The variables that have a value.
        variables: BTreeMap<VariableId, Value>,
    },
    /// Hands the conversation over to a person, until [`Input::Resume`](crate::Input::Resume).
    Handover,
}

/// What a step results in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The conversation's state after the step; its `position` says what waits.
    pub session: Session,
    /// What the bot says, in order.
    pub replies: Vec<Reply>,
    /// What the runtime shall do, in order.
    pub effects: Vec<Effect>,
    /// How it came to that.
    pub trace: Vec<TraceStep>,
}
