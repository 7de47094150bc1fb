//! What parts give to each other and take from each other, beyond names: who sets
//! what another asks for, who listens to what a button sends, what is said in
//! which languages, and where flows jump. The index puts it together for the
//! lints that need the whole bot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ContextId, FlowId, Language, NodeId};

/// What kind of thing one part gives and another takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkKind {
    /// A context: an action sets it, a trigger requires it.
    Context,
    /// A variable's value: something sets it, a condition or a text asks for it.
    Variable,
    /// An intent: a trigger or an input hears it, a button stands for it.
    Intent,
    /// A payload: a trigger listens to it, a button sends it.
    Payload,
    /// A way out of an input that refuses answers without a limit: an intent or a keyword that starts a flow.
    WayOut,
    /// Values of variables from outside, which nothing in the bot shows: events may bring them.
    Values,
    /// An intent that a button stands for, so that no text need be recognised as it; nothing takes it.
    Pressed,
    /// Other texts made of a variable's value: a variable that is not sensitive admits them, a text
    /// with a filter or a loop says one.
    Derivable,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Context,
        Self::Variable,
        Self::Intent,
        Self::Payload,
        Self::WayOut,
        Self::Values,
        Self::Pressed,
        Self::Derivable,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Variable => "variable",
            Self::Intent => "intent",
            Self::Payload => "payload",
            Self::WayOut => "way_out",
            Self::Values => "values",
            Self::Pressed => "pressed",
            Self::Derivable => "derivable",
        }
    }
}

/// Something that one part gives and another takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link {
    /// What it is.
    pub kind: LinkKind,
    /// Its id; a payload to the letter.
    pub name: String,
}

impl Link {
    /// The link of this kind and name.
    pub fn new(kind: LinkKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.as_str(), self.name)
    }
}

/// What one part gives and takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// What it gives.
    pub gives: BTreeSet<Link>,
    /// What it takes, and at which node.
    pub takes: BTreeSet<(Link, Option<NodeId>)>,
    /// The nodes that say something, and the languages in which they say all of it.
    pub said_in: BTreeMap<NodeId, BTreeSet<Language>>,
    /// The languages that the bot speaks, where the part says so.
    pub speaks: BTreeSet<Language>,
    /// The triggers, in their order.
    pub triggers: Vec<TriggerLink>,
    /// The nodes that jump to where a variable says.
    pub dynamic_jumps: BTreeSet<NodeId>,
    /// Where the flow jumps, where it does.
    pub jumps: Option<FlowJumps>,
    /// The nodes that nothing in the flow leads to, and to which of the others each of
    /// them leads: where another flow jumps to one, it leads on to those.
    pub unreached: BTreeMap<NodeId, BTreeSet<NodeId>>,
}

/// When a trigger fits: of two that are equal, the first always wins.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TriggerLink {
    /// What it waits for, in words, such as ``intent `order` ``.
    pub on: String,
    /// The contexts that it requires.
    pub contexts: BTreeSet<ContextId>,
}

/// The shape of a flow that jumps, as far as returns are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowJumps {
    /// Where the flow begins.
    pub start: NodeId,
    /// For each node the nodes of the flow that it may lead to by itself.
    pub ways: BTreeMap<NodeId, BTreeSet<NodeId>>,
    /// The nodes at which the flow may end, or wait for anything.
    pub ends: BTreeSet<NodeId>,
    /// The nodes that jump.
    pub jumps: BTreeMap<NodeId, FlowJump>,
}

/// A jump of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowJump {
    /// The flow, and the node where it names one; `None`: where a variable says.
    pub to: Option<(FlowId, Option<NodeId>)>,
    /// Whether it comes back when the other flow ends.
    pub returns: bool,
    /// The node that follows the return.
    pub next: Option<NodeId>,
}
