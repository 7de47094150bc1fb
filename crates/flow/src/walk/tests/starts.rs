//! What starts flows beside intents: keywords, links, repeats, a bot that is off. Languages.

use super::*;

#[test]
fn a_keyword_goes_before_what_waits_unless_nothing_may_interrupt() {
    let bot = |interruptions: Value| {
        Talk::with(json!({
            "flows/ask": flow(json!({ "intent": "ask" }), json!({
                "a": { "input": { "variable": "x", "ask": { "text": { "en": "X?" } }, "interruptions": interruptions, "next": "b" } },
                "b": message("Got {{ x }}."),
            })),
            "flows/thumb": flow(json!({ "keyword": "👍" }), json!({ "a": message("Thanks.") })),
            "flows/stop": flow(json!({ "keyword": "Stop it!" }), json!({ "a": message("Stopped.") })),
        }))
    };
    let mut talk = bot(json!("all"));
    assert_eq!(
        [talk.say("STOP   it"), talk.say(" 👍 "), talk.say("👎"), talk.say("")],
        ["Stopped.", "Thanks.", "", ""]
    );
    talk.mean("ask");
    assert_eq!(talk.say("stop it?"), "Stopped. | X?");
    assert_eq!(talk.say("do stop it"), "Got do stop it.");
    let mut talk = bot(json!("none"));
    talk.mean("ask");
    assert_eq!(talk.say("stop it"), "Got stop it.");
}

#[test]
fn an_input_says_which_intents_may_interrupt_it() {
    let bot = |interruptions: Value| {
        let answer = |text: &str| json!({ "a": message(text) });
        let mut talk = Talk::with(json!({
            "flows/ask": flow(json!({ "intent": "ask" }), json!({
                "a": { "input": { "variable": "x", "ask": { "text": { "en": "X?" } }, "accept": [{ "email": {} }],
                    "interruptions": interruptions } } })),
            "flows/help": flow(json!({ "intent": "help" }), answer("Help.")),
            "flows/hours": flow(json!({ "intent": "hours" }), answer("9 to 5.")),
        }));
        talk.mean("ask");
        [talk.mean("help"), talk.mean("hours")]
    };
    assert_eq!(bot(json!("all")), ["Help. | X?", "9 to 5. | X?"]);
    assert_eq!(bot(json!({ "intents": { "only": ["help"] } })), ["Help. | X?", "X?"]);
    assert_eq!(bot(json!({ "intents": { "except": ["help"] } })), ["X?", "9 to 5. | X?"]);
    assert_eq!(bot(json!("none")), ["X?", "X?"]);
}

#[test]
fn later_retries_are_other_words() {
    let mut talk = Talk::with(json!({ "flows/ask": flow(json!({ "intent": "ask" }), json!({
        "a": { "input": { "variable": "x", "accept": [{ "email": {} }],
            "retry": [{ "en": "First." }, { "en": "Second." }, { "en": "Ever after." }] } } })) }));
    talk.mean("ask");
    let said: Vec<String> = (0..4).map(|_| talk.say("?")).collect();
    assert_eq!(said, ["First.", "Second.", "Ever after.", "Ever after."]);
}

#[test]
fn days_come_from_entities_or_figures_and_have_bounds() {
    let bot = || {
        let mut talk = Talk::with(json!({
            "flows/ask": flow(json!({ "intent": "ask" }), json!({
                "a": { "input": { "variable": "day", "accept": [{ "date": { "min": "2026-01-01", "max": "2026-12-31" } }, { "phone": {} }] } } })),
            "nlp/entities/when": { "name": "when", "system": ["date"] },
            "nlp/entities/other": { "name": "other" },
        }));
        talk.mean("ask");
        talk
    };
    for (entities, value) in [
        (&[("when", "2026-11-24")][..], json!("2026-11-24")),
        (&[("when", "2027-01-01")], Value::Null),
        (&[("other", "2026-11-24")], Value::Null),
        (&[("when", "2026-W48"), ("when", "2026-05-05")], json!("2026-05-05")),
    ] {
        let mut talk = bot();
        talk.mean_with(None, entities);
        assert_eq!(talk.variable("day"), value, "{entities:?}");
    }
    let mut talk = bot();
    talk.say("on 24.12.2026");
    assert_eq!(talk.variable("day"), json!("2026-12-24"));
    let mut talk = bot();
    talk.say("+31 20 123 4567");
    assert_eq!(talk.variable("day"), json!("+31201234567"));
}

#[test]
fn a_link_begins_with_its_own_flow() {
    let mut talk = Talk::with(json!({
        "flows/welcome": flow(json!({ "system": "introduction" }), json!({ "a": message("Welcome!") })),
        "flows/sale": flow(json!({ "link": "summer" }), json!({ "a": message("Summer sale!") })),
    }));
    let by = |link: &str| Input::Link { link: link.into() };
    assert_eq!(talk.take(&by("summer")), "Summer sale!");
    assert!(talk.session.started);
    assert_eq!(talk.take(&by("winter")), "Welcome!");
}

