//! The audit log on the command line, and the collection of garbage.

use serde_json::{Value, json};

use crate::desk::{Desk, Run};

/// Asserts that it printed these words.
#[track_caller]
fn prints(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stdout.contains(word), "`{word}` is not printed:\n{}", run.stdout);
    }
}

#[test]
fn the_log_is_shown_searched_verified_and_exported() {
    let desk = Desk::with_live_kiosk();
    prints(&desk.run("audit kiosk").done(), &["published version 1 to live", "made the bot"]);
    let published = desk.json("audit kiosk --act published --limit 5");
    let entries = published["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{published}");
    assert_eq!(entries[0]["entry"]["act"]["published"]["number"], 1);
    assert_eq!(desk.json("audit kiosk --search VERSION --since 2020-01-01")["entries"].as_array().unwrap().len(), 1);
    for none in ["--actor nobody", "--until 2020-01-01", "--act rolled_back"] {
        assert_eq!(desk.json(&format!("audit kiosk {none}"))["entries"], json!([]), "{none}");
    }

    let verdict = desk.json("audit kiosk --verify");
    assert_eq!(verdict["verified"], true);
    let noted = verdict["head"]["digest"].as_str().unwrap().to_owned();
    // The log goes on, and still holds what was noted.
    desk.write("context.json", r#"{"name":"C"}"#);
    desk.run("set kiosk flows/contexts/c context.json").done();
    prints(&desk.run(&format!("audit kiosk --verify --head {noted}")).done(), &["verified up to entry"]);
    prints(&desk.run(&format!("audit kiosk --verify --head {}", "0".repeat(64))).exits(1), &["was noted"]);

    let head = desk.json("audit kiosk --export log.jsonl")["head"].clone();
    assert_eq!(desk.json("audit --check log.jsonl")["head"], head);
    desk.run(&format!("audit --check log.jsonl --head {noted}")).done();
    let forged = desk.read("log.jsonl").replacen("\"number\":1", "\"number\":2", 1);
    desk.write("forged.jsonl", forged);
    let found = desk.run("audit --check forged.jsonl --json").exits(1).document();
    assert_eq!((&found["verified"], &found["entry"]), (&json!(false), &json!(1)), "{found}");
    desk.run("audit --check none.jsonl").exits(3);
    for usage in ["audit", "audit kiosk --head 00", "audit kiosk --verify --limit 3", "audit kiosk --since soon"] {
        desk.run(usage).exits(2);
    }
    desk.run(&format!("audit kiosk --head {noted}")).exits(2);
}

#[test]
fn versions_are_found_by_their_notes_and_author() {
    let desk = Desk::with_live_kiosk();
    let count = |line: &str| desk.json(line)["versions"].as_array().unwrap().len();
    assert_eq!(count("versions kiosk --search FIRST"), 1);
    assert_eq!(count("versions kiosk --search second"), 0);
    assert_eq!(count("versions kiosk --author nobody"), 0);
}

#[test]
fn garbage_is_told_and_collected_and_the_bot_stays() {
    let desk = Desk::with_live_kiosk();
    for name in ["A", "B", "C"] {
        desk.write("context.json", json!({ "name": name }).to_string());
        desk.run("set kiosk flows/contexts/c context.json").done();
    }
    let objects = |document: &Value, what: &str| document["collected"][what]["objects"].as_u64().unwrap();
    let told = desk.json("collect-garbage --dry-run --grace 0");
    assert!(objects(&told, "deleted") > 0, "{told}");
    let waiting = desk.json("collect-garbage");
    assert_eq!((objects(&waiting, "deleted"), objects(&waiting, "waiting")), (0, objects(&told, "deleted")));
    let done = desk.json("collect-garbage --grace 0");
    assert_eq!((objects(&done, "deleted"), objects(&done, "waiting")), (objects(&told, "deleted"), 0), "{done}");
    assert_eq!(objects(&desk.json("collect-garbage --grace 0"), "deleted"), 0);
    desk.run("test kiosk").done();
    desk.run("rollback kiosk 1").done();
    desk.run("export kiosk out --env live").done();
    desk.run("audit kiosk --verify").done();
    desk.run("backup copy.db").done();
    prints(&desk.run("collect-garbage").done(), &["0 objects of 0 bytes deleted", "kept"]);
}
