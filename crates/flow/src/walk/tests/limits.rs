//! What is broken or has no end: bounded, named, survived.

use super::*;
use crate::{MAX_NODES_PER_STEP, MAX_RETURNS, Position};

#[test]
fn a_value_that_is_too_large_is_refused() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "action": { "set": { "x": "{{ x }}{{ x }}" }, "next": "b" } },
            "b": { "branch": { "cases": [{ "when": "x == null", "goto": "c" }], "else": "a" } },
            "c": { "end": {} },
        })),
        "flows/variables/x": { "name": "x", "default": "0123456789" },
    }));
    talk.mean("go");
    let Value::String(text) = talk.variable("x") else { panic!() };
    assert!(text.len() > 30_000 && text.len() <= 64 << 10, "{}", text.len());
    assert!(talk.faults().contains("64 KiB"));
}

#[test]
fn a_loop_is_cut_off_and_the_error_flow_speaks() {
    let looping = json!({ "a": { "action": { "set": { "x": "{{ x + 1 }}" }, "next": "a" } } });
    let mut parts = json!({
        "flows/f": flow(json!({ "intent": "go" }), looping),
        "flows/variables/x": { "name": "x", "default": 0 },
    });
    let mut talk = Talk::with(parts.clone());
    assert_eq!(talk.mean("go"), "");
    assert_eq!(talk.variable("x"), json!(MAX_NODES_PER_STEP));
    assert!(talk.faults().contains("without waiting"));
    assert_eq!(talk.position(), "none");

    parts["flows/sorry"] = flow(json!({ "system": "error" }), json!({ "a": message("Sorry.") }));
    assert_eq!(Talk::with(parts.clone()).mean("go"), "Sorry.");
    // An error flow that loops itself comes to an end too.
    parts["flows/sorry"] = flow(json!({ "system": "error" }), json!({ "a": { "jump": { "to": { "flow": "f" } } } }));
    let mut talk = Talk::with(parts);
    assert_eq!(talk.mean("go"), "");
    assert_eq!(talk.variable("x"), json!(MAX_NODES_PER_STEP + 99));
}

#[test]
fn what_waits_for_a_flow_that_is_cut_off_is_given_up() {
    let mut talk = Talk::with(json!({
        "flows/main": flow(json!({ "intent": "go" }), json!({
            "a": { "jump": { "to": { "flow": "side" }, "return": true, "next": "b" } }, "b": message("never"),
        })),
        "flows/side": flow(json!({ "event": "none" }), json!({ "a": { "action": { "next": "a" } } })),
        "flows/sorry": flow(json!({ "system": "error" }), json!({ "a": message("Sorry.") })),
    }));
    assert_eq!(talk.mean("go"), "Sorry.");
    assert_eq!((talk.position().as_str(), talk.session.returns.len()), ("none", 0));
}

#[test]
fn a_bot_that_does_not_stop_talking_is_cut_off() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": message_then("bla", "a") })),
    }));
    talk.mean("go");
    assert_eq!(talk.last.as_ref().unwrap().replies.len(), 100);
    assert!(talk.faults().contains("says more than 100 things"));
}

#[test]
fn flows_that_wait_for_others_are_limited() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "action": { "set": { "depth": "{{ depth + 1 }}" }, "next": "b" } },
            "b": { "branch": { "cases": [{ "when": "depth > 40", "goto": "d" }], "else": "c" } },
            "c": { "jump": { "to": { "flow": "f" }, "return": true, "next": "e" } },
            "d": { "end": {} },
            "e": message("up"),
        })),
        "flows/variables/depth": { "name": "depth", "default": 0 },
    }));
    let said = talk.mean("go");
    assert_eq!(said.split(" | ").count(), MAX_RETURNS);
    assert!(talk.faults().contains("is given up"));
}

#[test]
fn a_target_that_is_missing_ends_the_flow() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": message_then("So far.", "gone") })),
        "flows/g": { "name": "g", "start": "gone", "nodes": {}, "triggers": [{ "intent": "hm" }] },
        "flows/h": flow(json!({ "intent": "jump" }), json!({ "a": { "jump": { "to": { "flow": "g" }, "next": "b" } }, "b": message("b") })),
    }));
    assert_eq!(talk.mean("go"), "So far.");
    assert!(talk.faults().contains("no node `gone`"));
    assert_eq!(talk.mean("hm"), "");
    assert!(talk.faults().contains("leads to `gone`"));
    assert_eq!(talk.mean("jump"), "b");
}

#[test]
fn a_position_of_another_version_is_dropped() {
    let mut talk = Talk::with(json!({
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
    }));
    let gone = Position { flow: "gone".parse().unwrap(), node: "a".parse().unwrap() };
    talk.session.position = Some(gone.clone());
    talk.session.returns = vec![gone];
    talk.session.awaiting = Some(crate::Awaiting::Handler("h".parse().unwrap()));
    assert_eq!(talk.mean("hours"), "9 to 5.");
    assert!(talk.faults().contains("no node `gone/a`"));
    assert_eq!((&talk.session.position, &talk.session.awaiting), (&None, &None));
    assert!(talk.session.returns.is_empty());
}

#[test]
fn a_reply_that_comes_out_blank_is_not_sent() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": message_then("{{ nobody }} ", "b"), "b": message("x") })),
    }));
    assert_eq!(talk.mean("go"), "x");
    assert!(talk.faults().contains("`nobody`") && talk.faults().contains("blank"));
}
