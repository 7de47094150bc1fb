//! Backups: a store as it stands at one moment, in one file, verified to the last byte.

use std::path::{Path, PathBuf};
use std::time::Duration;

use greenroom_model::Digest;
use greenroom_store::Error;
use sqlx::{Connection, Row, SqliteConnection, query, query_scalar};
use tokio::task::spawn_blocking;

use crate::SqliteStore;
use crate::open::prepare;
use crate::place::Place;
use crate::read::verified;

/// How many rows a verification holds at once.
const CHUNK: i64 = 200;

/// How long a recovery waits for others to close the store.
const CLOSING_PATIENCE: Duration = Duration::from_millis(500);

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Backup {
    /// How many objects.
    pub objects: u64,
    /// How many records.
    pub records: u64,
    /// How long the file is, in bytes.
    pub bytes: u64,
}

/// What a recovery did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Recovered {
    /// What the backup held, all of it verified.
    pub backup: Backup,
    /// Where the store that stood there before is kept now.
    pub replaced: Option<PathBuf>,
}

impl SqliteStore {
    /// Writes the store as it stands at this moment to a file that does not exist
    /// yet, and verifies it. Others go on reading and writing meanwhile.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the file exists or cannot be written,
    /// [`Error::Damaged`] and [`Error::DamagedRecord`] where the store itself is
    /// damaged; no file is left behind then.
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<Backup, Error> {
        let target = Place::new(to.as_ref())?;
        let part = beside(target.path(), "part");
        let written = self.write_backup(&target, &part).await;
        if written.is_err() {
            discard(&part).await;
        }
        written
    }

    async fn write_backup(&self, target: &Place, part: &Path) -> Result<Backup, Error> {
        if target.path().exists() {
            return Err(target.unavailable("it exists already; name another file".to_owned()));
        }
        target.check()?;
        discard(part).await;
        let failed = |error| self.place.error("back up", error);
        let mut connection = SqliteConnection::connect_with(&self.place.options()).await.map_err(failed)?;
        let name = part.to_str().ok_or_else(|| target.unavailable("its name is not UTF-8; rename it".to_owned()))?;
        // SQLite reports what goes wrong with the new file as if it were the store's.
        let failed = |error| Place::new(part).map_or_else(|error| error, |place| place.error("write", error));
        query("VACUUM INTO ?1").bind(name).execute(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        let backup = verify(&Place::new(part)?).await?;
        publish_file(part, target).await?;
        Ok(backup)
    }

    /// Makes the store at `to` what a backup holds. The backup is verified first
    /// and stays as it is. A store that stands at `to` already is moved aside,
    /// where `replace` allows it.
    ///
    /// # Errors
    /// [`Error::NotAStore`], [`Error::Damaged`] and [`Error::DamagedRecord`] for a
    /// file that is not a sound backup; [`Error::Unavailable`] where a store
    /// stands at `to` and `replace` does not allow it; [`Error::Busy`] where
    /// somebody has that store open. Nothing was changed then.
    pub async fn recover(backup: impl AsRef<Path>, to: impl AsRef<Path>, replace: bool) -> Result<Recovered, Error> {
        let (source, target) = (Place::new(backup.as_ref())?, Place::new(to.as_ref())?);
        if !source.path().is_file() {
            return Err(source.unavailable("there is no such file; name a backup".to_owned()));
        }
        let exists = target.path().exists();
        if exists && !replace {
            return Err(target.unavailable("a store stands there already; say that it may be replaced".to_owned()));
        }
        target.check()?;
        let part = beside(target.path(), "part");
        let copied = copy(&source, &part).await;
        let sound = match copied {
            Ok(()) => verify(&Place::new(&part)?).await,
            Err(error) => Err(error),
        };
        let backup = match sound {
            Ok(backup) => backup,
            Err(error) => {
                discard(&part).await;
                return Err(error);
            }
        };
        let replaced = if exists { Some(set_aside(&target).await?) } else { None };
        publish_file(&part, &target).await?;
        Ok(Recovered { backup, replaced })
    }
}

/// A name beside a file: `store.db` and `part` give `store.db-part`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(what);
    name.into()
}

/// Removes a file that did not become a backup or a store, and what SQLite put beside it.
async fn discard(part: &Path) {
    for leftover in [part.to_owned(), beside(part, "wal"), beside(part, "shm"), beside(part, "journal")] {
        _ = tokio::fs::remove_file(leftover).await;
    }
}

async fn copy(source: &Place, part: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| source.unavailable(format!("{error}; check the path and the disk"));
    tokio::fs::copy(source.path(), part).await.map(drop).map_err(failed)
}

