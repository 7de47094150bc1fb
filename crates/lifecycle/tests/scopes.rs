//! Stories of authors who publish a part of the draft: one language, some flows, what they need.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

mod box_office;

use box_office::{denied, document, errors, examples, flow, live_says, path, publish, published, put_intent, train};
use greenroom_lifecycle::{Bot, Error, PartEdit, PlanRequest, live};
use greenroom_model::{FlowId, PartPath, Scope, Selection};

fn flows(names: &[&str]) -> PlanRequest {
    PlanRequest::flows(names.iter().map(|name| FlowId::new(name).unwrap()), "some flows")
}

async fn has(bot: &Bot, at: &str) -> bool {
    bot.get(&bot.live_content(&live()).await.unwrap(), &path(at)).await.is_ok()
}

async fn put_dutch(bot: &Bot, texts: &[&str]) {
    bot.edit(&[PartEdit::put(path("nlp/examples/nl/tickets"), examples(texts))]).await.unwrap();
}

/// What must go along, as the plan's findings say it.
async fn asked_for(bot: &Bot, request: &PlanRequest) -> String {
    let plan = bot.plan(request).await.unwrap();
    plan.findings().iter().find(|finding| finding.message.contains("--with-needed")).unwrap().message.clone()
}

#[tokio::test]
async fn one_of_two_languages_stale_may_wait_while_the_other_goes_out() {
    let bot = published().await;
    put_dutch(&bot, &["twee kaartjes", "ik wil kaartjes", "kaartjes kopen"]).await;
    bot.put(&path("nlp/examples/nl/hours"), examples(&["hoe laat", "wanneer open", "open op zondag"])).await.unwrap();
    train(&bot).await;
    publish(&bot, &PlanRequest::nlp_only("Dutch")).await;
    // English is edited and not trained; Dutch is edited and trained.
    put_intent(&bot, "hours", &["when do you open", "opening hours", "are you open on sunday", "closed today"]).await;
    put_dutch(&bot, &["twee kaartjes", "ik wil kaartjes", "kaartjes kopen", "een kaartje graag"]).await;
    let languages = ["nl".parse().unwrap()].into();
    let request = greenroom_lifecycle::TrainingRequest { languages, ..Default::default() };
    bot.train(&request, &mut |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("all")).await, ["model_stale"]);
    let before = bot.live_content(&live()).await.unwrap();
    publish(&bot, &PlanRequest::nlp_of_languages(["nl".parse().unwrap()], "more Dutch")).await;
    let after = bot.live_content(&live()).await.unwrap();
    assert_eq!(before.models["en"], after.models["en"]);
    assert_ne!(before.models["nl"], after.models["nl"]);
    assert_eq!(after.models["nl"], bot.draft().await.unwrap().models["nl"]);
    let english = path("nlp/examples/en/hours");
    assert_eq!(bot.get(&before, &english).await.unwrap(), bot.get(&after, &english).await.unwrap());
}

