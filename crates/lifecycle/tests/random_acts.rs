//! Random edits, trainings, publishes of all scopes, hotfixes, merges, promotions, rollbacks,
//! restores and collections of garbage: after each act the promises of publishing hold.
//!
//! `PROPTEST_CASES` says how many sequences are played; `cargo xtask soak acts` plays many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use greenroom_lifecycle::{
    Bot, CollectionOptions, Error, Lifecycle, PartEdit, PlanRequest, Side, TrainingRequest, live,
};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{
    Content, Digest, Document, Environment, EnvironmentId, PartPath, Record, Scope, SymbolKind, TrainedModel,
    TrainingData, index, tree,
};
use greenroom_publish::{Acknowledged, Decision};
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
    /// Publishes a scope; knowingly, or not, what a rollback took away.
    Publish(Carried, bool),
    /// Lets live's flow use an intent and say something, past the draft.
    Hotfix(u8, u8, u8),
    /// Takes hotfixes into the draft; of conflicts the draft's side, or live's.
    Merge(bool),
    Rollback(u8),
    Restore(u8),
    /// Collects the garbage, without a grace.
    Collect,
}

/// What a publish carries.
#[derive(Debug, Clone, Copy)]
enum Carried {
    All,
    Nlp,
    /// One language, of which there may be examples.
    Language(bool),
    /// A flow, perhaps with all that it needs.
    Flow(u8, bool),
    /// All, to another environment.
    Staging,
    /// What that environment runs.
    Promotion,
}

fn carried() -> impl Strategy<Value = Carried> {
    prop_oneof![
        3 => Just(Carried::All),
        3 => Just(Carried::Nlp),
        1 => any::<bool>().prop_map(Carried::Language),
        3 => (0..3_u8, any::<bool>()).prop_map(|(flow, with_needed)| Carried::Flow(flow, with_needed)),
        1 => Just(Carried::Staging),
        1 => Just(Carried::Promotion),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..4_u8, 0..4_u8).prop_map(|(intent, count)| Act::Examples(intent, count)),
        1 => (0..4_u8, 0..9_u8).prop_map(|(intent, name)| Act::Rename(intent, name)),
        2 => (0..4_u8).prop_map(Act::DeleteIntent),
        3 => (0..3_u8, 0..4_u8, 0..9_u8).prop_map(|(flow, intent, text)| Act::Flow(flow, intent, text)),
        1 => (0..3_u8).prop_map(Act::DeleteFlow),
        4 => Just(Act::Train),
        8 => (carried(), any::<bool>()).prop_map(|(carried, knowingly)| Act::Publish(carried, knowingly)),
        2 => (0..3_u8, 0..4_u8, 0..9_u8).prop_map(|(flow, intent, text)| Act::Hotfix(flow, intent, text)),
        2 => any::<bool>().prop_map(Act::Merge),
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
            bot.edit(&[flow_edit(*flow, *intent, *text)]).await.unwrap();
        }
        Act::DeleteFlow(flow) => {
            bot.edit(&[PartEdit::delete(path(&format!("flows/f{flow}")))]).await.unwrap();
        }
        Act::Train => drop(train(bot).await),
        Act::Publish(carried, knowingly) => publish(bot, &request(*carried, *knowingly)).await,
        Act::Hotfix(flow, intent, text) => {
            let edits = vec![flow_edit(*flow, *intent, *text)];
            publish(bot, &PlanRequest::hotfix(edits, "at night")).await;
        }
        Act::Merge(is_draft) => merge(bot, if *is_draft { Side::Draft } else { Side::Environment }).await,
        Act::Rollback(number) => match bot.rollback(&live(), u64::from(*number)).await {
            Ok(_)
            | Err(
                Error::VersionNotFound { .. }
                | Error::NeverPublished { .. }
                | Error::SavedDraft { .. }
                | Error::NotOfEnvironment { .. }
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

fn flow_edit(flow: u8, intent: u8, text: u8) -> PartEdit {
    let at = format!("flows/f{flow}");
    let json = format!(
        r#"{{"name":"flow {flow}","start":"a","triggers":[{{"intent":"i{intent}"}}],
        "nodes":{{"a":{{"message":{{"text":{{"en":"text {text}"}}}}}}}}}}"#
    );
    put(&at, Document::from_json(&path(&at), json.as_bytes()).unwrap())
}

fn staging() -> EnvironmentId {
    "staging".parse().unwrap()
}

