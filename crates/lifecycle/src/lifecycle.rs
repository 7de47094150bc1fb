//! The entry: a store, who acts, and the clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use greenroom_bot::shipped_vectors;
use greenroom_model::document::Settings;
use greenroom_model::{BotId, Content, Digest, Document, Draft, PartPath, Record as _, index, tree};
use greenroom_nlp::Vectors;
use greenroom_store::{Commit, Key, Store, layout};
use jiff::Timestamp;

use crate::objects::ObjectCache;
use crate::{Act, Bot, Error, PartEdit};

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What authors do, on a store.
#[derive(Clone)]
pub struct Lifecycle {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) actor: String,
    pub(crate) clock: Clock,
    /// The static vectors that models are trained with and need.
    pub(crate) vectors: Arc<[Vectors]>,
    /// What acts have read of the store.
    pub(crate) objects: ObjectCache,
    /// Why this build cannot load a model's bytes, for those that were looked at.
    pub(crate) loadable: Arc<Mutex<HashMap<Digest, Option<String>>>>,
}

impl std::fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lifecycle").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Lifecycle {
    /// On this store, acting as `unknown`, by the system's clock.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            actor: "unknown".to_owned(),
            clock: Arc::new(Timestamp::now),
            vectors: shipped_vectors().into(),
            objects: ObjectCache::default(),
            loadable: Arc::default(),
        }
    }

    /// The same under a name: every act carries it.
    #[must_use]
    pub fn acting_as(mut self, actor: impl Into<String>) -> Self {
        self.actor = actor.into();
        self
    }

    /// The same with more static vectors than this build ships. Of those for a language the
    /// first are trained with, these before the shipped ones.
    #[must_use]
    pub fn with_vectors(mut self, mut vectors: Vec<Vectors>) -> Self {
        vectors.extend_from_slice(shipped_vectors());
        self.vectors = vectors.into();
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The ids of all bots, sorted.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn bots(&self) -> Result<Vec<BotId>, Error> {
        let catalog = layout::catalog()?;
        let mut bots = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            let page = self.store.records(&catalog, after.as_ref(), 1_000).await?;
            let Some(last) = page.last() else { return Ok(bots) };
            after = Some(last.key.clone());
            for record in &page {
                bots.push(record.key.name().parse()?);
            }
        }
    }

    /// Makes a bot whose draft has settings and nothing else.
    ///
    /// # Errors
    /// [`Error::BotExists`]; [`Error::Model`] for settings that break a rule.
    pub async fn create(&self, id: &BotId, settings: Settings) -> Result<Bot, Error> {
        self.create_from(id, [(PartPath::Settings, Document::Settings(settings))].into()).await
    }

    /// Makes a bot whose draft has these parts, in one step: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::BotExists`]; [`Error::Model`] for a document that breaks a rule of its form.
    pub async fn create_from(&self, id: &BotId, parts: BTreeMap<PartPath, Document>) -> Result<Bot, Error> {
        let (tree, written) = tree::empty();
        let (index, indexed) = index::empty(greenroom_flow::FACTS_VERSION);
        let empty = Content { tree, index, models: Default::default() };
        let bot = Bot::new(self.clone(), id.clone());
        let mut commit = Commit::new().objects(written).objects(indexed);
        // The draft is prepared on objects that are not stored yet: one commit makes it all.
        let mut objects = crate::objects::ObjectReader::new(&*self.store, &self.objects);
        objects.keep(&commit.objects);
        let edits: Vec<PartEdit> = parts.into_iter().map(|(path, document)| PartEdit::put(path, document)).collect();
        let prepared = bot.prepare(&mut objects, &empty, &edits).await?;
        commit.objects.extend(prepared.objects);
        let draft = Draft { content: prepared.content };
        commit = commit.create(layout::catalog_entry(id)?, "{}").create(layout::draft(id)?, draft.to_bytes());
        match self.act(id, Act::Created, commit).await {
            Ok(()) => Ok(bot),
            Err(Error::Store(greenroom_store::Error::Conflict { .. })) => Err(Error::BotExists(id.clone())),
            Err(error) => Err(error),
        }
    }

    /// A bot that exists.
    ///
    /// # Errors
    /// [`Error::BotNotFound`].
    pub async fn bot(&self, id: &BotId) -> Result<Bot, Error> {
        match self.store.record(&layout::catalog_entry(id)?).await? {
            Some(_) => Ok(Bot::new(self.clone(), id.clone())),
            None => Err(Error::BotNotFound(id.clone())),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
