//! What the tests reach of the flows, as the latest run showed.

use greenroom_bot::{CoverageReport, FlowCoverage, Reached};
use greenroom_lifecycle::Job;

use crate::viewed::Viewed;

/// How much is left of a flow is listed at most.
const MOST: usize = 50;

/// The coverage of the latest run.
pub(crate) struct ShownCoverage {
    pub(crate) nodes: Reached,
    pub(crate) edges: Reached,
    pub(crate) triggers: Reached,
    pub(crate) flows: Vec<ShownFlow>,
}

/// What the tests reach of a flow.
pub(crate) struct ShownFlow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) nodes: Reached,
    pub(crate) edges: Reached,
    pub(crate) triggers: Reached,
    /// What is left, each with the page where it is.
    pub(crate) left: Vec<(String, String)>,
    /// How much more is left.
    pub(crate) more: usize,
}

/// The coverage of a run, where it told one.
pub(crate) fn coverage_of(viewed: &Viewed, run: &Job) -> Option<ShownCoverage> {
    let report = run.outcome.as_ref()?.get("coverage")?;
    let report: CoverageReport = serde_json::from_value(report.clone()).ok()?;
    let flows = report.flows.iter().map(|(id, flow)| shown(viewed.href(&format!("flows/{id}")), flow));
    Some(ShownCoverage { nodes: report.nodes, edges: report.edges, triggers: report.triggers, flows: flows.collect() })
}

fn shown(href: String, flow: &FlowCoverage) -> ShownFlow {
    let nodes = flow.unreached_nodes.iter().map(|node| (format!("node {node}"), format!("{href}?node={node}")));
    // The edges of a node that no test enters say nothing new.
    let edges = flow.unreached_edges.iter().filter(|edge| !flow.unreached_nodes.contains(&edge.node)).map(|edge| {
        let label = edge.label.as_ref().map_or_else(String::new, |label| format!(" «{label}»"));
        (format!("{}, {}{label}", edge.node, edge.edge), format!("{href}?node={}", edge.node))
    });
    let triggers = flow.unreached_triggers.iter().map(|trigger| (format!("trigger {trigger}"), href.clone()));
    let mut left: Vec<(String, String)> = nodes.chain(edges).chain(triggers).collect();
    let more = left.len().saturating_sub(MOST);
    left.truncate(MOST);
    let (name, nodes, edges, triggers) = (flow.name.clone(), flow.nodes, flow.edges, flow.triggers);
    ShownFlow { name, href, nodes, edges, triggers, left, more }
}