fn request(carried: Carried, knowingly: bool) -> PlanRequest {
    let language = |english| if english { "en" } else { "nl" }.parse().unwrap();
    let request = match carried {
        Carried::All => PlanRequest::full("act"),
        Carried::Nlp => PlanRequest::nlp_only("act"),
        Carried::Language(english) => PlanRequest::nlp_of_languages([language(english)], "act"),
        Carried::Flow(flow, with_needed) => {
            let flow = format!("f{flow}").parse().unwrap();
            PlanRequest { with_needed, ..PlanRequest::flows([flow], "act") }
        }
        Carried::Staging => PlanRequest::full("act").to(staging()),
        Carried::Promotion => PlanRequest { notes: "act".into(), ..PlanRequest::promotion(staging()) },
    };
    PlanRequest { acknowledged: Acknowledged { reintroduce: knowingly, ..Acknowledged::default() }, ..request }
}

/// The parts of live that hotfixes changed and nobody has decided about, as live has them.
async fn undecided(bot: &Bot) -> BTreeMap<PartPath, Option<Digest>> {
    let Ok(drift) = bot.drift(&live()).await else { return BTreeMap::new() };
    let content = bot.live_content(&live()).await.unwrap();
    let parts: BTreeMap<PartPath, Digest> = bot.parts(&content).await.unwrap().into_iter().collect();
    drift.into_iter().map(|part| (part.path.clone(), parts.get(&part.path).copied())).collect()
}

async fn state(bot: &Bot) -> (Option<Environment>, Option<Environment>, usize, Content) {
    let environments = (bot.environment(&live()).await.unwrap(), bot.environment(&staging()).await.unwrap());
    (environments.0, environments.1, bot.versions().await.unwrap().len(), bot.draft().await.unwrap())
}

async fn publish(bot: &Bot, request: &PlanRequest) {
    let (before, hotfixed) = (state(bot).await, undecided(bot).await);
    let plan = match bot.plan(request).await {
        Ok(plan) => plan,
        Err(Error::NeverPublished { .. } | Error::NoExamples(_) | Error::PartNotFound { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    match bot.publish(&plan).await {
        Ok(published) => {
            assert_eq!(plan.decision(), Decision::Allow);
            let content = bot.live_content(&request.environment).await.unwrap();
            assert_eq!((content.tree, published.number), (plan.candidate().tree, before.2 as u64 + 1));
            assert_eq!(bot.draft().await.unwrap(), before.3, "a publish leaves the draft alone");
            if request.environment == live() && request.scope != Scope::Hotfix {
                let parts: BTreeMap<PartPath, Digest> = bot.parts(&content).await.unwrap().into_iter().collect();
                for (path, digest) in hotfixed {
                    assert_eq!(
                        parts.get(&path).copied(),
                        digest,
                        "the hotfix of {path} was undone, and nobody said so"
                    );
                }
            }
        }
        Err(Error::Refused(_)) => {
            assert_eq!(plan.decision(), Decision::Deny);
            assert_eq!(state(bot).await, before, "a refused publish changes nothing");
        }
        Err(error) => panic!("{error}"),
    }
}

async fn merge(bot: &Bot, side: Side) {
    let before = state(bot).await;
    let choices = match bot.merge(&live(), &BTreeMap::new()).await {
        Ok(_) => return assert!(bot.drift(&live()).await.unwrap().is_empty()),
        Err(Error::NeverPublished { .. }) => return,
        Err(Error::MergeConflict { parts, .. }) => parts.into_iter().map(|path| (path, side)).collect(),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(state(bot).await, before, "a merge with open conflicts changes nothing");
    bot.merge(&live(), &choices).await.unwrap();
    assert!(bot.drift(&live()).await.unwrap().is_empty());
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

/// A bot with three intents, of which a flow uses two, goes live.
fn first_publish() -> Vec<Act> {
    let examples = (0..3).map(|intent| Act::Examples(intent, 3));
    let flows = [Act::Flow(0, 0, 0), Act::Flow(1, 1, 0), Act::Train, Act::Publish(Carried::All, false)];
    examples.chain(flows).collect()
}

/// How many sequences are played.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_after_every_act(published in prop::bool::weighted(0.8), acts in prop::collection::vec(act(), 1..40)) {
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        executor.block_on(async {
            let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("ann");
            let settings = Settings::new("Random", "en".parse().unwrap());
            let bot = lifecycle.create(&"random".parse().unwrap(), settings).await.unwrap();
            let mut contents = BTreeMap::new();
            // Most stories begin with a bot that is live; else few get so far.
            let before = if published { first_publish() } else { Vec::new() };
            for act in before.iter().chain(&acts) {
                perform(&bot, act).await;
                promises_hold(&bot, &mut contents).await;
            }
            bot.verify_audit(None).await.unwrap();
        });
    }
}
