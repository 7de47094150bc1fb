//! Flows, triggers, contexts, jumps, actions, handlers, handovers.

use super::*;
use crate::{Effect, HandlerReply, MAX_NODES_PER_STEP, MAX_RETURNS, Position};

#[test]
fn start_says_the_introduction_and_a_first_text_is_answered_without_it() {
    let parts = json!({
        "flows/welcome": flow(json!({ "system": "introduction" }), json!({ "a": message("Welcome!") })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
    });
    let mut talk = Talk::with(parts.clone());
    assert_eq!(talk.take(&Input::Start), "Welcome!");
    assert!(talk.session.started);
    assert_eq!(talk.mean("hours"), "9 to 5.");
    let mut talk = Talk::with(parts);
    assert_eq!(talk.mean("hours"), "9 to 5.");
    assert!(talk.session.started);
    assert_eq!(talk.session.turn, 1);
}

#[test]
fn the_context_that_lasts_longest_decides() {
    let trigger = |contexts: Value| json!({ "intent": "yes", "contexts": contexts });
    let set = |contexts: Value| flow(json!({ "event": "set" }), json!({ "a": { "action": { "contexts": contexts } } }));
    let bot = |contexts: Value| {
        Talk::with(json!({
            "flows/set": set(contexts),
            "flows/f1": flow(trigger(json!([])), json!({ "a": message("plain") })),
            "flows/f2": flow(trigger(json!(["short"])), json!({ "a": message("short") })),
            "flows/f3": flow(trigger(json!(["long"])), json!({ "a": message("long") })),
            "flows/f4": flow(trigger(json!(["long", "short"])), json!({ "a": message("both") })),
            "flows/f5": flow(trigger(json!(["long"])), json!({ "a": message("long again") })),
        }))
    };
    let set = Input::Event { event: "set".parse().unwrap() };
    for (contexts, replies) in [
        (json!({}), ["plain", "plain", "plain"]),
        (json!({ "short": 1 }), ["short", "plain", "plain"]),
        (json!({ "short": 1, "long": 2 }), ["both", "long", "plain"]),
        (json!({ "short": 3, "long": 2 }), ["both", "both", "short"]),
    ] {
        let mut talk = bot(contexts.clone());
        talk.take(&set);
        assert_eq!([talk.mean("yes"), talk.mean("yes"), talk.mean("yes")], replies, "{contexts}");
    }
    let mut talk = bot(json!({ "long": 5 }));
    talk.take(&set);
    talk.mean("yes");
    let candidate = |step: &TraceStep, flow: &str, won| {
        matches!(step, TraceStep::Candidate { to, chosen, lifespan, .. }
            if to.flow.as_str() == flow && *chosen == won && *lifespan == Some(4))
    };
    assert!(talk.traced(|step| candidate(step, "f3", true)));
    assert!(talk.traced(|step| candidate(step, "f5", false)));
    assert!(talk.traced(|step| matches!(step, TraceStep::Inactive { to, missing }
        if to.flow.as_str() == "f4" && missing.iter().map(AsRef::as_ref).eq(["short"]))));
}

#[test]
fn a_context_of_no_turns_is_ended() {
    let mut talk = Talk::with(json!({
        "flows/on": flow(json!({ "event": "on" }), json!({ "a": { "action": { "contexts": { "c": 9 } } } })),
        "flows/off": flow(json!({ "event": "off" }), json!({ "a": { "action": { "contexts": { "c": 0 } } } })),
    }));
    talk.take(&Input::Event { event: "on".parse().unwrap() });
    assert_eq!(talk.session.contexts.len(), 1);
    talk.take(&Input::Event { event: "off".parse().unwrap() });
    assert!(talk.session.contexts.is_empty());
}

#[test]
fn a_digression_comes_back_and_asks_again() {
    let mut talk = Talk::with(json!({
        "flows/order": flow(json!({ "intent": "order" }), json!({
            "a": message_then("Gladly!", "b"),
            "b": { "input": { "variable": "size", "ask": { "text": { "en": "Size?" } },
                "accept": [{ "options": { "values": { "small": [], "large": [] } } }], "next": "c" } },
            "c": message("One {{ size }}."),
        })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message_then("9 to 5.", "b"), "b": { "end": {} } })),
        "flows/variables/size": { "name": "size" },
    }));
    assert_eq!(talk.mean("order"), "Gladly! | Size?");
    assert_eq!(talk.mean("hours"), "9 to 5. | Size?");
    assert_eq!(talk.position(), "order/b");
    assert!(talk.session.returns.is_empty());
    assert!(talk.traced(|step| matches!(step, TraceStep::Digressed { from } if from.to_string() == "order/b")));
    // The flow of the question itself begins anew, it does not nest.
    assert_eq!(talk.mean("order"), "Gladly! | Size?");
    assert!(talk.session.returns.is_empty());
    assert_eq!(talk.say("large"), "One large.");
    assert_eq!(talk.position(), "none");
}

