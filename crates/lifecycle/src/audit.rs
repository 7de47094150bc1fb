//! The audit log: every act with who, when, what, as a chain of digests.
//!
//! Each entry names the digest of the one before it, and the *head* names the last. So an entry
//! that is changed, taken out, put in, swapped or cut off at the end leaves a link that does not
//! hold, and [`AuditVerifier`] names it. Every act goes through [`Lifecycle::act`], which adds
//! the entry to the very commit that carries the act out: there is no act without its entry.
//!
//! A chain alone cannot tell that somebody with access to the store wrote *all* of it anew, head
//! included. That takes a witness: a digest noted elsewhere, which [`Bot::verify_audit`] compares.

mod act;
mod append;
mod entry;
mod export;
mod fault;
mod search;
mod verify;

use greenroom_model::Digest;
use greenroom_store::layout;

pub use act::Act;
pub use entry::{AuditEntry, AuditHead, AuditLine};
pub use export::check_audit_export;
pub use fault::AuditFault;
pub use search::{AuditFilter, AuditFound};
pub use verify::AuditVerifier;

use crate::{Bot, Error};

/// How many entries are read at once.
const PAGE: usize = 1_000;

impl Bot {
    /// The audit log, oldest first: at most `limit` entries after entry `after`.
    ///
    /// What is read here is not verified.
    ///
    /// # Errors
    /// [`Error::Audit`] for an entry that cannot be read; [`Error::Store`].
    pub async fn audit(&self, after: Option<u64>, limit: usize) -> Result<Vec<AuditLine>, Error> {
        let after = after.map(|number| layout::audit_entry(&self.id, number)).transpose()?;
        let page = self.lifecycle.store.records(&layout::audit(&self.id)?, after.as_ref(), limit).await?;
        page.into_iter().map(|record| Ok(AuditLine::read(record.key.name(), &record.value)?)).collect()
    }

    /// Checks that the audit log is what was written: every link of the chain and its head. With
    /// a digest that was `noted` elsewhere, also that the log still holds the entry of that digest.
    ///
    /// # Errors
    /// [`Error::Audit`] names the first entry at fault and what is wrong with it; [`Error::Store`].
    pub async fn verify_audit(&self, noted: Option<Digest>) -> Result<AuditHead, Error> {
        self.walk_audit(noted, &mut |_, _| {}).await
    }

    /// Verifies the audit log, and shows each entry that holds so far, oldest first, with the
    /// bytes that are stored of it.
    ///
    /// # Errors
    /// As [`Bot::verify_audit`].
    pub async fn walk_audit(
        &self,
        noted: Option<Digest>,
        visit: &mut (dyn FnMut(&AuditLine, &[u8]) + Send),
    ) -> Result<AuditHead, Error> {
        let store = &self.lifecycle.store;
        let (prefix, head) = (layout::audit(&self.id)?, layout::audit_head(&self.id)?);
        let mut verifier = AuditVerifier::new(noted);
        let mut after = None;
        // The head that was read when there were no more entries. An act that comes in meanwhile
        // moves it; its entry was committed with it, so whoever reads on finds it.
        let mut standing = None;
        loop {
            let page = store.records(&prefix, after.as_ref(), PAGE).await.map_err(as_fault)?;
            if page.is_empty() {
                let value = store.record(&head).await.map_err(as_fault)?.map(|record| record.value);
                let is_last = value.as_deref().is_none_or(|value| verifier.ends_at(value)) || standing == value;
                if is_last {
                    return Ok(verifier.end(value.as_deref())?);
                }
                standing = value;
            }
            for record in page {
                let line = verifier.entry(record.key.name(), &record.value)?;
                visit(&line, &record.value);
                after = Some(record.key);
            }
        }
    }

    /// What the audit log ends with, as it is stored: to note it elsewhere. None for a log without entries.
    ///
    /// # Errors
    /// [`Error::Audit`] for a head that cannot be read; [`Error::Store`].
    pub async fn audit_head(&self) -> Result<Option<AuditHead>, Error> {
        let record = self.lifecycle.store.record(&layout::audit_head(&self.id)?).await.map_err(as_fault)?;
        Ok(record.map(|record| AuditHead::read(&record.value)).transpose()?)
    }
}

/// What a store finds damaged of a log is a fault of the log: whoever edits a file seldom edits its checksums.
fn as_fault(error: greenroom_store::Error) -> Error {
    match error {
        greenroom_store::Error::DamagedRecord { key, reason } => {
            let number = key.rsplit('/').next().and_then(layout::audit_number);
            match number {
                Some(number) => AuditFault::Unreadable { number, reason }.into(),
                None => AuditFault::HeadUnreadable { reason }.into(),
            }
        }
        error => error.into(),
    }
}
