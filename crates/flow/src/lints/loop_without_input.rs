//! `loop_without_input` (warn): nodes lead round without waiting for the user,
//! only conditions lead out, and nothing on the way round changes what they ask.
//!
//! Why: a conversation that goes round once goes round for ever; the walk gives
//! the flow up after 1,000 nodes. Where no way leads out at all, `no_way_out`
//! says so. A call of a handler may change anything, so such a loop is fine.
//!
//! Shows it: `ask if ready` leads to `say wait`, which leads back. Does not: an
//! input, or an action that counts, on the way.

use std::collections::BTreeSet;

use greenroom_model::document::Node;
use greenroom_model::{Code, Finding, NodeId, Severity, VariableId};

use super::Linted;
use super::no_way_out::ways_on;
use crate::shape::Shape;
use crate::{Condition, sources};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    let Linted { id, flow, .. } = linted;
    let shape = Shape::new(flow, |node| ways_on(id, flow, node).nodes);
    let mut loops: Vec<BTreeSet<&NodeId>> = shape.cycles();
    loops.sort();
    for cycle in loops {
        let nodes: Vec<&Node> = cycle.iter().filter_map(|node| flow.nodes.get(*node)).collect();
        let is_left = nodes.iter().any(|node| {
            let ways = ways_on(id, flow, node);
            ways.leaves || ways.nodes.iter().any(|target| !cycle.contains(target))
        });
        let (Some(first), true) = (cycle.first(), is_left) else { continue };
        let Some(asked) = asked(&nodes) else { continue };
        if nodes.iter().any(|node| changes(node, &asked)) {
            continue;
        }
        let names: Vec<String> = cycle.iter().take(5).map(|node| format!("`{node}`")).collect();
        let more = if cycle.len() > 5 { format!(" and {} more", cycle.len() - 5) } else { String::new() };
        let message = format!(
            "{}{more} lead round without waiting for the user, and nothing on the way changes what the conditions ask; \
             put an input into the loop, or an action that sets one of the variables",
            names.join(", ")
        );
        findings.push(linted.at(first, Code::LoopWithoutInput, Severity::Warn, message));
    }
}

/// The variables that the conditions of the loop ask; nothing where one does not parse.
fn asked(nodes: &[&Node]) -> Option<BTreeSet<VariableId>> {
    let mut asked = BTreeSet::new();
    for node in nodes {
        for (_, source) in sources::conditions(node) {
            let condition: Condition = source.parse().ok()?;
            asked.extend(condition.variables().into_iter().cloned());
        }
    }
    Some(asked)
}

/// Whether a node may change the value of one of these variables, or anything.
fn changes(node: &Node, asked: &BTreeSet<VariableId>) -> bool {
    match node {
        Node::Action(action) => {
            let mut set = action.set.keys().chain(action.increment.keys()).chain(&action.clear);
            // A condition may ask for the language.
            let is_free = action.call.is_some() || action.http.is_some() || action.language.is_some();
            is_free || set.any(|variable| asked.contains(variable))
        }
        Node::Message(_) | Node::Branch(_) | Node::Jump(_) | Node::Event(_) | Node::End(_) => false,
        Node::Input(_) | Node::Handover(_) | Node::Wait(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn looped(middle: &str) -> String {
        let flow = r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "branch": { "cases": [{ "when": "ready", "goto": "z" }], "else": "b" } },
            "b": { "message": { "text": {}, "next": "c" } }, "c": MIDDLE, "z": { "end": {} } } }"#;
        check(&Code::LoopWithoutInput, &flow.replace("MIDDLE", middle))
    }

    #[test]
    fn names_a_loop_in_which_nothing_changes() {
        assert_eq!(
            looped(r#"{ "action": { "set": { "other": 1 }, "next": "a" } }"#),
            "warning[loop_without_input] flows/f#a: `a`, `b`, `c` lead round without waiting for the user, and nothing on \
             the way changes what the conditions ask; put an input into the loop, or an action that sets one of the variables"
        );
    }

    #[test]
    fn a_loop_that_waits_or_changes_something_is_fine() {
        for middle in [
            r#"{ "action": { "set": { "ready": true }, "next": "a" } }"#,
            r#"{ "action": { "clear": ["ready"], "next": "a" } }"#,
            r#"{ "action": { "increment": { "ready": 1 }, "next": "a" } }"#,
            r#"{ "action": { "http": { "url": "https://example.org" }, "next": "a" } }"#,
            r#"{ "action": { "language": "nl", "next": "a" } }"#,
            r#"{ "wait": { "seconds": 5, "on_timeout": "a" } }"#,
            r#"{ "action": { "call": "h", "next": "a" } }"#,
            r#"{ "input": { "variable": "x", "next": "a" } }"#,
            r#"{ "handover": { "next": "a" } }"#,
            r#"{ "jump": { "to": { "flow": "other" }, "return": true, "next": "a" } }"#,
            r#"{ "end": {} }"#,
        ] {
            assert_eq!(looped(middle), "", "{middle}");
        }
    }

    #[test]
    fn what_has_no_way_out_at_all_is_left_to_its_lint() {
        let flow = r#"{ "name": "f", "start": "a", "nodes": { "a": { "message": { "text": {}, "next": "a" } } } }"#;
        assert_eq!(check(&Code::LoopWithoutInput, flow), "");
    }
}
