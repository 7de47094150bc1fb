//! Variables, handlers, handovers.

use super::*;
use crate::{Effect, HandlerReply};

#[test]
fn an_action_computes_all_values_before_it_sets_one() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": { "action": {
            "set": { "x": "{{ y }}", "y": "{{ x }}", "z": "{{ x + 1 }}", "list": ["{{ x }}"], "text": "x is {{ x }}",
                "typed": "many", "gone": null },
            "clear": ["old"],
        } } })),
        "flows/variables/typed": { "name": "typed", "type": "number", "default": 7 },
        "flows/variables/old": { "name": "old", "default": "here" },
        "flows/variables/gone": { "name": "gone", "default": "here" },
        "flows/variables/x": { "name": "x", "default": 1 },
        "flows/variables/y": { "name": "y", "default": 2 },
    }));
    talk.mean("go");
    let names = ["x", "y", "z", "list", "text", "typed", "old", "gone"];
    let values = names.map(|name| talk.variable(name));
    let expected =
        [json!(2), json!(1), json!(2), json!(["{{ x }}"]), json!("x is 1"), json!(7), Value::Null, Value::Null];
    assert_eq!(values, expected);
    assert_eq!(talk.faults(), "the variable `typed` takes a number; it keeps its value");
}

#[test]
fn a_handler_is_called_and_its_answer_goes_on() {
    let parts = json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "action": { "set": { "x": 1 }, "call": "lookup", "on_error": "c", "next": "b" } },
            "b": message("Found {{ found }}."), "c": message("Failed."),
        })),
        "flows/variables/found": { "name": "found" },
        "flows/handlers/lookup": { "name": "crm.lookup" },
    });
    let mut talk = Talk::with(parts.clone());
    assert_eq!(talk.mean("go"), "");
    assert_eq!(talk.position(), "f/a");
    let effects = talk.last.as_ref().unwrap().effects.clone();
    let [Effect::Call { handler, name, variables, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((handler.as_str(), name.as_str(), &variables["x"]), ("lookup", "crm.lookup", &json!(1)));
    let waiting = talk.session.clone();

    let variables = [("found".parse().unwrap(), json!("Ann")), ("other".parse().unwrap(), json!(1))].into();
    let reply = HandlerReply { variables, replies: vec!["Looking… {{ found }}".into()], ..HandlerReply::default() };
    let result = Input::HandlerResult(Ok(reply));
    assert_eq!(talk.take(&result), "Looking… {{ found }} | Found Ann.");
    assert!(talk.faults().contains("the handler sets `other`"));
    assert_eq!(talk.variable("other"), Value::Null);
    assert_eq!(talk.session.awaiting, None);
    assert_eq!(talk.take(&result), "");
    assert!(talk.traced(|step| matches!(step, TraceStep::Ignored { .. })));

    talk.session = waiting.clone();
    assert_eq!(talk.take(&Input::HandlerResult(Err("no route".into()))), "Failed.");

    // A user who does not wait gives the call up; its answer then comes too late.
    talk.session = waiting;
    talk.say("hello?");
    assert!(talk.faults().contains("has not answered"));
    assert_eq!((talk.position().as_str(), &talk.session.awaiting), ("none", &None));
    assert_eq!(talk.take(&result), "");
}

#[test]
fn a_handler_that_fails_without_a_way_for_it_goes_on() {
    let mut talk = Talk::with(json!({ "flows/f": flow(json!({ "intent": "go" }), json!({
        "a": { "action": { "call": "undeclared", "next": "b" } }, "b": message("On."),
    })) }));
    talk.mean("go");
    assert!(matches!(&talk.last.as_ref().unwrap().effects[0], Effect::Call { name, .. } if name == "undeclared"));
    assert_eq!(talk.take(&Input::HandlerResult(Err("no".into()))), "On.");
}

#[test]
fn a_handover_silences_the_bot_until_it_is_resumed() {
    let mut talk = Talk::with(json!({
        "flows/help": flow(json!({ "intent": "help" }), json!({
            "a": { "handover": { "text": { "en": "One moment." }, "next": "b" } }, "b": message("Back again."),
        })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
    }));
    assert_eq!(talk.mean("help"), "One moment.");
    assert!(matches!(talk.last.as_ref().unwrap().effects.as_slice(), [Effect::Handover(_)]));
    for input in [
        Input::of_intent("hours?", "hours".parse().unwrap()),
        Input::Button { payload: "goto:help/b".into() },
        Input::event("any".parse().unwrap()),
        Input::Start,
    ] {
        assert_eq!(talk.take(&input), "");
        assert!(talk.traced(|step| matches!(step, TraceStep::Ignored { reason } if reason.contains("silent"))));
    }
    assert_eq!(talk.take(&Input::Resume), "Back again.");
    assert_eq!(talk.take(&Input::Resume), "");
    assert_eq!(talk.mean("hours"), "9 to 5.");
}

/// A form that waits behind the flow `d`, whose action calls `h`.
fn digression() -> Talk {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "input": { "variable": "x", "ask": { "text": { "en": "x?" } }, "accept": [{ "number": {} }], "next": "b" } },
            "b": message("f {{ x }}."),
        })),
        "flows/d": flow(json!({ "intent": "aside" }), json!({
            "a": { "action": { "call": "h", "next": "b" } }, "b": message("d."),
        })),
        "flows/variables/x": { "name": "x" },
        "flows/handlers/h": { "name": "h" },
    }));
    talk.mean("go");
    assert_eq!(talk.mean("aside"), "");
    assert_eq!(talk.session.returns.len(), 1);
    talk
}

