//! `unreachable_node` (warn): no path leads to a node from the flow's start or
//! from a trigger.
//!
//! Why: nobody will ever see it; mostly an edge was forgotten. A warning only,
//! since a variable may name it at run time. A jump from another flow is known
//! to the index, which then leaves this finding out.
//!
//! Shows it: two nodes, no edge between them. Does not: `"next"` from the first
//! to the second.

use std::collections::BTreeSet;

use greenroom_model::document::{Flow, Node};
use greenroom_model::{Code, Finding, FlowId, NodeId, Severity};

use super::Linted;
use crate::shape::{Shape, jumps_inside};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    let reached = reached(linted.id, linted.flow);
    for node in linted.flow.nodes.keys().filter(|node| !reached.contains(node)) {
        let message =
            format!("no path leads to node `{node}`; lead an edge, a button or a trigger to it, or delete it");
        findings.push(linted.at(node, Code::UnreachableNode, Severity::Warn, message));
    }
}

/// The nodes that some path in the flow leads to, from its start or a trigger.
pub(crate) fn reached<'f>(id: &FlowId, flow: &'f Flow) -> BTreeSet<&'f NodeId> {
    let shape = Shape::new(flow, |node| ways_inside(id, flow, node));
    let begins = flow.triggers.iter().filter_map(|trigger| trigger.node.as_ref());
    shape.reached_from(std::iter::once(&flow.start).chain(begins))
}

/// The nodes of its flow that a node may lead to, by a jump too.
pub(crate) fn ways_inside<'f>(id: &FlowId, flow: &'f Flow, node: &'f Node) -> Vec<&'f NodeId> {
    let mut targets: Vec<_> = node.targets().into_iter().map(|(_, target)| target).collect();
    if let Node::Jump(jump) = node {
        targets.extend(jumps_inside(id, flow, &jump.to));
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn unreachable(flow: &str) -> Vec<String> {
        let lines = check(&Code::UnreachableNode, flow);
        lines.lines().filter_map(|line| line.split('`').nth(1)).map(str::to_owned).collect()
    }

    #[test]
    fn names_nodes_that_nothing_leads_to() {
        let flow = r#"{ "name": "f", "start": "a", "triggers": [{ "intent": "i", "node": "t" }], "nodes": {
            "a": { "message": { "text": {}, "next": "b", "buttons": [{ "title": {}, "action": { "goto": "c" } }] } },
            "b": { "jump": { "to": { "flow": "f", "node": "d" } } },
            "c": { "branch": { "cases": [{ "when": "x", "goto": "a" }], "else": "g" } },
            "d": { "action": { "on_error": "e" } },
            "e": { "end": {} }, "g": { "end": {} }, "t": { "end": {} },
            "x": { "message": { "text": {}, "next": "y" } },
            "y": { "message": { "text": {}, "next": "x" } },
            "z": { "message": { "text": {}, "next": "a" } } } }"#;
        assert_eq!(unreachable(flow), ["x", "y", "z"]);
        assert!(check(&Code::UnreachableNode, flow).starts_with("warning[unreachable_node] flows/f#x: "));
    }

    #[test]
    fn is_silent_when_a_path_leads_everywhere() {
        let flow = r#"{ "name": "f", "start": "b", "nodes": {
            "a": { "end": {} }, "b": { "handover": { "next": "a" } } } }"#;
        assert_eq!(unreachable(flow), [""; 0]);
    }
}
