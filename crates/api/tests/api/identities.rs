//! Users, tokens, invitations.

use greenroom_identity::{Grants, Role};
use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn a_token_begets_no_token_that_may_more() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let capped =
        root.post("/api/v1/me/tokens", json!({ "label": "look", "cap": { "bots": { "shop": "viewer" } } })).await;
    let capped = server.with_token(capped.is(201).json()["token"].as_str().unwrap());
    assert_eq!(capped.get("/api/v1/me").await.is(200).json()["grants"], json!({ "bots": { "shop": "viewer" } }));
    for cap in [json!(null), json!({ "server": "admin" })] {
        let made = capped.post("/api/v1/me/tokens", json!({ "label": "more", "cap": cap })).await.is(201).json();
        let made = server.with_token(made["token"].as_str().unwrap());
        assert_eq!(made.get("/api/v1/me").await.is(200).json()["grants"], json!({ "bots": { "shop": "viewer" } }));
        assert_eq!(made.get("/api/v1/users").await.problem(403), "forbidden");
    }
    let others = root.get("/api/v1/me/tokens").await.is(200).json();
    for other in others["items"].as_array().unwrap() {
        let path = format!("/api/v1/me/tokens/{}", other["id"].as_str().unwrap());
        assert_eq!(capped.delete(&path).await.problem(403), "forbidden");
    }
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked() {
    let server = Server::new();
    let ann = server.user("ann", Grants::none()).await;
    let made = ann.post("/api/v1/me/tokens", json!({ "label": "build" })).await.is(201).json();
    let listed = ann.get("/api/v1/me/tokens").await.is(200);
    assert!(!listed.text().contains(made["token"].as_str().unwrap()));
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 2);
    let bob = server.user("bob", Grants::none()).await;
    let path = format!("/api/v1/me/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(bob.delete(&path).await.problem(404), "token_not_found");
    ann.delete(&path).await.is(204);
    let revoked = server.with_token(made["token"].as_str().unwrap());
    assert_eq!(revoked.get("/api/v1/me").await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn an_administrator_makes_changes_and_disables_users() {
    let server = Server::new();
    server.bot("shop").await;
    let root = server.admin().await;
    let made = root.post("/api/v1/users", json!({ "name": "ann", "display_name": "Ann" })).await.is(201);
    assert_eq!(made.header("location"), "/api/v1/users/ann");
    assert_eq!(root.post("/api/v1/users", json!({ "name": "ann" })).await.problem(409), "user_exists");
    let grants = json!({ "bots": { "shop": "editor" } });
    let changed = root.put("/api/v1/users/ann/grants", &[], grants.clone()).await.is(200).json();
    assert_eq!(changed["grants"], grants);
    let (_, token) = server.app.identities().create_token(&"ann".parse().unwrap(), "x", None, None).await.unwrap();
    let ann = server.with_token(token.expose());
    ann.get("/api/v1/bots/shop").await.is(200);
    assert_eq!(root.get("/api/v1/users/ann/tokens").await.is(200).json()["items"][0]["label"], "x");
    root.post("/api/v1/users/ann/disable", json!({})).await.is(200);
    assert_eq!(ann.get("/api/v1/bots/shop").await.problem(401), "unauthenticated");
    root.post("/api/v1/users/ann/enable", json!({})).await.is(200);
    ann.get("/api/v1/bots/shop").await.is(200);
    root.delete("/api/v1/users/ann/sessions").await.is(204);
    assert_eq!(root.get("/api/v1/users/nobody").await.problem(404), "user_not_found");
    let log = root.get("/api/v1/audit").await.is(200).json();
    assert!(log["items"].as_array().unwrap().iter().any(|entry| entry["actor"] == "root"), "{log}");
    for name in ["Ann", "", "a/b", "a\u{0}", "ü"] {
        let answer = root.post("/api/v1/users", json!({ "name": name })).await;
        assert!(answer.status.is_client_error(), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn an_invitation_is_a_link_that_can_be_withdrawn() {
    let server = Server::new();
    let root = server.admin().await;
    let invite = json!({ "name": "ann", "grants": { "server": "viewer" } });
    let made = root.post("/api/v1/invitations", invite).await.is(201).json();
    let secret = made["link"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned();
    let invitation = server.app.identities().invitation(&secret).await.unwrap().unwrap();
    assert_eq!(invitation.grants, Grants::on_all(Role::Viewer));
    let listed = root.get("/api/v1/invitations").await.is(200);
    assert!(listed.json()["items"][0]["name"] == "ann" && !listed.text().contains(&secret));
    root.delete("/api/v1/invitations/ann").await.is(204);
    assert!(server.app.identities().invitation(&secret).await.unwrap().is_none());
}
