//! Questions and their answers, buttons, variables filled by entities.

use super::*;

/// A bot that asks for `x` by these rules, with another flow for `other`.
fn asking(input: Value) -> Talk {
    let mut node =
        json!({ "variable": "x", "ask": { "text": { "en": "X?" } }, "retry": { "en": "No." }, "next": "ok" });
    node.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    Talk::with(json!({
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": node }, "ok": message("Got {{ x }}."), "out": message("Enough."),
        })),
        "flows/other": flow(json!({ "intent": "other" }), json!({ "a": message("Other.") })),
    }))
}

#[test]
fn the_first_rule_that_matches_wins() {
    let mut talk = asking(json!({ "accept": [
        { "number": { "min": 1, "max": 10 } },
        { "entity": { "entity": "colour", "intents": { "except": ["other"] } } },
        { "intent": { "intent": "yes", "value": { "sure": true } } },
        { "email": {} },
        { "regex": { "pattern": "[A-Z]{3}-\\d+" } },
        { "regex": { "pattern": "(" } },
        { "options": { "values": { "large": ["big"] } } },
    ] }));
    let mut answer = |act: &dyn Fn(&mut Talk) -> String| {
        talk.mean("ask");
        let said = act(&mut talk);
        if said.starts_with("Got") { talk.variable("x") } else { json!(said) }
    };
    assert_eq!(answer(&|talk| talk.say("7 or so")), json!(7));
    assert_eq!(answer(&|talk| talk.say("11")), json!("No. | X?"));
    assert_eq!(answer(&|talk| talk.mean_with(None, &[("size", "s"), ("colour", "red")])), json!("red"));
    assert_eq!(answer(&|talk| talk.mean_with(Some("other"), &[("colour", "red")])), json!("Other. | X?"));
    assert_eq!(answer(&|talk| talk.mean("yes")), json!({ "sure": true }));
    assert_eq!(answer(&|talk| talk.say("it is a@b.org, thanks")), json!("a@b.org"));
    assert_eq!(answer(&|talk| talk.say("ticket ABC-12?")), json!("ABC-12"));
    assert_eq!(answer(&|talk| talk.say("the big one")), json!("large"));
    assert_eq!(answer(&|talk| talk.say("whatever")), json!("No. | X?"));
    assert!(talk.faults().contains("the pattern `(`"));
}

#[test]
fn without_rules_any_text_is_an_answer() {
    let mut talk = asking(json!({}));
    talk.mean("ask");
    assert_eq!(talk.say("  \n"), "No. | X?");
    assert_eq!(talk.mean("other"), "Got some words.");
    talk.mean("ask");
    assert_eq!(talk.say("  all of this "), "Got all of this.");
}

#[test]
fn an_intent_that_a_text_rule_leaves_out_interrupts() {
    let mut talk = asking(json!({ "accept": [{ "text": { "except": ["other"] } }] }));
    talk.mean("ask");
    assert_eq!(talk.mean("other"), "Other. | X?");
    assert_eq!(talk.mean("third"), "Got some words.");
}

#[test]
fn answers_that_fail_are_counted_and_then_there_is_a_way_out() {
    let mut talk = asking(json!({ "accept": [{ "email": {} }], "attempts": 3, "otherwise": "out" }));
    talk.mean("ask");
    assert_eq!(talk.say("one"), "No. | X?");
    assert_eq!(talk.session.attempts, 1);
    assert_eq!(talk.say("two"), "No. | X?");
    assert_eq!(talk.say("three"), "Enough.");
    assert_eq!((talk.position().as_str(), talk.session.attempts), ("none", 0));

    let mut talk = asking(json!({ "accept": [{ "email": {} }], "attempts": 1 }));
    talk.mean("ask");
    assert_eq!(talk.say("one"), "");
    assert_eq!(talk.position(), "none");

    let mut talk = asking(json!({ "accept": [{ "email": {} }] }));
    talk.mean("ask");
    for _ in 0..200 {
        assert_eq!(talk.say("one"), "No. | X?");
    }
}

