//! Runs the model's pure algorithms on a store: they name what they need, the store brings it.

use greenroom_model::{Digest, Interrupt, MemoryObjects, Objects};

use crate::{Error, Store};

/// Runs `algorithm`, fetches the objects that it asks for, and runs it again until it ends.
///
/// What was fetched stays in `cache`, so that the next algorithm finds it there.
/// The algorithm is called once a round and must ask for nothing that it was given.
///
/// # Errors
/// [`Error::Missing`] for a needed object that the store lacks, the algorithm's
/// own failure, [`Error::NoProgress`] if it asks only for what it was given, or
/// an error of the store.
///
/// # Examples
/// ```
/// use greenroom_model::{Digest, MemoryObjects, tree};
/// use greenroom_store::{Commit, MemoryStore, Store, with_objects};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), greenroom_store::Error> {
/// let store = MemoryStore::new();
/// let (root, written) = tree::empty();
/// store.commit(Commit::new().objects(written)).await?;
///
/// let mut cache = MemoryObjects::new();
/// let leaves = with_objects(&store, &mut cache, |objects| tree::list(objects, &root, &[])).await?;
/// assert!(leaves.is_empty());
/// # Ok(())
/// # }
/// ```
pub async fn with_objects<T>(
    store: &dyn Store,
    cache: &mut MemoryObjects,
    mut algorithm: impl FnMut(&MemoryObjects) -> Result<T, Interrupt> + Send,
) -> Result<T, Error> {
    let mut rounds = 0;
    loop {
        rounds += 1;
        let need = match algorithm(cache) {
            Ok(value) => return Ok(value),
            Err(Interrupt::Failed(error)) => return Err(error.into()),
            Err(Interrupt::Need(need)) => need,
        };
        // Each round adds an object to the cache and a store holds finitely many, so the rounds end.
        let new: Vec<Digest> = need.into_iter().filter(|digest| cache.get(digest).is_none()).collect();
        if new.is_empty() {
            return Err(Error::NoProgress { rounds });
        }
        for (digest, found) in new.iter().zip(store.objects(&new).await?) {
            cache.insert_checked(*digest, found.ok_or(Error::Missing(*digest))?);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bytes::Bytes;
    use greenroom_model::{Written, tree};

    use super::*;
    use crate::{Commit, MemoryStore};

    #[tokio::test]
    async fn fetches_level_by_level_and_no_object_twice() {
        let mut edits = tree::Edits::new();
        let names: Vec<String> = (0..1000).map(|number| format!("intent-{number}")).collect();
        for name in &names {
            edits.set(&["nlp", "intents", name], Some(Digest::of(name.as_bytes())));
        }
        let (empty, mut written) = tree::empty();
        let mut objects = MemoryObjects::new();
        written.0.iter().for_each(|(digest, bytes)| objects.insert_checked(*digest, bytes.clone()));
        let (root, more) = tree::apply(&objects, &empty, &edits).unwrap();
        written.0.extend(more.0);
        let store = MemoryStore::new();
        store.commit(Commit::new().objects(written)).await.unwrap();

        let mut cache = MemoryObjects::new();
        let mut rounds = 0;
        let leaves = with_objects(&store, &mut cache, |objects| {
            rounds += 1;
            tree::list(objects, &root, &[])
        });
        assert_eq!(leaves.await.unwrap().len(), 1000);
        assert!((3..10).contains(&rounds), "{rounds} rounds");
        let before = cache.len();
        let again = with_objects(&MemoryStore::new(), &mut cache, |objects| tree::list(objects, &root, &[])).await;
        assert_eq!(again.unwrap().len(), 1000, "the cache alone must do");
        assert_eq!(cache.len(), before);
    }

    #[tokio::test]
    async fn names_the_object_that_the_store_lacks() {
        let lost = Digest::of(b"lost");
        let result =
            with_objects(&MemoryStore::new(), &mut MemoryObjects::new(), |objects| tree::list(objects, &lost, &[]))
                .await;
        assert!(matches!(result, Err(Error::Missing(digest)) if digest == lost));
    }

    #[tokio::test]
    async fn an_algorithm_that_never_has_enough_ends() {
        let store = MemoryStore::new();
        let mut written = Written::default();
        let given = written.add(Bytes::from_static(b"given"));
        store.commit(Commit::new().objects(written)).await.unwrap();
        let greedy = |need: BTreeSet<Digest>| {
            let store = &store;
            async move {
                with_objects(store, &mut MemoryObjects::new(), |_| Err::<(), _>(Interrupt::Need(need.clone()))).await
            }
        };
        assert!(matches!(greedy([given].into()).await, Err(Error::NoProgress { rounds: 2 })));
        assert!(matches!(greedy(BTreeSet::new()).await, Err(Error::NoProgress { rounds: 1 })));
    }

    #[tokio::test]
    async fn damage_that_the_model_finds_is_the_stores_damage() {
        let garbage = Bytes::from_static(b"not a tree");
        let digest = Digest::of(&garbage);
        let store = MemoryStore::new();
        store.commit(Commit::new().object(digest, garbage)).await.unwrap();
        let result = with_objects(&store, &mut MemoryObjects::new(), |objects| tree::list(objects, &digest, &[])).await;
        assert!(matches!(result, Err(Error::Damaged { digest: found, .. }) if found == digest));
    }
}
