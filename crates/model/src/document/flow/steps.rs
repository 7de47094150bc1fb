//! The small nodes: branch, jump, handover, wait, event, end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_false;
use crate::document::LocalizedText;
use crate::{EventId, FlowId, NodeId, VariableId};

/// Chooses the way on by conditions: the first that holds wins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BranchNode {
    /// The cases, in order (at most 1,000).
    pub cases: Vec<Case>,
    /// The way on when no case holds; without one the flow ends.
    #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<NodeId>,
}

/// A condition and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The condition, such as `priority == "high" and known(email)`.
    pub when: String,
    /// The node that follows when it holds.
    pub goto: NodeId,
}

/// Goes to another flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JumpNode {
    /// Where to.
    pub to: JumpTo,
    /// Comes back, to `next`, when the other flow ends.
    #[serde(default, rename = "return", skip_serializing_if = "is_false")]
    pub returns: bool,
    /// The node that follows the return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Where a jump goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "JumpToForm"))]
#[serde(try_from = "JumpToForm", into = "JumpToForm")]
pub enum JumpTo {
    /// A flow, at a node of it or at its start.
    Flow(FlowId, Option<NodeId>),
    /// The flow (`flow` or `flow/node`) that a variable names.
    Variable(VariableId),
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct JumpToForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flow: Option<FlowId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
    /// A variable that names the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variable: Option<VariableId>,
}

impl TryFrom<JumpToForm> for JumpTo {
    type Error = &'static str;

    fn try_from(form: JumpToForm) -> Result<Self, Self::Error> {
        match (form.flow, form.node, form.variable) {
            (Some(flow), node, None) => Ok(Self::Flow(flow, node)),
            (None, None, Some(variable)) => Ok(Self::Variable(variable)),
            _ => Err("a jump takes `flow` (and perhaps `node`), or `variable`"),
        }
    }
}

impl From<JumpTo> for JumpToForm {
    fn from(to: JumpTo) -> Self {
        match to {
            JumpTo::Flow(flow, node) => Self { flow: Some(flow), node, variable: None },
            JumpTo::Variable(variable) => Self { flow: None, node: None, variable: Some(variable) },
        }
    }
}

/// Hands the conversation over to a person; the bot is silent until it is resumed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HandoverNode {
    /// Said before handing over.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub text: LocalizedText,
    /// Whom to, such as a queue or a department (a template).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What the person should know (a template).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The node that follows when the bot is resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Waits for an event, for some time to pass, or for whichever comes first. What the user says
/// meanwhile is answered, and the flow waits on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WaitNode {
    /// The events that it waits for, each with the node that then follows (at most 100).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<EventId, NodeId>,
    /// For how many seconds it waits at most (1 to 2,592,000: 30 days); without it, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The node that follows when the time is over; without one the flow then ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_timeout: Option<NodeId>,
}

/// Tells the host of the bot that something has happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventNode {
    /// What has happened.
    pub event: EventId,
    /// What else there is to tell (at most 100 values); a text is a template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, Value>,
    /// The node that follows; without one the flow ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Ends the flow: back to the flow that jumped here with return, else the conversation waits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndNode {}
