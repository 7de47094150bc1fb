//! `no_way_out` (deny): nodes lead only to each other, and none of them waits
//! for the user.
//!
//! Why: whoever gets there is stuck; the walk gives the flow up after 1,000 nodes.
//! A loop that a condition leaves is fine, and so is one with an input, a wait, a
//! handover, or a jump to another flow, which may wait.
//!
//! Shows it: two messages, each `next` of the other. Does not: one of them
//! leading to an end.

use std::collections::BTreeSet;

use greenroom_model::document::{Flow, JumpTo, Node};
use greenroom_model::{Code, Finding, FlowId, NodeId, Severity};

use super::Linted;
use crate::shape::{Shape, jumps_inside};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    let Linted { id, flow, .. } = linted;
    let shape = Shape::new(flow, |node| ways_on(id, flow, node).nodes);
    let mut stuck: Vec<BTreeSet<&NodeId>> = shape
        .cycles()
        .into_iter()
        .filter(|cycle| {
            cycle.iter().filter_map(|node| flow.nodes.get(*node)).all(|node| {
                let ways = ways_on(id, flow, node);
                !ways.leaves && ways.nodes.iter().all(|target| cycle.contains(target))
            })
        })
        .collect();
    stuck.sort();
    for cycle in stuck {
        let names: Vec<String> = cycle.iter().take(5).map(|node| format!("`{node}`")).collect();
        let more =
            if cycle.len() > names.len() { format!(" and {} more", cycle.len() - names.len()) } else { String::new() };
        let message = match names.as_slice() {
            [only] => {
                format!("node {only} leads only to itself and never waits for the user; lead it to an input or an end")
            }
            names => format!(
                "the nodes {}{more} lead only to each other and never wait for the user; lead one of them to an input or an end",
                names.join(", ")
            ),
        };
        if let Some(first) = cycle.first() {
            findings.push(linted.at(first, Code::NoWayOut, Severity::Deny, message));
        }
    }
}

/// Where a node may lead by itself.
pub(super) struct Ways<'f> {
    /// The nodes of the flow.
    pub(super) nodes: Vec<&'f NodeId>,
    /// Whether it may also wait, or leave the flow.
    pub(super) leaves: bool,
}

pub(super) fn ways_on<'f>(id: &FlowId, flow: &'f Flow, node: &'f Node) -> Ways<'f> {
    let on = |next: Option<&'f NodeId>| Ways { nodes: next.into_iter().collect(), leaves: next.is_none() };
    match node {
        Node::Message(message) => on(message.next.as_ref()),
        Node::Branch(branch) => {
            let mut ways = on(branch.otherwise.as_ref());
            ways.nodes.extend(branch.cases.iter().map(|case| &case.goto));
            ways
        }
        Node::Action(action) => {
            let mut ways = on(action.next.as_ref());
            ways.nodes.extend(action.on_error.as_ref().filter(|_| action.call.is_some() || action.http.is_some()));
            ways
        }
        Node::Jump(jump) => match (&jump.to, jumps_inside(id, flow, &jump.to)) {
            (JumpTo::Flow(..), Some(target)) => on(Some(target)),
            _ => Ways { nodes: Vec::new(), leaves: true },
        },
        Node::Event(event) => on(event.next.as_ref()),
        Node::Input(_) | Node::Handover(_) | Node::Wait(_) | Node::End(_) => Ways { nodes: Vec::new(), leaves: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn stuck(nodes: &str) -> String {
        let flow = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
        check(&Code::NoWayOut, &flow)
    }

    #[test]
    fn names_nodes_that_lead_only_to_each_other() {
        assert_eq!(
            stuck(
                r#""a": { "message": { "text": {}, "next": "b" } },
                   "b": { "branch": { "cases": [{ "when": "x", "goto": "c" }], "else": "d" } },
                   "c": { "action": { "call": "h", "on_error": "b", "next": "b" } },
                   "d": { "jump": { "to": { "flow": "f", "node": "b" } } }"#
            ),
            "error[no_way_out] flows/f#b: the nodes `b`, `c`, `d` lead only to each other and never wait for the user; \
             lead one of them to an input or an end"
        );
        assert!(stuck(r#""a": { "message": { "text": {}, "next": "a" } }"#).contains("node `a` leads only to itself"));
        assert!(stuck(r#""a": { "jump": { "to": { "flow": "f" } } }"#).contains("node `a` leads only to itself"));
        // Buttons do not help: the walk never stops to let anybody press them.
        assert_ne!(
            stuck(
                r#""a": { "message": { "text": {}, "next": "a", "buttons": [{ "title": {}, "action": { "goto": "b" } }] } },
                   "b": { "end": {} }"#
            ),
            ""
        );
    }

    #[test]
    fn names_each_group_once() {
        let lines = stuck(
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "b" }], "else": "c" } },
               "b": { "message": { "text": {}, "next": "b" } },
               "c": { "message": { "text": {}, "next": "c" } }"#,
        );
        assert_eq!(lines.lines().count(), 2, "{lines}");
    }

    #[test]
    fn a_loop_that_waits_or_can_be_left_is_fine() {
        for nodes in [
            r#""a": { "input": { "variable": "x", "next": "a" } }"#,
            r#""a": { "message": { "text": {}, "next": "b" } }, "b": { "input": { "variable": "x", "next": "a" } }"#,
            r#""a": { "handover": { "next": "a" } }"#,
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "a" }] } }"#,
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "a" }], "else": "b" } }, "b": { "end": {} }"#,
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "b" }], "else": "a" } }, "b": { "end": {} }"#,
            r#""a": { "action": { "call": "h", "next": "a", "on_error": "b" } }, "b": { "end": {} }"#,
            r#""a": { "jump": { "to": { "flow": "other" }, "return": true, "next": "a" } }"#,
            r#""a": { "message": { "text": {}, "next": "b" } }, "b": { "jump": { "to": { "variable": "v" } } }"#,
            r#""a": { "message": { "text": {} } }"#,
            r#""a": { "message": { "text": {}, "next": "b" } },
               "b": { "branch": { "cases": [{ "when": "x", "goto": "a" }], "else": "c" } }, "c": { "end": {} }"#,
        ] {
            assert_eq!(stuck(nodes), "", "{nodes}");
        }
    }

    #[test]
    fn an_error_edge_without_a_call_is_no_way_out() {
        assert_ne!(stuck(r#""a": { "action": { "next": "a", "on_error": "b" } }, "b": { "end": {} }"#), "");
    }
}
