//! Two stores on one file keep the contract together: what goes for one goes across both.
#![expect(clippy::unwrap_used, reason = "a store that does not open fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Commit, Committed, Error, Key, Record, Store};
use greenroom_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// Takes the two stores in turn, call by call.
struct InTurn {
    stores: [SqliteStore; 2],
    calls: AtomicUsize,
}

impl InTurn {
    fn next(&self) -> &SqliteStore {
        let [even, odd] = &self.stores;
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) { even } else { odd }
    }
}

#[async_trait]
impl Store for InTurn {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.next().objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.next().look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.next().records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        self.next().commit(commit).await
    }
}

async fn empty_store() -> (Arc<dyn Store>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    // Both make the file at once.
    let (first, second) = tokio::join!(SqliteStore::open(&path), SqliteStore::open(&path));
    (Arc::new(InTurn { stores: [first.unwrap(), second.unwrap()], calls: AtomicUsize::new(0) }), directory)
}

greenroom_store::conformance_tests!(empty_store);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_make_the_store_at_once_and_it_is_one() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("greenroom.db");
        let mut makers = tokio::task::JoinSet::new();
        for maker in 0..6 {
            let path = path.clone();
            makers.spawn(async move {
                let store = SqliteStore::open(path).await.unwrap();
                let key = Key::of(&["makers", &maker.to_string()]).unwrap();
                store.commit(Commit::new().create(key, "here")).await.unwrap();
            });
        }
        while let Some(made) = makers.join_next().await {
            made.unwrap();
        }
        let store = SqliteStore::open(path).await.unwrap();
        assert_eq!(store.records(&Key::new("makers").unwrap(), None, 10).await.unwrap().len(), 6);
    }
}
