//! `set`, `get`, `delete`, `ls`, `schema`, `validate`: single parts and their faults.

use serde_json::json;

use crate::desk::{Desk, KIOSK, keys};

#[test]
fn set_takes_what_get_gave() {
    let desk = Desk::with_kiosk();
    let flow = desk.run("get kiosk flows/hours").done().stdout;
    desk.write("hours.json", flow.replace("nine", "ten"));
    let set = desk.json("set kiosk flows/hours hours.json");
    assert_eq!(keys(&set), ["bot", "changed", "digest", "path"]);
    assert_eq!(set["changed"], true);
    assert_eq!(desk.json("set kiosk flows/hours hours.json")["changed"], false);
    let got = desk.json("get kiosk flows/hours");
    assert_eq!(keys(&got), ["bot", "digest", "document", "path"]);
    assert_eq!(got["digest"], set["digest"]);
    assert_eq!(got["document"]["nodes"]["say"]["message"]["text"]["en"], "We open at ten.");
}

#[test]
fn set_reads_yaml_and_stdin() {
    let desk = Desk::with_kiosk();
    desk.run_with_input(&["set", "kiosk", "nlp/runtime", "-"], "threshold: 0.25\n").done();
    assert_eq!(desk.json("get kiosk nlp/runtime")["document"], json!({ "threshold": 0.25 }));
}

#[test]
fn an_edit_on_top_of_something_else_is_a_conflict() {
    let desk = Desk::with_kiosk();
    let before = desk.json("get kiosk flows/hours")["digest"].as_str().unwrap().to_owned();
    desk.write("a.json", r#"{"name":"Ours"}"#);
    desk.run("set kiosk flows/contexts/a a.json --expect absent").done();
    desk.run("set kiosk flows/contexts/a a.json --expect absent").exits(4).says(&["flows/contexts/a"]);
    let conflict = desk.run(&format!("delete kiosk flows/contexts/a --expect {before} --json")).exits(4).failure();
    assert_eq!(conflict["code"], "conflict");
    assert_eq!(conflict["conflicts"][0]["path"], "flows/contexts/a");
    desk.run(&format!("delete kiosk flows/hours --expect {before}")).done();
}

#[test]
fn delete_takes_a_part_away_but_never_the_settings() {
    let desk = Desk::with_kiosk();
    assert_eq!(desk.json("delete kiosk nlp/entities/seat"), json!({ "bot": "kiosk", "path": "nlp/entities/seat" }));
    desk.run("get kiosk nlp/entities/seat").exits(3).says(&["no part `nlp/entities/seat`"]);
    desk.run("delete kiosk nlp/entities/seat").exits(3);
    desk.run("delete kiosk settings").exits(5).says(&["greenroom set"]);
}

#[test]
fn ls_lists_parts_below_a_prefix() {
    let desk = Desk::with_kiosk();
    let listed = desk.json("ls kiosk nlp/intents");
    let paths: Vec<&str> =
        listed["parts"].as_array().unwrap().iter().map(|part| part["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["nlp/intents/greet", "nlp/intents/hours", "nlp/intents/tickets"]);
    assert_eq!(keys(&listed["parts"][0]), ["digest", "name", "path"]);
    assert!(desk.run("ls kiosk flows/hours").done().stdout.starts_with("flows/hours\tHours\t"));
    assert_eq!(desk.run("ls kiosk flow").done().stdout, "", "a prefix is of whole segments");
}

#[test]
fn schema_describes_every_kind_of_part() {
    let desk = Desk::new();
    let all = desk.json("schema");
    assert!(keys(&all).contains(&"flow") && keys(&all).contains(&"settings"));
    assert_eq!(desk.json("schema flow"), all["flow"]);
    desk.run("schema flo").exits(3).says(&["`flow`"]);
}

#[test]
fn validate_refuses_a_broken_bot_in_the_store_and_on_disk() {
    let desk = Desk::with_kiosk();
    let valid = desk.json("validate kiosk");
    assert_eq!(keys(&valid), ["findings", "losses", "target", "valid"]);
    assert_eq!((&valid["valid"], &valid["findings"]), (&json!(true), &json!([])));
    let valid = desk.run_words(&["validate", KIOSK]).done();
    assert_eq!(valid.stdout, "0 errors, 0 warnings\n");

    desk.run("delete kiosk nlp/intents/hours").done();
    let broken = desk.run("validate kiosk --json").exits(1).document();
    assert_eq!(broken["valid"], false);
    let finding = &broken["findings"][0];
    assert_eq!(keys(finding), ["code", "help", "message", "severity", "subject"]);
    assert_eq!(finding["code"], "intent_unknown");
    desk.run("export kiosk broken").done();
    let on_disk = desk.run("validate ./broken").exits(1);
    assert!(
        on_disk.stdout.contains("error[intent_unknown]") && on_disk.stdout.contains("2 errors, 0 warnings"),
        "{on_disk:?}"
    );
}

#[test]
fn validate_finds_nothing_in_the_sample_bots() {
    for name in ["bike-rental", "tiny"] {
        let folder = format!("{}/../../examples/bots/{name}", env!("CARGO_MANIFEST_DIR"));
        let found = Desk::new().run_words(&["validate", &folder]).done();
        assert_eq!(found.stdout, "0 errors, 0 warnings\n", "{name}");
    }
}

#[test]
fn validate_judges_by_the_policy_that_it_is_given() {
    let desk = Desk::with_kiosk();
    desk.write("strict.yaml", "rules: { few_examples: { severity: deny, minimum: 11 } }\n");
    let refused = desk.run("validate kiosk --policy strict.yaml --json").exits(1).document();
    assert_eq!(refused["findings"].as_array().unwrap().len(), 3);
    assert_eq!(refused["findings"][0]["code"], "few_examples");
}

#[test]
fn draw_shows_a_flow_and_what_differs_from_another_state() {
    let desk = Desk::with_live_kiosk();
    let svg = desk.run("draw kiosk tickets").done().stdout;
    assert!(svg.starts_with("<svg ") && svg.contains("How many tickets?"), "{svg}");
    assert_eq!(desk.run("draw kiosk tickets -o tickets.svg").done().stdout, "wrote flow `tickets` to `tickets.svg`\n");
    assert_eq!(desk.read("tickets.svg").trim(), svg.trim());

    let flow = desk.run("get kiosk flows/tickets").done().stdout;
    desk.write("tickets.json", flow.replace("How many tickets?", "How many seats?"));
    desk.run("set kiosk flows/tickets tickets.json").done();
    let drawn = desk.json("draw kiosk tickets --against live --language en");
    assert_eq!(keys(&drawn), ["against", "bot", "changes", "flow", "height", "path", "state", "svg", "width"]);
    assert_eq!(drawn["changes"]["nodes_changed"], 1);
    assert_eq!(drawn["changes"]["nodes_added"], 0);
    assert!(drawn["svg"].as_str().unwrap().contains("flow-legend"));

    desk.run("delete kiosk flows/hours").done();
    assert_eq!(desk.json("draw kiosk hours --against live")["changes"]["nodes_removed"], 1);
    assert_eq!(desk.json("draw kiosk hours --env live --against draft")["changes"]["nodes_added"], 1);
    desk.run("draw kiosk hours").exits(3).says(&["flows/hours"]);
    desk.run("draw kiosk nothing --against live").exits(3).says(&["flows/nothing"]);
    desk.run("draw kiosk tickets --against 99").exits(3);
}
