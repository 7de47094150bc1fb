//! Loaded bots, shared by all conversations: each content is loaded once, however
//! many messages wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_bot::{Bot, shipped_vectors};
use greenroom_model::{Content, Digest, Interrupt, MemoryObjects, Objects, Record as _, Version};
use greenroom_nlp::Vectors;
use greenroom_store::{Store, with_objects};
use tokio::sync::OnceCell;

use crate::Error;

/// How many contents stay loaded.
pub(crate) const CAPACITY: usize = 32;

/// A bot that is loaded, or will be by the first who needs it.
type Place = Arc<OnceCell<Arc<Bot>>>;

/// The bots that are loaded, the least recently used going first.
pub(crate) struct LoadedBots {
    inner: Mutex<Shelf>,
    vectors: Vec<Vectors>,
}

#[derive(Default)]
struct Shelf {
    bots: HashMap<Content, (Place, u64)>,
    versions: HashMap<Digest, Content>,
    clock: u64,
}

impl LoadedBots {
    /// None yet; what will be loaded takes its static vectors from these and the shipped ones.
    pub(crate) fn with_vectors(mut vectors: Vec<Vectors>) -> Self {
        vectors.extend_from_slice(shipped_vectors());
        Self { inner: Mutex::default(), vectors }
    }

    /// How many are loaded.
    pub(crate) fn len(&self) -> usize {
        self.lock().bots.values().filter(|(place, _)| place.initialized()).count()
    }

    /// The bot of a content. Loading happens outside the lock: those that need
    /// another are answered meanwhile.
    pub(crate) async fn of_content(&self, store: &dyn Store, content: &Content) -> Result<Arc<Bot>, Error> {
        let place = self.place(content);
        let load = async || {
            let mut cache = MemoryObjects::new();
            let bot = with_objects(store, &mut cache, |objects| greenroom_bot::load(objects, content, &self.vectors))
                .await??;
            Ok::<_, Error>(Arc::new(bot))
        };
        // Where loading fails or is given up, the next who waits tries anew.
        place.get_or_try_init(load).await.cloned()
    }

    /// The bot of a version.
    pub(crate) async fn of_version(&self, store: &dyn Store, version: Digest) -> Result<Arc<Bot>, Error> {
        let known = self.lock().versions.get(&version).cloned();
        let content = match known {
            Some(content) => content,
            None => {
                let mut cache = MemoryObjects::new();
                let bytes = with_objects(store, &mut cache, |objects| {
                    objects.get(&version).ok_or_else(|| Interrupt::Need([version].into()))
                })
                .await?;
                let content = Version::from_bytes(&bytes)?.content;
                self.lock().versions.insert(version, content.clone());
                content
            }
        };
        self.of_content(store, &content).await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shelf> {
        // The shelf holds no invariant that a panic could have broken half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the bot of a content stands; the least recently used makes room.
    fn place(&self, content: &Content) -> Place {
        let mut shelf = self.lock();
        shelf.clock += 1;
        let now = shelf.clock;
        if let Some((place, used)) = shelf.bots.get_mut(content) {
            *used = now;
            return place.clone();
        }
        let place = Place::default();
        shelf.bots.insert(content.clone(), (place.clone(), now));
        while shelf.bots.len() > CAPACITY {
            let oldest = shelf.bots.iter().min_by_key(|(_, (_, used))| *used).map(|(content, _)| content.clone());
            let Some(oldest) = oldest else { break };
            shelf.bots.remove(&oldest);
            shelf.versions.retain(|_, content| *content != oldest);
        }
        place
    }
}
