//! Opening a file: whose it is, which schema it has, and bringing it up to this build's.

use std::time::Duration;

use greenroom_store::Error;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use tokio::time::{Instant, sleep};

use crate::place::{PATIENCE, Place};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Marks the file as a Greenroom store, in the header that SQLite keeps for this: `Grnr`.
const APPLICATION_ID: i64 = 0x4772_6E72;

/// What stands in the file.
enum Standing {
    /// Nothing yet, or a schema of an older build.
    Behind,
    /// This build's schema.
    Current,
}

/// Makes sure that the file is a store of this build's schema; creates it where it is absent.
pub(crate) async fn prepare(place: &Place) -> Result<(), Error> {
    place.check()?;
    let patience = Instant::now() + PATIENCE;
    loop {
        match attempt(place).await {
            // SQLite does not wait by itself for the lock that the change to WAL takes.
            Err(Error::Busy { .. }) if Instant::now() < patience => sleep(Duration::from_millis(10)).await,
            result => return result,
        }
    }
}

async fn attempt(place: &Place) -> Result<(), Error> {
    let options = place.options().create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| place.error("open", error))?;
    let result = bring_up(&mut connection, place).await;
    let closed = connection.close().await.map_err(|error| place.error("open", error));
    result.and(closed)
}

async fn bring_up(connection: &mut SqliteConnection, place: &Place) -> Result<(), Error> {
    // First look, so that a file of someone else's is not even switched to WAL. In one transaction,
    // so that another process that sets up the store is seen before or after, not amid it.
    let failed = |error| place.error("open", error);
    let mut look = connection.begin().await.map_err(failed)?;
    let standing = standing(&mut look, place).await?;
    look.rollback().await.map_err(failed)?;
    let mode: String = query_scalar("PRAGMA journal_mode = WAL").fetch_one(&mut *connection).await.map_err(failed)?;
    if mode != "wal" {
        return Err(
            place.unavailable("its file system has no shared memory; move the store to a local disk".to_owned())
        );
    }
    match standing {
        Standing::Current => Ok(()),
        Standing::Behind => migrate(connection, place).await,
    }
}

async fn standing(connection: &mut SqliteConnection, place: &Place) -> Result<Standing, Error> {
    let failed = |error| place.error("open", error);
    let application: i64 = query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(failed)?;
    if application != APPLICATION_ID {
        let tables: i64 =
            query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(connection).await.map_err(failed)?;
        return if application == 0 && tables == 0 {
            Ok(Standing::Behind)
        } else {
            Err(place.not_a_store("it is a database of another program; name another file"))
        };
    }
    let found: i64 = query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(failed)?;
    let supported = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match found {
        _ if found > supported => Err(Error::NewerSchema { place: place.to_string(), found, supported }),
        _ if found == supported => Ok(Standing::Current),
        _ => Ok(Standing::Behind),
    }
}

/// Applies what is missing, all or nothing, while no other process can write.
async fn migrate(connection: &mut SqliteConnection, place: &Place) -> Result<(), Error> {
    let failed = |error| place.error("set up", error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    // Another process may have been quicker, even one of a newer build.
    if let Standing::Behind = standing(&mut transaction, place).await? {
        query("PRAGMA application_id = 0x47726E72").execute(&mut *transaction).await.map_err(failed)?;
        MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
            error => place.backend("migrate", error),
        })?;
    }
    transaction.commit().await.map_err(failed)
}
