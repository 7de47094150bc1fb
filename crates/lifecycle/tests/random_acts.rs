//! Random edits, trainings, publishes of both scopes, rollbacks, restores and collections of
//! garbage: after each act the promises of publishing hold.
//!
//! `PROPTEST_CASES` says how many sequences are played; `cargo xtask soak acts` plays many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom_lifecycle::{Bot, CollectionOptions, Error, Lifecycle, PartEdit, PlanRequest, TrainingRequest, live};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{Content, Document, PartPath, Record, SymbolKind, TrainedModel, TrainingData, index, tree};
use greenroom_publish::Decision;
use greenroom_store::{MemoryStore, with_objects};
use jiff::SignedDuration;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Act {
    /// Gives an intent this many examples; none: empties it.
    Examples(u8, u8),
    /// Renames an intent.
    Rename(u8, u8),
    /// Deletes an intent with its examples.
    DeleteIntent(u8),
    /// Lets a flow use an intent and say something.
    Flow(u8, u8, u8),
    DeleteFlow(u8),
    Train,
    Publish {
        nlp_only: bool,
    },
    Rollback(u8),
    Restore(u8),
    /// Collects the garbage, without a grace.
    Collect,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..4_u8, 0..4_u8).prop_map(|(intent, count)| Act::Examples(intent, count)),
        1 => (0..4_u8, 0..9_u8).prop_map(|(intent, name)| Act::Rename(intent, name)),
        2 => (0..4_u8).prop_map(Act::DeleteIntent),
        3 => (0..3_u8, 0..4_u8, 0..9_u8).prop_map(|(flow, intent, text)| Act::Flow(flow, intent, text)),
        1 => (0..3_u8).prop_map(Act::DeleteFlow),
        4 => Just(Act::Train),
        6 => any::<bool>().prop_map(|nlp_only| Act::Publish { nlp_only }),
        1 => (1..6_u8).prop_map(Act::Rollback),
        1 => (1..6_u8).prop_map(Act::Restore),
        2 => Just(Act::Collect),
    ]
}

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

fn put(at: &str, document: Document) -> PartEdit {
    PartEdit::put(path(at), document)
}

async fn perform(bot: &Bot, act: &Act) {
    match act {
        Act::Examples(intent, count) => {
            let texts = (0..*count).map(|n| format!("thing {intent} said in way {n}"));
            let edits = [
                put(&format!("nlp/intents/i{intent}"), Document::Intent(Intent::new(format!("intent {intent}")))),
                put(&format!("nlp/examples/en/i{intent}"), Document::Examples(Examples::of(texts))),
            ];
            bot.edit(&edits).await.unwrap();
        }
        Act::Rename(intent, name) => {
            let at = format!("nlp/intents/i{intent}");
            if bot.get(&bot.draft().await.unwrap(), &path(&at)).await.is_ok() {
                bot.edit(&[put(&at, Document::Intent(Intent::new(format!("name {name}"))))]).await.unwrap();
            }
        }
        Act::DeleteIntent(intent) => {
            let gone =
                ["nlp/intents/i", "nlp/examples/en/i"].map(|at| PartEdit::delete(path(&format!("{at}{intent}"))));
            bot.edit(&gone).await.unwrap();
        }
        Act::Flow(flow, intent, text) => {
            let at = format!("flows/f{flow}");
            let json = format!(
                r#"{{"name":"flow {flow}","start":"a","triggers":[{{"intent":"i{intent}"}}],
                "nodes":{{"a":{{"message":{{"text":{{"en":"text {text}"}}}}}}}}}}"#
            );
            bot.edit(&[put(&at, Document::from_json(&path(&at), json.as_bytes()).unwrap())]).await.unwrap();
        }
        Act::DeleteFlow(flow) => {
            bot.edit(&[PartEdit::delete(path(&format!("flows/f{flow}")))]).await.unwrap();
        }
        Act::Train => drop(train(bot).await),
        Act::Publish { nlp_only } => publish(bot, *nlp_only).await,
        Act::Rollback(number) => match bot.rollback(&live(), u64::from(*number)).await {
            Ok(_)
            | Err(
                Error::VersionNotFound { .. }
                | Error::NeverPublished { .. }
                | Error::SavedDraft { .. }
                | Error::Refused(_),
            ) => {}
            Err(error) => panic!("{error}"),
        },
        Act::Collect => collect(bot).await,
        Act::Restore(number) => match bot.restore(u64::from(*number)).await {
            Ok(_) | Err(Error::VersionNotFound { .. }) => {}
            Err(error) => panic!("{error}"),
        },
    }
}

