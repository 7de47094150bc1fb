//! What a turn stands on: the bot that answers, and the session that it continues.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenroom_bot::Bot;
use greenroom_model::{BotId, Digest, Draft, Environment, Record as _};
use greenroom_store::{Key, Record, layout};
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::session::{Continuation, StoredSession};
use crate::{Error, Message, Place, Runtime};

/// Which conversation a turn belongs to.
pub(crate) struct Scene {
    pub(crate) bot: BotId,
    pub(crate) place: Place,
    pub(crate) conversation: String,
    /// Of its session.
    pub(crate) key: Key,
}

impl Scene {
    pub(crate) fn new(bot: &BotId, place: &Place, conversation: &str) -> Result<Self, Error> {
        let key = layout::session(bot, place.key(), conversation)?;
        Ok(Self { bot: bot.clone(), place: place.clone(), conversation: conversation.to_owned(), key })
    }
}

/// What a turn stands on.
pub(crate) struct Stage {
    pub(crate) bot: Arc<Bot>,
    pub(crate) version: Option<Digest>,
    /// The session as it is stored.
    pub(crate) record: Option<Record>,
    /// The session as the turn continues it.
    pub(crate) stored: StoredSession,
    /// Whether nobody has noted yet that the conversation is its person's.
    pub(crate) is_new_to_person: bool,
    /// Where the users are.
    pub(crate) now: DateTime,
}

impl Runtime {
    /// The date and time where the users are.
    fn local(&self, now: Timestamp) -> DateTime {
        now.to_zoned(self.time_zone.clone()).datetime()
    }

    /// Chooses the bot and the session: one reading of both the environment's pointer
    /// and the session, so that a turn belongs to one version whatever is published
    /// meanwhile, and never to an older one than the session has seen.
    pub(crate) async fn stage(&self, scene: &Scene, message: &Message) -> Result<Stage, Error> {
        let Scene { bot, place, key, .. } = scene;
        let now = (self.clock)();
        let chosen_by = match place {
            Place::Draft => layout::draft(bot)?,
            Place::Environment(environment) => layout::environment(bot, environment)?,
        };
        let mut found = self.store.look_up(&[key.clone(), chosen_by]).await?.into_iter();
        let (record, chosen_by) = (found.next().flatten(), found.next().flatten());
        let stored = record.as_ref().map(|record| StoredSession::from_bytes(&record.value)).transpose()?;
        let (bot, version, mut stored) = match place {
            Place::Draft => {
                let draft = chosen_by.ok_or_else(|| Error::BotNotFound(bot.clone()))?;
                let content = Draft::from_bytes(&draft.value)?.content;
                let bot = self.loaded.of_content(&*self.store, &content).await?;
                let stored = match stored {
                    Some(stored) if !stored.is_idle(&bot.settings().sessions, now) => stored,
                    ended => self.beginning(scene, message, &bot, None, ended, now).await?,
                };
                (bot, None, stored)
            }
            Place::Environment(environment) => {
                let Some(pointer) = chosen_by else {
                    return Err(match self.store.record(&layout::catalog_entry(bot)?).await? {
                        Some(_) => Error::NeverPublished { bot: bot.clone(), environment: environment.clone() },
                        None => Error::BotNotFound(bot.clone()),
                    });
                };
                let pointer = Environment::from_bytes(&pointer.value)?;
                let (stable, pointer) = self.answering(pointer).await?;
                let continuation = match &stored {
                    Some(stored) => stored.continuation(&pointer, &stable.settings().sessions, now),
                    None => Continuation::Begin,
                };
                let (bot, version, stored) = match (continuation, stored) {
                    (Continuation::Stay, Some(stored)) => match stored.version {
                        Some(version) if version != pointer.stable => {
                            match self.loaded.of_version(&*self.store, version).await {
                                Ok(bot) => (bot, version, stored),
                                Err(error) if error.is_of_the_version() => {
                                    // Its version is gone; it goes on with the one that answers others.
                                    tracing::error!(%error, %version, "the version of a conversation cannot be loaded");
                                    let stored = StoredSession { version: Some(pointer.stable), pinned: now, ..stored };
                                    (stable, pointer.stable, stored)
                                }
                                Err(error) => return Err(error),
                            }
                        }
                        Some(_) | None => (stable, pointer.stable, stored),
                    },
                    (Continuation::Migrate, Some(stored)) => {
                        let stored = StoredSession { version: Some(pointer.stable), pinned: now, ..stored };
                        (stable, pointer.stable, stored)
                    }
                    (Continuation::Begin, ended) | (_, ended @ None) => {
                        let version = Some(pointer.stable);
                        let begun = self.beginning(scene, message, &stable, version, ended, now).await?;
                        (stable, pointer.stable, begun)
                    }
                };
                (bot, Some(version), stored)
            }
        };
        let is_new_to_person = message.person.is_some() && stored.person != message.person;
        if is_new_to_person {
            stored.person.clone_from(&message.person);
        }
        Ok(Stage { bot, version, record, stored, is_new_to_person, now: self.local(now) })
    }

    /// A conversation that begins, with what was kept of the person.
    async fn beginning(
        &self,
        scene: &Scene,
        message: &Message,
        bot: &Bot,
        version: Option<Digest>,
        ended: Option<StoredSession>,
        now: Timestamp,
    ) -> Result<StoredSession, Error> {
        let person = message.person.as_ref().or(ended.as_ref().and_then(|ended| ended.person.as_ref()));
        let kept = match (person, &ended) {
            (Some(person), _) => self.kept_of(&scene.bot, &scene.place, person).await?,
            // Nobody says who it is: whoever goes on with a conversation is who began it.
            (None, Some(ended)) => bot.graph().kept_for_user(&ended.session),
            (None, None) => BTreeMap::new(),
        };
        Ok(StoredSession::begin(bot, message.language.clone(), &kept, version, now).after(ended))
    }
}
