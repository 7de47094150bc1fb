//! `train`, `parse`, `evaluate`, `bench`: what depends on models.

use std::io::{BufRead, BufReader};
use std::process::Command;

use serde_json::json;

use crate::desk::{Desk, Run, keys};

#[test]
fn train_trains_what_is_stale_and_nothing_else() {
    let desk = Desk::with_kiosk();
    let trained = desk.json("train kiosk");
    assert_eq!(keys(&trained), ["bot", "seconds", "trained"]);
    assert_eq!(keys(&trained["trained"][0]), ["examples", "fresh", "labels", "language", "model"]);
    assert_eq!((&trained["trained"][0]["fresh"], &trained["trained"][0]["examples"]), (&json!(true), &json!(30)));
    assert_eq!(desk.json("train kiosk")["trained"][0]["fresh"], false);
    assert_eq!(desk.json("train kiosk --retrain")["trained"][0]["fresh"], true);
    let told = desk.run("train kiosk --language en").done();
    assert!(told.stdout.starts_with("en: has its model already (3 intents, 30 examples)"), "{told:?}");
    desk.run("train kiosk --language fr").exits(3).says(&["no examples in language `fr`"]);
}

#[test]
fn progress_is_plain_lines_where_nobody_watches() {
    let desk = Desk::with_kiosk();
    let run = desk.run("train kiosk").done();
    assert!(run.stderr.contains("en: preparing\n") && run.stderr.ends_with("en: done\n"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'));
}

#[test]
fn parse_says_intent_ranking_and_entities() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let words = ["parse", "kiosk", "I want to buy tickets upstairs", "--json"];
    let parsed = desk.run_words(&words).done().document();
    assert_eq!(keys(&parsed), ["entities", "intent", "intent_ranking", "language", "text"]);
    assert_eq!(keys(&parsed["intent"]), ["confidence", "id", "name"]);
    assert_eq!((&parsed["intent"]["id"], &parsed["intent"]["name"]), (&json!("tickets"), &json!("Buy tickets")));
    assert_eq!(parsed["intent_ranking"].as_array().unwrap().len(), 3);
    let entity = &parsed["entities"][0];
    assert_eq!(entity, &json!({ "entity": "seat", "value": "balcony", "start": 22, "end": 30 }));
    let told = desk.run_words(&words[..3]).done().stdout;
    assert!(told.contains("intent    tickets (") && told.contains("entity    seat = balcony (22-30)"), "{told}");
}

#[test]
fn parse_understands_nothing_of_a_blank_text_or_without_a_model() {
    let desk = Desk::with_kiosk();
    desk.run_words(&["parse", "kiosk", "hello"]).done().says(&["no model for language `en`", "greenroom train kiosk"]);
    desk.run("train kiosk").done();
    assert_eq!(desk.run_words(&["parse", "kiosk", "", "--json"]).done().document()["intent"], json!(null));
    assert_eq!(desk.run_words(&["parse", "kiosk", "--", "-1"]).done().code, 0);
    desk.run_words(&["parse", "kiosk", "hello", "--env", "live"]).exits(3).says(&["publish first"]);
}

#[test]
fn evaluate_judges_a_bot_by_cross_validation() {
    let desk = Desk::with_kiosk();
    let evaluated = desk.json("evaluate kiosk --folds 3 --learning-curve --cost 5");
    assert_eq!(keys(&evaluated), ["bot", "evaluations", "folds"]);
    let document = &evaluated["evaluations"][0];
    assert_eq!(keys(document), ["advice", "coverage", "evaluation", "language", "learning_curve", "threshold"]);
    let evaluation = &document["evaluation"];
    let figures = [
        "accuracy",
        "accuracy_interval",
        "calibration",
        "confidences",
        "confusions",
        "macro_average",
        "macro_f1",
        "micro_average",
        "n",
        "per_label",
        "weighted_average",
    ];
    assert_eq!(keys(evaluation), figures);
    assert_eq!(evaluation["n"], 30);
    assert!(evaluation["accuracy"].as_f64().unwrap() > 0.6, "{evaluation}");
    assert_eq!(document["learning_curve"]["points"].as_array().unwrap().len(), 5);
    assert_eq!(document["threshold"]["cost"], 5.0);
    let told = desk.run("evaluate kiosk --folds 3 --language en").done().stdout;
    assert!(told.contains("accuracy") && told.contains("macro-F1") && told.contains("greet\t"), "{told}");
    assert!(told.contains("threshold:\n  Set it to 0."), "{told}");
    desk.run("new bare").done();
    desk.run("evaluate bare").exits(3).says(&["no examples"]);
    desk.run("evaluate kiosk --cost 0").exits(2).says(&["from 0.01 to 1000"]);
}

#[test]
fn evaluate_writes_its_files_under_the_names_that_rasa_gave_them() {
    let desk = Desk::with_kiosk();
    desk.write("outside.txt", "what is the weather like on mars\n");
    desk.write("said.tsv", "text\tcount\nhello\t5\nxyzzy plugh\t2\n");
    desk.write("judged.csv", "intent,text\nBuy tickets,i would like to buy two tickets\ngreet,hello\n");
    let files = "--out reports --successes --learning-curve --out-of-scope outside.txt --traffic said.tsv";
    desk.run(&format!("evaluate kiosk --folds 2 {files}")).done().says(&["wrote 12 files"]);
    let names = [
        "advice.json",
        "advice.txt",
        "calibration.svg",
        "intent_confusion_matrix.svg",
        "intent_errors.json",
        "intent_histogram.svg",
        "intent_report.json",
        "intent_successes.json",
        "learning_curve.svg",
        "summary.json",
        "thresholds.json",
        "thresholds.svg",
    ];
    let mut written: Vec<String> = std::fs::read_dir(desk.path("reports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    assert_eq!(written, names);
    let report: serde_json::Value = serde_json::from_str(&desk.read("reports/intent_report.json")).unwrap();
    assert_eq!(keys(&report["greet"]), ["confused_with", "f1-score", "precision", "recall", "support"]);
    let advice: serde_json::Value = serde_json::from_str(&desk.read("reports/advice.json")).unwrap();
    assert_eq!(advice["coverage"]["utterances"], 7);
    assert!(desk.read("reports/advice.txt").contains("What people say"));
    assert!(desk.read("reports/intent_confusion_matrix.svg").contains("Buy tickets"));

    // What this run does not make does not stay from the last one.
    let held_out = desk.json("evaluate kiosk --held-out judged.csv --out reports");
    assert_eq!((&held_out["folds"], &held_out["evaluations"][0]["evaluation"]["n"]), (&json!(null), &json!(2)));
    assert!(held_out["evaluations"][0]["evaluation"]["accuracy"].as_f64().unwrap() > 0.4, "{held_out}");
    assert!(!desk.path("reports/intent_successes.json").exists() && !desk.path("reports/learning_curve.svg").exists());
    desk.run("evaluate kiosk --held-out none.csv").exits(3).says(&["none.csv"]);
    desk.run("evaluate kiosk --successes").exits(2);
}

#[test]
fn evaluate_judges_splits_of_a_file() {
    let desk = Desk::new();
    let mut table = "split\tintent\ttext\n".to_owned();
    for (intent, word) in [("red", "apple"), ("blue", "ocean"), ("green", "grass")] {
        for text in ["big", "small", "my", "your", "one"] {
            table.push_str(&format!("train\t{intent}\t{text} {word} \"here\n"));
        }
        table.push_str(&format!("val\t{intent}\tsome {word}\n"));
    }
    desk.write("data.tsv", table);
    let evaluated = desk.json("evaluate --data data.tsv --train train --test val");
    let documented = [
        "advice",
        "coverage",
        "data",
        "evaluation",
        "examples",
        "learning_curve",
        "seconds",
        "test",
        "threshold",
        "train",
    ];
    assert_eq!(keys(&evaluated), documented);
    assert_eq!((&evaluated["examples"], &evaluated["evaluation"]["n"]), (&json!(15), &json!(3)));
    assert_eq!(evaluated["evaluation"]["accuracy"], 1.0);
    desk.run("evaluate --data data.tsv --train train --test test").exits(3).says(&["no split `test`", "`val`"]);
    desk.run("evaluate --data none.tsv --train train --test val").exits(3).says(&["none.tsv"]);
    desk.run("evaluate --data data.tsv").exits(2);
    desk.run("evaluate").exits(2);
}

#[test]
fn behaviour_tells_what_customers_would_notice() {
    let desk = Desk::with_live_kiosk();
    let same = desk.json("behaviour kiosk live draft");
    assert_eq!(keys(&same), ["after", "before", "bot", "changes", "language", "summary"]);
    assert_eq!((&same["summary"]["utterances"], &same["summary"]["same"]), (&json!(30), &json!(30)));
    assert_eq!(same["changes"], json!([]));

    // With the threshold at 1 the draft understands nothing any more.
    desk.write("runtime.json", r#"{ "threshold": 1.0 }"#);
    desk.run("set kiosk nlp/runtime runtime.json").done();
    desk.write("said.tsv", "text\tcount\nhello\t5\n你好\t3\n");
    let changed = desk.json("behaviour kiosk live draft --utterances said.tsv");
    assert_eq!(changed["summary"]["no_longer_understood"], 5, "{changed}");
    assert_eq!(keys(&changed["changes"][0]), ["after", "before", "count", "kind", "text", "weight"]);
    assert_eq!(changed["changes"][0]["before"]["intent"], "greet");
    let told = desk.run("behaviour kiosk live draft --utterances said.tsv").done().stdout;
    assert!(told.contains("5 are no longer understood") && told.contains("hello\tgreet ("), "{told}");
    desk.run("behaviour kiosk live draft --language nl").exits(3).says(&["no model for language `nl`"]);
    desk.run("behaviour kiosk draft 9").exits(3);
}

#[test]
fn bench_measures_turns_loading_and_size() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    let bench = desk.json("bench kiosk");
    assert_eq!(keys(&bench), ["bot", "build", "languages", "load_ms", "models", "state"]);
    let english = &bench["languages"]["en"];
    assert_eq!(keys(english), ["max_us", "p50_us", "p99_9_us", "p99_us", "texts", "turns"]);
    assert!(english["turns"].as_u64().unwrap() >= 1_000 && english["texts"] == 30);
    assert!(english["p50_us"].as_f64().unwrap() <= english["p99_9_us"].as_f64().unwrap());
    assert!(bench["models"]["en"]["bytes"].as_u64().unwrap() > 100);
    desk.run("new bare").done();
    desk.run("bench bare").exits(3);
}

/// Ctrl-C while a training runs: it stops, and the draft has no model.
#[cfg(unix)]
#[test]
fn a_cancelled_training_stores_nothing() {
    let desk = Desk::new();
    let mut table = "intent,text\n".to_owned();
    for number in 0..12_000 {
        table.push_str(&format!("i{},word{} and {} near {}\n", number % 150, number % 997, number * 31 % 1013, number));
    }
    desk.write("many.csv", table);
    desk.run("import many.csv --bot many").done();
    let mut child = desk.spawn(&["train", "many"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "en: preparing\n");
    let id = child.id().to_string();
    assert!(Command::new("sh").args(["-c", &format!("kill -INT {id}")]).status().unwrap().success());
    let said: String = stderr.lines().map(|line| line.unwrap() + "\n").collect();
    assert_eq!(Run::of(child).code, 5, "{said}");
    assert!(said.contains("cancelled"), "{said}");
    let plan = desk.run("plan many --json").exits(1).document();
    assert_eq!(plan["plan"]["findings"][0]["code"], "model_missing");
}
