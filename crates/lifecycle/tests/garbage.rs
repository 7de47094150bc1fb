//! A collection of garbage keeps all that anything refers to, whatever happens beside it, and
//! nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::collections::BTreeSet;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_lifecycle::{Bot, CollectionOptions, Error, Lifecycle, PlanRequest, TrainingRequest, live};
use greenroom_model::document::{Examples, Intent, Settings};
use greenroom_model::{BotId, Content, Digest, Document};
use greenroom_publish::Plan;
use greenroom_store::{
    Commit, Committed, Error as StoreError, Key, MemoryStore, Record, Revision, Store, StoredObject, layout,
};
use jiff::{SignedDuration, Timestamp};

const NOW: &str = "2026-11-23T08:00:00Z";

fn bot_id() -> BotId {
    "box-office".parse().unwrap()
}

fn lifecycle_at(store: Arc<dyn Store>, time: &'static str) -> Lifecycle {
    Lifecycle::new(store).acting_as("ann").with_clock(Arc::new(move || time.parse::<Timestamp>().unwrap()))
}

fn at_once() -> CollectionOptions {
    CollectionOptions { grace: SignedDuration::ZERO, ..CollectionOptions::default() }
}

async fn new_bot(store: &Arc<MemoryStore>) -> Bot {
    let lifecycle = lifecycle_at(store.clone(), NOW);
    lifecycle.create(&bot_id(), Settings::new("Box office", "en".parse().unwrap())).await.unwrap()
}

