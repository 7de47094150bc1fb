//! `pull`, `push`: two authors, a folder each, one draft; nothing is lost.

use serde_json::json;

use crate::desk::{Desk, KIOSK, keys};

#[test]
fn what_is_edited_in_the_folder_is_what_push_sends() {
    let desk = Desk::with_kiosk();
    let pulled = desk.json("pull kiosk mine");
    assert_eq!(keys(&pulled), ["bot", "changed", "folder", "parts"]);
    assert_eq!(desk.json("push kiosk mine")["changed"], json!([]));

    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.edit("mine/intents/greet.yaml", "    - hey\n", "    - hey\n    - hiya\n");
    std::fs::remove_file(desk.path("mine/entities/seat.yaml")).unwrap();
    desk.write("mine/flows/contexts.yaml", "vip:\n  name: VIP\n");
    let pushed = desk.json("push kiosk mine");
    assert_eq!(keys(&pushed), ["bot", "changed", "draft", "folder"]);
    let mut paths: Vec<(&str, bool)> = pushed["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["path"].as_str().unwrap(), part["digest"].is_null()))
        .collect();
    paths.sort_unstable();
    let expected = [
        ("flows/contexts/vip", false),
        ("flows/hours", false),
        ("nlp/entities/seat", true),
        ("nlp/examples/en/greet", false),
    ];
    assert_eq!(paths, expected);
    assert_eq!(desk.json("push kiosk mine")["changed"], json!([]), "the state was renewed");
    assert_eq!(desk.json("pull kiosk mine")["changed"], json!([]));
}

#[test]
fn authors_of_different_parts_do_not_stand_in_each_others_way() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    desk.run("pull kiosk yours").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.edit("yours/flows/welcome.yaml", "Welcome", "Be welcome");
    desk.run("push kiosk mine").done();
    desk.run("push kiosk yours").done();
    desk.run("pull kiosk mine").done();
    assert!(desk.read("mine/flows/hours.yaml").contains("ten"));
    assert!(desk.read("mine/flows/welcome.yaml").contains("Be welcome"));
}

#[test]
fn what_someone_else_changed_is_a_conflict_and_nothing_is_lost() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    desk.run("pull kiosk yours").done();
    desk.edit("yours/flows/hours.yaml", "nine", "eight");
    desk.edit("yours/flows/greet.yaml", "Hello!", "Hey!");
    desk.run("push kiosk yours").done();

    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.edit("mine/flows/welcome.yaml", "Welcome", "Be welcome");
    desk.run("push kiosk mine").exits(4).says(&["`flows/hours` was changed meanwhile", "--force"]);
    let conflict = desk.run("push kiosk mine --json").exits(4).failure();
    assert_eq!(conflict["conflicts"].as_array().unwrap().len(), 1);
    assert_eq!(conflict["conflicts"][0]["path"], "flows/hours");
    assert!(desk.run("get kiosk flows/hours").done().stdout.contains("eight"), "theirs stands");
    assert!(!desk.run("get kiosk flows/welcome").done().stdout.contains("Be welcome"), "all or nothing");
    assert!(desk.read("mine/flows/hours.yaml").contains("ten"), "mine stands too");

    desk.run("push kiosk mine --force").done();
    assert!(desk.run("get kiosk flows/hours").done().stdout.contains("ten"));
    assert!(desk.run("get kiosk flows/greet").done().stdout.contains("Hey!"), "only what was edited here is sent");
}

#[test]
fn a_part_that_someone_else_deleted_or_made_is_a_conflict() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    desk.run("delete kiosk nlp/entities/seat").done();
    desk.run_with_input(&["set", "kiosk", "flows/contexts/vip", "-"], r#"{"name":"Theirs"}"#).done();
    desk.edit("mine/entities/seat.yaml", "upstairs", "gallery");
    desk.write("mine/flows/contexts.yaml", "vip:\n  name: Mine\n");
    desk.run("push kiosk mine").exits(4).says(&["`nlp/entities/seat` was deleted", "`flows/contexts/vip` exists"]);
}

#[test]
fn the_same_edit_by_both_is_no_conflict() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    desk.run("pull kiosk yours").done();
    for folder in ["mine", "yours"] {
        desk.edit(&format!("{folder}/flows/hours.yaml"), "nine", "ten");
        desk.run(&format!("push kiosk {folder}")).done();
    }
}

#[test]
fn a_pull_does_not_overwrite_what_was_not_pushed() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.run("pull kiosk mine").exits(4).says(&["flows/hours", "push kiosk mine", "--force"]);
    assert!(desk.read("mine/flows/hours.yaml").contains("ten"));
    desk.write("mine/flows/hours.yaml", "name: [");
    desk.run("pull kiosk mine").exits(4).says(&["flows/hours.yaml"]);
    desk.edit("mine/flows/hours.yaml", "name: [", "name: x\nstart: a\nnodes: {}\n");
    desk.run("pull kiosk mine --force").done();
    assert!(desk.read("mine/flows/hours.yaml").contains("nine"));
}

#[test]
fn a_folder_of_another_bot_or_of_none_is_refused() {
    let desk = Desk::with_kiosk();
    desk.run_words(&["import", KIOSK, "--bot", "twin"]).done();
    desk.run("export kiosk plain").done();
    desk.run("push kiosk plain").exits(3).says(&["pull kiosk", "import"]);
    desk.run("pull kiosk plain").done();
    desk.run("push kiosk plain").done();
    desk.run("push twin plain").exits(4).says(&["was pulled from the bot `kiosk`"]);
    desk.run("pull twin plain").exits(4).says(&["folder of the bot `kiosk`"]);
    desk.write("own/flows/mine.yaml", "name: Mine\nstart: a\nnodes: {}\n");
    desk.run("pull kiosk own").exits(4).says(&["flows/mine"]);
    assert!(desk.path("own/flows/mine.yaml").exists());
}

#[test]
fn the_state_stays_out_of_git() {
    let desk = Desk::with_kiosk();
    desk.run("pull kiosk mine").done();
    assert_eq!(desk.read("mine/.greenroom/.gitignore"), "*\n");
    desk.write("mine/.greenroom/state.json", "{");
    desk.run("push kiosk mine").exits(5).says(&["state.json", "pull into a new folder"]);
}
