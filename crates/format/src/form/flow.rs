//! `flows/ID.yaml`: a flow with its nodes in the order in which a conversation meets them.

use std::collections::{BTreeSet, VecDeque};

use greenroom_model::NodeId;
use greenroom_model::document::{Flow, Node, Trigger};
use serde::Serialize;

use super::Ordered;

/// A flow as it is written. It is read as [`Flow`] itself: the order of nodes has no meaning.
#[derive(Serialize)]
pub(super) struct FlowForm<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    triggers: &'a [Trigger],
    start: &'a NodeId,
    nodes: Ordered<'a, NodeId, Node>,
}

impl<'a> FlowForm<'a> {
    pub(super) fn of(flow: &'a Flow) -> Self {
        // Named one by one, so that a new field of `Flow` cannot be forgotten here.
        let Flow { name, description, triggers, start, nodes: _ } = flow;
        Self { name, description: description.as_deref(), triggers, start, nodes: Ordered(in_walk_order(flow)) }
    }
}

/// Breadth-first from the start, then from the nodes that triggers name, then the rest by id.
fn in_walk_order(flow: &Flow) -> Vec<(&NodeId, &Node)> {
    let mut ordered = Vec::with_capacity(flow.nodes.len());
    let mut seen = BTreeSet::new();
    let entrances = std::iter::once(&flow.start)
        .chain(flow.triggers.iter().filter_map(|trigger| trigger.node.as_ref()))
        .chain(flow.nodes.keys());
    for entrance in entrances {
        let mut queue = VecDeque::from([entrance]);
        while let Some(id) = queue.pop_front() {
            let Some((id, node)) = flow.nodes.get_key_value(id) else { continue };
            if seen.insert(id) {
                ordered.push((id, node));
                queue.extend(node.targets().into_iter().map(|(_, target)| target));
            }
        }
    }
    ordered
}
