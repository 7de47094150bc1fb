//! Flows as the graph of their ways.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Flow, JumpNode, JumpTo, Node};
use greenroom_model::{FlowId, NodeId};
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Edge, Place, Ways};
use crate::Position;
use crate::links::may_end;

/// The ways through these flows; of one alone they begin at its start too.
pub(super) fn of(flows: &BTreeMap<&FlowId, &Flow>, alone: bool) -> Ways {
    let mut graph = DiGraph::new();
    let anywhere = graph.add_node(Place { at: None, may_end: false });
    let mut ways = Ways { graph, indices: BTreeMap::new(), begins: BTreeSet::new(), anywhere };
    for (id, flow) in flows {
        for (node, content) in &flow.nodes {
            let at = Position { flow: (*id).clone(), node: node.clone() };
            // A flow ends too where an edge leads to what is not there.
            let lacks = content.targets().into_iter().any(|(_, target)| !flow.nodes.contains_key(target));
            let place = Place { at: Some(at.clone()), may_end: may_end(content) || lacks };
            let index = ways.graph.add_node(place);
            ways.indices.insert(at, index);
        }
    }
    for (id, flow) in flows {
        let begins = flow.triggers.iter().map(|trigger| trigger.node.as_ref().unwrap_or(&flow.start));
        let begins: Vec<&NodeId> = begins.chain(alone.then_some(&flow.start)).collect();
        let begins: Vec<NodeIndex> = begins.into_iter().filter_map(|node| ways.find(id, node)).collect();
        ways.begins.extend(begins);
        for (node, content) in &flow.nodes {
            let Some(from) = ways.find(id, node) else { continue };
            match content {
                Node::Jump(jump) => ways.add_jump(flows, id, from, jump, alone),
                content => ways.add_edges(id, from, content),
            }
        }
    }
    let all = ways.indices.values().copied().collect();
    ways.lead_variables_to(all);
    ways
}

impl Ways {
    fn find(&self, flow: &FlowId, node: &NodeId) -> Option<NodeIndex> {
        self.indices.get(&Position { flow: flow.clone(), node: node.clone() }).copied()
    }

    fn add_edges(&mut self, id: &FlowId, from: NodeIndex, content: &Node) {
        // Where nothing is called nothing fails.
        let never_fails = matches!(content, Node::Action(action) if action.call.is_none() && action.http.is_none());
        for (key, target) in content.targets() {
            let is_taken = !(never_fails && key == "on_error");
            if let Some(to) = self.find(id, target).filter(|_| is_taken) {
                self.graph.update_edge(from, to, Edge::On);
            }
        }
    }

    fn add_jump(
        &mut self,
        flows: &BTreeMap<&FlowId, &Flow>,
        id: &FlowId,
        from: NodeIndex,
        jump: &JumpNode,
        alone: bool,
    ) {
        let (called, leaves) = match &jump.to {
            JumpTo::Variable(_) => (Some(self.anywhere), false),
            JumpTo::Flow(flow, node) => {
                let target = flows.get(flow).map(|flow| node.as_ref().unwrap_or(&flow.start));
                let leaves = target.is_none() && alone && !jump.returns;
                (target.and_then(|target| self.find(flow, target)), leaves)
            }
        };
        let next = jump.next.as_ref().and_then(|next| self.find(id, next));
        if let Some(called) = called {
            self.graph.add_edge(from, called, if jump.returns { Edge::Call } else { Edge::On });
        }
        // A jump that leads nowhere goes on; a variable may name nothing.
        let goes_on = !leaves && (called.is_none() || called == Some(self.anywhere));
        if let Some(next) = next {
            if goes_on {
                self.graph.add_edge(from, next, Edge::On);
            }
            if jump.returns && called.is_some() {
                self.graph.add_edge(from, next, Edge::Back);
            }
        }
        if let Some(place) = self.graph.node_weight_mut(from) {
            place.may_end = goes_on && next.is_none();
        }
    }

    /// Lets what variables name be these nodes.
    pub(super) fn lead_variables_to(&mut self, named: BTreeSet<NodeIndex>) {
        let anywhere = self.anywhere;
        self.graph.retain_edges(|graph, edge| graph.edge_endpoints(edge).is_none_or(|(from, _)| from != anywhere));
        for to in named {
            self.graph.add_edge(anywhere, to, Edge::On);
        }
    }
}
