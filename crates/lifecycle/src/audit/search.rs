//! Looking for entries: by who, what and when, the newest first.

use greenroom_store::{Error as StoreError, Key, Record, layout};
use jiff::Timestamp;

use super::act::Act;
use super::entry::{AuditEntry, AuditLine};
use super::fault::AuditFault;
use super::{PAGE, as_fault};
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

/// What a search of the log found.
///
/// A fault stands in the way of nothing but itself: the entries around it are found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFound {
    /// The entries.
    pub lines: Vec<AuditLine>,
    /// What was met on the way of entries that are missing or cannot be read, and of the head: not
    /// all that [`Bot::verify_audit`] can find.
    pub faults: Vec<AuditFault>,
}

impl Bot {
    /// The oldest entries of the audit log that are looked for, the oldest first: at most `limit`
    /// of those after entry `after`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn search_audit_onwards(
        &self,
        filter: &AuditFilter,
        after: Option<u64>,
        limit: usize,
    ) -> Result<AuditFound, Error> {
        let (mut found, mut last) = (AuditFound::default(), after.unwrap_or(0));
        let mut after = after.map(|number| layout::audit_entry(&self.id, number)).transpose()?;
        while found.lines.len() < limit {
            let (page, end) = self.entries_after(after.as_ref()).await?;
            for (number, line) in page {
                if found.lines.len() < limit {
                    found.take(filter, line, gap(last, number));
                }
                last = number.unwrap_or(last);
            }
            match end {
                Some(end) => after = Some(end),
                None => {
                    found.faults.extend(self.end_fault(last).await?);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// What the head says against a log that ends with this entry.
    async fn end_fault(&self, last: u64) -> Result<Option<AuditFault>, Error> {
        Ok(match self.audit_head().await {
            Ok(None) => Some(AuditFault::HeadMissing),
            // An act that came in meanwhile moved it, and its entry is there.
            Ok(Some(head)) if head.number > last => {
                let is_there = self.entries(&[last.saturating_add(1)]).await?.iter().any(Option::is_some);
                (!is_there).then_some(AuditFault::Cut { last, head: head.number })
            }
            Ok(Some(_)) => None,
            Err(Error::Audit(fault)) => Some(fault),
            Err(error) => return Err(error),
        })
    }

    /// The newest entries of the audit log that are looked for, the newest first: at most `limit`
    /// of those before entry `before`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn search_audit(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<AuditFound, Error> {
        let mut found = AuditFound::default();
        let (mut end, mut top) = match before {
            Some(before) => (before.saturating_sub(1), Top::Asked),
            None => self.newest(&mut found.faults).await?,
        };
        // The lowest number so far of those that are missing above what was read last.
        let mut missing = None;
        while end > 0 && found.lines.len() < limit {
            let start = end.saturating_sub(STEP);
            let numbers: Vec<u64> = (start + 1..=end).rev().collect();
            let entries = self.entries(&numbers).await?;
            if entries.iter().all(Option::is_none) {
                // A hole of any width, or a number from nowhere: what is there, is listed.
                self.search_below(filter, (end, top), limit, &mut found).await?;
                return Ok(found);
            }
            for (number, entry) in numbers.into_iter().zip(entries) {
                if found.lines.len() == limit {
                    break;
                }
                match entry {
                    Some(line) => {
                        let gap = missing.take().and_then(|missing| top.gap(number, missing));
                        top = Top::Entry;
                        found.take(filter, line, gap);
                    }
                    None => missing = Some(number),
                }
            }
            end = start;
        }
        found.faults.extend(missing.and_then(|missing| top.gap(0, missing)));
        Ok(found)
    }

    /// As [`Bot::search_audit`] from entry `end` downwards, by listing all that there is.
    async fn search_below(
        &self,
        filter: &AuditFilter,
        (end, top): (u64, Top),
        limit: usize,
        found: &mut AuditFound,
    ) -> Result<(), Error> {
        let (mut below, mut last, mut after) = (AuditFound::default(), 0, None);
        loop {
            let (page, next) = self.entries_after(after.as_ref()).await?;
            for (number, line) in page.into_iter().filter(|(number, _)| number.is_none_or(|number| number <= end)) {
                below.take(filter, line, gap(last, number));
                last = number.unwrap_or(last);
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        below.faults.extend(top.gap(last, last.saturating_add(1)));
        let room = limit.saturating_sub(found.lines.len());
        found.lines.extend(below.lines.into_iter().rev().take(room));
        found.faults.extend(below.faults.into_iter().rev());
        Ok(())
    }

    /// The number to begin with, and who says that there is such an entry. Whoever forges or deletes the head
    /// hides no entry.
    async fn newest(&self, faults: &mut Vec<AuditFault>) -> Result<(u64, Top), Error> {
        loop {
            let head = match self.audit_head().await {
                Ok(head) => head.map(|head| head.number),
                Err(Error::Audit(fault)) => {
                    faults.push(fault);
                    None
                }
                Err(error) => return Err(error),
            };
            let Some(head) = head else {
                let (last, _) = self.lifecycle.last_audit_entry(&self.id).await?;
                // A bot was made, so there was one.
                if faults.is_empty() {
                    faults.push(AuditFault::HeadMissing);
                }
                return Ok((last, Top::Entry));
            };
            let mut last = head;
            loop {
                let beyond: Vec<u64> = (1..=STEP).map_while(|step| last.checked_add(step)).collect();
                let entries = self.entries(&beyond).await?;
                match beyond.iter().zip(&entries).rfind(|(_, entry)| entry.is_some()) {
                    Some((number, _)) => last = *number,
                    None => break,
                }
            }
            let moved =
                last > head && self.audit_head().await.is_ok_and(|now| now.is_some_and(|now| now.number > head));
            if !moved {
                if last > head {
                    faults.push(AuditFault::BeyondHead { number: head.saturating_add(1) });
                }
                return Ok((last, Top::Head(head)));
            }
        }
    }

    /// The entries of these numbers; none where there is none.
    async fn entries(&self, numbers: &[u64]) -> Result<Vec<Option<Result<AuditLine, AuditFault>>>, Error> {
        let keys = numbers.iter().map(|number| layout::audit_entry(&self.id, *number));
        let keys = keys.collect::<Result<Vec<Key>, _>>()?;
        let store = &self.lifecycle.store;
        let read = |record: Record| AuditLine::read(record.key.name(), &record.value);
        match store.look_up(&keys).await {
            Ok(records) => Ok(records.into_iter().map(|record| record.map(read)).collect()),
            Err(StoreError::DamagedRecord { .. }) => {
                let mut entries = Vec::new();
                for key in &keys {
                    entries.push(match store.record(key).await.map_err(as_fault) {
                        Ok(record) => record.map(read),
                        Err(Error::Audit(fault)) => Some(Err(fault)),
                        Err(error) => return Err(error),
                    });
                }
                Ok(entries)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A page of what stands among the entries after a key, with the numbers of the keys; and after
    /// which key to go on, none at the end.
    async fn entries_after(&self, after: Option<&Key>) -> Result<(Vec<Numbered>, Option<Key>), Error> {
        let store = &self.lifecycle.store;
        let prefix = layout::audit(&self.id)?;
        let page = match store.records(&prefix, after, PAGE).await {
            // One by one, up to what is damaged.
            Err(StoreError::DamagedRecord { .. }) => store.records(&prefix, after, 1).await,
            page => page,
        };
        let page = match page {
            Err(StoreError::DamagedRecord { key, reason }) => {
                let at: Key = key.parse()?;
                let fault = match layout::audit_number(at.name()) {
                    Some(number) => AuditFault::Unreadable { number, reason },
                    None => AuditFault::Foreign { key },
                };
                return Ok((vec![(layout::audit_number(at.name()), Err(fault))], Some(at)));
            }
            page => page?,
        };
        let end = page.last().map(|last| last.key.clone());
        let lines = page.iter().map(|record| {
            let name = record.key.name();
            (layout::audit_number(name), AuditLine::read(name, &record.value))
        });
        Ok((lines.collect(), end))
    }
}

/// Who says that there is an entry where a search goes down from.
#[derive(Clone, Copy)]
enum Top {
    /// The caller, who may have named any number.
    Asked,
    /// The head, which names this one.
    Head(u64),
    /// An entry above it, or itself.
    Entry,
}

impl Top {
    /// What is wrong where the next entry below is `last`, and all from `missing` on are not there.
    fn gap(self, last: u64, missing: u64) -> Option<AuditFault> {
        match self {
            Self::Asked => None,
            Self::Head(head) => Some(AuditFault::Cut { last, head }),
            Self::Entry => Some(AuditFault::Missing { number: missing }),
        }
    }
}

/// What stands among the entries: the number of its key, and what it is.
type Numbered = (Option<u64>, Result<AuditLine, AuditFault>);

/// What is missing between the last entry that was read and this one.
fn gap(last: u64, number: Option<u64>) -> Option<AuditFault> {
    number
        .filter(|number| *number > last.saturating_add(1))
        .map(|_| AuditFault::Missing { number: last.saturating_add(1) })
}

impl AuditFound {
    /// Takes an entry, if it is looked for, or what is wrong with it; and what is missing beside it.
    fn take(&mut self, filter: &AuditFilter, line: Result<AuditLine, AuditFault>, gap: Option<AuditFault>) {
        self.faults.extend(gap);
        if let Ok(line) = &line
            && line.entry.number == 1
            && line.entry.act != Act::Created
        {
            self.faults.push(AuditFault::BegunAnew { act: line.entry.act.word() });
        }
        match line {
            Ok(line) if filter.matches(&line.entry) => self.lines.push(line),
            Ok(_) => {}
            Err(fault) => self.faults.push(fault),
        }
    }
}
