//! Which conversations of webhooks are worked on, and which wait for their time.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use greenroom_store::Key;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::delivery::{DeliveryWorker, Outcome, SEARCH_EVERY, after};

/// Which conversations are worked on, and which wait for their time.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) tasks: JoinSet<(Key, Outcome)>,
    under_way: HashSet<Key>,
    /// Something came while they were worked on.
    again: HashSet<Key>,
    later: BTreeMap<Key, Timestamp>,
}

impl Desk {
    /// Works on a conversation, unless it is worked on already, or waits for its
    /// time: what came new stands behind what waits there.
    pub(crate) fn take_up(&mut self, worker: &DeliveryWorker, conversation: Key, came_new: bool) {
        if self.under_way.contains(&conversation) {
            if came_new {
                self.again.insert(conversation);
            }
            return;
        }
        let waits = self.later.get(&conversation).is_some_and(|due| *due > Timestamp::now());
        if waits {
            return;
        }
        self.later.remove(&conversation);
        self.under_way.insert(conversation.clone());
        let worker = worker.clone();
        self.tasks.spawn(async move {
            let key = conversation.clone();
            // A task of its own, so that a panic ends this work alone.
            let work = tokio::spawn(async move { worker.work_on(&key).await });
            let outcome = work.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a delivery ended badly; it is tried again");
                Outcome::Later(after(SEARCH_EVERY))
            });
            (conversation, outcome)
        });
    }

    pub(crate) fn put_by(&mut self, worker: &DeliveryWorker, ended: Result<(Key, Outcome), tokio::task::JoinError>) {
        let Ok((conversation, outcome)) = ended else { return };
        self.under_way.remove(&conversation);
        let again = self.again.remove(&conversation);
        match outcome {
            Outcome::Later(due) => {
                self.later.insert(conversation, due);
            }
            Outcome::Empty if again => self.take_up(worker, conversation, false),
            Outcome::Empty => {}
        }
    }

    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.later.values().min().copied()
    }

    pub(crate) fn take_up_due(&mut self, worker: &DeliveryWorker) {
        let now = Timestamp::now();
        let due: Vec<Key> =
            self.later.iter().filter(|(_, due)| **due <= now).map(|(conversation, _)| conversation.clone()).collect();
        due.into_iter().for_each(|conversation| self.take_up(worker, conversation, false));
    }
}

/// Waits for a time; for ever where there is none.
pub(crate) async fn wait_until(time: Option<Timestamp>) {
    match time {
        Some(time) => {
            let wait = Duration::try_from(time.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::time::sleep(wait).await;
        }
        None => std::future::pending().await,
    }
}
