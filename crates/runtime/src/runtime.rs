//! One message, one turn: read, walk, store, then act.

use std::sync::Arc;

use greenroom_bot::{Bot, Turn, UserInput};
use greenroom_flow::Effect;
use greenroom_model::{BotId, Digest, Draft, Environment, Record as _};
use greenroom_nlp::Vectors;
use greenroom_store::{Commit, Key, Record, Store, layout};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::handlers::{HandlerCall, Handlers};
use crate::loaded::LoadedBots;
use crate::session::{Continuation, StoredSession};
use crate::transcript::{StoredTurn, TurnId};
use crate::{Answer, Error, Message, Place};

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How often a turn is repeated when another message of the same conversation came first.
const MAX_REPEATS: usize = 100;

/// How many handler calls one message may lead to.
const MAX_CALLS: usize = 50;

/// Answers messages. Share it behind an `Arc`; all methods take `&self`.
pub struct Runtime {
    store: Arc<dyn Store>,
    handlers: Handlers,
    clock: Clock,
    /// Where the users are.
    time_zone: TimeZone,
    loaded: LoadedBots,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("handlers", &self.handlers).finish_non_exhaustive()
    }
}

/// Which conversation a turn belongs to.
struct Scene<'a> {
    bot: &'a BotId,
    place: &'a Place,
    conversation: &'a str,
    key: Key,
}

/// What a turn stands on: the bot that answers and the session that it continues.
struct Stage {
    bot: Arc<Bot>,
    version: Option<Digest>,
    record: Option<Record>,
    stored: StoredSession,
    /// Where the users are.
    now: DateTime,
}

