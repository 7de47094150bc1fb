//! Training, planning, publishing, versions, environments.

use std::time::Duration;

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
    assert_eq!(send(&first).await.is(200).json(), published);
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
