//! `new`, `bots`, `import`, `export`: bots come and go whole.

use serde_json::json;

use crate::desk::{Desk, KIOSK, keys};

#[test]
fn new_makes_a_bot_that_is_listed_and_only_once() {
    let desk = Desk::new();
    let made = desk.run_words(&["new", "shop", "--name", "The shop", "--language", "nl", "--json"]).done().document();
    assert_eq!(keys(&made), ["bot", "draft", "language", "name"]);
    assert_eq!((&made["name"], &made["language"]), (&json!("The shop"), &json!("nl")));
    assert_eq!(desk.json("bots"), json!({ "bots": [{ "id": "shop", "name": "The shop", "live": null }] }));
    assert_eq!(desk.run("bots").done().lines(), ["shop\tThe shop\t-"]);
    desk.run("new shop").exits(4).says(&["`shop` exists already"]);
}

#[test]
fn the_store_is_named_by_option_by_environment_or_by_default() {
    let desk = Desk::new();
    desk.run("new shop --store other.db").done();
    assert!(desk.path("other.db").exists() && !desk.path("greenroom.db").exists());
    desk.run("bots").exits(3).says(&["there is no store `greenroom.db`", "--store"]);
    assert!(!desk.path("greenroom.db").exists(), "reading leaves no file behind");
    desk.run("new shop").done();
    assert!(desk.path("greenroom.db").exists());
    let by_environment = std::process::Command::new(env!("CARGO_BIN_EXE_greenroom"))
        .args(["bots"])
        .env("GREENROOM_STORE", desk.path("other.db"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(by_environment.stdout).unwrap(), "shop\tshop\t-\n");
}

#[test]
fn importing_again_is_an_edit() {
    let desk = Desk::new();
    let words = ["import", KIOSK, "--bot", "kiosk", "--json"];
    let first = desk.run_words(&words).done().document();
    assert_eq!(keys(&first), ["bot", "created", "deleted", "format", "losses", "parts", "saved", "written"]);
    assert_eq!((&first["created"], &first["format"]), (&json!(true), &json!("folder")));
    let again = desk.run_words(&words).done().document();
    assert_eq!((&again["created"], &again["written"], &again["deleted"]), (&json!(false), &json!(0), &json!(0)));
}

#[test]
fn a_replacing_import_keeps_what_the_draft_was() {
    let desk = Desk::with_kiosk();
    desk.run_with_input(&["set", "kiosk", "flows/contexts/extra", "-"], r#"{"name":"Extra"}"#).done();
    let replaced =
        desk.run_words(&["import", KIOSK, "--bot", "kiosk", "--mode", "replace", "--json"]).done().document();
    assert_eq!((&replaced["deleted"], &replaced["saved"]), (&json!(1), &json!(1)));
    desk.run("get kiosk flows/contexts/extra").exits(3);
    desk.run("get kiosk flows/contexts/extra --env 1").done();
    let made = desk.run_words(&["import", KIOSK, "--bot", "new", "--mode", "replace", "--json"]).done().document();
    assert_eq!((&made["written"], &made["saved"]), (&made["parts"], &json!(null)), "nothing was there to save");
}

#[test]
fn an_export_reads_back_whatever_its_form() {
    let desk = Desk::with_kiosk();
    let exported = desk.json("export kiosk out");
    assert_eq!(keys(&exported), ["bot", "format", "parts", "path", "state", "tree"]);
    assert_eq!(
        desk.read("out/intents/greet.yaml"),
        std::fs::read_to_string(format!("{KIOSK}/intents/greet.yaml")).unwrap()
    );
    assert_eq!(desk.json("export kiosk kiosk.zip")["format"], "archive");
    assert_eq!(desk.json("export kiosk kiosk.bin --format archive")["format"], "archive");
    assert_eq!(desk.json("import kiosk.bin --bot twin")["format"], "archive");
    assert_eq!(desk.json("export twin twin")["tree"], exported["tree"]);
}

#[test]
fn a_table_of_examples_is_imported_and_what_is_left_over_is_reported() {
    let desk = Desk::new();
    desk.write(
        "faq.csv",
        "\u{feff}intent,text,answer\nParking,where can I park,outside\nParking,is there parking,yes\n",
    );
    let imported = desk.json("import faq.csv --bot faq --language nl --report losses.json");
    assert_eq!((&imported["format"], &imported["created"]), (&json!("csv"), &json!(true)));
    assert_eq!(keys(&imported["losses"][0]), ["advice", "construct", "file", "line", "reason"]);
    assert_eq!(imported["losses"][0]["file"], "faq.csv");
    let report: serde_json::Value = serde_json::from_str(&desk.read("losses.json")).unwrap();
    assert_eq!(report["losses"], imported["losses"]);
    desk.run("get faq nlp/examples/nl/parking").done();
    desk.run("import faq.csv --bot faq --language nl --mode replace --report losses.txt").done();
    assert!(desk.read("losses.txt").starts_with("faq.csv:1: column `answer`:"));
    desk.run("get faq settings").done();
}

#[test]
fn the_first_20_losses_are_printed_and_all_on_request() {
    let desk = Desk::new();
    let columns: Vec<String> = (0..30).map(|number| format!("c{number}")).collect();
    desk.write("wide.csv", format!("intent,text,{}\n", columns.join(",")));
    let first = desk.run("import wide.csv --bot wide").done();
    assert!(first.stdout.contains("30 constructs did not carry over") && first.stdout.contains("and 10 more"));
    assert_eq!(first.stdout.matches("column `").count(), 20);
    assert_eq!(desk.run("import wide.csv --bot wide --losses").done().stdout.matches("column `").count(), 30);
}

#[test]
fn a_rasa_project_is_imported_and_validated() {
    let desk = Desk::new();
    desk.write(
        "rasa/domain.yml",
        "version: \"3.1\"\nintents:\n  - greet\nresponses:\n  utter_greet:\n    - text: Hello from Rasa\n",
    );
    desk.write("rasa/data/nlu.yml", "version: \"3.1\"\nnlu:\n- intent: greet\n  examples: |\n    - hi\n    - hello\n");
    desk.write(
        "rasa/data/rules.yml",
        "version: \"3.1\"\nrules:\n- rule: greet\n  steps:\n  - intent: greet\n  - action: utter_greet\n",
    );
    assert_eq!(desk.json("import rasa --bot rasa")["format"], "rasa");
    desk.run("train rasa").done();
    assert_eq!(desk.run("talk rasa --say hi").done().stdout, "Hello from Rasa\n");
    assert_eq!(desk.json("validate ./rasa")["valid"], true);
}
