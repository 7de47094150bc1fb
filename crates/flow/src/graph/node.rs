//! A node as the walk meets it: everything resolved that can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenroom_model::document::IntentFilter;
use greenroom_model::{ContextId, EntityId, HandlerId, IntentId, NodeId, VariableId};
use serde_json::Value;

use super::{Buttons, FlowIndex, NodeIndex, Texts};
use crate::templates::Template;
use crate::{Condition, Pattern, Position};

/// A node and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) flow: FlowIndex,
    pub(crate) kind: Kind,
}

/// Where an edge leads.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// Nowhere: the flow ends.
    Nothing,
    /// To a node.
    Node(NodeIndex),
    /// To a node that the flow lacks: the flow ends too, and the trace says why.
    Missing(NodeId),
}

/// What a node does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Message { text: Texts, buttons: Buttons, next: Target },
    Input(Box<Input>),
    Branch(Branching),
    Action(Box<Action>),
    Jump(Jumping),
    Handover { text: Texts, next: Target },
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) variable: VariableId,
    pub(crate) ask: Option<(Texts, Buttons)>,
    pub(crate) accept: Vec<Accepting>,
    pub(crate) retry: Texts,
    pub(crate) attempts: Option<u32>,
    pub(crate) otherwise: Target,
    pub(crate) skip_when_known: bool,
    pub(crate) next: Target,
}

/// What an input takes for an answer.
#[derive(Debug, Clone)]
pub(crate) enum Accepting {
    Text(IntentFilter),
    Entity {
        entity: EntityId,
        intents: IntentFilter,
    },
    Intent {
        intent: IntentId,
        value: Value,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    Email,
    Regex(Pattern),
    /// The ways to say a value, normalised, and the values.
    Options(Vec<(String, String)>),
    /// A pattern that does not work: nothing matches it.
    Broken(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Branching {
    pub(crate) cases: Vec<Case>,
    pub(crate) otherwise: Target,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The condition as its author wrote it.
    pub(crate) source: Arc<str>,
    /// The condition, or what is wrong with it.
    pub(crate) when: Result<Condition, String>,
    pub(crate) goto: Target,
}

#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) set: Vec<(VariableId, Setting)>,
    pub(crate) clear: BTreeSet<VariableId>,
    pub(crate) contexts: BTreeMap<ContextId, u32>,
    pub(crate) call: Option<HandlerId>,
    pub(crate) on_error: Target,
    pub(crate) next: Target,
}

/// What an action sets a variable to.
#[derive(Debug, Clone)]
pub(crate) enum Setting {
    Value(Value),
    Template(Template),
}

#[derive(Debug, Clone)]
pub(crate) struct Jumping {
    pub(crate) to: Destination,
    pub(crate) returns: bool,
    /// Where it goes on after the return.
    pub(crate) next: Target,
}

/// What a jump names.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    Node(NodeIndex),
    Variable(VariableId),
    Missing(String),
}

impl Target {
    pub(crate) fn node(&self) -> Option<NodeIndex> {
        match self {
            Self::Node(node) => Some(*node),
            Self::Nothing | Self::Missing(_) => None,
        }
    }
}
