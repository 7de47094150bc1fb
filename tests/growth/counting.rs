//! A store in memory that counts what is asked of it.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom::model::Digest;
use greenroom::store::{Commit, Committed, Error, Key, MemoryStore, Record, Store};

/// What was asked of a store.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counted {
    /// Objects that were read.
    pub(crate) read: usize,
    /// Calls that read objects: a round that waits for the store each.
    pub(crate) rounds: usize,
    /// The bytes of all that was written.
    pub(crate) bytes: usize,
    /// Objects that were written.
    pub(crate) written: usize,
    /// Commits: a sync of the disk each.
    pub(crate) commits: usize,
}

#[derive(Default)]
pub(crate) struct Counting {
    store: MemoryStore,
    counted: Mutex<Counted>,
}

impl Counting {
    /// What was asked since this was last called.
    pub(crate) fn take(&self) -> Counted {
        std::mem::take(&mut self.counted.lock().unwrap())
    }
}

#[async_trait]
impl Store for Counting {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        {
            let mut counted = self.counted.lock().unwrap();
            counted.read += digests.len();
            counted.rounds += 1;
        }
        self.store.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.store.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.store.records(prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        {
            let mut counted = self.counted.lock().unwrap();
            let records = commit.swaps.iter().filter_map(|swap| swap.value.as_ref());
            let objects = commit.objects.iter().map(|(_, bytes)| bytes);
            counted.bytes += records.chain(objects).map(Bytes::len).sum::<usize>();
            counted.written += commit.objects.len();
            counted.commits += 1;
        }
        self.store.commit(commit).await
    }
}
