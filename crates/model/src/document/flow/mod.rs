//! `flows/…`: flows with their triggers and nodes, contexts, variables, handlers.

mod action;
mod button;
mod check;
mod filter;
mod input;
mod message;
mod node;
mod steps;
mod trigger;
mod variable;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::NodeId;

pub use action::{ActionNode, HttpCall, HttpMethod};
pub use button::{Button, ButtonAction};
pub use check::{
    MAX_ALTERNATIVES, MAX_BUTTONS, MAX_CARDS, MAX_CASES, MAX_CONTENTS, MAX_LIST_ITEMS, MAX_NODES, MAX_OPTIONS,
    MAX_TRIGGERS,
};
pub use filter::{IntentFilter, Interruptions};
pub use input::{Accept, InputNode, Prompt, Retries};
pub use message::{Card, CardList, Content, FileContent, ItemList, ListItem, Media, MessageNode, RawContent, Said};
pub use node::Node;
pub use steps::{BranchNode, Case, EndNode, EventNode, HandoverNode, JumpNode, JumpTo, WaitNode};
pub use trigger::{SystemEvent, Trigger, TriggerOn};
pub use variable::{Context, Handler, Lifetime, ValueType, Variable};

/// `flows/ID`: a piece of conversation: nodes, the edges between them, and what starts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The name that people see.
    pub name: String,
    /// What the flow is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What starts the flow; a flow without triggers is reached by jumps alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Where the flow begins, for triggers and jumps that name no node.
    pub start: NodeId,
    /// The nodes by id.
    pub nodes: BTreeMap<NodeId, Node>,
}

/// `serde` asks by reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