fn leads(reply: HandlerReply) -> Input {
    Input::HandlerResult(Ok(reply))
}

#[test]
fn a_handler_leads_elsewhere_and_its_flow_waits_there_no_more() {
    let mut talk = digression();
    let to = crate::Position { flow: "f".parse().unwrap(), node: "b".parse().unwrap() };
    let variables = [("x".parse().unwrap(), json!(7))].into();
    assert_eq!(talk.take(&leads(HandlerReply { variables, goes_to: Some(to), ..HandlerReply::default() })), "f 7.");
    assert_eq!((talk.position().as_str(), talk.session.returns.len()), ("none", 0));

    let mut talk = digression();
    let to = crate::Position { flow: "f".parse().unwrap(), node: "gone".parse().unwrap() };
    assert_eq!(talk.take(&leads(HandlerReply { goes_to: Some(to), ..HandlerReply::default() })), "d. | x?");
    assert!(talk.faults().contains("leads to `f/gone`"));
}

#[test]
fn a_handler_ends_the_flow_that_waits_or_its_own() {
    let ends = |flow: &str| HandlerReply { ends: [flow.parse().unwrap()].into(), ..HandlerReply::default() };
    let mut talk = digression();
    assert_eq!(talk.take(&leads(ends("f"))), "d.");
    assert_eq!(talk.position(), "none");
    let mut talk = digression();
    assert_eq!(talk.take(&leads(ends("d"))), "x?");
    let mut talk = digression();
    let notes = vec!["no reminders".to_owned()];
    assert_eq!(talk.take(&leads(HandlerReply { notes, ..HandlerReply::default() })), "d. | x?");
    assert!(talk.traced(|step| matches!(step, TraceStep::Ignored { reason } if reason == "no reminders")));
}

#[test]
fn a_message_is_recited_with_other_values_and_changes_nothing() {
    let talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "branch": { "cases": [{ "when": "known(y)", "goto": "b" }], "else": "c" } },
            "b": { "message": { "text": { "en": "y is {{ y }}, x is {{ x }}" }, "next": "c" } },
            "c": { "input": { "variable": "x", "ask": { "text": { "en": "x?" } } } },
            "d": { "action": { "clear": ["x"] } },
        })),
        "flows/variables/x": { "name": "x", "default": 1 },
        "flows/variables/y": { "name": "y" },
    }));
    let said = |node: &str, values: &[(&str, Value)]| {
        let at = crate::Position { flow: "f".parse().unwrap(), node: node.parse().unwrap() };
        let values = values.iter().map(|(name, value)| (name.parse().unwrap(), value.clone())).collect();
        let replies = talk.graph.say(&talk.session, &at, &values);
        replies.into_iter().map(|reply| reply.text).collect::<Vec<_>>()
    };
    assert_eq!(said("a", &[("y", json!(2))]), ["y is 2, x is 1"]);
    assert_eq!(said("a", &[]), ["x?"]);
    assert_eq!(said("b", &[("x", Value::Null), ("y", json!("{{ x }}"))]), ["y is {{ x }}, x is "]);
    assert!(said("d", &[]).is_empty() && said("gone", &[]).is_empty());
}
