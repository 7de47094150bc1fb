//! A node as the walk meets it: everything resolved that can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenroom_model::document::{HttpMethod, IntentFilter, Interruptions};
use greenroom_model::{ContextId, EntityId, EventId, HandlerId, IntentId, NodeId, VariableId};
use serde_json::Value;

use super::{Buttons, Content, FlowIndex, NodeIndex, Texts};
use crate::templates::{Address, Shape, Template};
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
    Message(Box<Message>),
    Input(Box<Input>),
    Branch(Branching),
    Action(Box<Action>),
    Jump(Jumping),
    Handover(Box<HandingOver>),
    Wait(Box<Waiting>),
    Event(Box<Raising>),
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// What is said, in order.
    pub(crate) contents: Vec<Content>,
    pub(crate) quick_replies: Buttons,
    /// Whether a button of it goes to a node.
    pub(crate) has_goto: bool,
    pub(crate) next: Target,
}

/// What an input asks.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) text: Texts,
    pub(crate) buttons: Buttons,
    pub(crate) quick_replies: Buttons,
}

#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) variable: VariableId,
    pub(crate) ask: Option<Asking>,
    pub(crate) accept: Vec<Accepting>,
    /// What is said before asking again: the first time, the second, …, the last ever after.
    pub(crate) retry: Vec<Texts>,
    pub(crate) attempts: Option<u32>,
    pub(crate) otherwise: Target,
    pub(crate) skip_when_known: bool,
    pub(crate) interruptions: Interruptions,
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
    Date {
        min: Option<String>,
        max: Option<String>,
    },
    Email,
    Phone,
    Regex(Pattern),
    /// The ways to say a value, normalised, and the values.
    Options(Vec<(String, String)>),
    Handler {
        handler: HandlerId,
        intents: IntentFilter,
    },
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
    pub(crate) increment: BTreeMap<VariableId, f64>,
    pub(crate) clear: BTreeSet<VariableId>,
    pub(crate) language: Option<Template>,
    pub(crate) contexts: BTreeMap<ContextId, u32>,
    pub(crate) call: Option<HandlerId>,
    pub(crate) http: Option<Requesting>,
    pub(crate) on_error: Target,
    pub(crate) next: Target,
}

/// A request, with its templates.
#[derive(Debug, Clone)]
pub(crate) struct Requesting {
    pub(crate) method: HttpMethod,
    /// The address as its author wrote it.
    pub(crate) source: Arc<str>,
    pub(crate) url: Address,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) body: Option<Shape>,
    pub(crate) into: BTreeMap<VariableId, String>,
    pub(crate) status: Option<VariableId>,
    pub(crate) timeout_ms: u32,
    pub(crate) retries: u32,
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

#[derive(Debug, Clone)]
pub(crate) struct HandingOver {
    pub(crate) text: Texts,
    pub(crate) to: Option<Template>,
    pub(crate) note: Option<Template>,
    pub(crate) next: Target,
}

#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) events: BTreeMap<EventId, Target>,
    pub(crate) seconds: Option<u32>,
    pub(crate) on_timeout: Target,
}

#[derive(Debug, Clone)]
pub(crate) struct Raising {
    pub(crate) event: EventId,
    pub(crate) data: Vec<(String, Setting)>,
    pub(crate) next: Target,
}

impl Target {
    pub(crate) fn node(&self) -> Option<NodeIndex> {
        match self {
            Self::Node(node) => Some(*node),
            Self::Nothing | Self::Missing(_) => None,
        }
    }
}