async fn put_flow(bot: &Bot, id: &str, says: &str) -> Result<(), Error> {
    let path = format!("flows/{id}").parse().unwrap();
    let json = format!(r#"{{"name":"{id}","start":"a","nodes":{{"a":{{"message":{{"text":{{"en":"{says}"}}}}}}}}}}"#);
    bot.put(&path, Document::from_json(&path, json.as_bytes()).unwrap()).await?;
    Ok(())
}

async fn plan(bot: &Bot) -> Result<Plan, Error> {
    bot.plan(&PlanRequest::full("notes")).await
}

/// Every tree and index of a content, to the last object, is stored. This walk knows how nodes of
/// trees are stored, and nothing of how garbage is marked. Leaves of an index may name what was never
/// stored: only what was, `before`, must be there.
async fn check_content(store: &MemoryStore, before: Option<&BTreeSet<Digest>>, content: &Content) {
    let mut waiting = vec![content.tree, content.index];
    waiting.extend(content.models.values());
    let mut seen = BTreeSet::new();
    while let Some(digest) = waiting.pop() {
        let was_stored = before.map_or(digest.as_bytes() != &[0; 32], |before| before.contains(&digest));
        if !was_stored || !seen.insert(digest) {
            continue;
        }
        let bytes = store.objects(&[digest]).await.unwrap().pop().flatten();
        let bytes = bytes.unwrap_or_else(|| panic!("object {digest} is gone"));
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
        if value.get("tree").is_some_and(serde_json::Value::is_u64) {
            named(&value, &mut waiting);
        }
        for needed in ["artifact", "entities"] {
            waiting.extend(value.get(needed).and_then(|digest| digest.as_str()?.parse::<Digest>().ok()));
        }
        if let Some(data) = value.get("data") {
            named(data, &mut waiting);
        }
    }
}

fn named(value: &serde_json::Value, digests: &mut Vec<Digest>) {
    match value {
        serde_json::Value::String(text) => digests.extend(text.parse::<Digest>()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| named(item, digests)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| named(field, digests)),
        _ => {}
    }
}

/// All that DESIGN promises to keep is there and loads.
async fn check_all(store: &Arc<MemoryStore>) {
    check_all_of(store, None).await;
}

async fn check_all_of(store: &Arc<MemoryStore>, before: Option<&BTreeSet<Digest>>) {
    let bot = lifecycle_at(store.clone(), NOW).bot(&bot_id()).await.unwrap();
    check_content(store, before, &bot.draft().await.unwrap()).await;
    for entry in bot.versions().await.unwrap() {
        check_content(store, before, &entry.version.content).await;
        bot.load(&entry.version.content).await.unwrap();
        if let Some(plan) = entry.version.plan {
            assert!(store.objects(&[plan]).await.unwrap()[0].is_some(), "the plan of a version is gone");
        }
    }
    for (_, environment) in bot.environments().await.unwrap() {
        let (base, index) = (environment.base, bot.draft().await.unwrap().index);
        check_content(store, before, &Content { tree: base, index, models: Default::default() }).await;
    }
    for record in store.records(&layout::plans(&bot_id()).unwrap(), None, 1_000).await.unwrap() {
        let kept = bot.kept_plan(&record.key.name().parse().unwrap()).await.unwrap();
        let models = kept.candidate().models.iter().map(|(language, model)| (language.clone(), model.digest));
        let (tree, index) = (kept.candidate().tree, kept.candidate().index);
        check_content(store, before, &Content { tree, index, models: models.collect() }).await;
    }
    bot.verify_audit(None).await.unwrap();
}

async fn amount(store: &MemoryStore) -> (usize, u64) {
    let objects = store.stored_objects(None, usize::MAX).await.unwrap();
    (objects.len(), objects.iter().map(|object| object.length).sum())
}

#[tokio::test]
async fn what_nothing_refers_to_goes_and_all_else_stays() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    let train = async || {
        let request = TrainingRequest::default();
        bot.train(&request, &mut |_| ControlFlow::Continue(())).await.unwrap();
    };
    for (intent, texts) in [("tickets", ["two tickets", "buy seats"]), ("hours", ["when do you open", "open today"])] {
        bot.put(&format!("nlp/intents/{intent}").parse().unwrap(), Document::Intent(Intent::new(intent)))
            .await
            .unwrap();
        let path = format!("nlp/examples/en/{intent}").parse().unwrap();
        bot.put(&path, Document::Examples(Examples::of(texts))).await.unwrap();
    }
    put_flow(&bot, "hello", "Hello").await.unwrap();
    train().await;
    bot.publish(&plan(&bot).await.unwrap()).await.unwrap();
    put_flow(&bot, "hello", "Good day").await.unwrap();
    let request = PlanRequest::nlp_only("none");
    let kept = bot.keep_plan(&bot.plan(&request).await.unwrap()).await.unwrap();
    bot.restore(1).await.unwrap();
    put_flow(&bot, "secret", "This was never published").await.unwrap();
    let (lost, _) = bot.get(&bot.draft().await.unwrap(), &"flows/secret".parse().unwrap()).await.unwrap();
    let path = "flows/secret".parse().unwrap();
    bot.delete(&path).await.unwrap();
    for number in 0..30 {
        put_flow(&bot, "hello", &format!("Draft {number}")).await.unwrap();
    }

    let before = amount(&store).await;
    let stored: BTreeSet<Digest> =
        store.stored_objects(None, usize::MAX).await.unwrap().into_iter().map(|object| object.digest).collect();
    let told = bot.lifecycle().collect_garbage(&CollectionOptions { dry_run: true, ..at_once() }).await.unwrap();
    assert_eq!(amount(&store).await, before, "a dry run deleted something");
    let done = bot.lifecycle().collect_garbage(&at_once()).await.unwrap();
    assert_eq!(done, told);
    let after = amount(&store).await;
    println!("{before:?} before, {after:?} after, {done:?}");
    assert!(done.deleted.objects > 90, "{done:?}");
    assert_eq!(before.0 - after.0, usize::try_from(done.deleted.objects).unwrap());
    assert_eq!(before.1 - after.1, done.deleted.bytes);
    assert_eq!((after.0, after.1), (usize::try_from(done.kept.objects).unwrap(), done.kept.bytes));
    assert_eq!(store.objects(&[lost]).await.unwrap(), [None], "a part that nothing has any more stayed");

    check_all_of(&store, Some(&stored)).await;
    bot.kept_plan(&kept).await.unwrap();
    let again = bot.lifecycle().collect_garbage(&at_once()).await.unwrap();
    assert_eq!((again.deleted.objects, again.waiting.objects), (0, 0), "{again:?}");
    // The bot goes on as if nothing had happened.
    put_flow(&bot, "secret", "This was never published").await.unwrap();
    train().await;
    bot.publish(&plan(&bot).await.unwrap()).await.unwrap();
    bot.rollback(&live(), 1).await.unwrap();
    check_all_of(&store, Some(&stored)).await;
}

