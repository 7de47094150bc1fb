//! Marking: everything that can be reached from the records of a store.

use std::collections::HashSet;

use greenroom_model::Digest;
use greenroom_store::{Key, Revision, Store};

use super::names::digests_in;
use super::{PAGE, unreferenced};
use crate::Error;

/// How many objects are read at once; some are models of megabytes.
const OBJECTS: usize = 64;

/// The objects that something refers to.
pub(super) struct Marks<'s> {
    store: &'s dyn Store,
    marked: HashSet<Digest>,
    /// Records that name nothing: plans that a dry run would let go.
    ignored: HashSet<Key>,
}

impl<'s> Marks<'s> {
    pub(super) fn new(store: &'s dyn Store, ignored: HashSet<Key>) -> Self {
        Self { store, marked: HashSet::new(), ignored }
    }

    /// Whether the object is marked.
    pub(super) fn holds(&self, digest: &Digest) -> bool {
        self.marked.contains(digest)
    }

    /// Marks what the records of the store reach, all of them as they stand at one moment.
    pub(super) async fn mark_records(&mut self) -> Result<(), Error> {
        let mut since = Revision::new(0);
        loop {
            let start = self.store.last_revision().await?;
            let (mut pages, mut after) = (0, None);
            loop {
                let page = self.store.changed(since, after.as_ref(), PAGE).await?;
                pages += 1;
                let (is_last, last) = (page.len() < PAGE, page.last().map(|record| record.key.clone()));
                let mut named = HashSet::new();
                for record in page.iter().filter(|record| self.keeps(&record.key)) {
                    named.extend(digests_in(record.key.as_str().as_bytes()));
                    named.extend(digests_in(&record.value));
                }
                self.mark(named).await?;
                after = last;
                if is_last {
                    break;
                }
            }
            // One page is one moment: no record stands otherwise than it was read.
            if pages == 1 {
                return Ok(());
            }
            since = start;
        }
    }

    /// Marks these objects and all that they reach.
    pub(super) async fn mark(&mut self, digests: impl IntoIterator<Item = Digest>) -> Result<(), Error> {
        let mut waiting: Vec<Digest> = digests.into_iter().filter(|digest| self.marked.insert(*digest)).collect();
        while !waiting.is_empty() {
            let batch = waiting.split_off(waiting.len().saturating_sub(OBJECTS));
            let found = self.store.objects(&batch).await?;
            for (digest, bytes) in batch.iter().zip(found) {
                match bytes {
                    Some(bytes) => waiting.extend(digests_in(&bytes).filter(|digest| self.marked.insert(*digest))),
                    // What looks like a digest and is none, or is stored from now on: then it is looked at again.
                    None => drop(self.marked.remove(digest)),
                }
            }
        }
        Ok(())
    }

    /// Whether what a record names is kept because of it.
    fn keeps(&self, key: &Key) -> bool {
        let segments: Vec<&str> = key.segments().take(3).collect();
        let is_audit = matches!(segments[..], ["bots", _, "audit" | "audit-head"]);
        !is_audit && key.as_str() != unreferenced::KEY && !self.ignored.contains(key)
    }
}