#[test]
fn a_question_that_waits_twice_is_asked_once() {
    let ask = |text: &str, name: &str| {
        json!({ "a": { "input": { "variable": name, "ask": { "text": { "en": text } }, "accept": [{ "email": {} }], "next": "z" } },
            "z": message(&format!("{text} done")) })
    };
    let mut talk = Talk::with(json!({
        "flows/one": flow(json!({ "intent": "one" }), ask("One", "x")),
        "flows/two": flow(json!({ "intent": "two" }), ask("Two", "y")),
    }));
    talk.mean("one");
    talk.mean("two");
    talk.mean("one");
    talk.mean("two");
    assert_eq!(talk.session.returns.len(), 1);
    assert_eq!(talk.say("a@b.org"), "Two done | One");
    assert_eq!(talk.say("a@b.org"), "One done");
    assert_eq!(talk.position(), "none");
}

#[test]
fn jumps_go_and_come_back() {
    let mut talk = Talk::with(json!({
        "flows/main": flow(json!({ "intent": "go" }), json!({
            "a": { "jump": { "to": { "flow": "side" }, "return": true, "next": "b" } },
            "b": { "jump": { "to": { "flow": "side", "node": "c" } } },
            "c": message("never"),
        })),
        "flows/side": flow(json!({ "event": "none" }), json!({
            "a": message_then("side", "b"), "b": { "end": {} }, "c": message("away"),
        })),
    }));
    assert_eq!(talk.mean("go"), "side | away");
    assert_eq!(talk.position(), "none");
}

#[test]
fn a_variable_names_where_to_jump() {
    let parts = json!({
        "flows/main": flow(json!({ "intent": "go" }), json!({
            "a": { "jump": { "to": { "variable": "where" }, "next": "b" } }, "b": message("still here"),
        })),
        "flows/side": flow(json!({ "event": "none" }), json!({ "a": message("start"), "b": message("node") })),
    });
    let mut with_error = parts.clone();
    with_error["flows/sorry"] = flow(json!({ "system": "error" }), json!({ "a": message("Sorry.") }));
    for (value, reply, reply_with_error) in [
        (json!("side"), "start", "start"),
        (json!("side/b"), "node", "node"),
        (json!("side/x"), "still here", "Sorry."),
        (json!("nowhere"), "still here", "Sorry."),
        (json!(3), "still here", "Sorry."),
        (Value::Null, "still here", "Sorry."),
    ] {
        for (parts, reply) in [(&parts, reply), (&with_error, reply_with_error)] {
            let mut talk = Talk::with(parts.clone());
            if !value.is_null() {
                talk.session.variables.insert("where".parse().unwrap(), value.clone());
            }
            assert_eq!(talk.mean("go"), reply, "{value}");
            assert_eq!(
                talk.faults().is_empty(),
                !["still here", "Sorry."].contains(&reply),
                "{value}: {}",
                talk.faults()
            );
        }
    }
}

#[test]
fn a_branch_takes_the_first_case_that_holds() {
    let parts = json!({ "flows/f": flow(json!({ "intent": "go" }), json!({
        "a": { "branch": { "cases": [
            { "when": "(", "goto": "none" },
            { "when": "n > 2", "goto": "b" },
            { "when": "n > 1", "goto": "c" },
        ], "else": "d" } },
        "b": message("more than two"), "c": message("two"), "d": message("less"),
    })) });
    for (number, reply) in [(3, "more than two"), (2, "two"), (1, "less")] {
        let mut talk = Talk::with(parts.clone());
        talk.session.variables.insert("n".parse().unwrap(), json!(number));
        assert_eq!(talk.mean("go"), reply);
        assert!(talk.faults().contains("the case is passed by"), "{}", talk.faults());
        assert!(talk.traced(|step| matches!(step, TraceStep::Condition { when, holds, .. }
            if when.as_ref() == "n > 2" && *holds == (number == 3))));
    }
}

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
    let [Effect::Call { handler, name, variables }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((handler.as_str(), name.as_str(), &variables["x"]), ("lookup", "crm.lookup", &json!(1)));
    let waiting = talk.session.clone();

    let variables = [("found".parse().unwrap(), json!("Ann")), ("other".parse().unwrap(), json!(1))].into();
    let reply = HandlerReply { variables, replies: vec!["Looking… {{ found }}".into()] };
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
    assert_eq!(talk.last.as_ref().unwrap().effects, [Effect::Handover]);
    for input in [
        Input::of_intent("hours?", "hours".parse().unwrap()),
        Input::Button { payload: "goto:help/b".into() },
        Input::Event { event: "any".parse().unwrap() },
        Input::Start,
    ] {
        assert_eq!(talk.take(&input), "");
        assert!(talk.traced(|step| matches!(step, TraceStep::Ignored { reason } if reason.contains("silent"))));
    }
    assert_eq!(talk.take(&Input::Resume), "Back again.");
    assert_eq!(talk.take(&Input::Resume), "");
    assert_eq!(talk.mean("hours"), "9 to 5.");
}