/// Collects the garbage; after it all versions and the draft are there to the last part and load.
async fn collect(bot: &Bot) {
    let options = CollectionOptions { grace: SignedDuration::ZERO, ..CollectionOptions::default() };
    bot.lifecycle().collect_garbage(&options).await.unwrap();
    let draft = bot.draft().await.unwrap();
    let versions = bot.versions().await.unwrap();
    // Another process, which has read nothing yet.
    let fresh = Lifecycle::new(bot.lifecycle().store().clone()).bot(bot.id()).await.unwrap();
    for content in versions.iter().map(|entry| &entry.version.content).chain([&draft]) {
        fresh.documents(content).await.unwrap();
    }
    for entry in &versions {
        fresh.load(&entry.version.content).await.unwrap();
    }
    assert_eq!(bot.lifecycle().collect_garbage(&options).await.unwrap().deleted.objects, 0, "garbage was left");
}

async fn train(bot: &Bot) -> Result<(), Error> {
    bot.train(&TrainingRequest::default(), &mut |_| ControlFlow::Continue(())).await.map(drop)
}

async fn publish(bot: &Bot, nlp_only: bool) {
    let request = if nlp_only { PlanRequest::nlp_only("act") } else { PlanRequest::full("act") };
    let before = (bot.environment(&live()).await.unwrap(), bot.versions().await.unwrap().len());
    let plan = bot.plan(&request).await.unwrap();
    match bot.publish(&plan).await {
        Ok(published) => {
            assert_eq!(plan.decision(), Decision::Allow);
            let content = bot.live_content(&live()).await.unwrap();
            assert_eq!((content.tree, published.number), (plan.candidate().tree, before.1 as u64 + 1));
        }
        Err(Error::Refused(_)) => {
            assert_eq!(plan.decision(), Decision::Deny);
            let after = (bot.environment(&live()).await.unwrap(), bot.versions().await.unwrap().len());
            assert_eq!(after, before, "a refused publish changes nothing");
        }
        Err(error) => panic!("{error}"),
    }
}

/// What must hold after each act.
async fn promises_hold(bot: &Bot, contents: &mut BTreeMap<u64, Content>) {
    let store = bot.lifecycle().store().clone();
    for entry in bot.versions().await.unwrap() {
        let content = entry.version.content.clone();
        let known = contents.entry(entry.version.number).or_insert_with(|| content.clone());
        assert_eq!(*known, content, "a version never changes");
    }
    let Ok(running) = bot.live_content(&live()).await else { return };
    let mut cache = greenroom_model::MemoryObjects::new();
    let problems =
        with_objects(&*store, &mut cache, |objects| index::problems(objects, &running.index, 0)).await.unwrap();
    let flows_lack = problems.unknown.iter().filter(|(symbol, usages)| {
        symbol.kind != SymbolKind::Intent || usages.iter().any(|usage| usage.path.is_flow())
    });
    assert_eq!(flows_lack.count(), 0, "live refers to what it lacks: {:?}", problems.unknown);
    let labelled = with_objects(&*store, &mut cache, |objects| tree::names(objects, &running.index, &["counts", "en"]));
    if !labelled.await.unwrap().is_empty() {
        let model = running.models.get("en").copied().unwrap();
        let bytes = store.objects(&[model]).await.unwrap().remove(0).unwrap();
        let examples = with_objects(&*store, &mut cache, |objects| {
            tree::directory_digest(objects, &running.tree, &["nlp", "examples", "en"])
        });
        let data = TrainingData { examples: examples.await.unwrap().unwrap(), training: None };
        assert_eq!(TrainedModel::from_bytes(&bytes).unwrap().data, data, "live's model is of live's data");
    }
    bot.load(&running).await.unwrap();
}

/// How many sequences are played.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_after_every_act(acts in prop::collection::vec(act(), 1..30)) {
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        executor.block_on(async {
            let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("ann");
            let settings = Settings::new("Random", "en".parse().unwrap());
            let bot = lifecycle.create(&"random".parse().unwrap(), settings).await.unwrap();
            let mut contents = BTreeMap::new();
            for act in &acts {
                perform(&bot, act).await;
                promises_hold(&bot, &mut contents).await;
            }
            bot.verify_audit(None).await.unwrap();
        });
    }
}
