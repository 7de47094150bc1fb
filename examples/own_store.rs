//! A store of one's own: here a map behind a lock; a database looks the same from
//! outside. The conformance suite says whether it keeps the contract.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use greenroom::model::Digest;
use greenroom::store::{Commit, Committed, Error, Expected, Key, Record, Revision, Store};

#[derive(Default)]
struct Tables {
    objects: HashMap<Digest, Bytes>,
    records: BTreeMap<Key, Record>,
    last_revision: u64,
}

/// All tables behind one lock: every commit is serialised by it.
#[derive(Default)]
pub struct OwnStore {
    tables: Mutex<Tables>,
}

impl OwnStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for OwnStore {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        let tables = self.tables();
        Ok(digests.iter().map(|digest| tables.objects.get(digest).cloned()).collect())
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        let tables = self.tables();
        Ok(keys.iter().map(|key| tables.records.get(key).cloned()).collect())
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        let tables = self.tables();
        let below = tables.records.values().filter(|record| record.key.is_below(prefix));
        Ok(below.filter(|record| after.is_none_or(|after| record.key > *after)).take(limit).cloned().collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        commit.check()?;
        let mut tables = self.tables();
        for swap in &commit.swaps {
            let found = tables.records.get(&swap.key);
            let holds = match swap.expected {
                Expected::Any => true,
                Expected::Absent => found.is_none(),
                Expected::Revision(revision) => found.is_some_and(|record| record.revision == revision),
            };
            if !holds {
                return Err(Error::Conflict { key: swap.key.clone(), found: found.cloned().map(Box::new) });
            }
        }
        tables.objects.extend(commit.objects);
        let mut revisions = Vec::new();
        for swap in commit.swaps {
            let written = swap.value.map(|value| {
                tables.last_revision += 1;
                Record { key: swap.key.clone(), revision: Revision::new(tables.last_revision), value }
            });
            revisions.push(written.as_ref().map(|record| record.revision));
            match written {
                Some(record) => tables.records.insert(swap.key, record),
                None => tables.records.remove(&swap.key),
            };
        }
        Ok(Committed { revisions })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use greenroom::lifecycle::Lifecycle;
    use greenroom::model::document::Settings;

    let lifecycle = Lifecycle::new(std::sync::Arc::new(OwnStore::default())).acting_as("ann");
    lifecycle.create(&"bakery".parse()?, Settings::new("Bakery", "en".parse()?)).await?;
    println!("bots: {:?}", lifecycle.bots().await?);
    Ok(())
}
