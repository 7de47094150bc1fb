//! The store itself: readers side by side, one writer.

use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Commit, Committed, Error, Key, Record, Revision, Store, StoredObject};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Connection, SqliteConnection, SqlitePool, query_as};

use crate::collect;
use crate::open::prepare;
use crate::place::{PATIENCE, Place};
use crate::read;
use crate::reader::Reader;
use crate::writer::Writer;

/// How many reads go on at once; each takes a thread while it is open.
const READERS: u32 = 4;

/// A store in one SQLite file.
///
/// Beside the file stand `…-wal` and `…-shm` while it is open; they belong to it.
/// Several stores, in one process or in many on one machine, may have the file
/// open; a call waits up to 30 seconds for the others. The file must be on a
/// local disk.
///
/// *Durable* means: when a commit returns, its bytes were handed to the disk and
/// synced. Commits that come at once share one sync.
///
/// Records that are asked for at once share one look.
///
/// It belongs to the tokio runtime on which it was opened; once that ends, calls
/// give [`Error::Unavailable`].
///
/// # Examples
/// See the [crate].
#[derive(Debug)]
pub struct SqliteStore {
    pub(crate) place: Place,
    pub(crate) readers: SqlitePool,
    reader: Reader,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the store in this file; creates it where the file is absent or blank.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] where a newer build wrote it, [`Error::NotAStore`]
    /// where something else stands there, [`Error::Unavailable`] where it cannot
    /// be reached, [`Error::DamagedStore`], [`Error::Busy`], [`Error::Full`]. A
    /// file that is refused is left as it was.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let place = Place::new(path.as_ref())?;
        prepare(&place).await?;
        let connection =
            SqliteConnection::connect_with(&place.options()).await.map_err(|error| place.error("open", error))?;
        Ok(Self::assemble(place, connection))
    }

    /// The store of a prepared place; `connection` is the one that writes.
    pub(crate) fn assemble(place: Place, connection: SqliteConnection) -> Self {
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .connect_lazy_with(place.options().pragma("query_only", "ON"));
        let reader = Reader::start(readers.clone(), place.clone());
        let writer = Writer::start(connection, place.clone());
        Self { place, readers, reader, writer }
    }

    /// The file, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Carries out what was handed over and closes the file.
    ///
    /// Dropping the store does the same, but does not wait for it.
    pub async fn close(self) {
        self.reader.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn objects(&self, digests: &[Digest]) -> Result<Vec<Option<Bytes>>, Error> {
        read::objects(&self.readers, &self.place, digests).await
    }

    async fn look_up(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Error> {
        self.reader.look_up(&self.place, keys).await
    }

    async fn records(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        read::records(&self.readers, &self.place, prefix, after, limit).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        commit.check()?;
        self.writer.commit(&self.place, commit).await
    }

    async fn last_revision(&self) -> Result<Revision, Error> {
        collect::last_revision(&self.readers, &self.place).await
    }

    async fn changed(&self, since: Revision, after: Option<&Key>, limit: usize) -> Result<Vec<Record>, Error> {
        collect::changed(&self.readers, &self.place, since, after, limit).await
    }

    async fn stored_objects(&self, after: Option<&Digest>, limit: usize) -> Result<Vec<StoredObject>, Error> {
        collect::stored_objects(&self.readers, &self.place, after, limit).await
    }

    async fn sweep(&self, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
        collect::sweep(&self.place, digests, until).await
    }

    async fn wipe(&self) -> Result<(), Error> {
        // Pages are overwritten as they are freed; what is left is in the write-ahead log, which
        // goes into the file and is then cut to nothing.
        let what = "wipe";
        let mut connection = self.readers.acquire().await.map_err(|error| self.place.read_error(what, error))?;
        let (is_blocked, _, _): (i64, i64, i64) = query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.place.read_error(what, error))?;
        if is_blocked == 0 { Ok(()) } else { Err(Error::Busy { place: self.place.to_string() }) }
    }
}
