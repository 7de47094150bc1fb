//! Reading objects of a store through a cache that acts hand on to each other.
//!
//! Objects never change, so what one act has read is right for the next: it
//! saves a large bot the rounds that walk down its deeper trees.

use std::sync::{Arc, Mutex, PoisonError};

use greenroom_model::{Digest, Document, Interrupt, MemoryObjects, Objects, PartPath};
use greenroom_store::{Store, with_objects};

use crate::Error;

/// How much an act may hand on, in bytes: 32 MiB. A cache that outgrew it is dropped.
const MAX_CACHE_BYTES: usize = 32 << 20;

/// Where a cache waits for the next act. An act that finds none begins with an empty one.
#[derive(Clone, Default)]
pub(crate) struct ObjectCache {
    waiting: Arc<Mutex<Option<MemoryObjects>>>,
}

/// Objects of a store, read once.
pub(crate) struct ObjectReader<'a> {
    store: &'a dyn Store,
    home: &'a ObjectCache,
    cache: MemoryObjects,
}

impl Drop for ObjectReader<'_> {
    fn drop(&mut self) {
        let cache = std::mem::take(&mut self.cache);
        let mut waiting = self.home.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_better = waiting.as_ref().is_none_or(|other| other.len() < cache.len());
        if is_better && cache.bytes() <= MAX_CACHE_BYTES {
            *waiting = Some(cache);
        }
    }
}

impl<'a> ObjectReader<'a> {
    pub(crate) fn new(store: &'a dyn Store, home: &'a ObjectCache) -> Self {
        let waiting = home.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        Self { store, home, cache: waiting.unwrap_or_default() }
    }

    /// Keeps objects that the act made itself and the store does not have yet.
    pub(crate) fn keep(&mut self, objects: &[(Digest, bytes::Bytes)]) {
        for (digest, bytes) in objects {
            self.cache.insert_checked(*digest, bytes.clone());
        }
    }

    /// Runs a pure algorithm, fetching what it needs.
    pub(crate) async fn run<T>(
        &mut self,
        algorithm: impl FnMut(&MemoryObjects) -> Result<T, Interrupt> + Send,
    ) -> Result<T, Error> {
        Ok(with_objects(self.store, &mut self.cache, algorithm).await?)
    }

    /// The documents of parts, in the order asked.
    pub(crate) async fn documents(&mut self, parts: &[(PartPath, Digest)]) -> Result<Vec<Document>, Error> {
        let wanted: std::collections::BTreeSet<Digest> = parts.iter().map(|(_, digest)| *digest).collect();
        self.run(|objects| {
            let need: std::collections::BTreeSet<Digest> =
                wanted.iter().filter(|digest| objects.get(digest).is_none()).copied().collect();
            if need.is_empty() { Ok(()) } else { Err(Interrupt::Need(need)) }
        })
        .await?;
        parts
            .iter()
            .map(|(path, digest)| {
                let bytes = self.cache.get(digest).ok_or(greenroom_model::Error::Missing(*digest))?;
                Ok(Document::from_json(path, &bytes)?)
            })
            .collect()
    }

    /// The bytes of one object.
    pub(crate) async fn bytes(&mut self, digest: Digest) -> Result<bytes::Bytes, Error> {
        self.run(move |objects| match objects.get(&digest) {
            Some(bytes) => Ok(bytes),
            None => Err(Interrupt::Need([digest].into())),
        })
        .await
    }
}
