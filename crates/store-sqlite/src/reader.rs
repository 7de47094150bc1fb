//! The one task that looks records up: it takes the keys that are asked for and
//! looks for them together.
//!
//! SQLite works on threads of its own, and going there and back is what the
//! reading of a small record costs. Keys that are asked for while others are
//! looked up share the next look. Who asks sees every commit that was
//! acknowledged before: the look begins after the asking. What one asks for
//! stands as it did at one moment: a look is one statement.

use std::collections::HashMap;

use greenroom_store::{Error, Key, Record};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, SqliteConnection, SqlitePool, query};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::place::Place;
use crate::read;

/// How many requests may share one look, and how many may wait for it.
const BATCH: usize = 256;

type Found = Result<Vec<Option<Record>>, Error>;

/// Keys and where their records are awaited.
struct Request {
    keys: Vec<Key>,
    reply: oneshot::Sender<Found>,
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

    pub(crate) async fn look_up(&self, place: &Place, keys: &[Key]) -> Found {
        let ended = || place.unavailable("the runtime that it was opened on has ended; open it again".to_owned());
        let (reply, outcome) = oneshot::channel();
        self.requests.send(Request { keys: keys.to_vec(), reply }).await.map_err(|_| ended())?;
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
    let mut kept = None;
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let rows = look(&readers, &mut kept, &place, batch.iter().flat_map(|request| &request.keys)).await;
        match rows {
            Ok(rows) => batch.drain(..).for_each(|request| request.answer(&rows, &place)),
            // What went wrong is each one's own to be told.
            Err(_) => {
                for request in batch.drain(..) {
                    match look(&readers, &mut kept, &place, &request.keys).await {
                        Ok(rows) => request.answer(&rows, &place),
                        Err(error) => request.fail(error),
                    }
                }
            }
        }
    }
}

/// The rows of these keys. The connection is kept from look to look: handing it
/// back to the pool each time would cost as much as the look.
async fn look<'k>(
    readers: &SqlitePool,
    kept: &mut Option<PoolConnection<Sqlite>>,
    place: &Place,
    keys: impl IntoIterator<Item = &'k Key>,
) -> Result<HashMap<String, SqliteRow>, Error> {
    let failed = |error| place.read_error("read", error);
    let mut connection = match kept.take() {
        Some(connection) => connection,
        None => readers.acquire().await.map_err(failed)?,
    };
    let rows = rows(&mut connection, place, keys.into_iter().collect()).await?;
    *kept = Some(connection);
    rows.into_iter().map(|row| Ok((row.try_get(0)?, row))).collect::<Result<_, _>>().map_err(failed)
}

async fn rows(connection: &mut SqliteConnection, place: &Place, keys: Vec<&Key>) -> Result<Vec<SqliteRow>, Error> {
    let found = if let [key] = keys[..] {
        query("SELECT key, revision, value, checksum FROM records WHERE key = ?1")
            .bind(key.as_str())
            .fetch_all(connection)
            .await
    } else {
        let keys = serde_json::to_string(&keys).map_err(|error| place.backend("read", error))?;
        query("SELECT key, revision, value, checksum FROM records WHERE key IN (SELECT value FROM json_each(?1))")
            .bind(keys)
            .fetch_all(connection)
            .await
    };
    found.map_err(|error| place.read_error("read", error))
}

impl Request {
    fn answer(self, rows: &HashMap<String, SqliteRow>, place: &Place) {
        let record = |key: &Key| rows.get(key.as_str()).map(|row| read::verified(row, place)).transpose();
        let found = self.keys.iter().map(record).collect();
        // Who no longer waits has dropped the future.
        let _no_longer_awaited = self.reply.send(found);
    }

    fn fail(self, error: Error) {
        let _no_longer_awaited = self.reply.send(Err(error));
    }
}
