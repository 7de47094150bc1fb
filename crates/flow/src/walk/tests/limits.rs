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

/// A flow whose node `a` is this, with a large variable `big` of 1 MB as a handler might answer it.
fn hostile(node: Value) -> Talk {
    Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": node, "b": message("On.") })),
        "flows/sorry": flow(json!({ "system": "error" }), json!({ "a": message("Sorry.") })),
        "flows/variables/big": { "name": "big" },
        "flows/handlers/h": { "name": "h" },
    }))
}

#[test]
fn a_variable_of_a_megabyte_is_refused_and_the_conversation_goes_on() {
    let mut talk = hostile(json!({ "action": { "call": "h", "next": "b" } }));
    talk.mean("go");
    let variables = [("big".parse().unwrap(), json!("x".repeat(1 << 20)))].into();
    let reply = crate::HandlerReply { variables, replies: vec!["y".repeat(1 << 20)], ..Default::default() };
    let said = talk.take(&Input::HandlerResult(Ok(reply)));
    assert!(said.ends_with("y | On.") && said.len() < 70_000, "{}", said.len());
    assert_eq!(talk.variable("big"), Value::Null);
    assert!(talk.faults().contains("larger than 65536 bytes") && talk.faults().contains("the text is cut"));
    assert!(serde_json::to_string(&talk.last.unwrap().trace).unwrap().len() < 2_000);
}

#[test]
fn what_a_handler_shows_is_bounded_too() {
    let button = crate::ReplyButton { title: "B".into(), action: ReplyAction::Payload("p".into()) };
    let many = crate::Reply { text: "many".into(), buttons: vec![button; 10_000], ..Default::default() };
    let json = json!("x".repeat(2 << 20));
    let large = crate::Reply {
        text: "large".into(),
        content: Some(crate::ReplyContent::Raw { channel: "web_chat".into(), json }),
        ..Default::default()
    };
    let mut talk = hostile(json!({ "action": { "call": "h", "next": "b" } }));
    talk.mean("go");
    let reply = crate::HandlerReply { messages: vec![many, large, crate::Reply::default()], ..Default::default() };
    assert_eq!(talk.take(&Input::HandlerResult(Ok(reply))), "many | large | On.");
    let replies = &talk.last.as_ref().unwrap().replies;
    assert_eq!((replies[0].buttons.len(), &replies[1].content), (100, &None));
    assert!(talk.faults().contains("more than 100 buttons") && talk.faults().contains("its text alone"));
}

#[test]
fn all_variables_together_are_bounded() {
    let mut parts = json!({ "flows/f": flow(json!({ "event": "set" }), json!({ "a": { "end": {} } })) });
    for number in 0..40 {
        parts[format!("flows/variables/v{number}")] = json!({ "name": "v" });
    }
    let mut talk = Talk::with(parts);
    let values = (0..40).map(|number| (format!("v{number}").parse().unwrap(), json!("x".repeat(60_000))));
    talk.take(&Input::Event { event: "set".parse().unwrap(), variables: values.collect() });
    assert!(talk.faults().contains("the variables would be larger than 1048576 bytes"));
    let size = serde_json::to_string(&talk.session).unwrap().len();
    assert!(size < (1 << 20) + 1_000, "{size}");
}

#[test]
fn ten_thousand_buttons_are_cut() {
    // No document may have so many; a flow made in Rust may.
    let button = |number: usize| greenroom_model::document::Button {
        title: [("en".parse().unwrap(), format!("{{{{ {number} + 1 }}}}"))].into(),
        action: greenroom_model::document::ButtonAction::Payload(number.to_string()),
    };
    let node =
        greenroom_model::document::MessageNode { buttons: (0..10_000).map(button).collect(), ..Default::default() };
    let start = "a".parse().unwrap();
    let flow = greenroom_model::document::Flow {
        name: "f".into(),
        description: None,
        triggers: vec![greenroom_model::document::Trigger::on(greenroom_model::document::TriggerOn::Intent(
            "go".parse().unwrap(),
        ))],
        nodes: [("a".parse().unwrap(), greenroom_model::document::Node::Message(node))].into(),
        start,
    };
    let path: PartPath = "flows/f".parse().unwrap();
    assert!(Document::Flow(flow.clone()).to_bytes(&path).unwrap_err().to_string().contains("at most 100"));
    let graph = Graph::compile([(path, Document::Flow(flow))]);
    let done = step(&graph, &Session::new(&graph, None), &Input::of_intent("go", "go".parse().unwrap()));
    assert_eq!(done.replies[0].buttons.len(), 100);
    assert!(
        done.trace
            .iter()
            .any(|step| matches!(step, TraceStep::Fault { reason, .. } if reason.contains("more than 100 buttons")))
    );
}

#[test]
fn flows_that_jump_in_a_circle_are_cut_off() {
    let jump = |to: &str, returns: bool| json!({ "a": { "jump": { "to": { "flow": to }, "return": returns } } });
    for returns in [false, true] {
        let mut talk = Talk::with(json!({
            "flows/f": flow(json!({ "intent": "go" }), jump("g", returns)),
            "flows/g": flow(json!({ "event": "none" }), jump("f", returns)),
            "flows/sorry": flow(json!({ "system": "error" }), json!({ "a": message("Sorry.") })),
        }));
        assert_eq!(talk.mean("go"), "Sorry.");
        assert_eq!((talk.position().as_str(), talk.session.returns.len()), ("none", 0));
        assert!(talk.faults().contains("passes more than 1000 nodes"));
    }
}

#[test]
fn what_a_step_says_and_renders_is_bounded() {
    let texts = |text: &str, count: usize| vec![json!({ "text": { "text": { "en": text } } }); count];
    let long = "{{ big }}".repeat(1_000);
    let mut talk = hostile(json!({ "message": { "content": texts(&long, 50), "next": "a" } }));
    talk.session.variables.insert("big".parse().unwrap(), json!("x".repeat(64)));
    let said = talk.mean("go");
    assert!(said.len() < (1 << 20) + 1_000, "{}", said.len());
    assert!(talk.faults().contains("more than 1048576 bytes at once"));
    // Templates that burn all of their fuel are as few as a step may have.
    let burning = "{% for a in list %}{% for b in list %}{% for c in list %}{% if a %}{% endif %}{% endfor %}{% endfor %}{% endfor %}x";
    let buttons = vec![json!({ "title": { "en": burning }, "action": { "payload": "p" } }); 60];
    let mut talk = hostile(json!({ "message": { "content": texts(burning, 50), "buttons": buttons, "next": "a" } }));
    talk.session.variables.insert("list".parse().unwrap(), json!(vec![1; 100]));
    talk.mean("go");
    assert!(talk.faults().contains("the templates of this step take too long"), "{}", talk.faults().len());
}

#[test]
fn conditions_that_take_too_long_are_given_up() {
    let when = vec!["matches(big, \"(a|b|c)*d\")"; 30].join(" or ");
    let cases = vec![json!({ "when": when, "goto": "b" }); 30];
    let mut talk = hostile(json!({ "branch": { "cases": cases, "else": "b" } }));
    talk.session.variables.insert("big".parse().unwrap(), json!("x".repeat(60_000)));
    assert_eq!(talk.mean("go"), "On.");
    assert!(talk.faults().contains("the conditions take too long"));
}

#[test]
fn events_without_end_are_not_all_told() {
    let mut talk = hostile(json!({ "event": { "event": "told", "next": "a" } }));
    assert_eq!(talk.mean("go"), "Sorry.");
    assert_eq!(talk.last.unwrap().effects.len(), 100);
}
