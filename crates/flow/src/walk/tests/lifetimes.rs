//! How long variables keep their values, counting, and what is kept out of sight.

use super::*;

fn bot() -> Talk {
    Talk::with(json!({
        "flows/f": flow(json!({ "intent": "f" }), json!({
            "a": { "action": { "set": { "local": "set", "brief": "set", "whole": "set", "counted": 5 }, "next": "b" } },
            "b": { "jump": { "to": { "flow": "g" }, "return": true, "next": "c" } },
            "c": { "input": { "variable": "x", "ask": { "text": { "en": "f: {{ local }}" } }, "accept": [{ "email": {} }], "next": "d" } },
            "d": { "jump": { "to": { "flow": "h" } } },
        })),
        "flows/g": flow(json!({ "event": "none" }), json!({ "a": message("g: {{ local }} {{ counted }}") })),
        "flows/h": flow(json!({ "event": "none" }), json!({ "a": message("h: {{ local }}{{ counted }}") })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
        "flows/variables/local": { "name": "local", "lifetime": "flow", "from_entities": ["e"] },
        "flows/variables/counted": { "name": "counted", "lifetime": "flow", "default": 1 },
        "flows/variables/brief": { "name": "brief", "lifetime": { "turns": 1 } },
        "flows/variables/whole": { "name": "whole" },
    }))
}

#[test]
fn a_variable_of_a_flow_ends_with_it() {
    let mut talk = bot();
    assert_eq!(talk.mean("f"), "g: set 5 | f: set", "it lives while its flow waits for another");
    assert_eq!(talk.mean("hours"), "9 to 5. | f: set", "and behind a digression");
    assert_eq!(talk.say("a@b.org"), "h: 1", "a jump without return leaves the flow");
    assert_eq!(
        (talk.variable("local"), talk.variable("counted"), talk.variable("whole")),
        (Value::Null, json!(1), json!("set"))
    );
    assert!(talk.session.lifetimes.is_empty() || talk.variable("brief") == json!("set"));
}

/// A flow `f` that sets `local` and then waits in one way or another, and others that tell of it.
fn leaving(waits: Value) -> Talk {
    let told = |from: &str| json!({ "a": message(&format!("{from}: {{{{ local }}}}.")) });
    let mut talk = Talk::with(json!({
        "flows/f": { "name": "f", "triggers": [{ "intent": "f" }, { "intent": "see", "node": "see" },
            { "system": "bot_disabled", "node": "see" }], "start": "a", "nodes": {
            "a": { "branch": { "cases": [{ "when": "known(local)", "goto": "see" }], "else": "set" } },
            "set": { "action": { "set": { "local": "set" }, "next": "w" } }, "w": waits, "see": message("f: {{ local }}."),
        } },
        "flows/g": flow(json!({ "intent": "g" }), told("g")),
        "flows/hello": flow(json!({ "system": "introduction" }), told("hello")),
        "flows/variables/local": { "name": "local", "lifetime": "flow" },
        "flows/variables/x": { "name": "x", "lifetime": "conversation" },
    }));
    talk.mean("f");
    assert_eq!((talk.position().as_str(), talk.variable("local")), ("f/w", json!("set")));
    talk
}

fn pressing(title: &str) -> Value {
    json!([{ "title": { "en": title }, "action": { "goto": "see" } }])
}

#[test]
fn what_a_flow_has_is_gone_at_once_when_it_is_left() {
    let shows = json!({ "message": { "text": { "en": "Well?" }, "buttons": pressing("on") } });
    let calls = json!({ "action": { "call": "h" } });
    let asks = json!({ "input": { "variable": "x", "ask": { "text": { "en": "Well?" } } } });
    for waits in [&shows, &calls] {
        assert_eq!(leaving(waits.clone()).mean("g"), "g: .", "{waits}");
        assert_eq!(leaving(waits.clone()).mean("see"), "f: .", "its flow begins anew: {waits}");
    }
    for waits in [&shows, &calls, &asks] {
        assert_eq!(leaving(waits.clone()).take(&Input::Start), "hello: .", "{waits}");
    }
}

#[test]
fn a_button_inside_a_flow_leads_on_in_it() {
    for kind in ["message", "input"] {
        let asked = json!({ "text": { "en": "Well?" }, "buttons": pressing("on") });
        let waits = match kind {
            "message" => json!({ "message": asked }),
            _ => json!({ "input": { "variable": "x", "ask": asked } }),
        };
        let mut talk = leaving(waits);
        let payload = talk.payload("on");
        assert_eq!(talk.press(&payload), "f: set.", "{kind}");
        assert_eq!(talk.variable("local"), Value::Null, "{kind}");
    }
}

#[test]
fn a_bot_that_is_switched_off_ends_no_flow_that_waits() {
    let mut talk = leaving(json!({ "input": { "variable": "x", "ask": { "text": { "en": "Well?" } } } }));
    assert_eq!(talk.take(&Input::Disabled), "f: set.");
    assert_eq!((talk.position().as_str(), talk.variable("local")), ("f/w", json!("set")));
}

#[test]
fn a_variable_that_is_set_lasts_as_this_version_says() {
    let mut talk = leaving(json!({ "input": { "variable": "x" } }));
    talk.session.lifetimes.insert("x".parse().unwrap(), crate::Remaining::Turns(1));
    talk.say("kept");
    talk.say("one");
    talk.say("two");
    assert_eq!(talk.variable("x"), json!("kept"));
}

#[test]
fn what_entities_fill_is_of_the_flow_that_they_start() {
    let mut talk = bot();
    talk.mean_with(Some("hours"), &[("e", "x")]);
    assert_eq!(talk.variable("local"), Value::Null, "the flow ended");
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "f" }), json!({
            "a": { "input": { "variable": "local", "skip_when_known": true, "next": "b" } },
            "b": { "input": { "variable": "x", "ask": { "text": { "en": "{{ local }}?" } } } },
        })),
        "flows/variables/local": { "name": "local", "lifetime": "flow", "from_entities": ["e"] },
    }));
    assert_eq!(talk.mean_with(Some("f"), &[("e", "given")]), "given?");
    assert_eq!(talk.variable("local"), json!("given"));
    talk.say("done");
    assert_eq!(talk.variable("local"), Value::Null);
}