impl Runtime {
    /// On this store, without handlers, by the system's clock and in its time zone.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            handlers: Handlers::new(),
            clock: Arc::new(Timestamp::now),
            time_zone: TimeZone::system(),
            loaded: LoadedBots::with_vectors(Vec::new()),
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
        self.handlers = handlers;
        self
    }

    /// The same with more static vectors than this build ships, for models that need them.
    #[must_use]
    pub fn with_vectors(mut self, vectors: Vec<Vectors>) -> Self {
        self.loaded = LoadedBots::with_vectors(vectors);
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

    /// Loads what an environment runs, so that its first message need not wait for that.
    ///
    /// # Errors
    /// [`Error::Load`], [`Error::Store`].
    pub async fn load(&self, pointer: &Environment) -> Result<(), Error> {
        self.loaded.of_version(&*self.store, pointer.stable).await.map(drop)
    }

    /// Answers one message of a conversation. A conversation's id may be any
    /// text; its first message begins it.
    ///
    /// Messages of one conversation are answered one after another, whoever
    /// sends them at once; those of different ones side by side. Session and
    /// transcript are stored in one commit, before a handler is called, so a call
    /// is never made twice.
    ///
    /// # Errors
    /// [`Error::BotNotFound`], [`Error::NeverPublished`], [`Error::Load`],
    /// [`Error::Store`].
    pub async fn reply(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        message: &Message,
    ) -> Result<Answer, Error> {
        let key = layout::session(bot, place.key(), conversation)?;
        let scene = Scene { bot, place, conversation, key };
        for _ in 0..MAX_REPEATS {
            let stage = self.stage(bot, place, &scene.key, message).await?;
            let turn = stage.bot.turn_at(&stage.stored.session, &message.input, Some(stage.now));
            let kept = self.kept_turn(&scene, &stage, message, &turn);
            match self.store_session(&scene, &stage, &turn, &kept).await? {
                Some(record) => return self.perform(&scene, stage, record, turn, kept).await,
                None => continue,
            }
        }
        Err(Error::Contended(conversation.to_owned()))
    }

    /// Forgets a conversation: its next message begins it anew.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget(&self, bot: &BotId, place: &Place, conversation: &str) -> Result<(), Error> {
        let key = layout::session(bot, place.key(), conversation)?;
        self.store.commit(Commit::new().with(key, greenroom_store::Expected::Any, None)).await?;
        Ok(())
    }

    /// The date and time where the users are.
    fn local(&self, now: Timestamp) -> DateTime {
        now.to_zoned(self.time_zone.clone()).datetime()
    }

    /// Chooses the bot and the session: one reading of both the environment's pointer
    /// and the session, so that a turn belongs to one version whatever is published
    /// meanwhile, and never to an older one than the session has seen.
    async fn stage(&self, bot: &BotId, place: &Place, key: &Key, message: &Message) -> Result<Stage, Error> {
        let now = (self.clock)();
        let chosen_by = match place {
            Place::Draft => layout::draft(bot)?,
            Place::Environment(environment) => layout::environment(bot, environment)?,
        };
        let mut found = self.store.look_up(&[key.clone(), chosen_by]).await?.into_iter();
        let (record, chosen_by) = (found.next().flatten(), found.next().flatten());
        let stored = record.as_ref().map(|record| StoredSession::from_bytes(&record.value)).transpose()?;
        let language = message.language.clone();
        match place {
            Place::Draft => {
                let draft = chosen_by.ok_or_else(|| Error::BotNotFound(bot.clone()))?;
                let content = Draft::from_bytes(&draft.value)?.content;
                let bot = self.loaded.of_content(&*self.store, &content).await?;
                let stored = match stored {
                    Some(stored) if !stored.is_idle(&bot.settings().sessions, now) => stored,
                    Some(_) | None => StoredSession::begin(&bot, language, None, now),
                };
                Ok(Stage { bot, version: None, record, stored, now: self.local(now) })
            }
            Place::Environment(environment) => {
                let Some(pointer) = chosen_by else {
                    return Err(match self.store.record(&layout::catalog_entry(bot)?).await? {
                        Some(_) => Error::NeverPublished { bot: bot.clone(), environment: environment.clone() },
                        None => Error::BotNotFound(bot.clone()),
                    });
                };
                let pointer = Environment::from_bytes(&pointer.value)?;
                let stable = self.loaded.of_version(&*self.store, pointer.stable).await?;
                let continuation = match &stored {
                    Some(stored) => stored.continuation(&pointer, &stable.settings().sessions, now),
                    None => Continuation::Begin,
                };
                let (bot, version, stored) = match (continuation, stored) {
                    (Continuation::Stay, Some(stored)) => match stored.version {
                        Some(version) if version != pointer.stable => {
                            (self.loaded.of_version(&*self.store, version).await?, version, stored)
                        }
                        Some(_) | None => (stable, pointer.stable, stored),
                    },
                    (Continuation::Migrate, Some(stored)) => {
                        let stored = StoredSession { version: Some(pointer.stable), pinned: now, ..stored };
                        (stable, pointer.stable, stored)
                    }
                    (Continuation::Begin, _) | (_, None) => {
                        let begun = StoredSession::begin(&stable, language, Some(pointer.stable), now);
                        (stable, pointer.stable, begun)
                    }
                };
                Ok(Stage { bot, version: Some(version), record, stored, now: self.local(now) })
            }
        }
    }

    /// The turn as the transcript keeps it.
    fn kept_turn(&self, scene: &Scene<'_>, stage: &Stage, message: &Message, turn: &Turn) -> StoredTurn {
        let time = (self.clock)();
        StoredTurn {
            id: TurnId::new(time, scene.conversation, turn.session.turn),
            conversation: scene.conversation.to_owned(),
            time,
            channel: message.channel.clone(),
            input: (&message.input).into(),
            understanding: turn.understanding.as_ref().map(Into::into),
            replies: turn.replies.clone(),
            version: stage.version,
            position: turn.session.position.clone(),
            open: turn.understanding.is_some(),
        }
    }

    /// Stores the session and the transcript after a turn; `None` when another message came first.
    async fn store_session(
        &self,
        scene: &Scene<'_>,
        stage: &Stage,
        turn: &Turn,
        kept: &StoredTurn,
    ) -> Result<Option<Record>, Error> {
        let key = &scene.key;
        let stored = StoredSession { session: turn.session.clone(), seen: (self.clock)(), ..stage.stored.clone() };
        let value = stored.to_plain_bytes();
        let commit = match &stage.record {
            Some(record) => Commit::new().swap(record, value.clone()),
            None => Commit::new().create(key.clone(), value.clone()),
        };
        let commit = kept.keep(commit, scene.bot, scene.place)?;
        match self.store.commit(commit).await {
            Ok(committed) => match committed.revisions.first().copied().flatten() {
                Some(revision) => Ok(Some(Record { key: key.clone(), revision, value })),
                None => Ok(None),
            },
            Err(greenroom_store::Error::Conflict { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Performs the effects of a turn, and the turns that their results lead to.
    async fn perform(
        &self,
        scene: &Scene<'_>,
        mut stage: Stage,
        mut record: Record,
        turn: Turn,
        mut kept: StoredTurn,
    ) -> Result<Answer, Error> {
        let mut answer = Answer {
            turn: kept.id.clone(),
            replies: turn.replies,
            understanding: turn.understanding,
            trace: turn.trace,
            version: stage.version,
            handed_over: turn.session.handed_over,
            position: turn.session.position.clone(),
            variables: turn.session.variables.clone(),
            contexts: turn.session.contexts.clone(),
            language: turn.session.language.clone(),
        };
        let mut effects = turn.effects;
        let mut session = turn.session;
        for calls in 0..=MAX_CALLS {
            let Some(Effect::Call { name, variables, .. }) =
                effects.into_iter().find(|effect| matches!(effect, Effect::Call { .. }))
            else {
                break;
            };
            let call = HandlerCall { bot: scene.bot.clone(), conversation: scene.conversation.to_owned(), variables };
            let result = if calls < MAX_CALLS {
                self.handlers.call(&name, call).await
            } else {
                Err(format!("one message led to more than {MAX_CALLS} calls of handlers; end the loop in the flow"))
            };
            stage.stored.session = session;
            stage.record = Some(record);
            let turn = stage.bot.turn_at(&stage.stored.session, &UserInput::HandlerResult(result), Some(stage.now));
            kept.replies.extend(turn.replies.iter().cloned());
            kept.position.clone_from(&turn.session.position);
            let Some(stored) = self.store_session(scene, &stage, &turn, &kept).await? else {
                // Another message was answered while the handler worked: its turn stands.
                // What the handler led to was never stored, so it is not said either.
                return Ok(answer);
            };
            record = stored;
            answer.replies.extend(turn.replies);
            answer.trace.extend(turn.trace);
            answer.handed_over = turn.session.handed_over;
            effects = turn.effects;
            session = turn.session;
            answer.position.clone_from(&session.position);
            answer.variables.clone_from(&session.variables);
            answer.contexts.clone_from(&session.contexts);
        }
        Ok(answer)
    }
}