#[test]
fn not_understood_again_and_again_escalates() {
    let mut talk = Talk::with(json!({
        "flows/one": flow(json!({ "system": "not_understood" }), json!({ "a": message("Pardon?") })),
        "flows/two": flow(json!({ "system": "not_understood", "times": 2 }), json!({ "a": message("In other words?") })),
        "flows/three": flow(json!({ "system": "not_understood", "times": 3 }), json!({ "a": { "handover": { "text": { "en": "A person comes." } } } })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
        "flows/ask": flow(json!({ "intent": "ask" }), json!({ "a": { "input": { "variable": "x" } } })),
    }));
    assert_eq!(
        [talk.say("?"), talk.say("?"), talk.mean("hours"), talk.say("?")],
        ["Pardon?", "In other words?", "9 to 5.", "Pardon?"]
    );
    talk.mean("ask");
    talk.say("an answer");
    assert_eq!([talk.say("?"), talk.say("?"), talk.say("?")], ["Pardon?", "In other words?", "A person comes."]);
    assert!(talk.session.handed_over);
    assert!(talk.traced(|step| matches!(step, TraceStep::NotUnderstood { times: 3 })));
}

#[test]
fn a_bot_that_is_switched_off_says_so_and_forgets_nothing() {
    let mut parts = json!({
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": { "variable": "x", "ask": { "text": { "en": "X?" } }, "next": "b" } }, "b": message("Got {{ x }}."),
        })),
    });
    let mut talk = Talk::with(parts.clone());
    talk.mean("ask");
    assert_eq!(talk.take(&Input::Disabled), "");
    parts["flows/off"] = flow(
        json!({ "system": "bot_disabled" }),
        json!({
            "a": message_then("We are closed.", "b"), "b": { "input": { "variable": "y", "ask": { "text": { "en": "Mail?" } } } },
        }),
    );
    let mut talk = Talk::with(parts);
    talk.mean("ask");
    let before = talk.session.clone();
    assert_eq!(talk.take(&Input::Disabled), "We are closed. | Mail?");
    assert_eq!(talk.session, before);
    assert_eq!(talk.say("on again"), "Got on again.");
}

fn speaking(detect: &str) -> Talk {
    Talk::with(json!({
        "settings": { "name": "bot", "default_language": "en", "languages": ["nl", "pt-br"], "detect_language": detect },
        "flows/f": flow(json!({ "intent": "go" }), json!({ "a": { "message": { "text": { "en": "Hello", "nl": "Hallo", "pt": "Olá" } } } })),
        "flows/to": flow(json!({ "event": "to" }), json!({
            "a": { "action": { "language": "{{ wanted }}", "next": "b" } },
            "b": { "message": { "text": { "en": "English", "nl": "Nederlands", "pt": "Português" } } },
        })),
        "flows/variables/wanted": { "name": "wanted" },
    }))
}

#[test]
fn an_action_switches_to_a_language_that_the_bot_speaks() {
    for (wanted, said, language) in [
        ("nl", "Nederlands", "nl"),
        ("NL_be", "Nederlands", "nl-be"),
        ("pt", "Português", "pt-br"),
        ("fr", "English", "en"),
        ("no language at all", "English", "en"),
        ("", "English", "en"),
    ] {
        let mut talk = speaking("never");
        let variables = [("wanted".parse().unwrap(), json!(wanted))].into();
        assert_eq!(talk.take(&Input::Event { event: "to".parse().unwrap(), variables }), said, "{wanted}");
        assert_eq!(talk.session.language.as_str(), language, "{wanted}");
        assert_eq!(talk.faults().contains("does not speak"), language == "en", "{wanted}: {}", talk.faults());
    }
}

#[test]
fn a_language_is_detected_when_the_settings_say_so() {
    let says = |talk: &mut Talk, language: &str| {
        talk.take(&Input::Text {
            text: "words".into(),
            intent: Some("go".parse().unwrap()),
            entities: Vec::new(),
            language: Some(language.parse().unwrap()),
        })
    };
    for (detect, expected) in [
        ("never", ["Hello", "Hello", "Hello"]),
        ("first_text", ["Hallo", "Hallo", "Hallo"]),
        ("every_text", ["Hallo", "Hallo", "Hello"]),
    ] {
        let mut talk = speaking(detect);
        assert_eq!(talk.graph.detects_language(&talk.session), detect != "never");
        assert_eq!([says(&mut talk, "nl"), says(&mut talk, "fr"), says(&mut talk, "en")], expected, "{detect}");
    }
}
