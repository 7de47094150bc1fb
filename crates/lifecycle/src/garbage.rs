//! Collecting garbage: deleting the objects of a store that nothing refers to any more.
//!
//! Objects are shared and immutable, and nobody counts who refers to them. So a collection marks
//! what can be reached from the records of the whole store, and sweeps the rest away.
//!
//! # Why nothing is lost beside writers
//!
//! *Closure*: whatever a record names is stored, and whatever a stored object names is stored. Each
//! commit keeps it, for what it writes names only objects that it carries, that it
//! [relies](greenroom_store::Commit::rely) on, or that are reachable, at its moment, from a record
//! which it expects unchanged or which is never deleted (versions). A sweep keeps it, too:
//!
//! 1. The mark `M`, the store's last revision, is taken before anything is read. Each commit stamps
//!    what it carries and relies on beyond `M`, and the store sweeps no stamp beyond `M`, in a step
//!    that is serialised with the commits.
//! 2. Records are scanned until one scan of what changed fits one page, thus one moment `t`: at
//!    `t`, each record's present state has been marked. What later commits reach from records is
//!    marked, then, or beyond `M`, or below something that was relied on.
//! 3. Objects are listed after `t`. Those beyond `M` are marked with all below them, for a plan
//!    that no record keeps may be carried out yet. Garbage is what is not marked and not beyond `M`.
//! 4. Garbage is deleted from its tops: an object only after all garbage that names it is gone. One
//!    that the store spares, for a commit relied on it meanwhile, so keeps all that is below it.
//!
//! Each batch of a sweep is one transaction that leaves the closure whole, so a crash amid a
//! collection harms nothing, and two collections at once do not disturb each other. Whoever reads
//! what nothing refers to any more (an evaluation of a draft that was edited since) is protected by
//! the grace: garbage goes only when two collections, so far apart, found it.

mod marking;
mod names;
mod sweeping;
mod unreferenced;

use std::collections::HashSet;

use greenroom_model::BotId;
use greenroom_store::{Commit, Key, StoredObject, layout};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use self::marking::Marks;
use self::sweeping::sweep;
use self::unreferenced::Unreferenced;
use crate::plans::kept_since;
use crate::{Error, Lifecycle};

/// How many records or objects are listed at once.
const PAGE: usize = 1_000;

/// How a collection goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollectionOptions {
    /// Whether it only tells what it would do.
    pub dry_run: bool,
    /// How long nothing may have referred to an object before it goes; 24 hours by default.
    pub grace: SignedDuration,
    /// How long a plan is kept that nobody published; 30 days by default.
    pub plans: SignedDuration,
}

impl Default for CollectionOptions {
    fn default() -> Self {
        Self { dry_run: false, grace: SignedDuration::from_hours(24), plans: SignedDuration::from_hours(30 * 24) }
    }
}

/// How many objects, and how many bytes they have together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// How many.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a collection did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// What something refers to.
    pub kept: Amount,
    /// What nothing refers to, but not for long enough yet.
    pub waiting: Amount,
    /// What was deleted, or would be.
    pub deleted: Amount,
    /// How many plans that nobody published were let go.
    pub plans: u64,
}

impl Amount {
    fn add(&mut self, object: &StoredObject) {
        self.objects += 1;
        self.bytes += object.length;
    }
}

impl Lifecycle {
    /// Deletes the objects of the whole store that nothing refers to any more: what environments,
    /// versions, drafts, kept plans, jobs, sessions, transcripts, models and evidence of any bot
    /// name stays, and so does what any record names that this build does not know. The audit log
    /// names digests without keeping what they stand for.
    ///
    /// # Errors
    /// [`Error::Store`], also where the store is damaged (then nothing was deleted) or never
    /// deletes anything.
    pub async fn collect_garbage(&self, options: &CollectionOptions) -> Result<Collected, Error> {
        let store = &*self.store;
        let now = self.now();
        let let_go = self.let_plans_go(now, options).await?;
        let mark = store.last_revision().await?;
        let mut marks = Marks::new(store, let_go.iter().cloned().collect());
        marks.mark_records().await?;
        let mut stored = Vec::new();
        loop {
            let page = store.stored_objects(stored.last().map(|last: &StoredObject| &last.digest), PAGE).await?;
            if page.is_empty() {
                break;
            }
            stored.extend(page);
        }
        marks.mark(stored.iter().filter(|object| object.stamp > mark).map(|object| object.digest)).await?;

        let mut collected = Collected { plans: let_go.len() as u64, ..Collected::default() };
        let mut garbage = Vec::new();
        for object in stored {
            if object.stamp > mark || marks.holds(&object.digest) {
                collected.kept.add(&object);
            } else {
                garbage.push(object);
            }
        }
        let mut unreferenced = Unreferenced::read(store).await?;
        unreferenced.found(garbage.iter().map(|object| object.digest), now);
        let ripe: HashSet<_> = garbage
            .iter()
            .map(|object| object.digest)
            .filter(|digest| unreferenced.for_at_least(digest, options.grace, now))
            .collect();
        let deleted = sweep(store, &garbage, &ripe, mark, options.dry_run).await?;
        for object in &garbage {
            let amount = if deleted.contains(&object.digest) { &mut collected.deleted } else { &mut collected.waiting };
            amount.add(object);
        }
        if !options.dry_run {
            unreferenced.forget(&deleted);
            unreferenced.keep(store).await?;
        }
        Ok(collected)
    }

    /// Lets plans go that nobody published for too long; tells the keys of their records. What was
    /// published names its plan, which stays with it.
    async fn let_plans_go(&self, now: Timestamp, options: &CollectionOptions) -> Result<Vec<Key>, Error> {
        let mut let_go = Vec::new();
        for bot in self.bots().await? {
            for record in self.plan_records(&bot).await? {
                let is_old = kept_since(&record.value).is_some_and(|kept| now.duration_since(kept) >= options.plans);
                if is_old {
                    if !options.dry_run {
                        match self.store.commit(Commit::new().delete(&record)).await {
                            // It was kept anew meanwhile.
                            Err(greenroom_store::Error::Conflict { .. }) => continue,
                            done => drop(done?),
                        }
                    }
                    let_go.push(record.key);
                }
            }
        }
        Ok(let_go)
    }

    async fn plan_records(&self, bot: &BotId) -> Result<Vec<greenroom_store::Record>, Error> {
        let prefix = layout::plans(bot)?;
        let mut records: Vec<greenroom_store::Record> = Vec::new();
        loop {
            let page = self.store.records(&prefix, records.last().map(|last| &last.key), PAGE).await?;
            if page.is_empty() {
                return Ok(records);
            }
            records.extend(page);
        }
    }
}
