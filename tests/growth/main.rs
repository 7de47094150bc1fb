//! An edit and a plan read as much of a large bot as of a small one. Counted in
//! objects, which do not depend on the machine; `benches/publish_plan.rs` has the times.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

mod bots;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom::lifecycle::PlanRequest;
use greenroom::model::Digest;
use greenroom::store::{Commit, Committed, Error, Key, MemoryStore, Record, Store};

/// Counts the objects that are read and written.
#[derive(Default)]
struct Counting {
    store: MemoryStore,
    objects: AtomicUsize,
}

#[async_trait]
impl Store for Counting {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.objects.fetch_add(digests.len(), Ordering::Relaxed);
        self.store.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.store.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.store.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.objects.fetch_add(commit.objects.len(), Ordering::Relaxed);
        self.store.commit(commit).await
    }
}

#[tokio::test]
async fn an_edit_and_a_plan_touch_a_handful_of_objects_whatever_the_size() {
    let mut touched = Vec::new();
    for parts in [100, 5_000] {
        let store = Arc::new(Counting::default());
        let bot = bots::bot_of(parts, store.clone()).await;
        store.objects.store(0, Ordering::Relaxed);
        bot.edit(&[bots::one_edit(1)]).await.unwrap();
        let plan = bot.plan(&PlanRequest::full("one edit")).await.unwrap();
        assert_eq!(plan.diff().parts.len(), 1);
        touched.push(store.objects.load(Ordering::Relaxed));
    }
    // The tree of 5,000, and four directories of its index, are two or three
    // levels deeper; fifty times the parts must not show.
    assert!(touched[1] <= touched[0] + 60, "{touched:?}");
}
