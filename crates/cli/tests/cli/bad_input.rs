//! What is wrong is told: what, where, what next; and the store is as it was.

use crate::desk::{Desk, KIOSK, Run, copy_folder};

#[test]
fn a_bot_that_does_not_exist_is_not_found_and_near_ones_are_named() {
    let desk = Desk::with_kiosk();
    for line in [
        "ls kiosc",
        "get kiosc settings",
        "train kiosc",
        "talk kiosc --say hi",
        "plan kiosc",
        "publish kiosc",
        "export kiosc out",
        "pull kiosc out",
        "push kiosc out",
        "test kiosc",
        "parse kiosc hi",
        "versions kiosc",
        "diff kiosc draft live",
        "rollback kiosc 1",
        "restore kiosc 1",
        "policy kiosc",
        "channels kiosc",
        "evaluate kiosc",
        "bench kiosc",
        "delete kiosc flows/a",
        "set kiosc flows/a -",
    ] {
        desk.run(line).exits(3).says(&["there is no bot `kiosc`", "did you mean `kiosk`?"]);
    }
    let failure = desk.run("ls zzz --json").exits(3).failure();
    assert_eq!(failure["code"], "not_found");
    assert!(failure["message"].as_str().unwrap().contains("greenroom bots"));
    desk.run("validate zzz").exits(3).says(&["neither a bot", "nor a path"]);
}

#[test]
fn usage_is_told_as_json_where_json_is_asked_for() {
    let desk = Desk::new();
    let failure = desk.run("plan --json").exits(2).failure();
    assert_eq!(failure["code"], "usage");
    desk.run("brew coffee").exits(2).says(&["brew"]);
    desk.run("ls Kiosk").exits(2).says(&["`Kiosk` is not a bot id"]);
    desk.run("get kiosk flow/x").exits(2).says(&["is not the path of a part"]);
    assert!(desk.run("--help").done().stdout.contains("Exit codes"));
    assert!(desk.run("--version").done().stdout.starts_with("greenroom "));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let desk = Desk::with_kiosk();
    desk.run("import nowhere --bot kiosk").exits(3).says(&["`nowhere`"]);
    desk.run("set kiosk flows/a nowhere.json").exits(3).says(&["`nowhere.json`"]);
    desk.run("plan kiosk --policy nowhere.yaml").exits(3).says(&["`nowhere.yaml`"]);
    desk.write("empty/README.md", "nothing");
    desk.run("import empty --bot kiosk").exits(5).says(&["`empty` is not a bot"]);
    desk.write("latin.json", b"{\"name\":\"caf\xe9\"}");
    desk.run("set kiosk flows/contexts/a latin.json").exits(5).says(&["`latin.json`", "not UTF-8"]);
    desk.write("bad.zip", "PK\x03\x04 this is no archive");
    desk.run("import bad.zip --bot kiosk").exits(5).says(&["archive"]);
    desk.run("export kiosk no/such/folder/out.zip").exits(3).says(&["out.zip"]);
}

#[test]
fn a_broken_file_leaves_the_store_as_it_was() {
    let desk = Desk::with_kiosk();
    let before = desk.json("ls kiosk");
    copy_folder(KIOSK.as_ref(), &desk.path("broken"));
    desk.write("broken/flows/hours.yaml", "name: Hours\nstart: say\nnodes:\n  say: {message: {text: {en: [}}}\n");
    desk.run("import broken --bot kiosk").exits(5).says(&["flows/hours.yaml:4"]);
    desk.run("import broken --bot fresh").exits(5);
    desk.run("ls fresh").exits(3);
    desk.run("validate broken").exits(5).says(&["flows/hours.yaml:4"]);
    desk.write("flow.json", r#"{"name":"x","start":"a","nodes":{},"nodes":{}}"#);
    desk.run("set kiosk flows/hours flow.json").exits(5).says(&["flow.json", "`nodes` is given twice"]);
    desk.write("flow.json", r#"{"name":"x","start":"a","knots":{}}"#);
    desk.run("set kiosk flows/hours flow.json").exits(5).says(&["flows/hours", "knots"]);
    assert_eq!(desk.json("ls kiosk"), before);
}

#[test]
fn an_empty_and_a_very_long_message_are_answered() {
    let desk = Desk::with_live_kiosk();
    let long = "tickets ".repeat(12_500);
    for text in ["", "   ", "\u{1b}[2J", "💺", &long] {
        let run = desk.run_words(&["talk", "kiosk", "--say", text]).done();
        assert_eq!(run.lines().len(), 1, "{run:?}");
        desk.run_words(&["parse", "kiosk", text]).done();
    }
}

#[test]
fn a_bot_without_intents_or_flows_goes_through_every_verb() {
    let desk = Desk::new();
    desk.run("new bare").done();
    desk.run("validate bare").done();
    assert!(desk.run("train bare").done().stdout.contains("nothing to train"));
    assert_eq!(desk.run("talk bare --say hi").done().stdout, "");
    desk.run("test bare").done();
    desk.run("parse bare hi").done();
    desk.run("publish bare --notes bare").done();
    desk.run("pull bare folder").done();
    desk.run("push bare folder").done();
    desk.run("export bare bare.zip").done();
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.run("bots --store folder").exits(5).says(&["is a directory"]);
    desk.run("new a --store folder").exits(5).says(&["is a directory"]);
    desk.run("new a --store no/such/folder/a.db").exits(5).says(&["does not exist"]);
    desk.write("notes.txt", "these are my notes, not a store, and they are long enough for a header ".repeat(20));
    let before = desk.read("notes.txt");
    desk.run("new a --store notes.txt").exits(5).says(&["notes.txt", "is not a Greenroom store"]);
    assert_eq!(desk.read("notes.txt"), before);
}

#[test]
fn a_store_of_a_newer_schema_is_refused_and_left_alone() {
    let desk = Desk::new();
    // A store of this build, in whose list of migrations one of a newer build was noted.
    desk.write("newer.db", include_bytes!("newer_schema.store"));
    for line in ["bots", "new a", "ls old-bot", "validate old-bot"] {
        desk.run(&format!("{line} --store newer.db")).exits(5).says(&[
            "newer.db",
            "schema version",
            "use a newer build",
        ]);
    }
    assert_eq!(desk.run("bots --store newer.db --json").failure()["code"], "failed");
    assert_eq!(std::fs::read(desk.path("newer.db")).unwrap(), include_bytes!("newer_schema.store"));
}

#[test]
fn a_reader_that_went_away_is_no_panic() {
    let desk = Desk::with_kiosk();
    for words in [vec!["ls", "kiosk"], vec!["ls", "kiosk", "--json"], vec!["schema"]] {
        let mut child = desk.spawn(&words);
        drop(child.stdout.take());
        let run = Run::of(child).exits(5);
        assert_eq!(run.stderr, "");
    }
}
