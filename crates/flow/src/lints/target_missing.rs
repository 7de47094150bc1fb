//! `target_missing` (deny): an edge, button or trigger leads to a node that the
//! flow lacks, or the flow has no start.
//!
//! Why: the conversation ends there without a word. Jumps to other flows are
//! checked by the index, which knows all flows.
//!
//! Shows it: `"next": "bye"` in a flow without a node `bye`. Does not: with one.

use greenroom_model::document::Node;
use greenroom_model::{Code, Finding, NodeId, Severity};

use super::Linted;
use crate::links::trigger_words;

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    let flow = linted.flow;
    let lacks = |node: &NodeId| !flow.nodes.contains_key(node);
    if lacks(&flow.start) {
        let mend = flow.nodes.keys().next().map_or_else(
            || "the flow has no nodes at all; add one".to_owned(),
            |node| format!("add it, or start at `{node}`"),
        );
        let message = format!("the flow starts at `{}`, which it lacks; {mend}", flow.start);
        findings.push(linted.whole(Code::TargetMissing, Severity::Deny, message));
    }
    for trigger in &flow.triggers {
        if let Some(node) = trigger.node.as_ref().filter(|node| lacks(node)) {
            let on = trigger_words(&trigger.on);
            let message = format!(
                "the trigger on the {on} begins at `{node}`, which the flow lacks; add the node or name another"
            );
            findings.push(linted.whole(Code::TargetMissing, Severity::Deny, message));
        }
    }
    for (id, node) in &flow.nodes {
        for (key, target) in node.targets() {
            if lacks(target) {
                let message = format!(
                    "node `{id}`, {}: it leads to `{target}`, which the flow lacks; add the node or name another",
                    edge(node, key)
                );
                findings.push(linted.at(id, Code::TargetMissing, Severity::Deny, message));
            }
        }
    }
}

fn edge(node: &Node, key: &str) -> String {
    match (node, key) {
        (Node::Branch(_), "goto") => "a case".to_owned(),
        (_, "button") => "a button".to_owned(),
        (Node::Wait(_), "event") => "an event".to_owned(),
        _ => format!("`{key}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    #[test]
    fn names_every_edge_that_leads_nowhere() {
        let flow = r#"{ "name": "f", "start": "zero", "triggers": [
                { "intent": "i", "node": "one" }, { "intent": "i", "node": "a" }, { "system": "error", "node": "two" } ],
            "nodes": {
                "a": { "message": { "text": {}, "next": "n1", "buttons": [{ "title": {}, "action": { "goto": "n2" } }] } },
                "b": { "input": { "variable": "x", "next": "n3", "otherwise": "n4" } },
                "c": { "branch": { "cases": [{ "when": "true", "goto": "n5" }], "else": "n6" } },
                "d": { "action": { "on_error": "n7", "next": "n8" } },
                "e": { "handover": { "next": "n9" } },
                "g": { "jump": { "to": { "flow": "other", "node": "away" }, "return": true, "next": "n10" } } } }"#;
        let lines = check(&Code::TargetMissing, flow);
        let missing: Vec<&str> =
            lines.lines().filter_map(|line| line.rsplit_once(", which")?.0.rsplit('`').nth(1)).collect();
        assert_eq!(missing, ["zero", "one", "two", "n2", "n1", "n4", "n3", "n5", "n6", "n7", "n8", "n9", "n10"]);
        assert!(lines.contains("error[target_missing] flows/f#a: node `a`, a button: it leads to `n2`"), "{lines}");
    }

    #[test]
    fn is_silent_when_every_node_is_there() {
        let flow = r#"{ "name": "f", "start": "a", "triggers": [{ "intent": "i", "node": "b" }], "nodes": {
            "a": { "message": { "text": {}, "next": "b" } },
            "b": { "jump": { "to": { "flow": "other", "node": "away" } } } } }"#;
        assert_eq!(check(&Code::TargetMissing, flow), "");
    }

    #[test]
    fn a_flow_without_nodes_is_told_so() {
        let lines = check(&Code::TargetMissing, r#"{ "name": "f", "start": "a", "nodes": {} }"#);
        assert!(lines.contains("no nodes at all"), "{lines}");
    }
}