#[tokio::test]
async fn garbage_waits_for_the_grace() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..5 {
        put_flow(&bot, "hello", &format!("Draft {number}")).await.unwrap();
    }
    let collect = async |time: &'static str| {
        let lifecycle = lifecycle_at(store.clone(), time);
        lifecycle.collect_garbage(&CollectionOptions::default()).await.unwrap()
    };
    let first = collect("2026-11-23T08:00:00Z").await;
    assert!(first.deleted.objects == 0 && first.waiting.objects > 0, "{first:?}");
    // What becomes garbage later waits by itself.
    put_flow(&bot, "hello", "Another").await.unwrap();
    let second = collect("2026-11-24T07:59:59Z").await;
    assert!(second.deleted.objects == 0 && second.waiting.objects > first.waiting.objects, "{second:?}");
    let third = collect("2026-11-24T08:00:00Z").await;
    assert_eq!(third.deleted, first.waiting);
    assert_eq!(third.waiting.objects, second.waiting.objects - first.waiting.objects);
    check_all(&store).await;
}

#[tokio::test]
async fn plans_that_nobody_published_are_let_go() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    put_flow(&bot, "hello", "Hello").await.unwrap();
    let published = plan(&bot).await.unwrap();
    bot.keep_plan(&published).await.unwrap();
    bot.publish(&published).await.unwrap();
    put_flow(&bot, "hello", "Good day").await.unwrap();
    let forgotten = plan(&bot).await.unwrap();
    let digest = bot.keep_plan(&forgotten).await.unwrap();
    put_flow(&bot, "hello", "Good evening").await.unwrap();

    let collect =
        async |time: &'static str| lifecycle_at(store.clone(), time).collect_garbage(&at_once()).await.unwrap();
    assert_eq!(collect("2026-12-22T08:00:00Z").await.plans, 0);
    assert!(bot.kept_plan(&digest).await.is_ok());
    assert_eq!(collect("2026-12-24T08:00:00Z").await.plans, 2);
    assert!(matches!(bot.kept_plan(&digest).await, Err(Error::PlanNotFound { .. })));
    let version = bot.version(1).await.unwrap().1;
    let kept = store.objects(&[version.plan.unwrap(), digest]).await.unwrap();
    assert!(kept[0].is_some() && kept[1].is_none(), "the plan of a version stays, the other one goes");
    // Who still holds the plan is told, and nothing happened.
    assert!(matches!(bot.publish(&forgotten).await, Err(Error::CandidateIncomplete { .. })));
    assert!(matches!(bot.keep_plan(&forgotten).await, Err(Error::CandidateIncomplete { .. })));
    assert_eq!(bot.environment(&live()).await.unwrap().unwrap().number, 1);
    check_all(&store).await;
}

#[tokio::test]
async fn records_of_unknown_kinds_keep_what_they_name_and_the_audit_log_keeps_nothing() {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    let below = Digest::of(b"below");
    let above = format!(r#"{{"see":["x/{below}"]}}"#);
    let (above_digest, key) = (Digest::of(above.as_bytes()), Key::new("strange/kind").unwrap());
    let commit = Commit::new().object(below, "below").object(above_digest, above);
    store.commit(commit.create(key.clone(), format!("seen: {above_digest}"))).await.unwrap();
    let entry = Key::new(&format!("bots/box-office/audit/{}", "9".repeat(20))).unwrap();
    let noted = Digest::of(b"noted");
    store.commit(Commit::new().object(noted, "noted").create(entry, noted.to_string())).await.unwrap();
    bot.lifecycle().collect_garbage(&at_once()).await.unwrap();
    let found = store.objects(&[above_digest, below, noted]).await.unwrap();
    assert!(found[0].is_some() && found[1].is_some() && found[2].is_none(), "{found:?}");
    let record = store.record(&key).await.unwrap().unwrap();
    store.commit(Commit::new().delete(&record)).await.unwrap();
    bot.lifecycle().collect_garbage(&at_once()).await.unwrap();
    assert_eq!(store.objects(&[above_digest, below]).await.unwrap(), [None, None]);
}

type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store in which something else happens before certain calls of a collection, or a sweep fails.
struct Interleaved {
    store: Arc<MemoryStore>,
    calls: AtomicUsize,
    acts: Mutex<Vec<(usize, Act)>>,
    fails_at_sweep: Option<usize>,
    sweeps: AtomicUsize,
}

impl Interleaved {
    fn new(store: &Arc<MemoryStore>, acts: Vec<(usize, Act)>, fails_at_sweep: Option<usize>) -> Arc<Self> {
        let (calls, sweeps) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self { store: store.clone(), calls, acts: Mutex::new(acts), fails_at_sweep, sweeps })
    }

    async fn call(&self) {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let due = {
            let mut acts = self.acts.lock().unwrap();
            acts.iter().position(|(at, _)| *at == number).map(|place| acts.remove(place))
        };
        if let Some((_, act)) = due {
            act.await;
        }
    }
}

