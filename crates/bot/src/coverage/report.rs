//! Coverage as it is told: figures, and what is left, by flow.

use std::collections::BTreeMap;

use greenroom_flow::Position;
use greenroom_model::{FlowId, NodeId};
use serde::{Deserialize, Serialize};

use super::outline::{Edge, trigger_text};
use super::{Coverage, EdgeKind};

/// What conversations reached of a bot's flows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CoverageReport {
    /// The nodes of all flows.
    pub nodes: Reached,
    /// Their edges.
    pub edges: Reached,
    /// Their triggers.
    pub triggers: Reached,
    /// The flows, each with what is left.
    pub flows: BTreeMap<FlowId, FlowCoverage>,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reached {
    /// So many were reached.
    pub reached: usize,
    /// So many there are.
    pub all: usize,
}

/// What conversations reached of one flow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlowCoverage {
    /// The flow's name.
    pub name: String,
    /// Its nodes.
    pub nodes: Reached,
    /// Its edges.
    pub edges: Reached,
    /// Its triggers.
    pub triggers: Reached,
    /// The nodes that no conversation entered.
    pub unreached_nodes: Vec<NodeId>,
    /// The edges that none took.
    pub unreached_edges: Vec<UnreachedEdge>,
    /// The triggers that never started the flow, in words: `intent order`, `not_understood`.
    pub unreached_triggers: Vec<String>,
}

/// An edge that no conversation took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreachedEdge {
    /// The node that it leaves.
    pub node: NodeId,
    /// Which of the node's edges it is: `next`, `button 1`, `case 2`, `else`,
    /// `otherwise`, `on_error`, `event 1`, `on_timeout` or `jump`; counted from 1.
    pub edge: String,
    /// What stands on it: a button's title, a condition, an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where it leads: `flow/node`, a flow, or nothing where that is decided as the conversation goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Reached {
    /// The share that was reached, 0–1; 1 where there is nothing to reach.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub fn share(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.reached as f64 / self.all as f64 }
    }

    fn of(all: usize, left: usize) -> Self {
        Self { reached: all.saturating_sub(left), all }
    }

    fn add(&mut self, other: Self) {
        self.reached += other.reached;
        self.all += other.all;
    }
}

impl FlowCoverage {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unreached_nodes.is_empty() && self.unreached_edges.is_empty() && self.unreached_triggers.is_empty()
    }
}

impl std::fmt::Display for EdgeKind {
    /// `next`, `button 1`: as reports name it, counted from 1.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Next => f.write_str("next"),
            Self::Button(place) => write!(f, "button {}", place + 1),
            Self::Case(place) => write!(f, "case {}", place + 1),
            Self::Else => f.write_str("else"),
            Self::Otherwise => f.write_str("otherwise"),
            Self::OnError => f.write_str("on_error"),
            Self::Event(place) => write!(f, "event {}", place + 1),
            Self::OnTimeout => f.write_str("on_timeout"),
            Self::Jump => f.write_str("jump"),
        }
    }
}

pub(super) fn report(coverage: &Coverage) -> CoverageReport {
    let mut report = CoverageReport::default();
    for (id, outline) in &coverage.outline.flows {
        let mut flow = FlowCoverage { name: outline.name.clone(), ..FlowCoverage::default() };
        let mut edges = 0;
        for (node, content) in &outline.nodes {
            let at = Position { flow: id.clone(), node: node.clone() };
            if !coverage.nodes.contains(&at) {
                flow.unreached_nodes.push(node.clone());
            }
            edges += content.edges.len();
            let left = content.edges.iter().filter(|edge| !coverage.has_edge(&at, edge.kind));
            flow.unreached_edges.extend(left.map(|edge| unreached(node, edge)));
        }
        let triggers = outline.triggers.iter().enumerate();
        let left = triggers.filter(|(place, _)| !coverage.triggers.contains(&(id.clone(), *place)));
        flow.unreached_triggers = left.map(|(_, trigger)| trigger_text(trigger)).collect();
        flow.nodes = Reached::of(outline.nodes.len(), flow.unreached_nodes.len());
        flow.edges = Reached::of(edges, flow.unreached_edges.len());
        flow.triggers = Reached::of(outline.triggers.len(), flow.unreached_triggers.len());
        report.nodes.add(flow.nodes);
        report.edges.add(flow.edges);
        report.triggers.add(flow.triggers);
        report.flows.insert(id.clone(), flow);
    }
    report
}

fn unreached(node: &NodeId, edge: &Edge) -> UnreachedEdge {
    UnreachedEdge { node: node.clone(), edge: edge.kind.to_string(), label: edge.label.clone(), to: edge.to.clone() }
}
