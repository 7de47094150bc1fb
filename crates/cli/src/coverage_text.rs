//! Coverage for people: figures a flow, and below it what no test reaches.

use greenroom_bot::{CoverageReport, FlowCoverage, Reached, UnreachedEdge};

use crate::failure::Failure;
use crate::output::{Output, on_one_line};

/// Prints what the tests reach of each flow, and what they do not.
pub(crate) fn print(output: &Output, coverage: &CoverageReport) -> Result<(), Failure> {
    output.line("")?;
    for (id, flow) in &coverage.flows {
        output.line(format_args!("{id}: {}", figures(flow.nodes, flow.edges, flow.triggers)))?;
        for line in unreached(flow) {
            output.line(format_args!("     {}", on_one_line(&line)))?;
        }
    }
    output.line(format_args!("in all: {}", figures(coverage.nodes, coverage.edges, coverage.triggers)))
}

fn figures(nodes: Reached, edges: Reached, triggers: Reached) -> String {
    let of = |what, reached: Reached| format!("{} of {} {what}", reached.reached, reached.all);
    format!("{}, {}, {}", of("nodes", nodes), of("edges", edges), of("triggers", triggers))
}

/// What is left of a flow, a line each. An edge of a node that is left itself is not named again.
fn unreached(flow: &FlowCoverage) -> Vec<String> {
    let nodes = flow.unreached_nodes.iter().map(|node| format!("node {node}"));
    let edges = flow.unreached_edges.iter().filter(|edge| !flow.unreached_nodes.contains(&edge.node)).map(edge);
    let triggers = flow.unreached_triggers.iter().map(|trigger| format!("trigger {trigger}"));
    nodes.chain(edges).chain(triggers).collect()
}

fn edge(edge: &UnreachedEdge) -> String {
    let label = edge.label.as_ref().map_or_else(String::new, |label| format!(" `{label}`"));
    let to = edge.to.as_ref().map_or_else(String::new, |to| format!(" to {to}"));
    format!("edge {}, {}{label}{to}", edge.node, edge.edge)
}