#[test]
fn a_variable_of_some_turns_is_counted_down() {
    let mut talk = bot();
    talk.mean("f");
    assert_eq!(talk.variable("brief"), json!("set"));
    talk.mean("hours");
    assert_eq!(talk.variable("brief"), json!("set"));
    talk.mean("hours");
    assert_eq!(talk.variable("brief"), Value::Null);
}

#[test]
fn what_is_kept_for_a_person_begins_the_next_conversation() {
    let talk = Talk::with(json!({
        "flows/variables/name": { "name": "name", "lifetime": "user", "type": "text", "default": "you" },
        "flows/variables/size": { "name": "size" },
    }));
    let mut session = talk.session.clone();
    session.variables.insert("name".parse().unwrap(), json!("Ann"));
    session.variables.insert("size".parse().unwrap(), json!("large"));
    let kept = talk.graph.kept_for_user(&session);
    assert_eq!(serde_json::to_value(&kept).unwrap(), json!({ "name": "Ann" }));
    let again = Session::of_user(&talk.graph, None, &kept);
    assert_eq!(serde_json::to_value(&again.variables).unwrap(), json!({ "name": "Ann" }));
    let stale = [("name".parse().unwrap(), json!(3)), ("size".parse().unwrap(), json!("small"))].into();
    let again = Session::of_user(&talk.graph, None, &stale);
    assert_eq!(
        serde_json::to_value(&again.variables).unwrap(),
        json!({ "name": "you" }),
        "what does not fit is left out"
    );
}

#[test]
fn an_increment_counts_from_nothing_and_leaves_what_is_no_number() {
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": { "action": { "increment": { "n": 1, "half": -0.5, "word": 1, "huge": 1e308 } } } })),
        "flows/variables/word": { "name": "word", "default": "one" },
    }));
    for _ in 0..3 {
        talk.mean("go");
    }
    let values = ["n", "half", "word", "huge"].map(|name| talk.variable(name));
    assert_eq!(values, [json!(3), json!(-1.5), json!("one"), json!(1e308)], "what is not finite is no number");
    assert!(talk.faults().contains("`word` is no number") && talk.faults().contains("`huge` is no number"));
}

#[test]
fn sensitive_values_are_in_no_trace_and_their_texts_are_told() {
    let mut talk = Talk::with(json!({
        "flows/pay": flow(json!({ "intent": "pay" }), json!({
            "a": { "input": { "variable": "card", "ask": { "text": { "en": "Card?" } }, "next": "b" } },
            "b": { "action": { "set": { "copy": "{{ card }}" }, "next": "c" } },
            "c": { "jump": { "to": { "variable": "card" }, "next": "d" } },
            "d": { "handover": { "text": { "en": "Got {{ card | upper }}." } } },
        })),
        "flows/variables/card": { "name": "card", "sensitive": true, "from_entities": ["card"] },
        "flows/variables/copy": { "name": "copy", "sensitive": true },
        "flows/variables/open": { "name": "open", "default": "yes" },
    }));
    talk.mean("pay");
    assert!(talk.graph.asks_for_sensitive(&talk.session));
    assert_eq!(talk.say("visa 4711"), "Got VISA 4711.");
    let last = talk.last.clone().unwrap();
    let trace = serde_json::to_string(&last.trace).unwrap();
    assert!(!trace.contains("4711") && trace.contains("•••"), "{trace}");
    assert!(talk.faults().contains("there is no `•••` to jump to"), "{}", talk.faults());
    assert_eq!(last.secrets.redacted(&last.replies[0].text), "Got •••.");
    assert_eq!(last.secrets.redacted("visa 4711"), "•••");
    let [crate::Effect::Handover(handover)] = last.effects.as_slice() else { panic!("{:?}", last.effects) };
    assert_eq!(serde_json::to_value(&handover.variables).unwrap(), json!({ "open": "yes" }));
    assert!(!serde_json::to_string(&last.trace).unwrap().contains("visa"));

    let said = Input::Text {
        text: "my card is forty-seven".into(),
        intent: None,
        entities: vec![EntityValue::new("card".parse().unwrap(), "47")],
        language: None,
    };
    talk.session.handed_over = false;
    talk.take(&said);
    let last = talk.last.clone().unwrap();
    assert_eq!(last.secrets.redacted("my card is forty-seven"), "•••", "whoever tells a secret in other words");
    assert!(!serde_json::to_string(&last.trace).unwrap().contains("47"));
}