#[async_trait]
impl Store for Interleaved {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.call().await;
        self.store.objects(digests).await
    }
    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        self.store.look_up(keys).await
    }
    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.store.records(prefix, after, limit).await
    }
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.store.commit(commit).await
    }
    async fn last_revision(&self) -> Result<Revision, StoreError> {
        self.call().await;
        self.store.last_revision().await
    }
    async fn changed(&self, since: Revision, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.call().await;
        self.store.changed(since, after, limit).await
    }
    async fn stored_objects(&self, after: Option<&Digest>, _: usize) -> Result<Vec<StoredObject>, StoreError> {
        self.call().await;
        self.store.stored_objects(after, 7).await
    }
    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, StoreError> {
        self.call().await;
        if Some(self.sweeps.fetch_add(1, Ordering::SeqCst)) == self.fails_at_sweep {
            return Err(StoreError::Full { place: "memory".to_owned() });
        }
        self.store.sweep(digests, until).await
    }
}

/// A bot whose draft moved on from a plan that nobody kept, with much garbage.
async fn bot_with_a_plan() -> (Arc<MemoryStore>, Bot, Plan) {
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    for number in 0..4 {
        put_flow(&bot, &format!("flow-{number}"), "Hello").await.unwrap();
    }
    bot.publish(&plan(&bot).await.unwrap()).await.unwrap();
    put_flow(&bot, "flow-0", "Planned").await.unwrap();
    put_flow(&bot, "flow-4", "Planned too").await.unwrap();
    let planned = plan(&bot).await.unwrap();
    put_flow(&bot, "flow-0", "Moved on").await.unwrap();
    put_flow(&bot, "flow-4", "Moved on too").await.unwrap();
    // More records than one page holds, so that a scan of all of them is no single moment.
    let others = (0..1_100).map(|number| Key::of(&["zz", &format!("{number}")]).unwrap());
    store.commit(others.fold(Commit::new(), |commit, key| commit.create(key, "{}"))).await.unwrap();
    (store, bot, planned)
}

/// What happens beside a collection: each returns whether it was told that the plan is gone.
const BESIDE: [&str; 5] = ["publish", "keep", "undo", "restore", "publish and edit"];