/// Gives a finished file its name, so that it is there whole or not at all.
async fn publish_file(part: &Path, target: &Place) -> Result<(), Error> {
    let (from, to) = (part.to_owned(), target.path().to_owned());
    let done = spawn_blocking(move || {
        std::fs::File::open(&from)?.sync_all()?;
        // A hard link, other than a renaming, never replaces what somebody else put there meanwhile.
        std::fs::hard_link(&from, &to)?;
        std::fs::remove_file(&from)?;
        match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => std::fs::File::open(parent)?.sync_all(),
            Some(_) | None => Ok(()),
        }
    })
    .await;
    match done {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(target.unavailable(format!("{error}; check the rights and the disk"))),
        Err(error) => Err(target.backend("write", error)),
    }
}

/// Reads every object and every record of a file and compares them with their digests.
async fn verify(place: &Place) -> Result<Backup, Error> {
    // A backup of an older build is brought up to this build's schema, as opening it would.
    prepare(place).await?;
    let failed = |error| place.error("verify", error);
    let mut connection = SqliteConnection::connect_with(&place.options()).await.map_err(failed)?;
    let verified = verify_all(&mut connection, place).await;
    // Closed whatever was found: what SQLite put beside the file goes with it.
    let closed = connection.close().await.map_err(failed);
    let (objects, records) = verified?;
    closed?;
    let bytes = place.path().metadata().map_or(0, |metadata| metadata.len());
    Ok(Backup { objects, records, bytes })
}

/// The numbers of objects and records, all of them sound.
async fn verify_all(connection: &mut SqliteConnection, place: &Place) -> Result<(u64, u64), Error> {
    let failed = |error| place.error("verify", error);
    let integrity: String =
        query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await.map_err(failed)?;
    if integrity != "ok" {
        return Err(Error::DamagedStore { place: place.to_string(), reason: integrity });
    }
    let objects = verify_objects(connection, place).await?;
    let records = verify_records(connection, place).await?;
    // One file, without a log beside it.
    query("PRAGMA journal_mode = DELETE").execute(&mut *connection).await.map_err(failed)?;
    Ok((objects, records))
}

async fn verify_objects(connection: &mut SqliteConnection, place: &Place) -> Result<u64, Error> {
    let failed = |error| place.error("verify", error);
    let (mut count, mut after) = (0, Vec::new());
    loop {
        let rows = query("SELECT digest, bytes FROM objects WHERE digest > ?1 ORDER BY digest LIMIT ?2")
            .bind(&after)
            .bind(CHUNK)
            .fetch_all(&mut *connection)
            .await
            .map_err(failed)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.try_get(0).map_err(failed)?;
        for row in &rows {
            let digest: &[u8] = row.try_get(0).map_err(failed)?;
            let digest = digest.try_into().map(Digest::from_bytes).map_err(|error| place.backend("verify", error))?;
            let bytes: &[u8] = row.try_get(1).map_err(failed)?;
            let found = Digest::of(bytes);
            if found != digest {
                let reason = format!("its {} bytes have the digest `{found}`", bytes.len());
                return Err(Error::Damaged { digest, reason });
            }
            count += 1;
        }
    }
}

async fn verify_records(connection: &mut SqliteConnection, place: &Place) -> Result<u64, Error> {
    let failed = |error| place.error("verify", error);
    let (mut count, mut after) = (0, String::new());
    loop {
        let rows = query("SELECT key, revision, value, checksum FROM records WHERE key > ?1 ORDER BY key LIMIT ?2")
            .bind(&after)
            .bind(CHUNK)
            .fetch_all(&mut *connection)
            .await
            .map_err(failed)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.try_get(0).map_err(failed)?;
        for row in &rows {
            verified(row, place)?;
            count += 1;
        }
    }
}

/// Moves a store aside that nobody has open.
async fn set_aside(place: &Place) -> Result<PathBuf, Error> {
    let options = place.options().busy_timeout(CLOSING_PATIENCE);
    // Leaving WAL takes that nobody else has the store open, and it empties the log into the file. A
    // file that is no sound store any more is moved as it stands, with what stands beside it.
    if let Ok(mut connection) = SqliteConnection::connect_with(&options).await {
        let left = query("PRAGMA journal_mode = DELETE").execute(&mut connection).await;
        _ = connection.close().await;
        if let Err(error) = left {
            let error = place.error("set aside", error);
            if matches!(error, Error::Busy { .. }) {
                return Err(error);
            }
        }
    }
    let aside = (1..1_000)
        .map(|number| beside(place.path(), &format!("replaced-{number}")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| place.unavailable("too many replaced stores stand beside it; remove some".to_owned()))?;
    let failed = |error: std::io::Error| place.unavailable(format!("{error}; check the rights to its directory"));
    for what in ["wal", "shm"] {
        let (from, to) = (beside(place.path(), what), beside(&aside, what));
        if from.exists() {
            tokio::fs::rename(from, to).await.map_err(failed)?;
        }
    }
    tokio::fs::rename(place.path(), &aside).await.map_err(failed)?;
    Ok(aside)
}
