//! Loaded bots, shared by all conversations: each content is loaded once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_bot::Bot;
use greenroom_model::{Content, Digest, Interrupt, MemoryObjects, Objects, Record as _, Version};
use greenroom_store::{Store, with_objects};

use crate::Error;

/// How many contents stay loaded.
const CAPACITY: usize = 32;

/// The bots that are loaded, the least recently used going first.
#[derive(Default)]
pub(crate) struct LoadedBots {
    inner: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    bots: HashMap<Content, (Arc<Bot>, u64)>,
    versions: HashMap<Digest, Content>,
    clock: u64,
}

impl LoadedBots {
    /// How many are loaded.
    pub(crate) fn len(&self) -> usize {
        self.lock().bots.len()
    }

    /// The bot of a content. Loading happens outside the lock: others are
    /// answered meanwhile.
    pub(crate) async fn of_content(&self, store: &dyn Store, content: &Content) -> Result<Arc<Bot>, Error> {
        if let Some(bot) = self.find(content) {
            return Ok(bot);
        }
        let mut cache = MemoryObjects::new();
        let bot = with_objects(store, &mut cache, |objects| greenroom_bot::load(objects, content)).await??;
        Ok(self.keep(content, Arc::new(bot)))
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

    fn find(&self, content: &Content) -> Option<Arc<Bot>> {
        let mut shelf = self.lock();
        shelf.clock += 1;
        let now = shelf.clock;
        let (bot, used) = shelf.bots.get_mut(content)?;
        *used = now;
        Some(bot.clone())
    }

    fn keep(&self, content: &Content, bot: Arc<Bot>) -> Arc<Bot> {
        let mut shelf = self.lock();
        shelf.clock += 1;
        let now = shelf.clock;
        let kept = shelf.bots.entry(content.clone()).or_insert((bot, now)).0.clone();
        while shelf.bots.len() > CAPACITY {
            let oldest = shelf.bots.iter().min_by_key(|(_, (_, used))| *used).map(|(content, _)| content.clone());
            let Some(oldest) = oldest else { break };
            shelf.bots.remove(&oldest);
            shelf.versions.retain(|_, content| *content != oldest);
        }
        kept
    }
}
