//! How an act enters the log: its entry and the head's swap are part of the act's own commit.

use greenroom_model::{BotId, Digest, Record as _};
use greenroom_store::{Commit, Error as StoreError, layout};

use super::entry::{AuditEntry, AuditHead};
use super::fault::AuditFault;
use crate::draft::MAX_REPEATS;
use crate::{Act, Bot, Error, Lifecycle};

impl Lifecycle {
    /// Carries out an act: commits it together with its entry in the bot's audit log.
    ///
    /// Where only the log moved meanwhile (others act on the bot, too), it is tried again. Each
    /// repetition means that another act came through.
    ///
    /// # Errors
    /// [`Error::Store`] with the conflict of the caller's own records, as without the log;
    /// [`Error::Audit`] where the log was tampered with so that it cannot go on.
    pub(crate) async fn act(&self, bot: &BotId, act: Act, commit: Commit) -> Result<(), Error> {
        let head_key = layout::audit_head(bot)?;
        for _ in 0..MAX_REPEATS {
            let standing = self.store.record(&head_key).await?;
            let head = standing.as_ref().map(|record| AuditHead::read(&record.value)).transpose()?;
            let last = head.map_or(0, |head| head.number);
            let number = last.checked_add(1).ok_or(AuditFault::Cut { last: 0, head: last })?;
            let previous = head.map(|head| head.digest);
            let actor = self.actor.clone();
            let entry = AuditEntry { number, previous, time: self.now(), actor, act: act.clone() }.to_bytes();
            let next = AuditHead { number, digest: Digest::of(&entry) }.to_bytes();
            // The caller's swaps stand first, so that a conflict of the caller's is told as such;
            // then the head, so that a conflict of an entry means that the head does not know it.
            let entry_key = layout::audit_entry(bot, number)?;
            let commit = match &standing {
                Some(record) => commit.clone().swap(record, next),
                None => commit.clone().create(head_key.clone(), next),
            };
            match self.store.commit(commit.create(entry_key.clone(), entry)).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict { key, .. }) if key == head_key => {}
                Err(StoreError::Conflict { key, .. }) if key == entry_key => {
                    return Err(AuditFault::BeyondHead { number }.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the audit log of `{bot}`")))
    }
}

impl Bot {
    /// Carries out an act on this bot, as [`Lifecycle::act`].
    pub(crate) async fn act(&self, act: Act, commit: Commit) -> Result<(), Error> {
        self.lifecycle.act(&self.id, act, commit).await
    }
}