async fn beside(what: &str, bot: &Bot, plan: &Plan) -> Result<(), Error> {
    match what {
        "publish" => drop(bot.publish(plan).await?),
        "keep" => drop(bot.keep_plan(plan).await?),
        // The draft is again what it was when the plan was made.
        "undo" => {
            put_flow(bot, "flow-0", "Planned").await?;
            put_flow(bot, "flow-4", "Planned too").await?;
        }
        "restore" => drop(bot.restore(1).await?),
        _ => {
            put_flow(bot, "flow-2", "New").await?;
            let fresh = bot.plan(&PlanRequest::full("notes")).await?;
            put_flow(bot, "flow-2", "Newer").await?;
            bot.publish(&fresh).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn whatever_happens_between_any_two_steps_nothing_is_lost() {
    let mut moments = 0;
    for what in BESIDE {
        for at in 0.. {
            let (store, bot, planned) = bot_with_a_plan().await;
            let (happened, gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
            let act: Act = Box::pin({
                let (happened, gone, planned) = (happened.clone(), gone.clone(), planned.clone());
                // Another process: it knows nothing of what this one has read.
                let bot = lifecycle_at(store.clone(), NOW).bot(bot.id()).await.unwrap();
                async move {
                    happened.store(true, Ordering::SeqCst);
                    match beside(what, &bot, &planned).await {
                        Ok(()) => {}
                        Err(Error::CandidateIncomplete { .. }) => gone.store(true, Ordering::SeqCst),
                        Err(error) => panic!("{what} at {at}: {error}"),
                    }
                }
            });
            let interleaved = Interleaved::new(&store, vec![(at, act)], None);
            let collected = lifecycle_at(interleaved, NOW).collect_garbage(&at_once()).await.unwrap();
            check_all(&store).await;
            if !happened.load(Ordering::SeqCst) {
                assert!(at > 10 && collected.deleted.objects > 0, "{what}: {at} steps, {collected:?}");
                break;
            }
            let number = bot.environment(&live()).await.unwrap().unwrap().number;
            if what == "publish" {
                assert_eq!(number == 1, gone.load(Ordering::SeqCst), "{what} at {at}: live runs version {number}");
            } else {
                assert!(!gone.load(Ordering::SeqCst) || what == "keep", "{what} at {at}: a plan is gone");
            }
            moments += 1;
        }
    }
    println!("{moments} moments");
}

/// A commit takes over what a record names that it expects unchanged: nobody need rely on that. The
/// scan comes to the old place late and to the new one early, and still sees it.
#[tokio::test]
async fn a_reference_that_moves_during_a_scan_is_seen() {
    let (early, late) = (Key::new("a/early").unwrap(), Key::new("z/late").unwrap());
    let named = Digest::of(b"named");
    for at in 0.. {
        let store = Arc::new(MemoryStore::new());
        let between = (0..1_100).map(|number| Key::of(&["m", &format!("{number}")]).unwrap());
        let commit = between.fold(Commit::new().object(named, "named"), |commit, key| commit.create(key, "{}"));
        store.commit(commit.create(early.clone(), "none").create(late.clone(), named.to_string())).await.unwrap();
        let happened = Arc::new(AtomicBool::new(false));
        let act: Act = Box::pin({
            let (store, happened, early, late) = (store.clone(), happened.clone(), early.clone(), late.clone());
            async move {
                let from = store.record(&late).await.unwrap().unwrap();
                let commit = Commit::new().put(early, from.value.clone()).swap(&from, "none");
                store.commit(commit).await.unwrap();
                happened.store(true, Ordering::SeqCst);
            }
        });
        let interleaved = Interleaved::new(&store, vec![(at, act)], None);
        lifecycle_at(interleaved, NOW).collect_garbage(&at_once()).await.unwrap();
        assert!(store.objects(&[named]).await.unwrap()[0].is_some(), "lost where it moved before call {at}");
        if !happened.load(Ordering::SeqCst) {
            assert!(at > 5, "{at} calls");
            return;
        }
    }
}

async fn name_intent(bot: &Bot, name: &str) {
    bot.put(&"nlp/intents/hours".parse().unwrap(), Document::Intent(Intent::new(name))).await.unwrap();
}

/// The plan of NLP alone makes a candidate that nothing keeps; it is made at one moment of a
/// collection and carried out at a later one, and the draft moves on between.
#[tokio::test]
async fn a_plan_of_nlp_alone_goes_out_whole_or_not_at_all() {
    let (mut published, mut told) = (0, 0);
    for gap in [1, 2, 5, 9] {
        for at in 0.. {
            let (store, bot, _) = bot_with_a_plan().await;
            name_intent(&bot, "Hours").await;
            let (planned, outcome) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
            let plan_it: Act = Box::pin({
                let (bot, planned) = (bot.clone(), planned.clone());
                async move {
                    let plan = bot.plan(&PlanRequest::nlp_only("notes")).await.unwrap();
                    *planned.lock().unwrap() = Some(plan);
                    name_intent(&bot, "Opening hours").await;
                }
            });
            let publish_it: Act = Box::pin({
                let (bot, planned, outcome) = (bot.clone(), planned.clone(), outcome.clone());
                async move {
                    let plan = planned.lock().unwrap().take().unwrap();
                    let result = bot.publish(&plan).await;
                    *outcome.lock().unwrap() = Some(result);
                }
            });
            let acts = vec![(at, plan_it), (at + gap, publish_it)];
            let interleaved = Interleaved::new(&store, acts, None);
            lifecycle_at(interleaved, NOW).collect_garbage(&at_once()).await.unwrap();
            check_all(&store).await;
            match outcome.lock().unwrap().take() {
                None => break,
                Some(Ok(_)) => published += 1,
                Some(Err(Error::CandidateIncomplete { .. })) => told += 1,
                Some(Err(error)) => panic!("gap {gap} at {at}: {error}"),
            }
        }
    }
    println!("{published} went out, {told} were told to plan again");
    assert!(published > 40, "{published} went out, {told} were told to plan again");
}

#[tokio::test]
async fn a_collection_that_breaks_off_harms_nothing_and_the_next_one_goes_on() {
    for sweep in 0..100 {
        let (store, bot, _) = bot_with_a_plan().await;
        let before = amount(&store).await;
        let broken =
            lifecycle_at(Interleaved::new(&store, Vec::new(), Some(sweep)), NOW).collect_garbage(&at_once()).await;
        check_all(&store).await;
        let whole = bot.lifecycle().collect_garbage(&at_once()).await.unwrap();
        check_all(&store).await;
        let (fresh, twin, _) = bot_with_a_plan().await;
        twin.lifecycle().collect_garbage(&at_once()).await.unwrap();
        assert_eq!(amount(&store).await, amount(&fresh).await, "broken off at sweep {sweep}: {whole:?}");
        assert!(amount(&store).await < before);
        if broken.is_ok() {
            assert!(sweep > 1, "a collection took {sweep} sweeps");
            return;
        }
    }
    panic!("no collection came through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_collection_beside_writers_takes_nothing_of_theirs() {
    const WRITERS: usize = 3;
    const ACTS: usize = 40;
    let store = Arc::new(MemoryStore::new());
    let bot = new_bot(&store).await;
    put_flow(&bot, "hello", "Hello").await.unwrap();
    bot.publish(&plan(&bot).await.unwrap()).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let lifecycle = lifecycle_at(store.clone(), NOW);
        writers.spawn(async move {
            let bot = lifecycle.bot(&bot_id()).await.unwrap();
            let mut done = 0;
            let mut held: Option<Plan> = None;
            for act in 0..ACTS {
                let result = match act % 5 {
                    // Few texts, so that what was garbage is made again.
                    0 | 1 | 3 => put_flow(&bot, &format!("flow-{writer}"), &format!("Text {}", act % 4)).await,
                    2 => plan(&bot).await.map(|plan| held = Some(plan)),
                    _ if act % 2 == 0 => bot.restore(1).await.map(drop),
                    _ => match held.take() {
                        Some(plan) => bot.publish(&plan).await.map(drop),
                        None => Ok(()),
                    },
                };
                match result {
                    Ok(()) => done += 1,
                    Err(Error::EnvironmentMoved { .. } | Error::CandidateIncomplete { .. } | Error::Refused(_)) => {}
                    // Without a grace, what is read while the draft moves on may go meanwhile.
                    Err(Error::Store(StoreError::Missing(_))) => {}
                    Err(error) => panic!("writer {writer}, act {act}: {error}"),
                }
                tokio::task::yield_now().await;
            }
            done
        });
    }
    let (mut collections, mut deleted, mut done) = (0, 0, 0);
    while !writers.is_empty() {
        deleted += lifecycle_at(store.clone(), NOW).collect_garbage(&at_once()).await.unwrap().deleted.objects;
        collections += 1;
        while let Some(ended) = writers.try_join_next() {
            done += ended.unwrap();
        }
        tokio::task::yield_now().await;
    }
    check_all(&store).await;
    println!("{collections} collections deleted {deleted} objects beside {done} acts");
    assert!(done > WRITERS * ACTS / 2 && deleted > 0, "{done} acts, {deleted} objects deleted");
}
