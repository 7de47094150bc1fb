//! Triggers, contexts, digressions, jumps, languages.

use super::*;

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
    let set = Input::event("set".parse().unwrap());
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
    talk.take(&Input::event("on".parse().unwrap()));
    assert_eq!(talk.session.contexts.len(), 1);
    talk.take(&Input::event("off".parse().unwrap()));
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
    assert_eq!(talk.last.as_ref().unwrap().trace, [TraceStep::NotUnderstood { times: 1 }, TraceStep::NoTrigger]);
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
    assert_eq!(talk.take(&Input::event("news".parse().unwrap())), "News! | Well?");
    assert_eq!(talk.session.turn, turn, "an event is no user turn");
    assert_eq!(talk.take(&Input::event("other".parse().unwrap())), "");
    assert_eq!(talk.position(), "ask/a");
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
