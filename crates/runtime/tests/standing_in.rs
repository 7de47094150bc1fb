//! Where a piece of a version is lost, the version before it answers, until it is there again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_lifecycle::{Bot, Lifecycle, PlanRequest, live};
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Digest, Document};
use greenroom_runtime::{Error, Message, Place, Runtime};
use greenroom_store::{Commit, Committed, Key, MemoryStore, Record, Store};

/// A store that has lost objects, or does not answer for any.
#[derive(Default)]
struct Losing {
    inner: MemoryStore,
    lost: Mutex<BTreeSet<Digest>>,
    is_down: AtomicBool,
    reads: AtomicUsize,
}

#[async_trait]
impl Store for Losing {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, greenroom_store::Error> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if self.is_down.load(Ordering::Relaxed) {
            let (place, reason) = ("the test".to_owned(), "it is down".to_owned());
            return Err(greenroom_store::Error::Unavailable { place, reason });
        }
        let found = self.inner.objects(digests).await?;
        let lost = self.lost.lock().unwrap();
        Ok(digests.iter().zip(found).map(|(digest, found)| found.filter(|_| !lost.contains(digest))).collect())
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, greenroom_store::Error> {
        self.inner.look_up(keys).await
    }

    async fn records(
        &self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<Record>, greenroom_store::Error> {
        self.inner.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, greenroom_store::Error> {
        self.inner.commit(commit).await
    }
}

fn shop() -> BotId {
    "shop".parse().unwrap()
}

/// Publishes a version that says this. The digests of its version and of its parts' root.
async fn publish(bot: &Bot, text: &str) -> (Digest, Digest) {
    let path = "flows/start".parse().unwrap();
    let flow = format!(
        r#"{{"name": "Start", "start": "a", "triggers": [{{"system": "not_understood"}}],
        "nodes": {{"a": {{"message": {{"text": {{"en": "{text}"}}}}}}}}}}"#
    );
    bot.put(&path, Document::from_json(&path, flow.as_bytes()).unwrap()).await.unwrap();
    let plan = bot.plan(&PlanRequest::full(text)).await.unwrap();
    (bot.publish(&plan).await.unwrap().version, plan.candidate().tree)
}

async fn bot() -> (Arc<Losing>, Bot) {
    let store = Arc::new(Losing::default());
    let bot = Lifecycle::new(store.clone()).create(&shop(), Settings::new("Shop", "en".parse().unwrap())).await;
    (store, bot.unwrap())
}

async fn said(runtime: &Runtime, conversation: &str) -> Result<(String, Option<Digest>), Error> {
    let answer = runtime.reply(&shop(), &Place::live(), conversation, &Message::text("hello")).await?;
    Ok((answer.replies[0].text.clone(), answer.version))
}

#[tokio::test(start_paused = true)]
async fn the_version_before_answers_until_the_stable_one_is_whole() {
    let (store, bot) = bot().await;
    publish(&bot, "one").await;
    let (second, _) = publish(&bot, "two").await;
    let (third, parts) = publish(&bot, "three").await;
    let runtime = Runtime::new(store.clone());
    *store.lost.lock().unwrap() = [parts].into();
    assert_eq!(said(&runtime, "a").await.unwrap(), ("two".to_owned(), Some(second)));
    let reads = store.reads.load(Ordering::Relaxed);
    assert_eq!(said(&runtime, "b").await.unwrap().0, "two");
    assert_eq!(store.reads.load(Ordering::Relaxed), reads, "it is not tried anew for each message");
    store.lost.lock().unwrap().clear();
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(said(&runtime, "c").await.unwrap(), ("three".to_owned(), Some(third)));
}

#[tokio::test]
async fn the_last_version_that_is_whole_answers_though_it_is_not_the_one_before() {
    let (store, bot) = bot().await;
    publish(&bot, "one").await;
    let (_, before) = publish(&bot, "two").await;
    let (third, _) = publish(&bot, "three").await;
    *store.lost.lock().unwrap() = [before, third].into();
    let runtime = Runtime::new(store.clone());
    runtime.load(&bot.environment(&live()).await.unwrap().unwrap()).await.unwrap();
    assert_eq!(said(&runtime, "a").await.unwrap().0, "one");
}

#[tokio::test]
async fn after_a_rollback_the_version_before_the_one_rolled_back_to_answers() {
    let (store, bot) = bot().await;
    publish(&bot, "one").await;
    let (_, parts) = publish(&bot, "two").await;
    publish(&bot, "three").await;
    bot.rollback(&live(), 2).await.unwrap();
    *store.lost.lock().unwrap() = [parts].into();
    assert_eq!(said(&Runtime::new(store.clone()), "a").await.unwrap().0, "one", "what was rolled back stays away");
}

#[tokio::test]
async fn a_conversation_whose_version_is_lost_goes_on_with_the_one_that_answers() {
    let (store, bot) = bot().await;
    let (_, parts) = publish(&bot, "one").await;
    let runtime = Runtime::new(store.clone());
    assert_eq!(said(&runtime, "a").await.unwrap().0, "one");
    publish(&bot, "two").await;
    assert_eq!(said(&runtime, "a").await.unwrap().0, "one", "it is pinned");
    *store.lost.lock().unwrap() = [parts].into();
    assert_eq!(said(&Runtime::new(store.clone()), "a").await.unwrap().0, "two");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_no_reason_for_another_version() {
    let (store, bot) = bot().await;
    publish(&bot, "one").await;
    let runtime = Runtime::new(store.clone());
    said(&runtime, "a").await.unwrap();
    publish(&bot, "two").await;
    store.is_down.store(true, Ordering::Relaxed);
    match said(&runtime, "b").await {
        Err(Error::Store(greenroom_store::Error::Unavailable { .. })) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn where_nothing_is_whole_the_damage_is_told() {
    let (store, bot) = bot().await;
    let (_, parts) = publish(&bot, "one").await;
    *store.lost.lock().unwrap() = [parts].into();
    match said(&Runtime::new(store.clone()), "a").await {
        Err(Error::Store(greenroom_store::Error::Missing(lost))) => assert_eq!(lost, parts),
        other => panic!("{other:?}"),
    }
}