#[test]
fn not_understood_answers_and_leaves_what_waits() {
    let mut talk = Talk::with(json!({
        "flows/menu": flow(json!({ "intent": "menu" }), json!({
            "a": { "message": { "text": { "en": "Pick." }, "buttons": [
                { "title": { "en": "B" }, "action": { "goto": "b" } },
                { "title": { "en": "Site" }, "action": { "url": "https://example.org" } } ] } },
            "b": message("You picked B."),
        })),
        "flows/what": flow(json!({ "system": "not_understood" }), json!({ "a": message("Pardon?") })),
    }));
    assert_eq!(talk.say("hm"), "Pardon?");
    assert_eq!(talk.position(), "none");
    assert_eq!(talk.mean("menu"), "Pick.");
    assert_eq!(talk.say("hm"), "Pardon?");
    assert_eq!(talk.position(), "menu/a");
    assert_eq!(talk.mean("unheard_of"), "Pardon?");
    assert_eq!(talk.press("goto:menu/b"), "You picked B.");
    assert_eq!(talk.position(), "none");
}

#[test]
fn without_a_flow_for_it_nothing_is_said_but_traced() {
    let mut talk = Talk::with(json!({}));
    assert_eq!(talk.say("hm"), "");
    assert_eq!(talk.last.as_ref().unwrap().trace, [TraceStep::NoTrigger]);
}

#[test]
fn an_event_interrupts_and_the_question_comes_back() {
    let mut talk = Talk::with(json!({
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": { "variable": "x", "ask": { "text": { "en": "Well?" } } } } })),
        "flows/news": flow(json!({ "event": "news" }), json!({ "a": message("News!") })),
    }));
    talk.mean("ask");
    let turn = talk.session.turn;
    assert_eq!(talk.take(&Input::Event { event: "news".parse().unwrap() }), "News! | Well?");
    assert_eq!(talk.session.turn, turn, "an event is no user turn");
    assert_eq!(talk.take(&Input::Event { event: "other".parse().unwrap() }), "");
    assert_eq!(talk.position(), "ask/a");
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
    talk.session.awaiting = Some("h".parse().unwrap());
    assert_eq!(talk.mean("hours"), "9 to 5.");
    assert!(talk.faults().contains("no node `gone/a`"));
    assert_eq!((&talk.session.position, &talk.session.awaiting), (&None, &None));
    assert!(talk.session.returns.is_empty());
}

#[test]
fn texts_follow_the_language_and_take_turns() {
    let parts = json!({
        "settings": { "name": "bot", "default_language": "nl" },
        "flows/f": flow(json!({ "intent": "hi" }), json!({ "a": { "message": {
            "text": { "de": "Hallo", "nl": ["Hoi", "Dag {{ language }}"], "pt": "Oi" },
            "buttons": [{ "title": { "de": "Ja", "nl": "Ja hoor" }, "action": { "payload": "yes" } }] } } })),
    });
    let graph = graph(parts);
    for (tag, replies, title) in [
        ("nl", ["Dag nl", "Hoi"], "Ja hoor"),
        ("pt-br", ["Oi", "Oi"], "Ja hoor"),
        ("de", ["Hallo", "Hallo"], "Ja"),
        ("fr", ["Dag fr", "Hoi"], "Ja hoor"),
    ] {
        let session = Session::new(&graph, Some(language(tag)));
        let mut talk = Talk { graph: graph.clone(), session, last: None };
        assert_eq!([talk.mean("hi"), talk.mean("hi")], replies, "{tag}");
        assert_eq!(talk.payload(title), "yes");
    }
    assert_eq!(Session::new(&graph, None).language, language("nl"));
}

#[test]
fn a_reply_that_comes_out_blank_is_not_sent() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": message_then("{{ nobody }} ", "b"), "b": message("x") })),
    }));
    assert_eq!(talk.mean("go"), "x");
    assert!(talk.faults().contains("`nobody`") && talk.faults().contains("blank"));
}

#[test]
fn a_trace_reads_as_a_story() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": message("x") })),
    }));
    talk.mean("go");
    let trace = serde_json::to_value(&talk.last.as_ref().unwrap().trace).unwrap();
    let at = json!({ "flow": "f", "node": "a" });
    let expected = json!([
        { "step": "candidate", "to": at, "contexts": [], "lifespan": null, "chosen": true },
        { "step": "entered", "at": at },
        { "step": "waiting", "at": null },
    ]);
    assert_eq!(trace, expected);
}
