//! Carrying out commits inside one transaction.

use greenroom_model::Digest;
use greenroom_store::{Commit, Committed, Error, Expected, Revision, Swap};
use sqlx::{SqliteConnection, query, query_scalar};

use crate::checksum::checksum;
use crate::place::Place;
use crate::read;

/// What became of each commit. An error of a whole batch leaves the store as it was.
pub(crate) type Outcomes = Vec<Result<Committed, Error>>;

/// Carries out these commits in one transaction, so that the disk is synced once for all.
///
/// A commit that conflicts writes nothing, so the others go on. On any other
/// error all is rolled back.
pub(crate) async fn write_all<'c>(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: impl Iterator<Item = &'c Commit> + Send,
) -> Result<Outcomes, Error> {
    let failed = |error| place.error("write to", error);
    // A transaction that begins by reading could not become a writing one while others write.
    query("BEGIN IMMEDIATE").execute(&mut *connection).await.map_err(failed)?;
    let written = match carry_out(connection, place, commits).await {
        Ok(outcomes) => query("COMMIT").execute(&mut *connection).await.map(|_| outcomes).map_err(failed),
        Err(error) => Err(error),
    };
    if written.is_err() {
        // SQLite may have rolled back by itself, on a full disk for one; then there is nothing to do.
        let _already_rolled_back = query("ROLLBACK").execute(connection).await;
    }
    written
}

async fn carry_out<'c>(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: impl Iterator<Item = &'c Commit> + Send,
) -> Result<Outcomes, Error> {
    let failed = |error| place.error("write to", error);
    let before: i64 =
        query_scalar("SELECT number FROM last_revision").fetch_one(&mut *connection).await.map_err(failed)?;
    let mut last = before;
    let mut outcomes = Vec::new();
    for commit in commits {
        outcomes.push(match conflict(connection, place, &commit.swaps).await? {
            Some(error) => Err(error),
            None => Ok(apply(connection, commit, &mut last).await.map_err(failed)?),
        });
    }
    if last != before {
        query("UPDATE last_revision SET number = ?1").bind(last).execute(connection).await.map_err(failed)?;
    }
    Ok(outcomes)
}

/// The error of the first swap that does not hold.
async fn conflict(connection: &mut SqliteConnection, place: &Place, swaps: &[Swap]) -> Result<Option<Error>, Error> {
    for Swap { key, expected, .. } in swaps {
        let expected = match expected {
            Expected::Any => continue,
            Expected::Absent => None,
            Expected::Revision(revision) => Some(revision.get()),
        };
        let found: Option<i64> = query_scalar("SELECT revision FROM records WHERE key = ?1")
            .bind(key.as_str())
            .fetch_optional(&mut *connection)
            .await
            .map_err(|error| place.error("write to", error))?;
        if found.map(i64::cast_unsigned) != expected {
            // A damaged record is an answer to this commit, not a reason to fail the others.
            return Ok(Some(match read::record(connection, place, key).await {
                Ok(record) => Error::Conflict { key: key.clone(), found: record.map(Box::new) },
                Err(error) => error,
            }));
        }
    }
    Ok(None)
}

async fn apply(connection: &mut SqliteConnection, commit: &Commit, last: &mut i64) -> Result<Committed, sqlx::Error> {
    for (digest, bytes) in &commit.objects {
        keep(connection, digest, bytes).await?;
    }
    let mut revisions = Vec::with_capacity(commit.swaps.len());
    for Swap { key, value, .. } in &commit.swaps {
        let Some(value) = value else {
            query("DELETE FROM records WHERE key = ?1").bind(key.as_str()).execute(&mut *connection).await?;
            revisions.push(None);
            continue;
        };
        *last += 1;
        query("INSERT OR REPLACE INTO records (key, revision, value, checksum) VALUES (?1, ?2, ?3, ?4)")
            .bind(key.as_str())
            .bind(*last)
            .bind(&value[..])
            .bind(&checksum(key.as_str(), *last, value).as_bytes()[..])
            .execute(&mut *connection)
            .await?;
        revisions.push(Some(Revision::new(last.cast_unsigned())));
    }
    Ok(Committed { revisions })
}

/// Writes an object that is absent or damaged; one that is whole is not written again.
async fn keep(connection: &mut SqliteConnection, digest: &Digest, bytes: &[u8]) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO objects (digest, bytes) VALUES (?1, ?2) \
         ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE bytes IS NOT excluded.bytes",
    )
    .bind(&digest.as_bytes()[..])
    .bind(bytes)
    .execute(connection)
    .await
    .map(drop)
}
