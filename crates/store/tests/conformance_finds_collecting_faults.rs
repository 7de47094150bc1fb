//! The cases about collecting garbage are worth their names: each fault that a store may have there breaks one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::conformance::run_case;
use greenroom_store::{Commit, Committed, Error, Key, MemoryStore, Record, Revision, Store, StoredObject};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Faultless,
    IgnoresReliance,
    ChecksRelianceBeforeItCommits,
    StampsNewObjectsOnly,
    SweepsWhateverTheStamp,
    TellsThatAllIsSwept,
    SweepsNothing,
    ChangedTellsAll,
    ChangedIgnoresAfter,
    ListsFromTheBeginning,
    ListsWithoutLimit,
}
use Fault::*;

/// A store in memory with one fault.
struct FaultyStore {
    fault: Fault,
    store: MemoryStore,
}

#[async_trait]
impl Store for FaultyStore {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        self.store.objects(digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.store.look_up(keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        self.store.records(prefix, after, limit).await
    }

    async fn commit(&self, mut commit: Commit) -> Result<Committed, Error> {
        match self.fault {
            IgnoresReliance => commit.relied.clear(),
            ChecksRelianceBeforeItCommits => {
                for digest in std::mem::take(&mut commit.relied) {
                    let is_carried = commit.objects.iter().any(|(carried, _)| *carried == digest);
                    if !is_carried && self.objects(&[digest]).await? == [None] {
                        return Err(Error::Missing(digest));
                    }
                }
                // The time that a backend takes, in which others run.
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            StampsNewObjectsOnly => {
                let digests: Vec<Digest> = commit.objects.iter().map(|(digest, _)| *digest).collect();
                let mut known = self.objects(&digests).await?.into_iter();
                commit.objects.retain(|_| known.next().flatten().is_none());
            }
            _ => {}
        }
        self.store.commit(commit).await
    }

    async fn last_revision(&self) -> Result<Revision, Error> {
        self.store.last_revision().await
    }

    async fn changed(&self, since: Revision, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let since = if self.fault == ChangedTellsAll { Revision::new(0) } else { since };
        self.store.changed(since, after.filter(|_| self.fault != ChangedIgnoresAfter), limit).await
    }

    async fn stored_objects(&self, after: Option<&Digest>, limit: usize) -> Result<Vec<StoredObject>, Error> {
        let limit = if self.fault == ListsWithoutLimit { usize::MAX } else { limit };
        self.store.stored_objects(after.filter(|_| self.fault != ListsFromTheBeginning), limit).await
    }

    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
        match self.fault {
            SweepsWhateverTheStamp => self.store.sweep(digests, Revision::new(u64::MAX)).await,
            SweepsNothing => Ok(Vec::new()),
            TellsThatAllIsSwept => {
                self.store.sweep(digests, until).await?;
                Ok(digests.to_vec())
            }
            // Commits that have checked already are about to go on.
            ChecksRelianceBeforeItCommits => {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                self.store.sweep(digests, until).await
            }
            _ => self.store.sweep(digests, until).await,
        }
    }
}

fn store(fault: Fault) -> Arc<dyn Store> {
    Arc::new(FaultyStore { fault, store: MemoryStore::new() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_breaks_its_case() {
    for (fault, case) in [
        (IgnoresReliance, "what_is_relied_on_must_be_there"),
        (IgnoresReliance, "no_sweep_takes_what_a_commit_relies_on"),
        (ChecksRelianceBeforeItCommits, "no_sweep_takes_what_a_commit_relies_on"),
        (StampsNewObjectsOnly, "sweeps_spare_what_was_named_since"),
        (SweepsWhateverTheStamp, "sweeps_spare_what_was_named_since"),
        (TellsThatAllIsSwept, "sweeps_spare_what_was_named_since"),
        (SweepsNothing, "sweeps_spare_what_was_named_since"),
        (ChangedTellsAll, "lists_objects_and_changed_records_in_pages"),
        (ChangedIgnoresAfter, "lists_objects_and_changed_records_in_pages"),
        (ListsFromTheBeginning, "lists_objects_and_changed_records_in_pages"),
        (ListsWithoutLimit, "lists_objects_and_changed_records_in_pages"),
    ] {
        let found = run_case(case, store(fault)).await;
        assert!(found.is_err(), "{case} does not notice {fault:?}");
        run_case(case, store(Faultless)).await.unwrap();
    }
}
