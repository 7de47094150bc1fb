//! How an act enters the log: its entry and the head's swap are part of the act's own commit.

use greenroom_model::{BotId, Digest, Record as _};
use greenroom_store::{Commit, Error as StoreError, Key, layout};

use super::entry::{AuditEntry, AuditHead};
use super::fault::AuditFault;
use super::{PAGE, as_fault};
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
            let standing = self.store.record(&head_key).await.map_err(as_fault)?;
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

    /// Carries out an act that must not wait until somebody has mended the log: as [`Lifecycle::act`],
    /// and where the log was tampered with so that it cannot go on, all the same. Its entry then
    /// stands behind all that there is, and says what is wrong; so does the answer.
    ///
    /// The head stays as it is. So the log fails its verification as before, and no other act goes on.
    pub(crate) async fn act_whatever_the_log(
        &self,
        bot: &BotId,
        act: &(dyn Fn(Option<String>) -> Act + Send + Sync),
        commit: Commit,
    ) -> Result<Option<AuditFault>, Error> {
        let fault = match self.act(bot, act(None), commit.clone()).await {
            Ok(()) => return Ok(None),
            Err(Error::Audit(fault)) => fault,
            Err(error) => return Err(error),
        };
        for _ in 0..MAX_REPEATS {
            let (last, previous) = self.last_audit_entry(bot).await?;
            let number = last.checked_add(1).ok_or_else(|| fault.clone())?;
            let (actor, act) = (self.actor.clone(), act(Some(fault.to_string())));
            let entry = AuditEntry { number, previous, time: self.now(), actor, act };
            let key = layout::audit_entry(bot, number)?;
            match self.store.commit(commit.clone().create(key.clone(), entry.to_bytes())).await {
                Ok(_) => return Ok(Some(fault)),
                Err(StoreError::Conflict { key: taken, .. }) if taken == key => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the audit log of `{bot}`")))
    }

    /// The last entry that is stored, whatever the head says: its number, and the digest of its
    /// bytes where they can be read. What stands under a number that no log comes to is none.
    pub(super) async fn last_audit_entry(&self, bot: &BotId) -> Result<(u64, Option<Digest>), Error> {
        let prefix = layout::audit(bot)?;
        let (mut last, mut after) = ((0, None), None);
        loop {
            let page = match self.store.records(&prefix, after.as_ref(), PAGE).await {
                Ok(page) => page,
                // What stands before it on its page is passed over too; it is not the last.
                Err(StoreError::DamagedRecord { key, .. }) => {
                    let key: Key = key.parse()?;
                    last = number_of(&key).map_or(last, |number| (number, None));
                    after = Some(key);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let Some(end) = page.last() else { return Ok(last) };
            after = Some(end.key.clone());
            for record in &page {
                if let Some(number) = number_of(&record.key) {
                    last = (number, Some(Digest::of(&record.value)));
                }
            }
        }
    }
}

/// The number of an entry's key, if a log can come to it: JSON writes whole numbers up to 2⁵³ − 1.
fn number_of(key: &Key) -> Option<u64> {
    layout::audit_number(key.name()).filter(|number| *number < (1 << 53) - 1)
}

impl Bot {
    /// Carries out an act on this bot, as [`Lifecycle::act`].
    pub(crate) async fn act(&self, act: Act, commit: Commit) -> Result<(), Error> {
        self.lifecycle.act(&self.id, act, commit).await
    }
}
