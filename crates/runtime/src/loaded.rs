//! Loaded bots, shared by all conversations: each content is loaded once, however
//! many messages wait for it. What cannot be loaded is not tried anew for each message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_bot::{Bot, shipped_vectors};
use greenroom_model::{Content, Digest, Interrupt, MemoryObjects, Objects, Record as _, Version};
use greenroom_nlp::Vectors;
use greenroom_store::{Store, with_objects};
use tokio::sync::OnceCell;
use tokio::time::{Duration, Instant};

use crate::Error;

/// How many contents stay loaded.
pub(crate) const CAPACITY: usize = 32;

/// For how long a version that cannot be loaded is not tried anew, as long as another stands in for it.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(10);

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
    versions: HashMap<Digest, Known>,
    /// Versions that could not be loaded, and when that was tried last.
    failed: HashMap<Digest, Instant>,
    clock: u64,
}

/// What is known of a version.
#[derive(Clone)]
struct Known {
    content: Content,
    parent: Option<Digest>,
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
        let known = self.known(store, version).await?;
        self.of_content(store, &known.content).await
    }

    /// The version that ran before this one.
    pub(crate) async fn parent_of(&self, store: &dyn Store, version: Digest) -> Result<Option<Digest>, Error> {
        Ok(self.known(store, version).await?.parent)
    }

    async fn known(&self, store: &dyn Store, version: Digest) -> Result<Known, Error> {
        let known = self.lock().versions.get(&version).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut cache = MemoryObjects::new();
        let bytes = with_objects(store, &mut cache, |objects| {
            objects.get(&version).ok_or_else(|| Interrupt::Need([version].into()))
        })
        .await?;
        let Version { content, parent, .. } = Version::from_bytes(&bytes)?;
        let known = Known { content, parent };
        self.lock().versions.insert(version, known.clone());
        Ok(known)
    }

    /// Whether the version could not be loaded a moment ago.
    pub(crate) fn failed_lately(&self, version: Digest) -> bool {
        self.lock().failed.get(&version).is_some_and(|tried| tried.elapsed() < TRY_AGAIN_AFTER)
    }

    /// Notes that the version could not be loaded, or that it could.
    pub(crate) fn note_failure(&self, version: Digest, failed: bool) {
        let mut shelf = self.lock();
        shelf.failed.retain(|_, tried| tried.elapsed() < TRY_AGAIN_AFTER);
        if failed {
            shelf.failed.insert(version, Instant::now());
        } else {
            shelf.failed.remove(&version);
        }
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
            shelf.versions.retain(|_, known| known.content != oldest);
        }
        place
    }
}
