//! Bots and their parts.

use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn a_bot_is_made_empty_or_from_the_sample_and_once() {
    let server = Server::new();
    let root = server.admin().await;
    let made =
        root.post("/api/v1/bots", json!({ "id": "shop", "name": "Shop", "default_language": "de" })).await.is(201);
    assert_eq!(made.header("location"), "/api/v1/bots/shop");
    let bot = made.json();
    assert_eq!((&bot["name"], &bot["default_language"], &bot["role"]), (&json!("Shop"), &json!("de"), &json!("admin")));
    let again = root.post("/api/v1/bots", json!({ "id": "shop" })).await;
    assert_eq!(again.problem(409), "bot_exists");
    let sample = root.post("/api/v1/bots", json!({ "id": "sample", "from": "sample" })).await.is(201).json();
    assert_eq!(sample["name"], "Sample");
    for body in
        [json!({}), json!({ "id": "A" }), json!({ "id": "a", "color": 1 }), json!({ "id": "a\u{0}" }), json!([])]
    {
        let answer = root.post("/api/v1/bots", body.clone()).await;
        assert!(answer.status.is_client_error(), "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_part_is_made_read_changed_and_deleted_under_its_digest() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let part = "/api/v1/bots/shop/parts/nlp/intents/bye";
    assert_eq!(root.put(part, &[], json!({ "name": "Bye" })).await.problem(428), "precondition_required");
    let made = root.put(part, &[("if-none-match", "*")], json!({ "name": "Bye" })).await.is(201);
    let first = made.header("etag");
    assert_eq!(format!("\"{}\"", made.json()["digest"].as_str().unwrap()), first);
    let exists = root.put(part, &[("if-none-match", "*")], json!({ "name": "Bye" })).await;
    assert_eq!(exists.problem(412), "part_conflict");

    let read = root.get(part).await.is(200);
    assert_eq!((read.header("etag"), read.json()), (first.clone(), json!({ "name": "Bye" })));
    root.call("GET", part, &[("if-none-match", &first)], "").await.is(304);

    let changed = root.put(part, &[("if-match", &first)], json!({ "name": "Goodbye" })).await.is(200).header("etag");
    assert_ne!(changed, first);
    let stale = root.put(part, &[("if-match", &first)], json!({ "name": "Lost" })).await.is(412).json();
    assert_eq!(format!("\"{}\"", stale["conflicts"][0]["current"].as_str().unwrap()), changed);
    assert_eq!(root.get(part).await.json(), json!({ "name": "Goodbye" }));

    assert_eq!(root.delete(part).await.problem(428), "precondition_required");
    assert_eq!(root.call("DELETE", part, &[("if-match", &first)], "").await.problem(412), "part_conflict");
    root.call("DELETE", part, &[("if-match", &changed)], "").await.is(204);
    assert_eq!(root.get(part).await.problem(404), "part_not_found");
}

#[tokio::test]
async fn a_document_that_breaks_a_rule_is_refused_with_its_place() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let part = "/api/v1/bots/shop/parts/nlp/intents/bye";
    let refused = root.put(part, &[("if-none-match", "*")], json!({ "nmae": "Bye" })).await.is(422).json();
    assert!(refused["detail"].as_str().unwrap().contains("`nmae`"), "{refused}");
    let header = [("if-none-match", "*"), ("content-type", "application/json")];
    let twice = root.call("PUT", part, &header, r#"{"name":"a","name":"b"}"#).await;
    assert_eq!(twice.problem(422), "invalid_document");
    let odd = root.call("PUT", part, &[("if-none-match", "*"), ("content-type", "text/plain")], "{}").await;
    assert_eq!(odd.problem(415), "json_expected");
    for path in
        ["nothing", "flows", "nlp/intents/%00", "nlp/intents/%ff", "settings/..", "nlp%2Fintents%2F%F0%9F%98%80"]
    {
        let answer = root.get(&format!("/api/v1/bots/shop/parts/{path}")).await;
        assert!(answer.status.is_client_error(), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn parts_come_in_pages_by_prefix_and_place() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let parts = "/api/v1/bots/shop/parts";
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = root.get(&format!("{parts}?prefix=nlp/&limit=1&after={after}")).await.is(200).json();
        found.extend(page["items"].as_array().unwrap().iter().map(|part| part["path"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(found, ["nlp/examples/en/greet", "nlp/examples/en/order", "nlp/intents/greet", "nlp/intents/order"]);
    assert_eq!(root.get(&format!("{parts}?place=live")).await.problem(409), "never_published");
    assert_eq!(root.get(&format!("{parts}?place=v7")).await.problem(404), "version_not_found");
    assert_eq!(root.get(&format!("{parts}?limit=0")).await.problem(400), "limit_invalid");
    assert_eq!(root.get(&format!("{parts}?lmit=1")).await.problem(400), "invalid_query");
}

#[tokio::test]
async fn a_push_changes_all_parts_or_none() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let push = "/api/v1/bots/shop/push";
    let good = json!({ "path": "nlp/intents/bye", "expected": null, "document": { "name": "Bye" } });
    let stale = json!({ "path": "nlp/intents/greet", "expected": "0".repeat(64), "document": { "name": "Lost" } });
    let refused = root.post(push, json!({ "edits": [good, stale] })).await.is(412).json();
    assert_eq!(refused["conflicts"][0]["path"], "nlp/intents/greet");
    assert_eq!(root.get("/api/v1/bots/shop/parts/nlp/intents/bye").await.problem(404), "part_not_found");

    let gone = json!({ "path": "nlp/intents/greet", "document": null });
    let pushed = root.post(push, json!({ "edits": [good, gone] })).await.is(200).json();
    assert_eq!(pushed["changed"].as_array().unwrap().len(), 2);
    assert_eq!(pushed["draft"], root.get("/api/v1/bots/shop").await.json()["draft"]);
    let twice = root.post(push, json!({ "edits": [gone, gone] })).await;
    assert_eq!(twice.problem(400), "body_invalid");
}

#[tokio::test]
async fn an_archive_goes_out_and_comes_back() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let archive = root.get("/api/v1/bots/shop/archive").await.is(200);
    assert_eq!(archive.header("content-type"), "application/zip");
    root.post("/api/v1/bots", json!({ "id": "copy" })).await.is(201);
    let zip = [("content-type", "application/zip")];
    let imported =
        root.call("POST", "/api/v1/bots/copy/archive?mode=replace", &zip, archive.bytes).await.is(200).json();
    assert_eq!(imported["written"], 5);
    let parts = |bot: &str| format!("/api/v1/bots/{bot}/parts");
    assert_eq!(root.get(&parts("copy")).await.json(), root.get(&parts("shop")).await.json());
    let broken = root.call("POST", "/api/v1/bots/copy/archive", &zip, "not a zip").await;
    assert_eq!(broken.problem(422), "invalid_archive");
    // Archives may be longer than other bodies, and are refused for what they are, not for how long.
    let long = vec![b'x'; 3 << 20];
    let large = root.call("POST", "/api/v1/bots/copy/archive", &zip, long.clone()).await;
    assert_eq!(large.problem(422), "invalid_archive");
    let header = [("content-type", "application/json"), ("if-match", "*")];
    let large = root.call("PUT", "/api/v1/bots/copy/parts/settings", &header, long).await;
    assert_eq!(large.problem(413), "too_large");
    let kind = root.post("/api/v1/bots/copy/archive", json!({})).await;
    assert_eq!(kind.problem(415), "zip_expected");
}

#[tokio::test]
async fn a_request_with_a_key_is_carried_out_once() {
    let server = Server::new();
    let root = server.admin().await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "k1")];
    let body = json!({ "id": "shop" }).to_string();
    let first = root.call("POST", "/api/v1/bots", &headers, body.clone()).await.is(201);
    let again = root.call("POST", "/api/v1/bots", &headers, body).await.is(201);
    assert_eq!(first.json(), again.json());
}
