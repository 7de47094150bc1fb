//! The one task that writes: it takes the commits that wait and carries them out together.
//!
//! Syncing the disk is what a commit costs. Commits that arrive while the disk
//! is being synced share the next sync. And since a task of its own writes, a
//! caller who drops the future of a commit leaves no transaction open.

use std::time::Duration;

use greenroom_store::{Commit, Committed, Error};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::place::Place;
use crate::write::write_all;

/// How many commits may share one transaction, and how many may wait for it.
const BATCH: usize = 256;

/// A commit and where its outcome is awaited.
struct Request {
    commit: Commit,
    reply: oneshot::Sender<Result<Committed, Error>>,
}

/// Hands commits to the writing task.
#[derive(Debug)]
pub(crate) struct Writer {
    requests: mpsc::Sender<Request>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Starts the task on the current runtime.
    pub(crate) fn start(connection: SqliteConnection, place: Place) -> Self {
        let (requests, waiting) = mpsc::channel(BATCH);
        let task = tokio::spawn(write_while_open(connection, place, waiting));
        Self { requests, task }
    }

    pub(crate) async fn commit(&self, place: &Place, commit: Commit) -> Result<Committed, Error> {
        let ended = || place.unavailable("the runtime that it was opened on has ended; open it again".to_owned());
        let (reply, outcome) = oneshot::channel();
        self.requests.send(Request { commit, reply }).await.map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?
    }

    /// Waits until all commits that were handed over are carried out and the file is closed.
    pub(crate) async fn close(self) {
        drop(self.requests);
        // It fails only where the runtime is ending, which closes the file as well.
        let _ended = self.task.await;
    }
}

async fn write_while_open(mut connection: SqliteConnection, place: Place, mut waiting: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        write_batch(&mut connection, &place, &mut batch).await;
    }
    // Nobody is left to be told; what was acknowledged is on the disk.
    let _closed = tokio::time::timeout(Duration::from_secs(5), connection.close()).await;
}

/// Carries out a batch and answers each of its requests.
async fn write_batch(connection: &mut SqliteConnection, place: &Place, batch: &mut Vec<Request>) {
    let commits: Vec<&Commit> = batch.iter().map(|request| &request.commit).collect();
    match write_all(connection, place, &commits).await {
        Ok(outcomes) => batch.drain(..).zip(outcomes).for_each(|(request, outcome)| request.answer(outcome)),
        Err(Error::Busy { place }) => {
            batch.drain(..).for_each(|request| request.answer(Err(Error::Busy { place: place.clone() })));
        }
        Err(error) if batch.len() == 1 => {
            if let Some(request) = batch.pop() {
                request.answer(Err(error));
            }
        }
        Err(_) => {
            // One of them is too much, for the disk perhaps: the others need not suffer for it.
            for request in batch.drain(..) {
                let outcome = write_all(connection, place, &[&request.commit]).await;
                request.answer(
                    outcome.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(lost(place)))),
                );
            }
        }
    }
}

fn lost(place: &Place) -> Error {
    place.backend("write to", "a commit got no outcome; please report this bug")
}

impl Request {
    fn answer(self, outcome: Result<Committed, Error>) {
        // Who no longer waits has dropped the future; the commit stands or falls without them.
        let _no_longer_awaited = self.reply.send(outcome);
    }
}
