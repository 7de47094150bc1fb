//! The shape of one flow: which node may lead to which. petgraph stays in here.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Flow, JumpTo, Node};
use greenroom_model::{FlowId, NodeId};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;

/// Which node of a flow may lead to which.
pub(crate) struct Shape<'f> {
    graph: DiGraph<&'f NodeId, ()>,
    indices: BTreeMap<&'f NodeId, NodeIndex>,
}

impl<'f> Shape<'f> {
    /// The shape by these edges; one to a node that the flow lacks is left out.
    pub(crate) fn new(flow: &'f Flow, edges: impl Fn(&'f Node) -> Vec<&'f NodeId>) -> Self {
        let mut graph = DiGraph::with_capacity(flow.nodes.len(), flow.nodes.len());
        let indices: BTreeMap<_, _> = flow.nodes.keys().map(|node| (node, graph.add_node(node))).collect();
        for (from, node) in &flow.nodes {
            for to in edges(node) {
                if let (Some(from), Some(to)) = (indices.get(from), indices.get(to)) {
                    graph.update_edge(*from, *to, ());
                }
            }
        }
        Self { graph, indices }
    }

    /// The nodes that some path from these leads to, themselves included.
    pub(crate) fn reached_from(&self, roots: impl IntoIterator<Item = &'f NodeId>) -> BTreeSet<&'f NodeId> {
        let mut search = Dfs::empty(&self.graph);
        let mut reached = BTreeSet::new();
        for root in roots {
            if let Some(root) = self.indices.get(root) {
                search.move_to(*root);
                while let Some(node) = search.next(&self.graph) {
                    reached.extend(self.graph.node_weight(node).copied());
                }
            }
        }
        reached
    }

    /// The largest groups of nodes in which each leads to each, one that leads to itself included.
    pub(crate) fn cycles(&self) -> Vec<BTreeSet<&'f NodeId>> {
        let groups = kosaraju_scc(&self.graph).into_iter().filter(|group| match group.as_slice() {
            [only] => self.graph.contains_edge(*only, *only),
            _ => true,
        });
        groups
            .map(|group| group.into_iter().filter_map(|node| self.graph.node_weight(node).copied()).collect())
            .collect()
    }
}

/// The node of this very flow that a jump names, where it does.
pub(crate) fn jumps_inside<'f>(id: &FlowId, flow: &'f Flow, to: &'f JumpTo) -> Option<&'f NodeId> {
    match to {
        JumpTo::Flow(other, node) if other == id => Some(node.as_ref().unwrap_or(&flow.start)),
        JumpTo::Flow(..) | JumpTo::Variable(_) => None,
    }
}
