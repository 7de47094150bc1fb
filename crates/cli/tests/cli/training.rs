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
    let evaluated = desk.json("evaluate kiosk --folds 3");
    assert_eq!(keys(&evaluated), ["bot", "evaluations", "folds"]);
    let evaluation = &evaluated["evaluations"][0]["evaluation"];
    assert_eq!(keys(evaluation), ["accuracy", "confusions", "macro_f1", "n", "per_label"]);
    assert_eq!(evaluation["n"], 30);
    assert!(evaluation["accuracy"].as_f64().unwrap() > 0.6, "{evaluation}");
    let told = desk.run("evaluate kiosk --folds 3 --language en").done().stdout;
    assert!(told.contains("accuracy") && told.contains("macro-F1") && told.contains("greet\t"), "{told}");
    desk.run("new bare").done();
    desk.run("evaluate bare").exits(3).says(&["no examples"]);
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
    assert_eq!(keys(&evaluated), ["data", "evaluation", "examples", "seconds", "test", "train"]);
    assert_eq!((&evaluated["examples"], &evaluated["evaluation"]["n"]), (&json!(15), &json!(3)));
    assert_eq!(evaluated["evaluation"]["accuracy"], 1.0);
    desk.run("evaluate --data data.tsv --train train --test test").exits(3).says(&["no split `test`", "`val`"]);
    desk.run("evaluate --data none.tsv --train train --test val").exits(3).says(&["none.tsv"]);
    desk.run("evaluate --data data.tsv").exits(2);
    desk.run("evaluate").exits(2);
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