#[test]
fn an_answer_must_fit_its_variable() {
    let mut talk = Talk::with(json!({
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": { "variable": "n", "accept": [{ "entity": { "entity": "count" } }, { "intent": { "intent": "none", "value": 0 } }] } } })),
        "flows/variables/n": { "name": "n", "type": "number" },
    }));
    talk.mean("ask");
    talk.mean_with(None, &[("count", "many")]);
    assert_eq!((talk.position().as_str(), talk.variable("n")), ("ask/a", Value::Null));
    talk.mean_with(Some("none"), &[("count", "many")]);
    assert_eq!((talk.position().as_str(), talk.variable("n")), ("none", json!(0)));
    talk.mean("ask");
    talk.mean_with(None, &[("count", "12")]);
    assert_eq!(talk.variable("n"), json!(12));
}

#[test]
fn entities_fill_variables_and_a_known_one_is_not_asked_for() {
    let mut talk = Talk::with(json!({
        "flows/order": flow(json!({ "intent": "order" }), json!({
            "a": { "input": { "variable": "size", "ask": { "text": { "en": "Size?" } }, "skip_when_known": true, "next": "b" } },
            "b": message("{{ size }}: {{ toppings }}"),
        })),
        "flows/variables/size": { "name": "size", "from_entities": ["size"] },
        "flows/variables/toppings": { "name": "toppings", "type": "list", "from_entities": ["topping"] },
    }));
    assert_eq!(talk.mean("order"), "Size?");
    assert_eq!(talk.mean_with(None, &[("topping", "ham")]), "some words: ham");
    let entities = [("topping", "ham"), ("size", "large"), ("topping", "egg"), ("size", "small")];
    assert_eq!(talk.mean_with(Some("order"), &entities), "large: ham, egg");
    assert!(talk.traced(|step| matches!(step, TraceStep::Skipped { .. })));
}

fn buttons() -> Talk {
    Talk::with(json!({
        "flows/menu": flow(json!({ "intent": "menu" }), json!({
            "a": { "message": { "text": { "en": "Pick." }, "next": "q", "buttons": [
                { "title": { "en": "B" }, "action": { "goto": "b" } },
                { "title": { "en": "Order" }, "action": { "intent": { "intent": "order", "entities": { "size": "large" } } } },
                { "title": { "en": "Pay" }, "action": { "payload": "pay" } },
                { "title": { "en": "Free" }, "action": { "payload": "free" } },
            ] } },
            "q": { "input": { "variable": "x", "next": "d" } },
            "b": message("Picked B."), "c": message("secret"), "d": message("Answer {{ x }}."),
        })),
        "flows/order": flow(json!({ "intent": "order" }), json!({ "a": message("Ordering {{ size }}.") })),
        "flows/pay": flow(json!({ "button": "pay" }), json!({ "a": message("Paying.") })),
        "flows/what": flow(json!({ "system": "not_understood" }), json!({ "a": message("Pardon?") })),
        "flows/variables/size": { "name": "size", "from_entities": ["size"] },
        "flows/variables/x": { "name": "x" },
    }))
}

#[test]
fn buttons_do_what_they_say() {
    for (title, reply, position) in [
        ("B", "Picked B.", "none"),
        ("Order", "Ordering large.", "menu/q"),
        ("Pay", "Paying.", "menu/q"),
        ("Free", "Answer free.", "none"),
    ] {
        let mut talk = buttons();
        talk.mean("menu");
        let payload = talk.payload(title);
        assert_eq!(talk.press(&payload), reply);
        assert_eq!(talk.position(), position, "{title}");
        assert_eq!(talk.session.turn, 2);
    }
}

#[test]
fn buttons_work_from_anywhere_but_lead_only_where_a_button_leads() {
    let mut talk = buttons();
    assert_eq!(talk.press("goto:menu/b"), "Picked B.");
    for payload in ["goto:menu/c", "goto:menu/gone", "goto:menu", "goto:", "intent:unheard_of", "intent:NO", "", "?"] {
        assert_eq!(talk.press(payload), "Pardon?", "{payload}");
    }
}

#[test]
fn an_intent_button_answers_a_question_that_takes_the_intent() {
    let mut talk = asking(json!({ "accept": [{ "intent": { "intent": "yes", "value": true } }, { "text": {} }] }));
    talk.mean("ask");
    assert_eq!(talk.press("intent:yes"), "Got true.");
    talk.mean("ask");
    assert_eq!(talk.press("intent:other"), "Other. | X?", "a button says no words");
}
