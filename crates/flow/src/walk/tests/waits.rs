//! Waits, their timers, events in and out.

use super::*;
use crate::Effect;

fn shop() -> Talk {
    Talk::with(json!({
        "flows/pay": flow(json!({ "intent": "pay" }), json!({
            "a": message_then("Pay, please.", "w"),
            "w": { "wait": { "events": { "paid": "b", "failed": "c" }, "seconds": 60, "on_timeout": "d" } },
            "b": message("Thank you for {{ amount }}."), "c": message("That failed."), "d": message("Still there?"),
        })),
        "flows/hours": flow(json!({ "intent": "hours" }), json!({ "a": message("9 to 5.") })),
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": { "variable": "x", "ask": { "text": { "en": "Well?" } }, "accept": [{ "email": {} }], "next": "b" } },
            "b": message("Noted."),
        })),
        "flows/news": flow(json!({ "event": "paid" }), json!({ "a": message("Paid by somebody.") })),
        "flows/variables/amount": { "name": "amount" },
    }))
}

fn event(name: &str) -> Input {
    Input::event(name.parse().unwrap())
}

fn timer(talk: &Talk) -> Option<u64> {
    talk.last.as_ref().unwrap().effects.iter().find_map(|effect| match effect {
        Effect::Timer { number, seconds: 60 } => Some(*number),
        _ => None,
    })
}

#[test]
fn an_event_wakes_what_waits_for_it_and_brings_values() {
    let mut talk = shop();
    assert_eq!(talk.mean("pay"), "Pay, please.");
    assert_eq!((talk.position().as_str(), timer(&talk)), ("pay/w", Some(1)));
    assert_eq!(talk.take(&event("other")), "");
    let variables = [("amount".parse().unwrap(), json!(12)), ("unknown".parse().unwrap(), json!(1))].into();
    assert_eq!(talk.take(&Input::Event { event: "paid".parse().unwrap(), variables }), "Thank you for 12.");
    assert!(talk.faults().contains("the event sets `unknown`"));
    assert!(talk.session.timers.is_empty());
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "", "it comes too late");
    assert_eq!(talk.take(&event("paid")), "Paid by somebody.", "nothing waits any more");
}

#[test]
fn time_that_is_over_goes_its_own_way() {
    let mut talk = shop();
    talk.mean("pay");
    assert_eq!(talk.take(&Input::Timeout { number: 7 }), "", "another timer");
    assert_eq!(talk.position(), "pay/w");
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "Still there?");
    // The same wait, entered anew, has a timer of its own.
    talk.mean("pay");
    assert_eq!(timer(&talk), Some(2));
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "");
    assert_eq!(talk.take(&Input::Timeout { number: 2 }), "Still there?");
}

#[test]
fn what_the_user_says_meanwhile_is_answered_and_the_flow_waits_on() {
    let mut talk = shop();
    talk.mean("pay");
    assert_eq!(talk.mean("hours"), "9 to 5.");
    assert_eq!((talk.position().as_str(), timer(&talk)), ("pay/w", None));
    assert_eq!(talk.say("hm"), "");
    assert_eq!(talk.position(), "pay/w");
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "Still there?");
}

#[test]
fn time_that_ends_behind_a_digression_is_found_on_return() {
    let mut talk = shop();
    talk.mean("pay");
    assert_eq!(talk.mean("ask"), "Well?");
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "");
    assert_eq!(talk.position(), "ask/a");
    assert_eq!(talk.say("a@b.org"), "Noted. | Still there?");
}

#[test]
fn an_event_finds_a_wait_behind_a_digression_and_the_question_comes_back() {
    let mut talk = shop();
    talk.mean("pay");
    talk.mean("ask");
    assert_eq!(talk.take(&event("failed")), "That failed. | Well?");
    assert_eq!(talk.position(), "ask/a");
    assert!(talk.session.returns.is_empty());
}

#[test]
fn the_host_is_told_of_events_in_order() {
    let tell = |name: &str, next: &str| {
        json!({ "event": { "event": name, "next": next,
        "data": { "who": "{{ who }}", "count": "{{ 1 + 1 }}", "broken": "{{", "list": [1] } } })
    };
    let mut talk = Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": tell("first", "b"), "b": tell("second", "c"), "c": message("Told."),
        })),
        "flows/variables/who": { "name": "who", "default": "Ann" },
    }));
    assert_eq!(talk.mean("go"), "Told.");
    let effects = serde_json::to_value(&talk.last.as_ref().unwrap().effects).unwrap();
    let data = json!({ "who": "Ann", "count": 2, "list": [1] });
    assert_eq!(
        effects,
        json!([
            { "event": { "event": "first", "data": data } }, { "event": { "event": "second", "data": data } },
        ])
    );
    assert!(talk.faults().contains("`broken` is left out"));
}

#[test]
fn a_wait_of_the_same_flow_begins_anew_with_it() {
    let mut talk = shop();
    talk.mean("pay");
    talk.mean("pay");
    assert!(talk.session.returns.is_empty());
    assert_eq!(talk.session.timers.len(), 1);
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "");
    assert_eq!(talk.position(), "pay/w");
}

#[test]
fn the_time_of_one_wait_ends_no_other() {
    let mut talk = Talk::with(json!({ "flows/f": flow(json!({ "intent": "go" }), json!({
        "a": { "wait": { "seconds": 5, "on_timeout": "c" } },
        "b": { "wait": { "seconds": 5, "on_timeout": "d" } },
        "c": message("a is over."), "d": message("b is over."),
    })) }));
    let place = |node: &str| crate::Position { flow: "f".parse().unwrap(), node: node.parse().unwrap() };
    // As another version leaves it in which `b` had no time.
    talk.session.position = Some(place("b"));
    talk.session.returns = vec![place("a")];
    talk.session.calls = 1;
    talk.session.timers = [(1, place("a"))].into();
    assert_eq!(talk.take(&Input::Timeout { number: 1 }), "");
    assert_eq!(talk.position(), "f/b");
}
