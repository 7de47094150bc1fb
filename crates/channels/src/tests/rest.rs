//! The REST channel: Rasa's shape, its tokens, and who may call from a browser.

use axum::http::Method;
use greenroom_lifecycle::{ChannelSettings, Origins};
use serde_json::json;

use super::desk::{Desk, EVIL, SHOP};

const MESSAGES: &str = "/channels/shop/live/open/webhooks/rest/webhook";

#[tokio::test]
async fn speaks_as_rasa_does() {
    let desk = Desk::new().await;
    let answer = desk.post(MESSAGES, &json!({ "sender": "ann", "message": "/restart", "metadata": { "a": 1 } })).await;
    let expected = json!([{
        "recipient_id": "ann",
        "text": "Welcome!\nTerms: https://shop.example/terms",
        "buttons": [
            { "title": "Hours", "payload": "/payload:goto:welcome/hours" },
            { "title": "Pay", "payload": "/payload:pay now" },
        ],
    }]);
    assert_eq!(answer.json(), expected);
    for path in ["/channels/shop/live/open/webhooks/rest/", "/channels/shop/live/open/webhooks/rest"] {
        assert_eq!(desk.get(path).await.json(), json!({ "status": "ok" }));
    }
}

#[tokio::test]
async fn a_payload_that_comes_back_as_a_message_is_the_button() {
    let desk = Desk::new().await;
    let say = async |message: &str| {
        let answer = desk.post(MESSAGES, &json!({ "sender": "ann", "message": message })).await.json();
        answer[0]["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(say("/payload:goto:welcome/hours").await, "From 9 to 5.");
    assert_eq!(say("/payload:pay now").await, "Paying.");
    assert_eq!(say("pay now").await, "Pardon?");
    assert_eq!(say("goto:welcome/hours").await, "Pardon?");
    assert_eq!(say("/no_such_intent").await, "Pardon?");
}

#[tokio::test]
async fn senders_of_two_channels_do_not_share_a_conversation() {
    let desk = Desk::new().await;
    let conversation = "0123456789abcdef0123456789abcdef";
    desk.post("/chat/shop/live/web/messages", &json!({ "conversation": conversation, "start": true })).await;
    desk.post(MESSAGES, &json!({ "sender": conversation, "message": "hello" })).await;
    let place = greenroom_runtime::Place::live();
    let turns = desk.app.runtime().turns(desk.bot.id(), &place, None, 10).await.unwrap();
    let names: std::collections::BTreeSet<_> = turns.into_iter().map(|turn| turn.conversation).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn a_token_is_demanded_where_the_channel_has_one() {
    let desk = Desk::new().await;
    let settings = ChannelSettings::Rest { origins: Origins::Any, token: true };
    let token = desk.add("closed", settings).await.unwrap();
    let path = "/channels/shop/live/closed/webhooks/rest/webhook";
    let body = json!({ "sender": "ann", "message": "hello" });
    desk.post(path, &body).await.refused(401, "unauthenticated");
    desk.post(&format!("{path}?token=guess"), &body).await.refused(401, "unauthenticated");
    assert_eq!(desk.post(&format!("{path}?token={}", token.expose()), &body).await.status, 200);
    let bearer = |token: &str| format!("Bearer {token}");
    let ask = async |authorization: &str| {
        let headers = [("content-type", "application/json"), ("authorization", authorization)];
        desk.ask(Method::POST, path, &headers, &body.to_string()).await
    };
    assert_eq!(ask(&bearer(token.expose())).await.status, 200);
    ask(&bearer("guess")).await.refused(401, "unauthenticated");
    ask(token.expose()).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn pages_need_permission_and_programs_do_not() {
    let desk = Desk::new().await;
    let body = json!({ "sender": "ann", "message": "hello" });
    assert_eq!(desk.post(MESSAGES, &body).await.status, 200);
    desk.post_from(EVIL, MESSAGES, &body).await.refused(403, "origin_not_allowed");
    let allowed = desk.post_from(SHOP, MESSAGES, &body).await;
    assert_eq!((allowed.status.as_u16(), allowed.header("access-control-allow-origin")), (200, SHOP));

    desk.add("any", ChannelSettings::Rest { origins: Origins::Any, token: false }).await;
    let any = desk.post_from(EVIL, "/channels/shop/live/any/webhooks/rest/webhook", &body).await;
    assert_eq!((any.status.as_u16(), any.header("access-control-allow-origin")), (200, EVIL));
}

#[tokio::test]
async fn what_is_wrong_is_told_and_a_page_can_read_it() {
    let desk = Desk::new().await;
    for body in
        [json!({ "message": "a" }), json!({ "sender": "a" }), json!({ "sender": "", "message": "a" }), json!([])]
    {
        let refused = desk.post_from(SHOP, MESSAGES, &body).await;
        refused.refused(422, "invalid_request");
        assert_eq!(refused.header("access-control-allow-origin"), SHOP);
    }
    let long = json!({ "sender": "ann", "message": "a".repeat(10_001) });
    desk.post(MESSAGES, &long).await.refused(413, "message_too_long");
    let form = desk.ask(Method::POST, MESSAGES, &[("content-type", "text/plain")], "{}").await;
    form.refused(415, "json_expected");
    let web_chat = "/channels/shop/live/web/webhooks/rest/webhook";
    desk.post(web_chat, &json!({ "sender": "a", "message": "a" })).await.refused(404, "channel_not_found");
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_heard_once() {
    let desk = Desk::new().await;
    let say = async |headers: &[(&str, &str)], body: serde_json::Value| {
        let headers = [&[("content-type", "application/json")], headers].concat();
        desk.ask(Method::POST, MESSAGES, &headers, &body.to_string()).await.json()
    };
    let key = [("idempotency-key", "m1")];
    let first = say(&key, json!({ "sender": "ann", "message": "/restart" })).await;
    assert_eq!(say(&key, json!({ "sender": "ann", "message": "/restart" })).await, first);
    assert_eq!(say(&[], json!({ "sender": "ann", "message": "/restart", "message_id": "m1" })).await, first);
    say(&[], json!({ "sender": "ann", "message": "hello", "message_id": "m2" })).await;
    let turns = desk.app.runtime().turns(desk.bot.id(), &greenroom_runtime::Place::live(), None, 10).await.unwrap();
    assert_eq!(turns.len(), 2);
    let long = json!({ "sender": "ann", "message": "hello", "message_id": "m".repeat(201) });
    desk.post(MESSAGES, &long).await.refused(422, "invalid_request");
}

#[tokio::test]
async fn a_sender_is_a_person_of_its_channel_alone() {
    let desk = Desk::new().await;
    let said = json!({ "sender": "ann", "message": "hello" });
    assert_eq!(desk.post("/channels/shop/live/open/webhooks/rest/webhook", &said).await.status, 200);
    let live = greenroom_runtime::Place::live();
    let export = async |person: &str| desk.app.runtime().export_person(desk.bot.id(), &live, person).await.unwrap();
    assert_eq!(export("open:ann").await.conversations.len(), 1);
    assert_eq!(export("ann").await.conversations.len(), 0);
}
