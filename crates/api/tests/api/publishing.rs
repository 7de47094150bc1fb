//! Training, planning, publishing, versions, environments.

use std::time::Duration;

use greenroom_identity::{Grants, Role};
use greenroom_model::Document;
use greenroom_model::document::{Examples, Intent};
use serde_json::{Value, json};

use crate::server::{Client, Server};

/// Waits for a job to end.
async fn ended(client: &Client<'_>, location: &str) -> Value {
    loop {
        let job = client.get(location).await.is(200).json();
        if !matches!(job["state"].as_str(), Some("queued" | "running")) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn publish(client: &Client<'_>, notes: &str) -> Value {
    let plan = client.post("/api/v1/bots/shop/plans", json!({ "notes": notes })).await.is(201).json();
    assert_eq!(plan["plan"]["decision"], "allow", "{plan}");
    client.post("/api/v1/bots/shop/publish", json!({ "plan": plan["digest"] })).await.is(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_live_and_back() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;

    // Untrained: the findings and the plan say so, and the publish is refused.
    let findings = root.get("/api/v1/bots/shop/findings").await.is(200).json();
    assert_eq!(findings["decision"], "deny");
    let made = root.post("/api/v1/bots/shop/plans", json!({ "notes": "first" })).await.is(201);
    let plan = made.json();
    assert_eq!(plan["proposed_notes"], "The first publish: 2 intents.");
    assert_eq!(root.get(&made.header("location")).await.is(200).json(), plan);
    let refused = root.post("/api/v1/bots/shop/publish", json!({ "plan": plan["digest"] })).await.is(409).json();
    assert_eq!(refused["code"], "publish_refused");
    assert_eq!(refused["findings"][0]["code"], "model_missing");

    let started = root.post("/api/v1/bots/shop/train", json!({})).await.is(202);
    let job = ended(&root, &started.header("location")).await;
    assert_eq!((&job["state"], &job["percentage"]), (&json!("succeeded"), &json!(100)), "{job}");
    assert_eq!(job["by"], "root");
    let events = root.get(&format!("{}/events", started.header("location"))).await.is(200);
    assert_eq!(events.header("content-type"), "text/event-stream");
    assert!(events.text().contains("event: end"), "{}", events.text());
    assert_eq!(root.get("/api/v1/bots/shop/jobs").await.json()["items"][0]["id"], job["id"]);

    let published = publish(&root, "first").await;
    assert_eq!((&published["number"], &published["environment"]), (&json!(1), &json!("live")));
    let live = root.get("/api/v1/bots/shop/environments/live").await.is(200).json();
    assert_eq!((&live["number"], &live["by"]), (&json!(1), &json!("root")));

    // The plan was for an environment without a version: it cannot go out twice.
    let again = root.post("/api/v1/bots/shop/plans", json!({})).await.is(201).json();
    assert_eq!(again["plan"]["findings"][0]["code"], "nothing_to_publish");

    let put = root.put("/api/v1/bots/shop/parts/nlp/intents/greet", &[("if-match", "*")], json!({ "name": "Hello" }));
    put.await.is(200);
    let diff = root.get("/api/v1/bots/shop/diff").await.is(200).json();
    assert_eq!(diff["parts"][0]["path"], "nlp/intents/greet");
    let plan = root.post("/api/v1/bots/shop/plans", json!({})).await.is(201).json();
    assert_eq!(plan["proposed_notes"], "Changed intent \"Hello\".");
    assert_eq!(publish(&root, "second").await["number"], 2);

    let versions = root.get("/api/v1/bots/shop/versions?limit=1").await.is(200).json();
    assert_eq!((&versions["items"][0]["notes"], &versions["next"]), (&json!("second"), &json!("2")));
    let older = root.get("/api/v1/bots/shop/versions?after=2").await.is(200).json();
    assert_eq!((&older["items"][0]["number"], &older["next"]), (&json!(1), &Value::Null));

    let back = root.post("/api/v1/bots/shop/environments/live/rollback", json!({ "version": 1 })).await.is(200).json();
    assert_eq!(back, json!({ "environment": "live", "from": 2, "to": 1 }));
    assert_eq!(root.get("/api/v1/bots/shop/versions/1").await.json()["environments"], json!(["live"]));

    let restored = root.post("/api/v1/bots/shop/versions/1/restore", json!({})).await.is(200).json();
    assert_eq!(restored["saved"], 3);
    let saved = root.get("/api/v1/bots/shop/versions/3").await.is(200).json();
    assert_eq!((&saved["origin"], &saved["scope"]), (&json!("save"), &Value::Null));
    assert_eq!(root.get("/api/v1/bots/shop/versions/99").await.problem(404), "version_not_found");

    let acts = root.get("/api/v1/bots/shop/audit").await.is(200).json();
    let acts: Vec<&Value> = acts["items"].as_array().unwrap().iter().map(|entry| &entry["act"]).collect();
    assert!(acts.iter().any(|act| act.get("rolled_back").is_some()), "{acts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_searched_and_verified() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let channel = json!({ "id": "site", "name": "Site", "settings": { "kind": "rest" } });
    root.post("/api/v1/bots/shop/environments/live/channels", channel).await.is(201);
    let numbers = async |query: &str| -> Vec<u64> {
        let page = root.get(&format!("/api/v1/bots/shop/audit{query}")).await.is(200).json();
        page["items"].as_array().unwrap().iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
    };
    let all = numbers("").await;
    let last = *all.last().unwrap();
    assert_eq!(all, (1..=last).collect::<Vec<_>>());
    assert_eq!(numbers("?newest_first=true&limit=1").await, [last]);
    assert_eq!(numbers(&format!("?newest_first=true&after={last}&limit=1")).await, [last - 1]);
    assert_eq!(numbers("?act=channels_set").await, [last]);
    assert_eq!(numbers("?act=created&search=MADE").await, [1]);
    assert_eq!(numbers("?actor=nobody").await, [0_u64; 0]);
    let unknown = root.get("/api/v1/bots/shop/audit?act=nonsense").await.is(400).json();
    assert!(unknown["detail"].as_str().unwrap().contains("`rolled_back`"), "{unknown}");
    assert_eq!(numbers("?until=2020-01-01T00:00:00Z").await, [0_u64; 0]);

    let verdict = root.get("/api/v1/bots/shop/audit/verify").await.is(200).json();
    assert_eq!((&verdict["verified"], &verdict["number"]), (&json!(true), &json!(last)));
    let noted = verdict["digest"].as_str().unwrap();
    let again = root.get(&format!("/api/v1/bots/shop/audit/verify?head={noted}")).await.is(200).json();
    assert_eq!(again["verified"], true);
    let other = root.get(&format!("/api/v1/bots/shop/audit/verify?head={}", "0".repeat(64))).await.is(200).json();
    assert_eq!((&other["verified"], &other["entry"]), (&json!(false), &Value::Null));
    assert!(other["fault"].as_str().unwrap().contains("written anew"), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_plans_one_goes_out() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let started = root.post("/api/v1/bots/shop/train", json!({ "languages": ["en"] })).await.is(202);
    ended(&root, &started.header("location")).await;
    let plan = async |notes: &str| {
        root.post("/api/v1/bots/shop/plans", json!({ "notes": notes })).await.is(201).json()["digest"].clone()
    };
    let (first, second) = (plan("a").await, plan("b").await);
    root.post("/api/v1/bots/shop/publish", json!({ "plan": first })).await.is(200);
    let late = root.post("/api/v1/bots/shop/publish", json!({ "plan": second })).await.is(409).json();
    assert_eq!((&late["code"], &late["current"]["by"]), (&json!("environment_moved"), &json!("root")));
    let unknown = root.post("/api/v1/bots/shop/publish", json!({ "plan": "0".repeat(64) })).await;
    assert_eq!(unknown.problem(404), "plan_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_under_a_key_is_told_again_when_its_answer_is_forgotten() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let started = root.post("/api/v1/bots/shop/train", json!({ "languages": ["en"] })).await.is(202);
    ended(&root, &started.header("location")).await;
    let plan = async |notes: &str| {
        root.post("/api/v1/bots/shop/plans", json!({ "notes": notes })).await.is(201).json()["digest"].clone()
    };
    let (first, second) = (plan("a").await, plan("b").await);
    let headers = [("content-type", "application/json"), ("idempotency-key", "monday")];
    let send = async |plan: &Value| {
        // As after a crash of the server, or after a day: only the bot remembers.
        let store = server.app.store();
        for record in store.records(&"idempotency".parse().unwrap(), None, 10).await.unwrap() {
            store.commit(greenroom_store::Commit::new().delete(&record)).await.unwrap();
        }
        root.call("POST", "/api/v1/bots/shop/publish", &headers, json!({ "plan": plan }).to_string()).await
    };
    let published = send(&first).await.is(200).json();
    assert_eq!(published.get("replayed"), None);
    let mut again = send(&first).await.is(200).json();
    assert_eq!(again.as_object_mut().unwrap().remove("replayed"), Some(json!(true)));
    assert_eq!(again, published);
    assert_eq!(send(&second).await.problem(422), "idempotency_key_reused");
    assert_eq!(root.get("/api/v1/bots/shop/versions").await.is(200).json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_and_a_test_run_leave_their_outcomes() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let started = root.post("/api/v1/bots/shop/evaluate", json!({ "language": "en", "folds": 2 })).await.is(202);
    let job = ended(&root, &started.header("location")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let outcomes = root.get("/api/v1/bots/shop/evaluation?language=en").await.is(200).json();
    assert!(outcomes["items"][0]["evaluation"]["accuracy"].is_number(), "{outcomes}");
    assert_eq!(root.get("/api/v1/bots/shop/evaluation?language=de").await.json()["items"], json!([]));
    let folds = root.post("/api/v1/bots/shop/evaluate", json!({ "language": "en", "folds": 1 })).await;
    assert_eq!(folds.problem(400), "folds_invalid");

    let outside = ["what is the weather on mars", "sing me a song"];
    let asked = json!({ "language": "en", "folds": 2, "out_of_scope": outside });
    let started = root.post("/api/v1/bots/shop/evaluate", asked).await.is(202);
    assert_eq!(ended(&root, &started.header("location")).await["state"], "succeeded");
    let outcomes = root.get("/api/v1/bots/shop/evaluation").await.is(200).json();
    let thresholds = &outcomes["items"][0]["thresholds"];
    assert_eq!(thresholds["out_of_scope"], 2, "{thresholds}");
    assert_eq!(thresholds["points"][100]["out_of_scope_answered"], 0);
    let many = json!({ "language": "en", "out_of_scope": vec!["x"; 10_001] });
    let many = root.post("/api/v1/bots/shop/evaluate", many).await.is(422).json();
    assert_eq!(many["code"], "too_many_texts");
    assert!(many["detail"].as_str().unwrap().contains("at most 10000; leave some out"), "{many}");
    let long = json!({ "language": "en", "out_of_scope": ["x".repeat((512 << 10) + 1)] });
    assert_eq!(root.post("/api/v1/bots/shop/evaluate", long).await.problem(422), "texts_too_long");

    let started = root.post("/api/v1/bots/shop/test", json!({ "scope": "full" })).await.is(202);
    let job = ended(&root, &started.header("location")).await;
    assert_eq!((&job["state"], &job["outcome"]["failed"]), (&json!("succeeded"), &json!(0)), "{job}");
    let cancelled = root.post(&format!("{}/cancel", started.header("location")), json!({})).await.is(200).json();
    assert_eq!(cancelled["state"], "succeeded");
}

#[tokio::test]
async fn a_policy_is_read_strictly_and_kept() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let policy = json!({ "rules": { "untested": "deny" } });
    root.put("/api/v1/bots/shop/policy", &[], policy).await.is(200);
    assert_eq!(
        root.get("/api/v1/bots/shop/policy").await.is(200).json()["rules"]["untested"],
        json!({ "severity": "deny" })
    );
    let refused = root.put("/api/v1/bots/shop/policy", &[], json!({ "rules": { "untestd": "deny" } })).await;
    assert_eq!(refused.problem(422), "invalid_policy_or_plan");
}

const SAYS: &str = "/api/v1/bots/shop/environments/live";

/// Live with a flow that says something.
async fn with_live(server: &Server) -> Client<'_> {
    server.bot("shop").await;
    let root = server.admin().await;
    let none = [("if-none-match", "*")];
    root.put("/api/v1/bots/shop/parts/flows/contact", &none, contact("Call 111.", "Bye.")).await.is(201);
    let started = root.post("/api/v1/bots/shop/train", json!({})).await.is(202);
    ended(&root, &started.header("location")).await;
    publish(&root, "first").await;
    root
}

fn contact(says: &str, then: &str) -> Value {
    json!({ "name": "Contact", "start": "say", "triggers": [{ "intent": "greet" }], "nodes": {
        "say": { "message": { "text": { "en": says }, "next": "bye" } },
        "bye": { "message": { "text": { "en": then } } } } })
}

fn hotfix(says: &str, notes: &str) -> Value {
    let edit = json!({ "path": "flows/contact", "document": contact(says, "Bye.") });
    json!({ "scope": "hotfix", "notes": notes, "edits": [edit] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_is_planned_tested_published_and_merged() {
    let server = Server::new();
    let root = with_live(&server).await;
    let silent = root.post("/api/v1/bots/shop/plans", hotfix("Call 222.", " ")).await.is(201).json();
    assert_eq!(silent["plan"]["findings"][0]["code"], "release_notes_missing", "{silent}");
    let refused = root.post("/api/v1/bots/shop/publish", json!({ "plan": silent["digest"] })).await;
    assert_eq!(refused.problem(409), "publish_refused");
    for wrong in [json!({ "scope": "hotfix" }), json!({ "edits": hotfix("", "")["edits"] })] {
        for route in ["plans", "test", "evidence"] {
            let refused = root.post(&format!("/api/v1/bots/shop/{route}"), wrong.clone()).await;
            assert_eq!(refused.problem(400), "edits_invalid", "{route}");
        }
    }
    let mut outdated = hotfix("Call 222.", "wrong number");
    outdated["edits"][0]["expected"] = json!("0".repeat(64));
    let outdated = root.post("/api/v1/bots/shop/plans", outdated).await.is(412).json();
    assert_eq!(outdated["conflicts"][0]["path"], "flows/contact");
    let doubled = hotfix("Call 222.", "n").to_string().replace("\"name\":", "\"name\":\"A\",\"name\":");
    let json = [("content-type", "application/json")];
    assert_eq!(root.call("POST", "/api/v1/bots/shop/plans", &json, doubled).await.problem(400), "body_invalid");

    let mut tested = hotfix("Call 222.", "");
    tested.as_object_mut().unwrap().remove("notes");
    let started = root.post("/api/v1/bots/shop/test", tested).await.is(202);
    assert_eq!(ended(&root, &started.header("location")).await["state"], "succeeded");

    let kim = server.user("kim", Grants::on("shop".parse().unwrap(), Role::Publisher)).await;
    let plan = kim.post("/api/v1/bots/shop/plans", hotfix("Call 222.", "wrong number")).await.is(201).json();
    assert_eq!(plan["plan"]["decision"], "allow", "{plan}");
    kim.post("/api/v1/bots/shop/publish", json!({ "plan": plan["digest"] })).await.is(200);
    let version = root.get("/api/v1/bots/shop/versions/2").await.is(200).json();
    assert_eq!(
        (&version["author"], &version["notes"], &version["scope"]),
        (&json!("kim"), &json!("wrong number"), &json!("hotfix"))
    );

    let drift = root.get(&format!("{SAYS}/drift")).await.is(200);
    let part = drift.json()["items"][0].clone();
    assert_eq!((&part["path"], &part["state"]), (&json!("flows/contact"), &json!("behind")));
    assert_eq!((&part["environment"], &part["base"]), (&contact("Call 222.", "Bye."), &part["draft"]));
    let seen = drift.header("etag");
    let merge = async |tag: &str, choices: Value| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        root.call("POST", &format!("{SAYS}/merge"), &headers, json!({ "choices": choices }).to_string()).await
    };
    assert_eq!(root.post(&format!("{SAYS}/merge"), json!({})).await.problem(428), "precondition_required");
    // Two choices for one part are none.
    let twice = r#"{ "choices": { "flows/contact": "draft", "flows/contact": "environment" } }"#;
    let any = [("content-type", "application/json"), ("if-match", "*")];
    assert_eq!(root.call("POST", &format!("{SAYS}/merge"), &any, twice).await.problem(400), "body_invalid");
    assert_eq!(merge("nonsense", json!({})).await.problem(400), "precondition_invalid");
    // Somebody edits the part in the draft meanwhile: first elsewhere in it, then in the same place.
    let any = [("if-match", "*")];
    root.put("/api/v1/bots/shop/parts/flows/contact", &any, contact("Call 111.", "See you.")).await.is(200);
    assert_eq!(merge(&seen, json!({})).await.problem(412), "drift_moved");
    assert_eq!(root.get(&format!("{SAYS}/drift")).await.json()["items"][0]["state"], "mergeable");
    root.put("/api/v1/bots/shop/parts/flows/contact", &any, contact("Call 333.", "Bye.")).await.is(200);
    let drift = root.get(&format!("{SAYS}/drift")).await.is(200);
    assert_eq!(drift.json()["items"][0]["state"], "conflict");
    let seen = drift.header("etag");
    let conflict = merge(&seen, json!({})).await.is(409).json();
    assert_eq!((&conflict["code"], &conflict["parts"]), (&json!("merge_conflict"), &json!(["flows/contact"])));
    let unknown = merge(&seen, json!({ "flows/contact": "draft", "flows/contract": "draft" })).await.is(422).json();
    assert_eq!((&unknown["code"], &unknown["parts"]), (&json!("no_drift"), &json!(["flows/contact"])));
    let merged = merge(&seen, json!({ "flows/contact": "environment" })).await.is(200).json();
    assert_eq!(merged, json!({ "environment": "live", "changed": ["flows/contact"], "kept": [] }));
    assert_eq!(root.get(&format!("{SAYS}/drift")).await.json()["items"], json!([]));
    let own = root.get("/api/v1/bots/shop/parts/flows/contact").await.is(200).json();
    assert_eq!(own, contact("Call 222.", "Bye."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotfix_is_given_up_by_name() {
    let server = Server::new();
    let root = with_live(&server).await;
    let plan = root.post("/api/v1/bots/shop/plans", hotfix("Call 222.", "wrong number")).await.is(201).json();
    root.post("/api/v1/bots/shop/publish", json!({ "plan": plan["digest"] })).await.is(200);
    let any = [("if-match", "*")];
    root.put("/api/v1/bots/shop/parts/flows/contact", &any, contact("Call 333.", "Bye.")).await.is(200);
    let plans = "/api/v1/bots/shop/plans";
    let denied = root.post(plans, json!({ "notes": "n" })).await.is(201).json();
    assert_eq!(denied["plan"]["findings"][0]["code"], "live_drift");
    let mistyped = root.post(plans, json!({ "notes": "n", "discard": ["flows/contacts"] })).await.is(422).json();
    assert_eq!(mistyped["parts"], json!(["flows/contact"]));
    let plan = root.post(plans, json!({ "notes": "n", "discard": ["flows/contact"] })).await.is(201).json();
    root.post("/api/v1/bots/shop/publish", json!({ "plan": plan["digest"] })).await.is(200);
    let live = root.get("/api/v1/bots/shop/parts/flows/contact?place=live").await.is(200).json();
    assert_eq!(live, contact("Call 333.", "Bye."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_may_be_a_job() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let untrained = root.post("/api/v1/bots/shop/plans", json!({ "notes": "a" })).await.is(201).json();
    let refused = root.post("/api/v1/bots/shop/publish/job", json!({ "plan": untrained["digest"] })).await.is(409);
    assert_eq!(refused.json()["findings"][0]["code"], "model_missing");
    let started = root.post("/api/v1/bots/shop/train", json!({})).await.is(202);
    ended(&root, &started.header("location")).await;
    let plan = async |notes: &str| {
        root.post("/api/v1/bots/shop/plans", json!({ "notes": notes })).await.is(201).json()["digest"].clone()
    };
    let (first, second) = (plan("a").await, plan("b").await);
    let started = root.post("/api/v1/bots/shop/publish/job", json!({ "plan": first })).await.is(202);
    let job = ended(&root, &started.header("location")).await;
    assert_eq!(
        (&job["kind"], &job["state"], &job["percentage"]),
        (&json!("publish"), &json!("succeeded"), &json!(100))
    );
    assert_eq!((&job["outcome"]["number"], &job["outcome"]["environment"]), (&json!(1), &json!("live")));
    let events = root.get(&format!("{}/events", started.header("location"))).await.is(200);
    assert!(events.text().contains("event: end"), "{}", events.text());
    let started = root.post("/api/v1/bots/shop/publish/job", json!({ "plan": second })).await.is(202);
    let late = ended(&root, &started.header("location")).await;
    assert_eq!((&late["state"], &late["error"]["code"]), (&json!("failed"), &json!("environment_moved")), "{late}");
    // Whoever may not publish may not stop a publish either, whatever has become of it.
    let cancel = format!("{}/cancel", started.header("location"));
    let editor = server.user("eve", Grants::on("shop".parse().unwrap(), Role::Editor)).await;
    assert!(editor.post(&cancel, json!({})).await.is(403).text().contains("`publisher`"));
    root.post(&cancel, json!({})).await.is(200);
    let unknown = root.post("/api/v1/bots/shop/publish/job", json!({ "plan": "0".repeat(64) })).await;
    assert_eq!(unknown.problem(404), "plan_not_found");
}

/// A bot whose evaluation takes its time.
async fn slow_bot(server: &Server) {
    let bot = server.bot("slow").await;
    let words = ["seat", "row", "aisle", "stage", "front", "back", "left", "right", "night", "noon"];
    for intent in 0..30 {
        let text =
            |number: usize| format!("{} {} by {} {intent}", words[number], words[intent % 10], words[intent / 10]);
        let examples: Vec<String> = (0..10).map(text).collect();
        let of_intent = Document::Intent(Intent::new(format!("intent {intent}")));
        bot.put(&format!("nlp/intents/i{intent}").parse().unwrap(), of_intent).await.unwrap();
        let path = format!("nlp/examples/en/i{intent}").parse().unwrap();
        bot.put(&path, Document::Examples(Examples::of(examples))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_does_not_wait_behind_what_computes() {
    let server = Server::new();
    server.bot("shop").await;
    slow_bot(&server).await;
    let root = server.admin().await;
    let trained = root.post("/api/v1/bots/shop/train", json!({})).await.is(202);
    ended(&root, &trained.header("location")).await;
    let plan = root.post("/api/v1/bots/shop/plans", json!({ "notes": "a" })).await.is(201).json();
    let measuring = json!({ "language": "en", "folds": 20, "learning_curve": true });
    let slow = root.post("/api/v1/bots/slow/evaluate", measuring).await.is(202);
    let publish = root.post("/api/v1/bots/shop/publish/job", json!({ "plan": plan["digest"] })).await.is(202);
    let job = ended(&root, &publish.header("location")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let measuring = root.get(&slow.header("location")).await.is(200).json();
    assert!(matches!(measuring["state"].as_str(), Some("queued" | "running")), "it waited: {}", measuring["state"]);
    root.post(&format!("{}/cancel", slow.header("location")), json!({})).await.is(200);
    ended(&root, &slow.header("location")).await;
}
