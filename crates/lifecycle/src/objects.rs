//! Reading objects of a store through a cache that lasts for one act.

use greenroom_model::{Digest, Document, Interrupt, MemoryObjects, Objects, PartPath};
use greenroom_store::{Store, with_objects};

use crate::Error;

/// Objects of a store, read once.
pub(crate) struct ObjectReader<'a> {
    store: &'a dyn Store,
    cache: MemoryObjects,
}

impl<'a> ObjectReader<'a> {
    pub(crate) fn new(store: &'a dyn Store) -> Self {
        Self { store, cache: MemoryObjects::new() }
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
