//! The web chat: which pages may use it, whose conversation it is, who sees the draft.

use axum::http::Method;
use serde_json::json;

use super::desk::{Desk, EVIL, SHOP};

const MESSAGES: &str = "/chat/shop/live/web/messages";
const CONVERSATION: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_page_that_is_allowed_talks_and_presses_buttons() {
    let desk = Desk::new().await;
    let start = desk.post_from(SHOP, MESSAGES, &json!({ "start": true })).await;
    assert_eq!(start.header("access-control-allow-origin"), SHOP);
    assert_eq!(start.header("vary"), "origin");
    let start = start.json();
    let reply = &start["replies"][0];
    assert_eq!(reply["text"], "Welcome!");
    assert_eq!(reply["buttons"][2], json!({ "title": "Terms", "url": "https://shop.example/terms" }));
    let conversation = start["conversation"].as_str().unwrap();
    assert_eq!(conversation.len(), 32, "the server names the conversation where the page did not");

    let press = json!({ "conversation": conversation, "payload": reply["buttons"][0]["payload"] });
    let pressed = desk.post_from(SHOP, MESSAGES, &press).await.json();
    assert_eq!(pressed["replies"][0]["text"], "From 9 to 5.");
    let said = desk.post_from(SHOP, MESSAGES, &json!({ "conversation": conversation, "text": "pay now" })).await.json();
    assert_eq!(said["replies"][0]["text"], "Pardon?", "a text is not a button, whatever it says");
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_and_cannot_read_why() {
    let desk = Desk::new().await;
    for origin in [EVIL, "null", "http://shop.example", "https://shop.example.evil.example", "https://shop.example:1"] {
        let refused = desk.post_from(origin, MESSAGES, &json!({ "start": true })).await;
        refused.refused(403, "origin_not_allowed");
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let preflight = desk.ask(Method::OPTIONS, MESSAGES, &headers, "").await;
        preflight.refused(403, "origin_not_allowed");
        desk.ask(Method::GET, "/chat/shop/live/web/settings", &headers, "").await.refused(403, "origin_not_allowed");
    }
}

#[tokio::test]
async fn a_preflight_names_the_page_and_what_it_may_do() {
    let desk = Desk::new().await;
    let headers = [("origin", SHOP), ("access-control-request-method", "POST")];
    let preflight = desk.ask(Method::OPTIONS, MESSAGES, &headers, "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), SHOP);
    assert!(preflight.header("access-control-allow-headers").contains("content-type"));
    assert_eq!(preflight.header("access-control-allow-credentials"), "", "no cookie of ours is sent along");
}

#[tokio::test]
async fn our_own_page_may_always_talk() {
    let desk = Desk::new().await;
    let own = desk.post_from("https://bots.example", MESSAGES, &json!({ "start": true })).await;
    assert_eq!(own.status, 200);
    assert_eq!(own.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_form_of_another_site_cannot_post() {
    let desk = Desk::new().await;
    let body = r#"{"start":true}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"] {
        let refused = desk.ask(Method::POST, MESSAGES, &[("content-type", kind)], body).await;
        refused.refused(415, "json_expected");
    }
}

#[tokio::test]
async fn a_message_is_one_thing_and_a_conversation_cannot_be_guessed() {
    let desk = Desk::new().await;
    for body in [
        json!({}),
        json!({ "start": false }),
        json!({ "text": "a", "payload": "b" }),
        json!({ "text": "a", "conversation": "1" }),
        json!({ "text": "a", "conversation": "0123456789ABCDEF0123456789ABCDEF" }),
    ] {
        desk.post(MESSAGES, &body).await.refused(422, "invalid_request");
    }
    let unknown = desk.post(MESSAGES, &json!({ "text": "a", "sender": "b" })).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text);
}

#[tokio::test]
async fn takes_10_000_characters_and_no_more() {
    let desk = Desk::new().await;
    let message = |length| json!({ "conversation": CONVERSATION, "text": "é".repeat(length) });
    assert_eq!(desk.post(MESSAGES, &message(10_000)).await.status, 200);
    desk.post(MESSAGES, &message(10_001)).await.refused(413, "message_too_long");
}

#[tokio::test]
async fn what_is_not_there_looks_the_same_as_what_is_of_another_kind() {
    let desk = Desk::new().await;
    let details =
        ["shop/live/open", "shop/live/none", "shop/staging/web", "none/live/web", "SHOP/live/web", "shop/../web"];
    let mut said = std::collections::BTreeSet::new();
    for address in details {
        let refused = desk.post(&format!("/chat/{address}/messages"), &json!({ "start": true })).await;
        refused.refused(404, "channel_not_found");
        said.insert(refused.text);
    }
    assert_eq!(said.len(), 1);
}

#[tokio::test]
async fn the_own_page_writes_names_as_text() {
    let desk = Desk::new().await;
    let page = desk.get("/chat/shop").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("The &#60;Shop&#62;") || page.text.contains("The &lt;Shop&gt;"), "{}", page.text);
    assert!(page.text.contains(r#"data-env="live" data-channel="web""#));
    assert!(!page.text.contains("<Shop>") && !page.text.contains("style=") && !page.text.contains("data-token"));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    desk.get("/chat/shop?env=staging").await.refused(404, "channel_not_found");
    desk.get("/chat/shop?channel=open").await.refused(404, "channel_not_found");
}

#[tokio::test]
async fn any_page_may_load_the_script() {
    let desk = Desk::new().await;
    let script = desk.get("/widget.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    let known = desk.ask(Method::GET, "/widget.js", &[("if-none-match", script.header("etag"))], "").await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
}

#[tokio::test]
async fn the_draft_opens_by_a_link_that_works_and_by_nothing_else() {
    let desk = Desk::new().await;
    let (preview, token) = desk.bot.create_draft_preview("for Bob", None).await.unwrap();
    let with = |token: &str| format!("/chat/shop/draft?token={token}");
    let page = desk.get(&with(token.expose())).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");

    let say = async |token: &str, origin: &str| {
        let headers = [("content-type", "application/json"), ("x-greenroom-preview", token), ("origin", origin)];
        desk.ask(Method::POST, "/chat/shop/draft/messages", &headers, r#"{"start":true}"#).await
    };
    let own = "https://bots.example";
    assert_eq!(say(token.expose(), own).await.json()["replies"][0]["text"], "Welcome!");
    say(token.expose(), SHOP).await.refused(403, "origin_not_allowed");
    say("guess", own).await.refused(404, "preview_not_found");
    say("", own).await.refused(404, "preview_not_found");
    desk.post("/chat/shop/draft/messages", &json!({ "start": true })).await.refused(404, "preview_not_found");
    desk.get("/chat/shop/draft").await.refused(404, "preview_not_found");
    desk.get("/chat/none/draft?token=a").await.refused(404, "preview_not_found");

    desk.bot.revoke_draft_preview(&preview.id).await.unwrap();
    desk.get(&with(token.expose())).await.refused(404, "preview_not_found");
    say(token.expose(), own).await.refused(404, "preview_not_found");
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_heard_once() {
    let desk = Desk::new().await;
    let message = json!({ "conversation": "0123456789abcdef0123456789abcdef", "id": "m1", "text": "hello" });
    let first = desk.post("/chat/shop/live/web/messages", &message).await.json();
    assert_eq!(desk.post("/chat/shop/live/web/messages", &message).await.json(), first);
    let turns = desk.app.runtime().turns(desk.bot.id(), &greenroom_runtime::Place::live(), None, 10).await.unwrap();
    assert_eq!(turns.len(), 1);
}
