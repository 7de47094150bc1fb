//! Channels, links to the draft, and what people said.

use greenroom_runtime::{Message, Place};
use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn a_channels_secret_comes_out_once() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let channels = "/api/v1/bots/shop/environments/live/channels";
    let new = json!({ "id": "site", "name": "Site", "settings": { "kind": "rest", "token": true } });
    let added = root.post(channels, new).await.is(201);
    let secret = added.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(added.header("location"), format!("{channels}/site"));
    for answer in [root.get(channels).await, root.get(&format!("{channels}/site")).await] {
        assert!(!answer.is(200).text().contains(&secret));
    }
    let changed = json!({ "name": "Our site", "settings": { "kind": "rest", "token": true } });
    let changed = root.put(&format!("{channels}/site"), &[], changed).await.is(200).json();
    assert_eq!((&changed["channel"]["name"], &changed["secret"]), (&json!("Our site"), &json!(null)));
    let renewed = root.post(&format!("{channels}/site/secret"), json!({})).await.is(200).json();
    assert_ne!(renewed["secret"], json!(secret));
    let again = json!({ "id": "site", "name": "Site", "settings": { "kind": "web_chat" } });
    assert_eq!(root.post(channels, again).await.problem(409), "channel_exists");
    root.delete(&format!("{channels}/site")).await.is(204);
    assert_eq!(root.delete(&format!("{channels}/site")).await.problem(404), "channel_not_found");
    assert_eq!(root.get(channels).await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_link_to_the_draft_is_made_listed_and_revoked() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let links = "/api/v1/bots/shop/draft-previews";
    let made = root.post(links, json!({ "name": "for ann" })).await.is(201).json();
    let listed = root.get(links).await.is(200);
    assert!(!listed.text().contains(made["token"].as_str().unwrap()));
    assert_eq!(listed.json()["items"][0], made["preview"]);
    assert_eq!(root.delete(&format!("{links}/gone")).await.problem(404), "preview_not_found");
    root.delete(&format!("{links}/{}", made["preview"]["id"].as_str().unwrap())).await.is(204);
    assert_eq!(root.get(links).await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_people_said_is_listed_settled_and_erased() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let shop = "shop".parse().unwrap();
    for (conversation, text) in [("ann", "one"), ("bob", "two"), ("ann", "three")] {
        server.app.reply(&shop, &Place::Draft, conversation, &Message::text(text)).await.unwrap();
    }
    let turns = "/api/v1/bots/shop/turns?place=draft";
    let page = root.get(&format!("{turns}&limit=2")).await.is(200).json();
    assert_eq!(page["items"][0]["input"], json!({ "text": "three" }));
    let rest = root.get(&format!("{turns}&limit=2&after={}", page["next"].as_str().unwrap())).await.is(200).json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
    let of_ann = root.get(&format!("{turns}&conversation=ann")).await.is(200).json();
    assert_eq!(of_ann["items"].as_array().unwrap().len(), 2);
    assert_eq!(root.get("/api/v1/bots/shop/turns").await.is(200).json()["items"], json!([]));

    let inbox = "/api/v1/bots/shop/inbox?place=draft";
    let open = root.get(inbox).await.is(200).json();
    let settle = format!("/api/v1/bots/shop/turns/{}/settle?place=draft", open["items"][0]["id"].as_str().unwrap());
    assert_eq!(root.post(&settle, json!({})).await.is(200).json(), json!({ "settled": true }));
    assert_eq!(root.post(&settle, json!({})).await.is(200).json(), json!({ "settled": false }));
    let left = root.get(inbox).await.is(200).json();
    assert_eq!(left["items"].as_array().unwrap().len() + 1, open["items"].as_array().unwrap().len());

    let erased = root.delete("/api/v1/bots/shop/conversations/ann?place=draft").await.is(200).json();
    assert_eq!(erased, json!({ "turns": 2 }));
    assert!(!root.get(turns).await.text().contains("three"));
}

#[tokio::test]
async fn all_that_is_known_of_a_person_is_exported_and_erased_by_administrators() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let shop = "shop".parse().unwrap();
    for (conversation, person) in [("a", "ann/1"), ("b", "ann/1"), ("c", "bob")] {
        let message = Message::text("hello").of_person(person);
        server.app.reply(&shop, &Place::Draft, conversation, &message).await.unwrap();
    }
    let ann = "/api/v1/bots/shop/persons/ann%2F1?place=draft";
    let export = root.get(ann).await.is(200).json();
    assert_eq!((&export["person"], export["conversations"].as_array().unwrap().len()), (&json!("ann/1"), 2));
    assert_eq!(export["conversations"][0]["turns"][0]["input"], json!({ "text": "hello" }));
    assert_eq!(root.delete(ann).await.is(200).json(), json!({ "turns": 2 }));
    assert_eq!(root.get(ann).await.is(200).json()["conversations"], json!([]));
    let turns = root.get("/api/v1/bots/shop/turns?place=draft").await.is(200).json();
    assert_eq!(turns["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn retention_is_set_within_its_limits() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let settings = "/api/v1/bots/shop/environments/live/settings";
    assert_eq!(root.get(settings).await.is(200).json(), json!({ "retention_days": 30 }));
    root.put(settings, &[], json!({ "retention_days": 7 })).await.is(200);
    assert_eq!(root.get(settings).await.json(), json!({ "retention_days": 7 }));
    assert_eq!(root.put(settings, &[], json!({ "retention_days": 0 })).await.problem(422), "invalid_settings");
}
