//! Times that flows wait for: kept by the commit of the turn that begins them,
//! rung by whoever finds them due, and heard once.

use greenroom_bot::UserInput;
use greenroom_flow::Effect;
use greenroom_model::{BotId, Record as _};
use greenroom_store::{Commit, Expected, Key, layout};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::stage::Scene;
use crate::{Error, Message, Place, Runtime};

/// How many timers are rung in one go.
const BATCH: usize = 200;

/// A timer as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredTimer {
    bot: BotId,
    /// As the keys of its sessions name it.
    place: String,
    conversation: String,
    number: u64,
}

impl greenroom_model::Record for StoredTimer {
    const WHAT: &'static str = "a timer of a conversation";
    const FORMAT: u32 = 1;
}

/// Adds the timers that a step begins to the commit that stores it.
pub(crate) fn keep_timers(
    mut commit: Commit,
    scene: &Scene,
    effects: &[Effect],
    now: Timestamp,
) -> Result<Commit, Error> {
    for effect in effects {
        let Effect::Timer { number, seconds } = effect else { continue };
        let due = now.checked_add(SignedDuration::from_secs(i64::from(*seconds))).unwrap_or(Timestamp::MAX);
        let place = scene.place.key().to_owned();
        let (bot, conversation) = (scene.bot.clone(), scene.conversation.clone());
        let timer = StoredTimer { bot, place, conversation, number: *number };
        let key = layout::timer(due.as_microsecond(), &scene.bot, scene.place.key(), &scene.conversation, *number)?;
        commit = commit.put(key, timer.to_plain_bytes());
    }
    Ok(commit)
}

impl Runtime {
    /// Lets the time of every timer end that is due; call it every second or so.
    /// What the bot says then comes with the conversation's next answer, and the
    /// [`Observer`](crate::Observer) hears of it at once. Tells how many were due.
    ///
    /// Any number of processes may call this: a timer is heard once. One that
    /// nothing waits for any more has no effect.
    ///
    /// # Errors
    /// [`Error::Store`]; what was not rung is due the next time.
    pub async fn ring_due_timers(&self) -> Result<usize, Error> {
        let now = (self.clock)();
        let timers = layout::timers()?;
        let mut rung = 0;
        let mut after: Option<Key> = None;
        loop {
            let page = self.store().records(&timers, after.as_ref(), BATCH).await?;
            let whole = page.len() == BATCH;
            for record in page {
                if layout::timer_due(&record.key).is_some_and(|due| due > now.as_microsecond()) {
                    return Ok(rung);
                }
                rung += 1;
                if self.ring(&record.key, &record.value).await {
                    let gone = Commit::new().with(record.key.clone(), Expected::Any, None);
                    self.store().commit(gone).await?;
                }
                after = Some(record.key);
            }
            if !whole {
                return Ok(rung);
            }
        }
    }

    /// Whether a timer is done with.
    async fn ring(&self, key: &Key, value: &[u8]) -> bool {
        let timer = match StoredTimer::from_bytes(value) {
            Ok(timer) => timer,
            Err(error) => {
                tracing::error!(%error, %key, "a timer cannot be read; it is thrown away");
                return true;
            }
        };
        let StoredTimer { bot, place, conversation, number } = timer;
        let Some(place) = Place::of_key(&place) else { return true };
        let message = Message::new(UserInput::Timeout(number)).with_id(format!("timer {key}"));
        match self.converse(&bot, &place, &conversation, &message, true).await {
            Ok(_) => true,
            // The bot is gone, or cannot be loaded any more: nobody waits.
            Err(Error::BotNotFound(_) | Error::NeverPublished { .. } | Error::Load(_)) => true,
            Err(error) => {
                tracing::warn!(%error, %bot, "a timer could not be rung; it is tried again");
                false
            }
        }
    }
}