#[tokio::test]
async fn a_language_goes_with_what_all_training_reads_or_not_at_all() {
    let bot = published().await;
    put_dutch(&bot, &["twee kaartjes", "ik wil kaartjes", "kaartjes kopen"]).await;
    bot.put(&path("nlp/training"), document("nlp/training", r#"{"seed":7}"#)).await.unwrap();
    train(&bot).await;
    let request = PlanRequest::nlp_of_languages(["nl".parse().unwrap()], "Dutch");
    // English stays as live has it, and its model was trained with another seed.
    assert_eq!(denied(&bot, &request).await, ["model_stale"]);
    publish(&bot, &PlanRequest::nlp_only("both")).await;
}

#[tokio::test]
async fn a_language_that_the_settings_name_cannot_be_removed_by_nlp_alone() {
    let bot = published().await;
    let settings = r#"{"name":"Box office","default_language":"en","languages":["nl"]}"#;
    bot.put(&PartPath::Settings, document("settings", settings)).await.unwrap();
    put_dutch(&bot, &["twee kaartjes", "ik wil kaartjes", "kaartjes kopen"]).await;
    train(&bot).await;
    publish(&bot, &PlanRequest::full("Dutch")).await;
    bot.delete(&path("nlp/examples/nl/tickets")).await.unwrap();
    assert_eq!(denied(&bot, &PlanRequest::nlp_only("English alone")).await, ["language_removed"]);
}

#[tokio::test]
async fn a_selected_flow_goes_out_alone() {
    let bot = published().await;
    bot.put(&path("flows/tickets"), flow("tickets", "changed")).await.unwrap();
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    publish(&bot, &flows(&["hours"])).await;
    assert_eq!(live_says(&bot, "flows/hours", "say").await.as_deref(), Some("from nine"));
    assert_eq!(live_says(&bot, "flows/tickets", "ask").await.as_deref(), Some("How many seats?"));
    // What it carried is settled; what it left can still go.
    assert_eq!(denied(&bot, &flows(&["hours"])).await, ["nothing_to_publish"]);
    publish(&bot, &flows(&["tickets"])).await;
    assert_eq!(live_says(&bot, "flows/tickets", "say").await.as_deref(), Some("changed"));
}

#[tokio::test]
async fn a_selected_flow_that_needs_a_new_intent_asks_for_all_of_nlp() {
    let bot = published().await;
    put_intent(&bot, "refund", &["I want my money back", "refund my seats", "give me a refund"]).await;
    bot.put(&path("flows/refund"), flow("refund", "You get it back.")).await.unwrap();
    assert_eq!(denied(&bot, &flows(&["refund"])).await, ["intent_unknown"]);
    assert!(asked_for(&bot, &flows(&["refund"])).await.contains("let all of `nlp/` go along: `--with-needed`"));
    // With it the rules of NLP hold: the model must be trained.
    let with = PlanRequest { with_needed: true, ..flows(&["refund"]) };
    assert_eq!(denied(&bot, &with).await, ["model_stale"]);
    train(&bot).await;
    publish(&bot, &with).await;
    assert!(has(&bot, "nlp/intents/refund").await && has(&bot, "flows/refund").await);
    assert_eq!(bot.live_content(&live()).await.unwrap().models, bot.draft().await.unwrap().models);
}

#[tokio::test]
async fn what_a_flow_needs_is_the_smallest_set_that_is_complete() {
    let bot = published().await;
    let jump = r#"{"name":"Start","start":"go","triggers":[{"intent":"hours"}],"nodes":{
        "go":{"jump":{"to":{"flow":"second"}}}}}"#;
    bot.put(&path("flows/first"), document("flows/first", jump)).await.unwrap();
    let second = r#"{"name":"Second","start":"ask","nodes":{
        "ask":{"input":{"variable":"seats","accept":[{"number":{}}],"attempts":3,"next":"end"}},"end":{"end":{}}}}"#;
    bot.put(&path("flows/second"), document("flows/second", second)).await.unwrap();
    bot.put(&path("flows/variables/seats"), document("flows/variables/seats", r#"{"name":"Seats"}"#)).await.unwrap();
    bot.put(&path("flows/unrelated"), flow("hours", "not this")).await.unwrap();
    let asked = asked_for(&bot, &flows(&["first"])).await;
    assert!(asked.contains("let `flows/second`, `flows/variables/seats` go along"), "{asked}");
    let plan = bot.plan(&PlanRequest { with_needed: true, ..flows(&["first"]) }).await.unwrap();
    let paths = ["flows/first", "flows/second", "flows/variables/seats"].map(path);
    assert_eq!(*plan.scope(), Scope::Flows(Selection { parts: paths.into(), nlp: false }));
    bot.publish(&plan).await.unwrap();
    assert!(!has(&bot, "flows/unrelated").await);
}

#[tokio::test]
async fn deleting_a_flow_in_use_takes_its_users_along() {
    let bot = published().await;
    let jump = r#"{"name":"Start","start":"go","triggers":[{"intent":"hours"}],"nodes":{
        "go":{"jump":{"to":{"flow":"tickets"}}}}}"#;
    bot.put(&path("flows/hours"), document("flows/hours", jump)).await.unwrap();
    publish(&bot, &PlanRequest::full("with a jump")).await;
    bot.delete(&path("flows/tickets")).await.unwrap();
    // The draft itself is broken until the jump goes too.
    assert_eq!(denied(&bot, &PlanRequest::full("deleted")).await, ["target_missing"]);
    bot.put(&path("flows/hours"), flow("hours", "from nine")).await.unwrap();
    assert_eq!(errors(&bot, &flows(&["tickets"])).await, ["target_missing"]);
    let asked = asked_for(&bot, &flows(&["tickets"])).await;
    assert!(asked.contains("let `flows/hours` go along"), "{asked}");
    publish(&bot, &PlanRequest { with_needed: true, ..flows(&["tickets"]) }).await;
    assert!(!has(&bot, "flows/tickets").await);
    assert_eq!(live_says(&bot, "flows/hours", "say").await.as_deref(), Some("from nine"));
}

#[tokio::test]
async fn what_nothing_in_the_draft_mends_is_not_offered() {
    let bot = published().await;
    bot.put(&path("flows/hours"), flow("nowhere", "x")).await.unwrap();
    let plan = bot.plan(&flows(&["hours"])).await.unwrap();
    assert!(plan.findings().iter().all(|finding| !finding.message.contains("--with-needed")));
}

#[tokio::test]
async fn settings_and_tests_are_not_selected() {
    let bot = published().await;
    for at in ["settings", "tests/asks", "nlp/examples/en/hours"] {
        let selection = Selection { parts: [path(at)].into(), nlp: false };
        let planned = bot.plan(&PlanRequest::new(Scope::Flows(selection), "")).await;
        assert!(matches!(planned, Err(Error::NotSelectable(_))), "{at}");
    }
}

#[tokio::test]
async fn what_is_neither_in_the_draft_nor_live_is_told() {
    let bot = published().await;
    assert!(matches!(bot.plan(&flows(&["tickets", "nope"])).await, Err(Error::PartNotFound { .. })));
    let klingon = PlanRequest::nlp_of_languages(["tlh".parse().unwrap()], "");
    assert!(matches!(bot.plan(&klingon).await, Err(Error::NoExamples(_))));
}
