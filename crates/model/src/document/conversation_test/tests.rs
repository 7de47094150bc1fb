//! Tests of how conversation tests are written.

use serde_json::{Value, json};

use crate::{Document, PartPath};

fn path() -> PartPath {
    "tests/t".parse().unwrap()
}

/// What is read of a test of this one turn, and written again.
fn check(turn: Value) -> Value {
    let json = json!({ "name": "T", "turns": [turn] });
    let document = Document::from_value(&path(), json).unwrap();
    document.to_value(&path()).unwrap()["turns"][0].clone()
}

fn refused(turn: Value) -> String {
    let json = json!({ "name": "T", "turns": [turn] });
    Document::from_value(&path(), json).unwrap_err().to_string()
}

#[test]
fn every_way_to_write_a_turn_is_read_and_written_the_same() {
    for turn in [
        json!({ "say": "hi", "expect": {} }),
        json!({ "start": true, "expect": { "replies": [] } }),
        json!({ "resume": true, "expect": { "handed_over": false } }),
        json!({ "event": "paid", "time": "2026-03-01T09:30:00", "expect": { "language": "nl" } }),
        json!({ "event": "paid", "with": { "amount": 3 }, "expect": { "raised": ["shipped"] } }),
        json!({ "link": "spring", "expect": {} }),
        json!({ "timeout": true, "expect": {} }),
        json!({ "disabled": true, "expect": {} }),
        json!({ "say": "x", "answers": { "order/ask": { "status": 404, "body": { "a": [1] } }, "check": { "valid": false },
            "parse": { "valid": true, "value": 3 } }, "expect": {
            "calls": [{ "call": "order/ask", "url": "https://shop.example/1", "body": { "id": 1 } }] } }),
        json!({ "press": "Yes", "expect": { "replies": ["a", { "contains": "b" }, { "matches": "^c" },
            { "one_of": ["d", "e"] }, { "buttons": [] }, { "text": "f", "buttons": ["Yes", "No"] }] } }),
        json!({ "say": "x", "expect": { "contexts": { "asked": 2, "paying": false }, "entities": { "size": null } } }),
        json!({ "say": "x", "answers": { "price": { "variables": { "price": 3 }, "replies": ["3."] } }, "expect": {
            "calls": ["price", { "call": "stock", "with": { "size": "xl" } }] } }),
        json!({ "say": "x", "answers": { "price": [{}, { "fails": "too slow" }] }, "expect": {} }),
    ] {
        assert_eq!(check(turn.clone()), turn);
    }
}

#[test]
fn a_list_of_one_answer_and_a_text_alone_are_written_short() {
    let long = json!({ "say": "x", "answers": { "price": [{ "fails": "no" }] }, "expect": {
        "replies": [{ "text": "a" }], "calls": [{ "call": "price" }] } });
    let short = json!({ "say": "x", "answers": { "price": { "fails": "no" } }, "expect": {
        "replies": ["a"], "calls": ["price"] } });
    assert_eq!(check(long), short);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (turn, reason) in [
        (json!({ "expect": {} }), "a turn takes one of `say`, `press`"),
        (json!({ "say": "a", "start": true }), "a turn takes one of"),
        (json!({ "say": "a", "expect": { "replies": [{ "one_of": [] }] } }), "turns[0].expect.replies[0].one_of"),
        (json!({ "say": "a", "expect": { "replies": [{ "matches": "x".repeat(2000) }] } }), "use `contains`"),
        (json!({ "say": "a", "expect": { "replies": [{}] } }), "a reply takes one of"),
        (json!({ "say": "a", "expect": { "replies": [{ "text": "a", "contains": "b" }] } }), "a reply takes one of"),
        (json!({ "say": "a", "expect": { "contexts": { "c": "yes" } } }), "`true`, `false` or a number of turns"),
        (json!({ "say": "a", "answers": { "h": [] } }), "the list has no answer"),
        (json!({ "say": "a", "answers": { "h": { "fails": "x", "replies": ["y"] } } }), "an answer"),
        (json!({ "say": "a", "time": "tomorrow" }), "at `turns[0]"),
        (json!({ "say": "a", "with": { "x": 1 } }), "`with` is what an `event` brings"),
        (json!({ "say": "a", "answers": { "h": { "status": 200 } } }), "turns[0].answers.h`: `status` and `body`"),
        (json!({ "say": "a", "answers": { "f/n": {} } }), "turns[0].answers.f/n`: a request is answered"),
        (json!({ "say": "a", "answers": { "h": { "status": 200, "valid": true } } }), "an answer"),
        (json!({ "say": "a", "expect": { "calls": [{ "call": "h", "url": "x" }] } }), "calls[0]`: `url` and `body`"),
    ] {
        let told = refused(turn);
        assert!(told.contains(reason), "{told}\nshould say: {reason}");
    }
}
