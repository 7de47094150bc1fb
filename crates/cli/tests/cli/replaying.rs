//! `replay`: conversations of the transcripts, and tests, through another state of the bot.

use serde_json::json;

use crate::desk::{Desk, keys};

/// Two conversations with live, and a draft that asks for tickets in other words.
fn desk() -> Desk {
    let desk = Desk::with_live_kiosk();
    desk.run_words(&["talk", "kiosk", "--conversation", "a", "--say", "hi", "--say", "tickets please", "--say", "3"])
        .done();
    desk.run_words(&["talk", "kiosk", "--conversation", "b", "--start", "--say", "hello"]).done();
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/tickets.yaml", "How many tickets?", "How many?");
    desk.run("push kiosk mine").done();
    desk
}

#[test]
fn the_first_turn_that_parts_ways_is_told_with_both_sides() {
    let desk = desk();
    let told = desk.run("replay kiosk").done().stdout;
    assert!(told.contains("a, turn 2: tickets please\n"), "{told}");
    assert!(told.contains("before: \"How many tickets?\"  · intent tickets, waits at tickets/"), "{told}");
    assert!(told.contains("after:  \"How many?\"  · intent tickets"), "{told}");
    assert!(
        told.contains("2 conversations, 4 turns from live to draft\n      1 the same to the end\n      1 part ways\n"),
        "{told}"
    );
}

#[test]
fn a_replay_as_json_has_the_summary_and_every_conversation() {
    let desk = desk();
    let replayed = desk.json("replay kiosk");
    assert_eq!(keys(&replayed), ["bot", "conversations", "from", "summary", "to"]);
    let summary = json!({ "conversations": 2, "same": 1, "parted": 1, "not_reproduced": 0, "turns": 4 });
    assert_eq!(replayed["summary"], summary);
    // The latest comes first.
    assert_eq!(replayed["conversations"][0]["conversation"], "b");
    let parting = &replayed["conversations"][1]["parting"];
    assert_eq!(keys(parting), ["after", "before", "differs", "turn", "user"]);
    assert_eq!((&parting["differs"], &parting["turn"]), (&json!(["replies"]), &json!(2)));
}

#[test]
fn a_replay_takes_one_conversation_or_the_latest_and_can_be_a_check() {
    let desk = desk();
    desk.run("replay kiosk --check").exits(1);
    assert_eq!(desk.json("replay kiosk --last 1")["summary"]["conversations"], 1);
    assert_eq!(desk.json("replay kiosk --last 1 --check")["summary"]["same"], 1);
    assert_eq!(desk.json("replay kiosk --conversation a")["summary"]["parted"], 1);
    desk.run("replay kiosk --conversation nobody").exits(3).says(&["no conversation `nobody`"]);
    desk.run("replay kiosk --from 1 --to live --check").done();
    desk.run("replay kiosk --to 7").exits(3);
    assert_eq!(desk.json("replay kiosk --transcripts draft")["summary"]["conversations"], 0);
    desk.run("replay kiosk --transcripts 1").exits(2);
}

#[test]
fn tests_are_replayed_too() {
    let desk = desk();
    let replayed = desk.json("replay kiosk --tests");
    assert_eq!(replayed["conversations"][0]["conversation"], "buying");
    assert_eq!(replayed["conversations"][0]["parting"]["turn"], 1);
    desk.run("replay kiosk --test buying --check").exits(1);
    desk.run("replay kiosk --test no-such").exits(3);
    desk.run("replay kiosk --tests --last 3").exits(2);
}

#[test]
fn what_another_version_said_then_counts_as_not_reproduced() {
    let desk = desk();
    desk.run("train kiosk").done();
    desk.run_words(&["publish", "kiosk", "--notes", "second"]).done();
    let replayed = desk.json("replay kiosk");
    assert_eq!(replayed["summary"]["parted"], 0);
    assert_eq!(replayed["summary"]["not_reproduced"], 1);
    assert_eq!(replayed["conversations"][1]["not_reproduced"], json!([2]));
}
