//! A store in memory: for tests, examples and bots that are rebuilt at each start.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;

use crate::{Commit, Committed, Error, Expected, Key, Record, Revision, Store, StoredObject, Swap};

/// A store that lives as long as its process and needs no runtime.
///
/// # Examples
/// ```
/// use greenroom_store::{Commit, Key, MemoryStore, Store};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), greenroom_store::Error> {
/// let store = MemoryStore::new();
/// let bots = Key::new("bots")?;
/// store.commit(Commit::new().create(bots.child("helpdesk")?, "{}")).await?;
/// assert_eq!(store.records(&bots, None, 10).await?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Each with its stamp: the number of the revision that was the last one when a commit named it.
    objects: BTreeMap<Digest, (u64, Bytes)>,
    records: BTreeMap<Key, (Revision, Bytes)>,
    /// The number of the last revision given out; deletions do not lower it.
    last_revision: u64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        // A writer changes the state only after its last check, so a poisoned lock guards a whole state.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        // `Commit::check` verified them on their way in, and nothing else can write them.
        let state = self.read();
        Ok(digests.iter().map(|digest| state.objects.get(digest).map(|(_, bytes)| bytes.clone())).collect())
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        let state = self.read();
        Ok(keys.iter().map(|key| state.record(key)).collect())
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        // The keys below `p` are those that begin with `p/`, and `0` is the character after `/`.
        let (first, end) = (format!("{prefix}/"), format!("{prefix}0"));
        let start = after.map_or(first.as_str(), |after| first.as_str().max(after.as_str()));
        if start >= end.as_str() {
            return Ok(Vec::new());
        }
        let state = self.read();
        let below = state.records.range::<str, _>((Bound::Excluded(start), Bound::Excluded(end.as_str())));
        Ok(below
            .take(limit)
            .map(|(key, (revision, value))| Record { key: key.clone(), revision: *revision, value: value.clone() })
            .collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        commit.check()?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        commit.swaps.iter().try_for_each(|swap| state.check(swap))?;
        let absent = commit.relied.iter().find(|digest| {
            !state.objects.contains_key(digest) && commit.objects.iter().all(|(carried, _)| carried != *digest)
        });
        if let Some(digest) = absent {
            return Err(Error::Missing(*digest));
        }
        state.keep(commit.objects, &commit.relied);
        let revisions = commit.swaps.into_iter().map(|swap| state.apply(swap)).collect();
        Ok(Committed { revisions })
    }

    async fn last_revision(&self) -> Result<Revision, Error> {
        Ok(Revision::new(self.read().last_revision))
    }

    async fn changed(&self, since: Revision, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.read();
        let records = state.records.range::<Key, _>((start, Bound::Unbounded));
        Ok(records
            .filter(|(_, (revision, _))| *revision > since)
            .take(limit)
            .map(|(key, (revision, value))| Record { key: key.clone(), revision: *revision, value: value.clone() })
            .collect())
    }

    async fn stored_objects(&self, after: Option<&Digest>, limit: usize) -> Result<Vec<StoredObject>, Error> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.read();
        let objects = state.objects.range::<Digest, _>((start, Bound::Unbounded));
        let shown = |(digest, (stamp, bytes)): (&Digest, &(u64, Bytes))| StoredObject {
            digest: *digest,
            length: bytes.len() as u64,
            stamp: Revision::new(*stamp),
        };
        Ok(objects.take(limit).map(shown).collect())
    }

    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut swept = Vec::new();
        for digest in digests {
            if state.objects.get(digest).is_some_and(|(stamp, _)| *stamp <= until.get()) {
                state.objects.remove(digest);
                swept.push(*digest);
            }
        }
        Ok(swept)
    }
}

impl State {
    fn record(&self, key: &Key) -> Option<Record> {
        let (revision, value) = self.records.get(key)?;
        Some(Record { key: key.clone(), revision: *revision, value: value.clone() })
    }

    fn check(&self, swap: &Swap) -> Result<(), Error> {
        let standing = self.records.get(&swap.key).map(|(revision, _)| *revision);
        let holds = match swap.expected {
            Expected::Absent => standing.is_none(),
            Expected::Revision(revision) => standing == Some(revision),
            Expected::Any => true,
        };
        let conflict = || Error::Conflict { key: swap.key.clone(), found: self.record(&swap.key).map(Box::new) };
        if holds { Ok(()) } else { Err(conflict()) }
    }

    /// Keeps objects and stamps them, those that are there already too.
    fn keep(&mut self, objects: Vec<(Digest, Bytes)>, relied: &[Digest]) {
        if objects.is_empty() && relied.is_empty() {
            return;
        }
        self.last_revision += 1;
        let stamp = self.last_revision;
        self.objects.extend(objects.into_iter().map(|(digest, bytes)| (digest, (stamp, bytes))));
        for digest in relied {
            if let Some((standing, _)) = self.objects.get_mut(digest) {
                *standing = stamp;
            }
        }
    }

    fn apply(&mut self, swap: Swap) -> Option<Revision> {
        let Some(value) = swap.value else {
            self.records.remove(&swap.key);
            return None;
        };
        self.last_revision += 1;
        let revision = Revision::new(self.last_revision);
        self.records.insert(swap.key, (revision, value));
        Some(revision)
    }
}
