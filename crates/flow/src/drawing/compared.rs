//! What is drawn: one flow, or two versions of one, node by node.

use std::collections::BTreeSet;

use greenroom_model::NodeId;
use greenroom_model::document::{ButtonAction, Flow, Node};

/// What became of a thing between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Change {
    /// It is the same in both, or there is one version only.
    #[default]
    Same,
    /// It is in the later one only.
    Added,
    /// It is in the earlier one only.
    Removed,
    /// It is in both, and another.
    Changed,
}

impl Change {
    /// What stands before a word, for who does not tell the colours apart.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Added => "+ ",
            Self::Removed => "− ",
            Self::Changed => "≠ ",
        }
    }
}

/// How many things of two versions of a flow differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ChangeCounts {
    /// Nodes that are in the later version only.
    pub nodes_added: usize,
    /// Nodes that are in the earlier version only.
    pub nodes_removed: usize,
    /// Nodes that say or do something else; not those of which only the ways on differ.
    pub nodes_changed: usize,
    /// Ways between nodes, triggers included, that are in the later version only.
    pub ways_added: usize,
    /// Ways that are in the earlier version only.
    pub ways_removed: usize,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Versions<'f> {
    One(&'f Flow),
    /// The earlier and the later one; none where the flow did not exist.
    Two(Option<&'f Flow>, Option<&'f Flow>),
}

impl<'f> Versions<'f> {
    pub(super) fn before(self) -> Option<&'f Flow> {
        match self {
            Self::One(_) => None,
            Self::Two(before, _) => before,
        }
    }

    pub(super) fn after(self) -> Option<&'f Flow> {
        match self {
            Self::One(flow) => Some(flow),
            Self::Two(_, after) => after,
        }
    }

    /// The one that has the name: the later one where there is one.
    pub(super) fn shown(self) -> Option<&'f Flow> {
        self.after().or(self.before())
    }

    pub(super) fn is_comparison(self) -> bool {
        matches!(self, Self::Two(..))
    }

    /// The nodes of either.
    pub(super) fn ids(self) -> BTreeSet<&'f NodeId> {
        self.before().into_iter().chain(self.after()).flat_map(|flow| flow.nodes.keys()).collect()
    }

    /// The change of what is there before, or after.
    pub(super) fn presence(self, before: bool, after: bool) -> Change {
        match (self, before, after) {
            (Self::Two(..), false, true) => Change::Added,
            (Self::Two(..), true, false) => Change::Removed,
            _ => Change::Same,
        }
    }

    /// What became of a node, its ways on left aside.
    pub(super) fn change_of(self, id: &NodeId) -> Change {
        let node = |flow: Option<&'f Flow>| flow.and_then(|flow| flow.nodes.get(id));
        let starts = |flow: Option<&'f Flow>| flow.is_some_and(|flow| flow.start == *id);
        match (node(self.before()), node(self.after())) {
            (Some(before), Some(after)) => {
                let is_same = starts(self.before()) == starts(self.after()) && is_same_but_for_ways(before, after);
                if is_same { Change::Same } else { Change::Changed }
            }
            (before, after) => self.presence(before.is_some(), after.is_some()),
        }
    }
}

/// Whether two nodes say and do the same, wherever they lead.
fn is_same_but_for_ways(before: &Node, after: &Node) -> bool {
    match (before, after) {
        (Node::Branch(before), Node::Branch(after)) => {
            before.cases.iter().map(|case| &case.when).eq(after.cases.iter().map(|case| &case.when))
        }
        (Node::Wait(before), Node::Wait(after)) => {
            before.seconds == after.seconds && before.events.keys().eq(after.events.keys())
        }
        _ => without_ways(before) == without_ways(after),
    }
}

fn without_ways(node: &Node) -> Node {
    let mut node = node.clone();
    for button in node.buttons_mut() {
        if button.goto().is_some() {
            button.action = ButtonAction::Payload(String::new());
        }
    }
    if let Some(next) = node.way_on() {
        *next = None;
    }
    match &mut node {
        Node::Input(input) => input.otherwise = None,
        Node::Action(action) => action.on_error = None,
        _ => {}
    }
    node
}
