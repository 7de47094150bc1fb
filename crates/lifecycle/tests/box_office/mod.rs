//! The bot that stories of authors are told on: a box office, on the store in memory.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each story uses what it needs; what a test cannot do without fails it"
)]

use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom_lifecycle::{
    Bot, ChannelId, ChannelSettings, Error, Lifecycle, PartEdit, PlanRequest, TrainingRequest, live,
};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{Document, EnvironmentId, PartPath, Severity};
use greenroom_publish::{Acknowledged, Plan};
use greenroom_store::MemoryStore;

pub(crate) fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

pub(crate) fn document(at: &str, json: &str) -> Document {
    Document::from_json(&path(at), json.as_bytes()).unwrap()
}

pub(crate) fn examples(texts: &[&str]) -> Document {
    Document::Examples(Examples::of(texts.iter().copied()))
}

pub(crate) async fn put_intent(bot: &Bot, id: &str, texts: &[&str]) {
    bot.edit(&[
        PartEdit::put(path(&format!("nlp/intents/{id}")), Document::Intent(Intent::new(id))),
        PartEdit::put(path(&format!("nlp/examples/en/{id}")), examples(texts)),
    ])
    .await
    .unwrap();
}

/// A bot with two intents, one of which a flow uses, and a test.
pub(crate) async fn box_office() -> Bot {
    let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("ann");
    let settings = Settings::new("Box office", "en".parse().unwrap());
    let bot = lifecycle.create(&"box-office".parse().unwrap(), settings).await.unwrap();
    put_intent(&bot, "tickets", &["two tickets please", "I want to buy tickets", "book seats for tonight"]).await;
    put_intent(&bot, "hours", &["when do you open", "opening hours", "are you open on sunday"]).await;
    let flow = r#"{"name":"Tickets","start":"ask","triggers":[{"intent":"tickets"}],
        "nodes":{"ask":{"message":{"text":{"en":"How many seats?"}}}}}"#;
    bot.put(&path("flows/tickets"), document("flows/tickets", flow)).await.unwrap();
    let test = r#"{"name":"asks","turns":[{"say":"I want to buy tickets","expect":{"intent":"tickets","replies":["How many seats?"]}}]}"#;
    bot.put(&path("tests/asks"), document("tests/asks", test)).await.unwrap();
    bot
}

pub(crate) async fn train(bot: &Bot) {
    bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.unwrap();
}

pub(crate) async fn publish(bot: &Bot, request: &PlanRequest) -> u64 {
    let plan = bot.plan(request).await.unwrap();
    bot.publish(&plan).await.unwrap().number
}

pub(crate) async fn published() -> Bot {
    let bot = box_office().await;
    train(&bot).await;
    assert_eq!(publish(&bot, &PlanRequest::full("first")).await, 1);
    bot
}

pub(crate) async fn add_channel(bot: &Bot, name: &str) {
    let live = live();
    let id = ChannelId::new(name).unwrap();
    bot.add_channel(&live, id, name, ChannelSettings::Terminal {}).await.unwrap();
}

pub(crate) fn codes(plan: &Plan, severity: Severity) -> Vec<&str> {
    plan.findings().iter().filter(|finding| finding.severity == severity).map(|finding| finding.code.as_str()).collect()
}

pub(crate) async fn denied(bot: &Bot, request: &PlanRequest) -> Vec<String> {
    let plan = bot.plan(request).await.unwrap();
    let codes = codes(&plan, Severity::Deny).into_iter().map(str::to_owned).collect();
    let before = bot.environment(&live()).await.unwrap();
    match bot.publish(&plan).await {
        Err(Error::Refused(findings)) => assert!(!findings.is_empty()),
        other => panic!("{other:?}"),
    }
    assert_eq!(bot.environment(&live()).await.unwrap(), before, "a refused publish changes nothing");
    codes
}

/// What a plan of this request finds, by code, without those that only warn.
pub(crate) async fn errors(bot: &Bot, request: &PlanRequest) -> Vec<String> {
    let plan = bot.plan(request).await.unwrap();
    codes(&plan, Severity::Deny).into_iter().map(str::to_owned).collect()
}

/// A flow that says something on an intent, and asks nothing.
pub(crate) fn flow(intent: &str, says: &str) -> Document {
    let json = format!(
        r#"{{"name":"F","start":"say","triggers":[{{"intent":"{intent}"}}],
        "nodes":{{"say":{{"message":{{"text":{{"en":"{says}"}}}}}}}}}}"#
    );
    document("flows/f", &json)
}

/// What live says at the start of a flow.
pub(crate) async fn live_says(bot: &Bot, at: &str, node: &str) -> Option<String> {
    let content = bot.live_content(&live()).await.unwrap();
    let (_, document) = bot.get(&content, &path(at)).await.ok()?;
    let json: serde_json::Value = serde_json::from_slice(&document.to_bytes(&path(at)).unwrap()).unwrap();
    Some(json["nodes"][node]["message"]["text"]["en"].as_str()?.to_owned())
}

pub(crate) fn staging() -> EnvironmentId {
    "staging".parse().unwrap()
}

pub(crate) async fn hotfix(bot: &Bot, says: &str) -> u64 {
    let edit = PartEdit::put(path("flows/tickets"), flow("tickets", says));
    publish(bot, &PlanRequest::hotfix(vec![edit], "the number was wrong")).await
}

pub(crate) fn discarding(request: PlanRequest, parts: &[&str]) -> PlanRequest {
    let discard = parts.iter().map(|at| path(at)).collect();
    PlanRequest { acknowledged: Acknowledged { discard, reintroduce: false }, ..request }
}

pub(crate) fn reintroducing(request: PlanRequest) -> PlanRequest {
    PlanRequest { acknowledged: Acknowledged { reintroduce: true, ..Acknowledged::default() }, ..request }
}
