//! The runtime: what it stands on, and the way in for a message.

use std::sync::Arc;

use greenroom_model::{BotId, Environment};
use greenroom_nlp::Vectors;
use greenroom_store::{Commit, Store, layout};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::effects::{Chance, Effects};
use crate::handlers::Handlers;
use crate::lanes::Lanes;
use crate::loaded::LoadedBots;
use crate::stage::Scene;
use crate::{Answer, EffectLimits, Error, HttpClient, Message, Observer, Place};

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Answers messages, on tokio. A clone is another handle to the same runtime.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) effects: Effects,
    pub(crate) clock: Clock,
    /// Where the users are.
    pub(crate) time_zone: TimeZone,
    pub(crate) loaded: Arc<LoadedBots>,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    /// Tells this process's effects from those of others on the same store.
    pub(crate) runner: u64,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("handlers", &self.effects.handlers).finish_non_exhaustive()
    }
}

impl Runtime {
    /// On this store, without handlers, by the system's clock and in its time zone.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            effects: Effects::new(),
            clock: Arc::new(Timestamp::now),
            time_zone: TimeZone::system(),
            loaded: Arc::new(LoadedBots::with_vectors(Vec::new())),
            lanes: Arc::default(),
            observer: None,
            runner: runner(),
        }
    }

    /// The same for users in another time zone: it says which day `tomorrow` is.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = time_zone;
        self
    }

    /// The same with the embedder's handlers.
    #[must_use]
    pub fn with_handlers(mut self, handlers: Handlers) -> Self {
        self.effects.handlers = handlers;
        self
    }

    /// The same with a client for the requests that flows ask for; without one they all fail.
    #[must_use]
    pub fn with_http(mut self, client: Arc<dyn HttpClient>) -> Self {
        self.effects.http = Some(client);
        self
    }

    /// The same with somebody who hears of events, handovers, and what is said unasked.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The same with other limits on what effects may take.
    #[must_use]
    pub fn with_effect_limits(mut self, limits: EffectLimits) -> Self {
        self.effects.limits = limits;
        self
    }

    /// The same with another source of chance, from 0 to 1: it spreads the waits between attempts.
    #[must_use]
    pub fn with_chance(mut self, chance: Chance) -> Self {
        self.effects.chance = chance;
        self
    }

    /// The same with more static vectors than this build ships, for models that need them.
    #[must_use]
    pub fn with_vectors(mut self, vectors: Vec<Vectors>) -> Self {
        self.loaded = Arc::new(LoadedBots::with_vectors(vectors));
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The store that it stands on.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The bots that are loaded.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.loaded.len()
    }

    /// How many bots stay loaded at most.
    pub const CAPACITY: usize = crate::loaded::CAPACITY;

    /// Loads what an environment runs, so that its first message need not wait for that: where it
    /// cannot be loaded, the version before it, which then answers.
    ///
    /// # Errors
    /// [`Error::Load`], [`Error::Store`], where nothing can answer.
    pub async fn load(&self, pointer: &Environment) -> Result<(), Error> {
        self.answering(pointer.clone()).await.map(drop)
    }

    /// Answers one message of a conversation. A conversation's id may be any
    /// text; its first message begins it.
    ///
    /// - Messages of one conversation are answered one after another in the order
    ///   in which they are handed over, those of different ones side by side.
    /// - A message [with an id](Message::with_id) is answered once: sent again, it
    ///   gets the same replies. The last 32 ids of a conversation are known.
    /// - Session and transcript are stored in one commit, before a handler is
    ///   called, and the commit says that the call is begun. After a crash it is
    ///   not made again: the flow goes on by its `on_error` as soon as the
    ///   conversation is touched.
    /// - What was begun is ended, also where the future is dropped.
    /// - Where the store has lost or damaged a piece of what the environment runs, the version
    ///   that ran before answers, and the log says so; [`Answer::version`] tells which it was.
    ///
    /// # Errors
    /// [`Error::BotNotFound`], [`Error::NeverPublished`], [`Error::Load`],
    /// [`Error::Store`]; [`Error::Contended`] where 100 messages of the
    /// conversation wait already.
    pub async fn reply(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        message: &Message,
    ) -> Result<Answer, Error> {
        self.converse(bot, place, conversation, message, false).await
    }

    /// Takes a message, or what happens by itself, when the conversation's turn comes.
    pub(crate) async fn converse(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        message: &Message,
        happens: bool,
    ) -> Result<Answer, Error> {
        let scene = Scene::new(bot, place, conversation)?;
        let contended = || Error::Contended(conversation.to_owned());
        let turn = self.lanes.turn(&scene.key).await.ok_or_else(contended)?;
        let (runtime, message) = (self.clone(), message.clone());
        // A task of its own: who no longer waits must not leave a turn half done.
        let task = tokio::spawn(async move {
            let answer = runtime.take_turn(&scene, &message, happens).await;
            drop(turn);
            answer
        });
        match task.await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The process ends, and with it the runtime that the task ran on.
            Err(_) => Err(Error::Ending),
        }
    }

    /// Forgets a conversation: its next message begins it anew.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget(&self, bot: &BotId, place: &Place, conversation: &str) -> Result<(), Error> {
        let key = layout::session(bot, place.key(), conversation)?;
        let _turn = self.lanes.turn(&key).await.ok_or_else(|| Error::Contended(conversation.to_owned()))?;
        self.store.commit(Commit::new().with(key, greenroom_store::Expected::Any, None)).await?;
        Ok(())
    }
}

/// A number that no other process has, as far as chance goes.
fn runner() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // Without randomness from the system, that of the standard library's hashes will do.
    getrandom::u64().unwrap_or_else(|_| std::hash::RandomState::new().build_hasher().finish())
}
