//! The one task that looks records up: it takes the keys that are asked for and
//! looks for them together.
//!
//! SQLite works on threads of its own, and going there and back is what the
//! reading of a small record costs. Keys that are asked for while others are
//! looked up share the next look. Who asks sees every commit that was
//! acknowledged before: the look begins after the asking.

use std::collections::HashMap;

use greenroom_store::{Error, Key, Record};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool, query};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::place::Place;
use crate::read;

/// How many keys may share one look, and how many may wait for it.
const BATCH: usize = 256;

/// A key and where its record is awaited.
struct Request {
    key: Key,
    reply: oneshot::Sender<Result<Option<Record>, Error>>,
}

/// Hands keys to the looking task.
#[derive(Debug)]
pub(crate) struct Reader {
    requests: mpsc::Sender<Request>,
    task: JoinHandle<()>,
}

impl Reader {
    /// Starts the task on the current runtime.
    pub(crate) fn start(readers: SqlitePool, place: Place) -> Self {
        let (requests, waiting) = mpsc::channel(BATCH);
        let task = tokio::spawn(look_while_open(readers, place, waiting));
        Self { requests, task }
    }

    pub(crate) async fn record(&self, place: &Place, key: &Key) -> Result<Option<Record>, Error> {
        let ended = || place.unavailable("the runtime that it was opened on has ended; open it again".to_owned());
        let (reply, outcome) = oneshot::channel();
        self.requests.send(Request { key: key.clone(), reply }).await.map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?
    }

    /// Waits until all that was asked for is answered.
    pub(crate) async fn close(self) {
        drop(self.requests);
        // It fails only where the runtime is ending.
        let _ended = self.task.await;
    }
}

async fn look_while_open(readers: SqlitePool, place: Place, mut waiting: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        match found(&readers, &batch).await {
            Some(rows) => {
                for request in batch.drain(..) {
                    let record = rows.get(request.key.as_str()).map(|row| read::verified(row, &place)).transpose();
                    request.answer(record);
                }
            }
            // What went wrong is each one's own to be told.
            None => {
                for request in batch.drain(..) {
                    let record = read::record(&readers, &place, &request.key).await;
                    request.answer(record);
                }
            }
        }
    }
}

/// The rows of these keys; none where they could not be read together.
async fn found(readers: &SqlitePool, batch: &[Request]) -> Option<HashMap<String, SqliteRow>> {
    let [first, others @ ..] = batch else { return Some(HashMap::new()) };
    if others.is_empty() {
        let rows = query("SELECT key, revision, value, checksum FROM records WHERE key = ?1")
            .bind(first.key.as_str())
            .fetch_optional(readers)
            .await;
        return by_key(rows.ok()?);
    }
    let keys: Vec<&str> = batch.iter().map(|request| request.key.as_str()).collect();
    let rows =
        query("SELECT key, revision, value, checksum FROM records WHERE key IN (SELECT value FROM json_each(?1))")
            .bind(serde_json::to_string(&keys).ok()?)
            .fetch_all(readers)
            .await;
    by_key(rows.ok()?)
}

fn by_key(rows: impl IntoIterator<Item = SqliteRow>) -> Option<HashMap<String, SqliteRow>> {
    rows.into_iter().map(|row| Some((row.try_get(0).ok()?, row))).collect()
}

impl Request {
    fn answer(self, record: Result<Option<Record>, Error>) {
        // Who no longer waits has dropped the future.
        let _no_longer_awaited = self.reply.send(record);
    }
}
