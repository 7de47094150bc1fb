//! Chats and conversations that become tests, and what running the tests shows.

use greenroom_model::{Document, PartPath};
use greenroom_runtime::{Message, Place};
use serde_json::json;

use super::desk::{Console, id};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_becomes_a_test_that_passes() {
    let console = Console::new().await;
    console.train().await;
    let start = json!({ "conversation": "c1", "act": "start" });
    console.chat("/bots/shop/draft/chat", start).await;
    let said = json!({ "conversation": "c1", "act": { "text": "hello" } });
    let told = console.chat("/bots/shop/draft/chat", said).await;
    assert!(!told["replies"].as_array().unwrap().is_empty(), "{told}");
    let kept = json!({ "conversation": "c1", "name": "Says hello" });
    let kept = console.chat("/bots/shop/draft/chat/test", kept).await;
    assert_eq!(kept["href"], "/bots/shop/draft/tests/says_hello");
    assert_eq!(kept["passed"], true, "{kept}");
    // A second one of the name does not replace the first.
    let again = json!({ "conversation": "c1", "name": "Says hello" });
    assert_eq!(console.chat("/bots/shop/draft/chat/test", again).await["href"], "/bots/shop/draft/tests/says_hello_2");
    let nothing = json!({ "conversation": "c2", "name": "Nothing" });
    assert_eq!(console.chat("/bots/shop/draft/chat/test", nothing).await["status"], 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_the_tests_shows_what_none_of_them_reaches() {
    let console = Console::new().await;
    console.train().await;
    let bot = console.bot().await;
    let test = br#"{"name":"Says hello","turns":[{"say":"hello","expect":{}}]}"#;
    let path: PartPath = "tests/hello".parse().unwrap();
    bot.put(&path, Document::from_json(&path, test).unwrap()).await.unwrap();
    console.get("/bots/shop/draft/tests").await.says_not("What the tests reach");
    assert_eq!(console.post("/bots/shop/draft/tests/run", &[]).await.status, 303);
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = console.get("/bots/shop/draft/tests").await;
    page.says("What the tests reach").says("nodes,").says("?node=");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_conversation_becomes_a_test_of_the_draft() {
    let console = Console::new().await;
    console.train().await;
    assert_eq!(console.publish("full", "first").await.status, 303);
    let runtime = console.app.runtime();
    let message = greenroom_runtime::Message::text("hello");
    runtime.reply(&id(), &greenroom_runtime::Place::live(), "customer-7", &message).await.unwrap();
    console.get("/bots/shop/inbox/conversation?id=customer-7").await.says("Make it a test");
    let saved = console
        .post("/bots/shop/inbox/conversation/test", &[("id", "customer-7"), ("name", "A customer says hello")])
        .await;
    assert_eq!(saved.status, 303);
    let bot = console.bot().await;
    let path: PartPath = "tests/a_customer_says_hello".parse().unwrap();
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &path).await.unwrap();
    let Document::Test(test) = document else { panic!("{document:?}") };
    assert!(bot.load(&bot.draft().await.unwrap()).await.unwrap().play(&test).passed());
    let nobody = [("id", "nobody"), ("name", "X")];
    assert_eq!(console.post("/bots/shop/inbox/conversation/test", &nobody).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_is_named_with_what_was_expected() {
    let console = Console::new().await;
    console.train().await;
    let bot = console.bot().await;
    let path: PartPath = "tests/wrong".parse().unwrap();
    let test = br#"{"name":"Wrong","turns":[{"say":"hello","expect":{"intent":"no_such_intent"}}]}"#;
    bot.put(&path, Document::from_json(&path, test).unwrap()).await.unwrap();
    assert_eq!(console.post("/bots/shop/draft/publish/tests", &[("scope", "full")]).await.status, 303);
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = console.get("/bots/shop/draft/publish").await;
    page.says("1 failed").says("/bots/shop/draft/tests/wrong").says("<q>no_such_intent</q>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_chat_cannot_enter_a_customers_conversation() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "").await;
    let message = Message::text("hello").by_channel("web");
    console.app.reply(&id(), &Place::live(), "customer-1", &message).await.unwrap();
    console.chat("/bots/shop/live/chat", json!({ "conversation": "customer-1", "act": { "text": "intruder" } })).await;
    let runtime = console.app.runtime();
    let turns = runtime.conversation(&id(), &Place::live(), "customer-1", None, 10).await.unwrap();
    assert_eq!(turns.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_gets_cards_as_cards_and_what_is_made_for_a_channel_as_text() {
    let console = Console::new().await;
    let bot = console.bot().await;
    let flow = json!({ "name": "Shown", "start": "a", "triggers": [{ "button": "shown" }], "nodes": { "a": { "message": {
        "text": {}, "content": [
            { "carousel": { "cards": [{ "title": { "en": "Tandem" }, "image": "https://x.example/a.png",
                "buttons": [{ "title": { "en": "Mail" }, "action": { "url": "mailto:a@x.example" } }] }] } },
            { "raw": { "channel": "web_chat", "json": { "confetti": 1 } } },
        ] } } } });
    let path: PartPath = "flows/shown".parse().unwrap();
    bot.put(&path, Document::from_json(&path, flow.to_string().as_bytes()).unwrap()).await.unwrap();
    let pressed = json!({ "conversation": "c1", "act": { "button": "shown" } });
    let told = console.chat("/bots/shop/draft/chat", pressed).await;
    let [carousel, raw] = told["replies"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!(carousel["content"]["type"], "carousel");
    assert_eq!(carousel["content"]["cards"][0]["title"], "Tandem");
    assert_eq!(carousel["buttons"][0]["url"], "mailto:a@x.example");
    assert_eq!(raw, &json!({ "text": "only on web_chat: {\"confetti\":1}", "buttons": [] }));
}
