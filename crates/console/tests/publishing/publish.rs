//! Training, plans and publishes, by the pages of a bot.

use greenroom_lifecycle::PlanRequest;
use greenroom_model::{Document, PartPath};
use greenroom_publish::Policy;
use serde_json::json;

use super::desk::{Console, add_examples, examples_path, id, rename, some_intent};

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_searched_and_the_audit_log_is_shown_searched_and_verified() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "opening hours on sundays").await;
    console.get("/bots/shop/versions?search=SUNDAYS").await.says("opening hours on sundays").says("/bots/shop/audit");
    console.get("/bots/shop/versions?search=%3Cscript%3E").await.says("No version fits").says_not("<script>\"");
    let log = console.get("/bots/shop/audit").await;
    assert_eq!(log.status, 200);
    log.says("published version 1 to live").says("made the bot").says("Verified up to entry");
    console.get("/bots/shop/audit?act=published").await.says("published version 1").says_not("made the bot");
    console.get("/bots/shop/audit?actor=nobody").await.says("No entry fits");

    let store = console.bot().await.lifecycle().store().clone();
    let key = greenroom_store::layout::audit_entry(&id(), 1).unwrap();
    let entry = store.record(&key).await.unwrap().unwrap();
    let forged = String::from_utf8(entry.value.to_vec()).unwrap().replace("created", "channels");
    store.commit(greenroom_store::Commit::new().put(key, forged)).await.unwrap();
    let forged = console.get("/bots/shop/audit").await;
    assert_eq!(forged.status, 200);
    forged.says("The log is not what was written").says("entry 1");

    // A head that is none stops every act but a rollback.
    rename(&console, "Second").await;
    console.publish("full", "second").await;
    let head = greenroom_store::layout::audit_head(&id()).unwrap();
    store.commit(greenroom_store::Commit::new().put(head, "{}")).await.unwrap();
    let page = console.get("/bots/shop/audit").await;
    assert_eq!(page.status, 200);
    page.says("The log is not what was written").says("the head was forged");
    let back = console.post("/bots/shop/versions/1/rollback", &[]).await;
    assert_eq!(back.location, "/bots/shop/live?done=rolled_back_unlogged");
    console.get(&back.location).await.says("version 1").says("the audit log of this bot is broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_from_training_to_the_rollback() {
    let console = Console::new().await;
    console.get("/bots/shop/draft/training").await.says("never trained").says(">Train</button>");
    let unpublished = console.get("/bots/shop/draft/publish").await;
    unpublished.says("Never published").says("never trained in it").says("/docs/publishing#model_missing");

    console.train().await;
    console.get("/bots/shop/draft/training").await.says("Everything is trained").says("trained now");

    let refused = console.get("/bots/shop/draft/publish?scope=nlp").await;
    refused.says("Nothing is live yet, so there are no flows that new NLP could go with.");
    refused.says("Publish everything instead").says_not("name=\"plan\"");

    let first = console.publish("full", "The first version").await;
    assert_eq!(first.location, "/bots/shop/draft/publish?scope=full&published=1");
    console.get(&first.location).await.says("Version 1 is live").says("/bots/shop/live");
    console.get("/bots/shop/live").await.says("version 1").says("published by ann");

    let unknown = "qwzx flurbel grompf";
    let said = json!({ "conversation": "c1", "act": { "text": unknown } });
    let told = console.chat("/bots/shop/live/chat", said).await;
    assert!(told["trace"].as_array().is_some_and(|trace| !trace.is_empty()), "{told}");
    let turn = console.get("/bots/shop/inbox").await.says(unknown).says("Add as example").field("turn");

    let intent = some_intent(&console.bot().await).await;
    let fields = [("turn", turn.as_str()), ("intent", intent.as_str())];
    assert_eq!(console.post("/bots/shop/inbox/example", &fields).await.status, 303);
    assert_eq!(console.post("/bots/shop/inbox/example", &fields).await.status, 404, "it was settled already");
    console.get("/bots/shop/inbox").await.says_not(unknown);
    let bot = console.bot().await;
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &examples_path(&intent)).await.unwrap();
    let Document::Examples(examples) = document else { panic!("no examples") };
    assert!(examples.examples.iter().any(|example| example.text == unknown));

    console.get("/bots/shop/draft/publish?scope=nlp").await.says("The examples changed after the last training.");
    console.train().await;
    let second = console.publish("nlp", "One more way to say it").await;
    assert_eq!(second.location, "/bots/shop/draft/publish?scope=nlp&published=2");
    let versions = console.get("/bots/shop/versions").await;
    versions.says("One more way to say it").says("The first version").says("NLP only");
    console.get("/bots/shop/versions/2").await.says(unknown).says("against version 1");
    console.get("/bots/shop/versions/compare?before=1&after=2").await.says(unknown);

    console.get("/bots/shop/versions/1/rollback").await.says(&format!("<del>{unknown}</del>"));
    let back = console.post("/bots/shop/versions/1/rollback", &[]).await;
    assert_eq!(back.location, "/bots/shop/live?done=rolled_back");
    console.get("/bots/shop/live").await.says("version 1");

    let restored = console.post("/bots/shop/versions/1/restore", &[]).await;
    assert_eq!(restored.location, "/bots/shop/draft?done=restored");
    console.get("/bots/shop/versions").await.says("saved draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_until_the_end() {
    let console = Console::new().await;
    let other = console.begin_long_job().await;
    assert_eq!(console.post("/bots/shop/draft/training", &[]).await.status, 303);
    let page = console.get("/bots/shop/draft/training").await;
    let (_, rest) = page.says("data-job-events").body.split_once("data-job-events=\"").unwrap();
    let events = rest.split('"').next().unwrap().to_owned();
    console.cancel(&other).await;
    // The answer ends when the job does.
    let told = console.get(&events).await;
    told.says("event: progress").says("event: end").says("\"state\":\"succeeded\"");
    console.get("/bots/shop/draft/training").await.says_not("data-job-events").says("Everything is trained");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_training_changes_nothing() {
    let console = Console::new().await;
    let other = console.begin_long_job().await;
    console.post("/bots/shop/draft/training", &[]).await;
    let training = console.app.jobs().list(&id()).await.unwrap().remove(0);
    let cancelled = console.cancel(&training).await;
    assert_eq!(cancelled.location, "/bots/shop/draft/training");
    console.cancel(&other).await;
    while console.app.jobs().unfinished() > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    console.get("/bots/shop/draft/training").await.says("cancelled").says("never trained");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_meanwhile_is_told_and_nothing_goes_out() {
    let console = Console::new().await;
    console.train().await;
    let plan = console.get("/bots/shop/draft/publish").await.field("plan");
    let bot = console.bot().await;
    let intent = some_intent(&bot).await;
    add_examples(&bot, &intent, &["a brand new example"]).await;
    let refused = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "My notes")]).await;
    assert_eq!(refused.status, 409);
    refused.says("ben changed the draft since you loaded this page").says(&format!("nlp/examples/en/{intent}"));
    assert!(bot.environment(&greenroom_lifecycle::live()).await.unwrap().is_none());

    console.train().await;
    let plan = console.get("/bots/shop/draft/publish").await.field("plan");
    bot.publish(&bot.plan(&PlanRequest::full("by ben")).await.unwrap()).await.unwrap();
    let refused = console.post("/bots/shop/draft/publish", &[("plan", &plan), ("notes", "My notes")]).await;
    assert_eq!(refused.status, 409);
    refused.says("ben made it version 1").says("Nothing to publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_can_ask_for_release_notes() {
    let console = Console::new().await;
    let bot = console.bot().await;
    let policy = Policy::from_json(br#"{"rules":{"release_notes_missing":"deny"}}"#).unwrap();
    bot.set_policy(&policy).await.unwrap();
    console.train().await;
    console.get("/bots/shop/draft/publish").await.says("Release notes (required)");
    let refused = console.publish("full", "").await;
    assert_eq!(refused.status, 409);
    refused.says("Write release notes");
    assert_eq!(console.publish("full", "Now with notes").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_is_served_with_an_anchor_a_code() {
    let console = Console::new().await;
    console.get("/docs/publishing").await.says("id=\"intent_removed\"").says("<table>");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_in_a_flow_is_drawn_where_states_are_compared() {
    let console = Console::new().await;
    console.train().await;
    console.publish("full", "The first version").await;
    let plain = console.get("/bots/shop/draft/flows/rent").await;
    plain.says("class=\"flow-drawing\"").says_not("Show what differs from live");

    let bot = console.bot().await;
    let path: PartPath = "flows/rent".parse().unwrap();
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &path).await.unwrap();
    let Document::Flow(mut flow) = document else { panic!("no flow") };
    let start = flow.nodes[&flow.start].clone();
    flow.nodes.insert("brand_new".parse().unwrap(), start);
    bot.put(&path, Document::Flow(flow)).await.unwrap();

    let page = console.get("/bots/shop/draft/flows/rent").await;
    page.says("Show what differs from live").says_not("flow-legend");
    let against = console.get("/bots/shop/draft/flows/rent?against=live").await;
    against.says("flow-legend").says("+ added (1 node,").says("against=live").says("Show the flow alone");
    console.get("/bots/shop/live/flows/rent?against=live").await.says_not("flow-legend");

    let picture = "/bots/shop/versions/drawing.svg?flow=rent&before=live&after=draft";
    for page in ["/bots/shop/versions/compare", "/bots/shop/draft/publish"] {
        console.get(page).await.says(&picture.replace('&', "&#38;"));
    }
    let drawn = console.get(picture).await;
    assert!(drawn.body.starts_with("<svg ") && drawn.body.contains("brand_new"), "{}", drawn.body);
    assert_eq!(console.get("/bots/shop/versions/drawing.svg?flow=none&before=live&after=draft").await.status, 404);
    assert_eq!(console.get("/bots/shop/versions/drawing.svg?flow=rent&before=9&after=draft").await.status, 404);
}
