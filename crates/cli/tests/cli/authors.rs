//! Several processes on one store.

use serde_json::json;

use crate::desk::{Desk, Run};

#[test]
fn edits_of_many_processes_all_arrive() {
    let desk = Desk::with_kiosk();
    let ids: Vec<String> = (0..12).map(|number| format!("flows/contexts/c{number}")).collect();
    desk.write("context.json", r#"{"name":"C"}"#);
    let children: Vec<_> = ids.iter().map(|id| desk.spawn(&["set", "kiosk", id, "context.json"])).collect();
    for child in children {
        Run::of(child).done();
    }
    assert_eq!(desk.json("ls kiosk flows/contexts")["parts"].as_array().unwrap().len(), 12);
}

#[test]
fn of_two_publishes_at_once_each_wins_or_is_told_why_not() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let children: Vec<_> = (0..4).map(|_| desk.spawn(&["publish", "kiosk", "--notes", "race"])).collect();
    let codes: Vec<i32> = children.into_iter().map(|child| Run::of(child).code).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    // Who planned before the winner published finds that live moved; who planned after, that there is nothing left.
    assert!(codes.iter().all(|code| matches!(code, 0 | 1 | 4)), "{codes:?}");
    assert_eq!(desk.json("versions kiosk")["versions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_publish_under_a_key_happens_once_whatever_the_draft_is_by_then() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let first = desk.json("publish kiosk --notes first --idempotency-key monday");
    assert_eq!(first["number"], 1);
    desk.write("context.json", r#"{"name":"C"}"#);
    desk.run("set kiosk flows/contexts/c context.json").done();
    let mut again = desk.json("publish kiosk --notes first --idempotency-key monday");
    assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
    again["replayed"] = json!(false);
    assert_eq!(again, first);
    desk.run("publish kiosk --notes second --idempotency-key monday").exits(4).says(&["`monday`", "version 1"]);
    assert_eq!(desk.json("versions kiosk")["versions"].as_array().unwrap().len(), 1);
    assert_eq!(desk.json("publish kiosk --notes second --idempotency-key tuesday")["number"], 2);
}

#[test]
fn a_store_can_be_made_by_two_processes_at_once() {
    let desk = Desk::new();
    let children: Vec<_> = ["a", "b", "c"].iter().map(|id| desk.spawn(&["new", id])).collect();
    for child in children {
        Run::of(child).done();
    }
    assert_eq!(desk.run("bots").done().lines().len(), 3);
}
