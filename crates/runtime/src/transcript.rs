//! What was said: every turn is kept beside the session that it led to, until
//! retention or the person it belongs to wants it gone.
//!
//! Turns of a place stand under names that sort the newest first, so that the
//! latest are read and the oldest are swept without looking at the others. A
//! second, empty record a turn finds those of one conversation.

use greenroom_bot::{StoredTurn, TurnId};
use greenroom_model::{BotId, Record as _};
use greenroom_store::{Commit, Expected, Key, layout};
use jiff::Timestamp;

use crate::session::StoredSession;
use crate::{Error, Place, Runtime};

/// How many turns are deleted in one commit.
const BATCH: usize = 200;

/// Adds the records of a turn to the commit that stores its session.
pub(crate) fn keep(turn: &StoredTurn, commit: Commit, bot: &BotId, place: &Place) -> Result<Commit, Error> {
    let name = turn.id.as_str();
    Ok(commit
        .put(layout::turns(bot, place.key())?.child(name)?, turn.to_plain_bytes())
        .put(layout::conversation(bot, place.key(), &turn.conversation)?.child(name)?, ""))
}

impl Runtime {
    /// The turns of a place, the newest first: at most `limit` that are older than `after`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn turns(
        &self,
        bot: &BotId,
        place: &Place,
        after: Option<&TurnId>,
        limit: usize,
    ) -> Result<Vec<StoredTurn>, Error> {
        let prefix = layout::turns(bot, place.key())?;
        let after = after.map(|after| prefix.child(after.as_str())).transpose()?;
        let page = self.store().records(&prefix, after.as_ref(), limit).await?;
        page.iter().map(|record| Ok(StoredTurn::from_bytes(&record.value)?)).collect()
    }

    /// The turns of one conversation, the newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn conversation(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
        after: Option<&TurnId>,
        limit: usize,
    ) -> Result<Vec<StoredTurn>, Error> {
        let prefix = layout::conversation(bot, place.key(), conversation)?;
        let after = after.map(|after| prefix.child(after.as_str())).transpose()?;
        let turns = layout::turns(bot, place.key())?;
        let mut found = Vec::new();
        for record in self.store().records(&prefix, after.as_ref(), limit).await? {
            if let Some(turn) = self.store().record(&turns.child(record.key.name())?).await? {
                found.push(StoredTurn::from_bytes(&turn.value)?);
            }
        }
        Ok(found)
    }

    /// Takes a turn out of the inbox; it stays in the transcript. `false` when
    /// there is no such turn, or it was settled before.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn settle(&self, bot: &BotId, place: &Place, turn: &TurnId) -> Result<bool, Error> {
        let key = layout::turns(bot, place.key())?.child(turn.as_str())?;
        loop {
            let Some(record) = self.store().record(&key).await? else { return Ok(false) };
            let stored = StoredTurn::from_bytes(&record.value)?;
            if !stored.open {
                return Ok(false);
            }
            let settled = StoredTurn { open: false, ..stored };
            match self.store().commit(Commit::new().swap(&record, settled.to_plain_bytes())).await {
                Ok(_) => return Ok(true),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Erases a conversation: its session and all that was said in it. Tells how many turns that were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn erase(&self, bot: &BotId, place: &Place, conversation: &str) -> Result<usize, Error> {
        let erased = self.delete_conversation(bot, place, conversation).await?;
        self.store().wipe().await?;
        Ok(erased)
    }

    /// Deletes a conversation; the store may keep traces of it until it is wiped.
    pub(crate) async fn delete_conversation(
        &self,
        bot: &BotId,
        place: &Place,
        conversation: &str,
    ) -> Result<usize, Error> {
        let session = self.store().record(&layout::session(bot, place.key(), conversation)?).await?;
        let person = session.map(|record| StoredSession::from_bytes(&record.value)).transpose()?;
        self.forget(bot, place, conversation).await?;
        if let Some(person) = person.and_then(|stored| stored.person) {
            let theirs = layout::conversation_of_person(bot, place.key(), &person, conversation)?;
            self.store().commit(delete(Commit::new(), theirs)).await?;
        }
        let prefix = layout::conversation(bot, place.key(), conversation)?;
        let turns = layout::turns(bot, place.key())?;
        let mut erased = 0;
        loop {
            let page = self.store().records(&prefix, None, BATCH).await?;
            if page.is_empty() {
                return Ok(erased);
            }
            erased += page.len();
            let mut commit = Commit::new();
            for record in page {
                commit = delete(commit, turns.child(record.key.name())?);
                commit = delete(commit, record.key);
            }
            self.store().commit(commit).await?;
        }
    }

    /// Deletes what was said in a place before a time. Tells how many turns that were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn sweep(&self, bot: &BotId, place: &Place, before: Timestamp) -> Result<usize, Error> {
        let prefix = layout::turns(bot, place.key())?;
        // All later names in the order are older.
        let bound = prefix.child(&TurnId::before(before))?;
        let mut swept = 0;
        loop {
            let page = self.store().records(&prefix, Some(&bound), BATCH).await?;
            if page.is_empty() {
                return Ok(swept);
            }
            swept += page.len();
            let mut commit = Commit::new();
            for record in page {
                let turn = StoredTurn::from_bytes(&record.value)?;
                let conversation = layout::conversation(bot, place.key(), &turn.conversation)?;
                commit = delete(commit, conversation.child(record.key.name())?);
                commit = delete(commit, record.key);
            }
            self.store().commit(commit).await?;
        }
    }
}

fn delete(commit: Commit, key: Key) -> Commit {
    commit.with(key, Expected::Any, None)
}
