//! `demo`: from nothing to a right answer of live.

use serde_json::json;

use crate::desk::{Desk, keys};

#[test]
fn the_demo_gets_from_nothing_to_a_right_answer_of_live_without_a_terminal() {
    let desk = Desk::new();
    let run = desk.run("demo --no-server").done();
    for word in ["imported", "trained", "tested", "published: live runs version 1", "you: ", "bot: ", "right one"] {
        assert!(run.stdout.contains(word), "`{word}`: {}", run.stdout);
    }
    assert!(!desk.path("greenroom.db").exists(), "the demo's store is its own");
}

#[test]
fn the_demo_can_be_played_again_in_a_store_that_is_named() {
    let desk = Desk::new();
    let first = desk.json("demo --store demo.db");
    assert_eq!(keys(&first), ["bot", "number", "passed", "seconds", "steps", "store", "turns"]);
    assert_eq!(first["number"], 1);
    let again = desk.json("demo --store demo.db");
    assert_eq!((&again["number"], &again["turns"]), (&json!(1), &first["turns"]));
    assert_eq!(desk.json("bots --store demo.db")["bots"][0]["live"], 1);
}
