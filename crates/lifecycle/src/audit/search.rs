//! Looking for entries: by who, what and when, the newest first.

use greenroom_store::layout;
use jiff::Timestamp;

use super::entry::{AuditEntry, AuditLine};
use super::fault::AuditFault;
use crate::{Bot, Error};

/// How many entries are looked at together.
const STEP: u64 = 500;

/// Which entries are looked for; by default all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only those of this actor, to the letter.
    pub actor: Option<String>,
    /// Only acts of this [word](crate::Act::word): `published`.
    pub act: Option<String>,
    /// Only those at this time or later.
    pub since: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
    /// Only those that hold this text in what the log stores or says of the act, in any case.
    pub text: Option<String>,
}

impl AuditFilter {
    /// Whether an entry is looked for.
    #[must_use]
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        self.actor.as_ref().is_none_or(|actor| *actor == entry.actor)
            && self.act.as_ref().is_none_or(|act| act == entry.act.word())
            && self.since.is_none_or(|since| entry.time >= since)
            && self.until.is_none_or(|until| entry.time < until)
            && self.text.as_ref().is_none_or(|text| holds(entry, &text.to_lowercase()))
    }
}

fn holds(entry: &AuditEntry, text: &str) -> bool {
    let stored = || serde_json::to_string(&entry.act).unwrap_or_default();
    let texts: [&dyn Fn() -> String; 3] = [&|| entry.actor.clone(), &|| entry.act.to_string(), &stored];
    texts.iter().any(|told| told().to_lowercase().contains(text))
}

impl Bot {
    /// The oldest entries of the audit log that are looked for, the oldest first: at most `limit`
    /// of those after entry `after`.
    ///
    /// # Errors
    /// [`Error::Audit`] for an entry that cannot be read; [`Error::Store`].
    pub async fn search_audit_onwards(
        &self,
        filter: &AuditFilter,
        mut after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, Error> {
        let mut found = Vec::new();
        while found.len() < limit {
            let page = self.audit(after, limit).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.entry.number);
            found.extend(page.into_iter().filter(|line| filter.matches(&line.entry)));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The newest entries of the audit log that are looked for, the newest first: at most `limit`
    /// of those before entry `before`.
    ///
    /// # Errors
    /// [`Error::Audit`] for an entry that is missing or cannot be read; [`Error::Store`].
    pub async fn search_audit(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, Error> {
        let last = self.audit_head().await?.map_or(0, |head| head.number);
        let mut end = before.map_or(last, |before| last.min(before.saturating_sub(1)));
        let mut found = Vec::new();
        while end > 0 && found.len() < limit {
            let start = end.saturating_sub(STEP);
            let numbers: Vec<u64> = (start + 1..=end).rev().collect();
            let keys = numbers.iter().map(|number| layout::audit_entry(&self.id, *number));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            for (number, record) in numbers.into_iter().zip(self.lifecycle.store.look_up(&keys).await?) {
                let record = record.ok_or(AuditFault::Missing { number })?;
                let line = AuditLine::read(record.key.name(), &record.value)?;
                if found.len() < limit && filter.matches(&line.entry) {
                    found.push(line);
                }
            }
            end = start;
        }
        Ok(found)
    }
}
