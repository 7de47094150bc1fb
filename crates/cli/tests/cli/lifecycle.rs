//! `plan`, `publish`, `versions`, `diff`, `rollback`, `restore`, `policy`, `channels`.

use serde_json::json;

use crate::desk::{Desk, keys};

fn codes(findings: &serde_json::Value) -> Vec<&str> {
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn a_plan_says_what_publishing_would_do_and_does_nothing() {
    let desk = Desk::with_kiosk();
    let refused = desk.run("plan kiosk --json").exits(1).document();
    assert_eq!(keys(&refused), ["digest", "plan", "proposed_notes"]);
    let plan = &refused["plan"];
    assert_eq!(plan["decision"], "deny");
    assert!(codes(&plan["findings"]).contains(&"model_missing"));
    desk.run("train kiosk").done();
    let allowed = desk.run_words(&["plan", "kiosk", "--notes", "first one", "--json"]).done().document();
    assert_eq!((&allowed["plan"]["decision"], &allowed["plan"]["notes"]), (&json!("allow"), &json!("first one")));
    assert!(desk.run("plan kiosk").done().stdout.contains("allow: 0 errors"));
    assert_eq!(desk.json("versions kiosk")["versions"], json!([]));
}

#[test]
fn publish_is_refused_by_findings_and_names_them() {
    let desk = Desk::with_kiosk();
    let refused = desk.run("publish kiosk --notes first --json").exits(1).failure();
    assert_eq!(refused["code"], "refused");
    assert!(codes(&refused["findings"]).contains(&"model_missing"));
    desk.run("publish kiosk --notes first").exits(1).says(&["error[model_missing]", "greenroom train kiosk"]);
    desk.run("train kiosk").done();
    desk.run("publish kiosk --scope nlp").exits(1).says(&["error[never_published]"]);
    let published = desk.json("publish kiosk --notes first");
    let named = ["bot", "draft_moved", "environment", "findings", "number", "plan", "replayed", "version"];
    assert_eq!(keys(&published), named);
    assert_eq!((&published["number"], &published["draft_moved"]), (&json!(1), &json!(false)));
    desk.run("publish kiosk --notes again").exits(1).says(&["error[nothing_to_publish]"]);
}

#[test]
fn nlp_alone_is_published_with_an_added_intent() {
    let desk = Desk::with_live_kiosk();
    let flows = desk.json("ls kiosk flows --env live");
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.write("mine/intents/thanks.yaml", "name: Thanks\nexamples:\n  en:\n    - many thanks\n    - thank you\n");
    desk.run("push kiosk mine").done();
    desk.run("train kiosk").done();
    let published = desk.json("publish kiosk --scope nlp --notes thanks");
    assert_eq!(published["number"], 2);
    assert_eq!(desk.json("ls kiosk flows --env live"), flows, "live's flows are as they were");
    desk.run("get kiosk nlp/intents/thanks --env live").done();
    desk.run("publish kiosk --scope nlp --notes again").exits(1).says(&["error[nlp_unchanged]"]);
    desk.run("delete kiosk nlp/examples/en/greet").done();
    desk.run("train kiosk").done();
    desk.run("publish kiosk --scope nlp --notes less").exits(1).says(&["error[intent_removed]", "greet"]);
}

#[test]
fn versions_are_listed_compared_rolled_back_and_restored() {
    let desk = Desk::with_live_kiosk();
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.run("push kiosk mine").done();
    desk.run_words(&["publish", "kiosk", "--notes", "we open later", "--as", "bob"]).done();
    let versions = desk.json("versions kiosk")["versions"].clone();
    assert_eq!(keys(&versions[0]), ["digest", "environments", "version"]);
    assert_eq!((&versions[0]["version"]["author"], &versions[1]["version"]["author"]), (&json!("ann"), &json!("bob")));
    assert_eq!((&versions[0]["environments"], &versions[1]["environments"]), (&json!([]), &json!(["live"])));
    assert!(desk.run("versions kiosk").done().lines()[1].starts_with("2\tpublish\tlive\tbob\t"));

    let diff = desk.json("diff kiosk 1 live");
    assert_eq!(keys(&diff), ["after", "before", "bot", "parts"]);
    assert_eq!((&diff["parts"][0]["path"], &diff["parts"][0]["kind"]), (&json!("flows/hours"), &json!("changed")));
    assert!(desk.run("diff kiosk v1 v2").done().stdout.starts_with("~ flows/hours"));
    assert_eq!(desk.run("diff kiosk draft live").done().stdout, "0 parts differ\n");

    let back = desk.json("rollback kiosk 1");
    assert_eq!(back, json!({ "environment": "live", "from": 2, "to": 1 }));
    assert!(desk.run_words(&["talk", "kiosk", "--say", "when do you open"]).done().stdout.contains("nine"));
    assert!(desk.run("rollback kiosk v1").done().stdout.contains("runs version 1 already"));

    let restored = desk.json("restore kiosk 1");
    assert_eq!(keys(&restored), ["bot", "draft", "saved", "version"]);
    assert_eq!(restored["saved"], 3);
    assert!(desk.run("get kiosk flows/hours").done().stdout.contains("nine"));
    assert!(desk.run("get kiosk flows/hours --env 3").done().stdout.contains("ten"), "what the draft was is kept");
    for line in ["rollback kiosk 9", "restore kiosk 9", "diff kiosk draft 9", "diff kiosk draft staging"] {
        desk.run(line).exits(3);
    }
    desk.run("rollback kiosk first").exits(2);
}

#[test]
fn another_environment_runs_its_own_version() {
    let desk = Desk::with_live_kiosk();
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.run("push kiosk mine").done();
    desk.run("publish kiosk --env staging --notes trial").done();
    let say = |env| desk.run_words(&["talk", "kiosk", "--env", env, "--say", "when do you open"]).done().stdout;
    assert_eq!((say("live").as_str(), say("staging").as_str()), ("We open at nine.\n", "We open at ten.\n"));
    desk.run("publish kiosk --env draft").exits(2).says(&["the draft is no environment"]);
}

#[test]
fn the_policy_is_shown_set_and_obeyed() {
    let desk = Desk::with_kiosk();
    desk.run("train kiosk").done();
    assert_eq!(desk.json("policy kiosk")["policy"], json!({}));
    desk.write("strict.yaml", "rules: { untested: deny }\n");
    desk.run("plan kiosk --notes a --policy strict.yaml").exits(1);
    desk.run("plan kiosk --notes a").done();
    let set = desk.json("policy kiosk strict.yaml");
    assert_eq!(keys(&set), ["bot", "digest", "policy"]);
    assert_eq!(desk.json("policy kiosk")["digest"], set["digest"]);
    desk.run("publish kiosk --notes a").exits(1).says(&["error[untested]"]);
    desk.run("test kiosk").done();
    desk.run("publish kiosk --notes a").done();
    desk.write("wrong.yaml", "rules: { untestd: deny }\n");
    desk.run("policy kiosk wrong.yaml").exits(5).says(&["wrong.yaml", "rules.untestd"]);
    assert_eq!(desk.json("policy kiosk")["digest"], set["digest"], "a policy that cannot be read changes nothing");
    desk.run("policy kiosk -").done();
    assert_eq!(desk.json("policy kiosk")["policy"], json!({}), "an empty file is the default policy");
}

#[test]
fn channels_are_added_listed_and_removed() {
    let desk = Desk::with_kiosk();
    assert_eq!(desk.json("channels kiosk"), json!({ "bot": "kiosk", "environment": "live", "channels": [] }));
    let added = desk.json("channels kiosk --add rest:site --add terminal:desk");
    let site = json!({ "id": "site", "name": "site", "kind": "rest", "origins": { "only": [] }, "token": false });
    assert_eq!(added["channels"][0], site);
    desk.run("channels kiosk --add rest:site").exits(4).says(&["`site` already"]);
    desk.run("channels kiosk --remove none").exits(3);
    assert_eq!(desk.run("channels kiosk --remove site").done().lines(), ["terminal\tdesk"]);
    assert_eq!(desk.json("channels kiosk --env staging")["channels"], json!([]));
    for wrong in ["rest", "smoke:signal", "webhook:crm", "webhook:crm=crm"] {
        desk.run(&format!("channels kiosk --add {wrong}")).exits(2);
    }
    let chat = desk.json("channels kiosk --add web_chat:web=https://shop.example,http://localhost:3000");
    assert_eq!(chat["channels"][1]["origins"], json!(["https://shop.example", "http://localhost:3000"]));
    assert_eq!(desk.json("channels kiosk --add rest:any=any")["channels"][2]["origins"], "any");
    desk.run("channels kiosk --add web_chat:wide=any").exits(2).says(&["`any` is not the origin of a page"]);
    let webhook = desk.json("channels kiosk --add webhook:crm=https://crm.example/in");
    let secret = webhook["secrets"]["crm"].as_str().unwrap().to_owned();
    assert_eq!(secret.len(), 64);
    let listed = desk.json("channels kiosk").to_string();
    assert!(listed.contains("https://crm.example/in") && !listed.contains(&secret), "{listed}");
}

#[test]
fn release_notes_are_proposed_and_taken_when_asked_for() {
    let desk = Desk::with_live_kiosk();
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.run("push kiosk mine").done();
    let proposed = desk.run("plan kiosk").done().stdout;
    let (_, notes) = proposed.split_once("taken by `publish --proposed-notes`:\n").unwrap();
    assert!(notes.trim().starts_with("Changed flow \"") && notes.contains("(1 text changed)"), "{notes}");
    assert_eq!(desk.json("plan kiosk")["proposed_notes"], notes.trim());
    assert!(!desk.run_words(&["plan", "kiosk", "--notes", "mine"]).done().stdout.contains("--proposed-notes"));
    desk.run("publish kiosk --proposed-notes --notes mine").exits(2);
    let published = desk.run("publish kiosk --proposed-notes --idempotency-key a").done();
    assert!(!published.stdout.contains("release_notes_missing"), "{}", published.stdout);
    assert_eq!(desk.json("versions kiosk")["versions"][1]["version"]["notes"], notes.trim());
    let again = desk.run("publish kiosk --proposed-notes --idempotency-key a").done();
    assert!(again.stdout.contains("version 2") && again.stdout.contains("nothing was done now"), "{}", again.stdout);
    assert_eq!(desk.json("publish kiosk --proposed-notes --idempotency-key a")["replayed"], true);
}

#[test]
fn a_publish_that_goes_back_says_what_the_environment_runs() {
    let desk = Desk::with_live_kiosk();
    let same = desk.run("publish kiosk --scope rollback --version 1").done().stdout;
    assert!(same.contains("`live` runs version 1 already; nothing was changed"), "{same}");
    desk.run("pull kiosk mine").done();
    desk.edit("mine/flows/hours.yaml", "nine", "ten");
    desk.run("push kiosk mine").done();
    desk.run("publish kiosk --notes second").done();
    let back = desk.run("publish kiosk --scope rollback --version 1").done().stdout;
    assert!(back.contains("`live` runs version 1 now") && !back.contains("published"), "{back}");
}

#[test]
fn what_was_mistyped_is_refused_with_what_is_known() {
    let desk = Desk::with_live_kiosk();
    desk.run("publish kiosk --notes n --discard flows/hours").exits(3).says(&["flows/hours", "none waits"]);
    desk.write(
        "hours.json",
        r#"{ "name": "Hours", "start": "a", "nodes": { "a": { "message": { "text": { "en": "x" } } } } }"#,
    );
    let late = desk.run("hotfix kiosk flows/hours hours.json --notes wrong --expect absent").exits(4);
    late.says(&["flows/hours", "look at what stands there now"]);
    let found = desk.json("get kiosk flows/hours --env live")["digest"].as_str().unwrap().to_owned();
    desk.run(&format!("hotfix kiosk flows/hours hours.json --notes wrong --expect {found}")).done();
    desk.run("plan kiosk --discard flows/hour").exits(3).says(&["flows/hour`", "changed `flows/hours`"]);
    desk.run("audit kiosk --act nonsense").exits(2).says(&["rolled_back", "published"]);
    assert!(desk.run("audit kiosk --export log").done().stdout.contains(" entries to "));
}
