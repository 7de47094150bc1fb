//! Bots are loaded once, however many wait for them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_lifecycle::Lifecycle;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Digest, Document};
use greenroom_runtime::{Message, Place, Runtime};
use greenroom_store::{Commit, Committed, Error, Key, MemoryStore, Record, Store};
use tokio::task::JoinSet;

const FLOW: &str = r#"{
  "name": "Start", "start": "hello",
  "triggers": [{"system": "not_understood"}],
  "nodes": {"hello": {"message": {"text": {"en": "hello"}}}}
}"#;

/// Counts the objects that are asked for, and lets others run meanwhile as a disk does.
#[derive(Default)]
struct Counting {
    store: MemoryStore,
    objects: AtomicUsize,
}

#[async_trait]
impl Store for Counting {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        tokio::task::yield_now().await;
        self.objects.fetch_add(digests.len(), Ordering::Relaxed);
        self.store.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        tokio::task::yield_now().await;
        self.store.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.store.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.store.commit(commit).await
    }
}

/// How many objects are asked for to answer so many first messages at once.
async fn objects_for(messages: usize) -> usize {
    let store = Arc::new(Counting::default());
    let id: BotId = "shop".parse().unwrap();
    let bot = Lifecycle::new(store.clone()).create(&id, Settings::new("Shop", "en".parse().unwrap())).await.unwrap();
    let path = "flows/start".parse().unwrap();
    bot.put(&path, Document::from_json(&path, FLOW.as_bytes()).unwrap()).await.unwrap();
    store.objects.store(0, Ordering::Relaxed);
    let runtime = Arc::new(Runtime::new(store.clone()));
    let mut answers = JoinSet::new();
    for number in 0..messages {
        let (runtime, id) = (runtime.clone(), id.clone());
        answers.spawn(async move {
            let conversation = format!("conversation {number}");
            runtime.reply(&id, &Place::Draft, &conversation, &Message::text("hello")).await.unwrap();
        });
    }
    answers.join_all().await;
    assert_eq!(runtime.loaded(), 1);
    store.objects.load(Ordering::Relaxed)
}

#[tokio::test]
async fn many_first_messages_load_a_bot_once() {
    let for_one = objects_for(1).await;
    assert!(for_one > 0);
    assert_eq!(objects_for(50).await, for_one);
}
