//! Since when nothing refers to an object: what collections remember from one to the next.

use std::collections::{BTreeMap, HashSet};

use greenroom_model::{Digest, Record as _};
use greenroom_store::{Commit, Key, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Under which key it stands.
pub(super) const KEY: &str = "garbage/unreferenced";

/// How many objects are remembered; the others are found anew by the next collection.
const MAX_REMEMBERED: usize = 200_000;

/// The objects that nothing referred to at the last collection, each with when this was first seen.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Unreferenced {
    since: BTreeMap<Digest, Timestamp>,
}

impl greenroom_model::Record for Unreferenced {
    const WHAT: &'static str = "what a collection of garbage found";
    const FORMAT: u32 = 1;
}

impl Unreferenced {
    pub(super) async fn read(store: &dyn Store) -> Result<Self, Error> {
        match store.record(&Key::new(KEY)?).await? {
            Some(record) => Ok(Self::from_bytes(&record.value)?),
            None => Ok(Self::default()),
        }
    }

    /// Nothing refers to exactly these objects now.
    pub(super) fn found(&mut self, digests: impl Iterator<Item = Digest>, now: Timestamp) {
        let before = std::mem::take(&mut self.since);
        self.since = digests.map(|digest| (digest, before.get(&digest).copied().unwrap_or(now))).collect();
    }

    /// Whether nothing has referred to the object for so long.
    pub(super) fn for_at_least(&self, digest: &Digest, grace: SignedDuration, now: Timestamp) -> bool {
        self.since.get(digest).is_some_and(|since| now.duration_since(*since) >= grace)
    }

    /// These are gone.
    pub(super) fn forget(&mut self, gone: &HashSet<Digest>) {
        self.since.retain(|digest, _| !gone.contains(digest));
    }

    pub(super) async fn keep(mut self, store: &dyn Store) -> Result<(), Error> {
        if self.since.len() > MAX_REMEMBERED {
            let last = self.since.keys().nth(MAX_REMEMBERED).copied();
            if let Some(last) = last {
                drop(self.since.split_off(&last));
            }
        }
        store.commit(Commit::new().put(Key::new(KEY)?, self.to_bytes())).await?;
        Ok(())
    }
}
