//! Carrying out commits inside one transaction.
//!
//! SQLite works on a thread of its own, and going there and back costs more than
//! a small row. So a batch of commits is looked at, decided and written as a
//! whole: one query tells how all its records stand, the decisions are made here,
//! and what comes of them is written many rows at a time.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Commit, Committed, Error, Expected, Key, Record, Revision, Swap};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, query};

use crate::checksum::checksum;
use crate::place::Place;
use crate::read;

/// How many rows one statement writes: few sizes, so that few statements are prepared.
const ROWS: [usize; 4] = [64, 16, 4, 1];

/// How many bytes one statement writes, beyond its first row.
const STATEMENT_BYTES: usize = 1 << 20;

/// What became of each commit. An error of a whole batch leaves the store as it was.
pub(crate) type Outcomes = Vec<Result<Committed, Error>>;

/// What the commits of a batch come to: the last word on each record and object.
#[derive(Default)]
struct Written<'c> {
    records: BTreeMap<&'c Key, Option<(i64, &'c Bytes)>>,
    objects: BTreeMap<Digest, &'c Bytes>,
}

/// Carries out these commits in one transaction, so that the disk is synced once for all.
///
/// A commit that conflicts writes nothing, so the others go on. On any other
/// error all is rolled back.
pub(crate) async fn write_all(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: &[&Commit],
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

async fn carry_out(connection: &mut SqliteConnection, place: &Place, commits: &[&Commit]) -> Result<Outcomes, Error> {
    let failed = |error| place.error("write to", error);
    let (before, standing) = standing(connection, place, commits).await?;
    let mut last = before;
    let mut written = Written::default();
    let mut outcomes = Vec::with_capacity(commits.len());
    for commit in commits {
        outcomes.push(match broken(&commit.swaps, &standing, &written) {
            Some(key) => Err(conflict(connection, place, key, &written).await),
            None => Ok(decide(commit, &mut last, &mut written)),
        });
    }
    write(connection, written).await.map_err(failed)?;
    if last != before {
        query("UPDATE last_revision SET number = ?1").bind(last).execute(connection).await.map_err(failed)?;
    }
    Ok(outcomes)
}

/// The last revision that was given out, and those of the records that a swap has an expectation of.
async fn standing(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: &[&Commit],
) -> Result<(i64, HashMap<String, i64>), Error> {
    let failed = |error| place.error("write to", error);
    let swaps = commits.iter().flat_map(|commit| &commit.swaps);
    let keys: Vec<&Key> = swaps.filter(|swap| swap.expected != Expected::Any).map(|swap| &swap.key).collect();
    let keys = serde_json::to_string(&keys).map_err(|error| place.backend("write to", error))?;
    // No key is blank: that row is the last revision.
    let rows = query(
        "SELECT '', number FROM last_revision UNION ALL \
         SELECT key, revision FROM records WHERE key IN (SELECT value FROM json_each(?1))",
    )
    .bind(keys)
    .fetch_all(connection)
    .await
    .map_err(failed)?;
    let mut standing = HashMap::with_capacity(rows.len());
    for row in rows {
        standing.insert(row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    }
    let last = standing.remove("").ok_or_else(|| place.backend("write to", "it has lost its last revision"))?;
    Ok((last, standing))
}

/// The key of the first swap that does not hold.
fn broken<'c>(swaps: &'c [Swap], standing: &HashMap<String, i64>, written: &Written<'_>) -> Option<&'c Key> {
    swaps.iter().find_map(|Swap { key, expected, .. }| {
        let expected = match expected {
            Expected::Any => return None,
            Expected::Absent => None,
            Expected::Revision(revision) => Some(revision.get()),
        };
        let found = match written.records.get(key) {
            Some(written) => written.map(|(revision, _)| revision),
            None => standing.get(key.as_str()).copied(),
        };
        (found.map(i64::cast_unsigned) != expected).then_some(key)
    })
}

/// What a commit is told whose swap of this record does not hold.
async fn conflict(connection: &mut SqliteConnection, place: &Place, key: &Key, written: &Written<'_>) -> Error {
    let found = match written.records.get(key) {
        Some(written) => Ok(written.map(|(revision, value)| Record {
            key: key.clone(),
            revision: Revision::new(revision.cast_unsigned()),
            value: value.clone(),
        })),
        None => read::record(connection, place, key).await,
    };
    match found {
        Ok(found) => Error::Conflict { key: key.clone(), found: found.map(Box::new) },
        // A damaged record is an answer to this commit, not a reason to fail the others.
        Err(error) => error,
    }
}

/// Takes a commit whose swaps hold.
fn decide<'c>(commit: &'c Commit, last: &mut i64, written: &mut Written<'c>) -> Committed {
    written.objects.extend(commit.objects.iter().map(|(digest, bytes)| (*digest, bytes)));
    let swaps = commit.swaps.iter().map(|Swap { key, value, .. }| {
        let row = value.as_ref().map(|value| {
            *last += 1;
            (*last, value)
        });
        written.records.insert(key, row);
        row.map(|(revision, _)| Revision::new(revision.cast_unsigned()))
    });
    Committed { revisions: swaps.collect() }
}

async fn write(connection: &mut SqliteConnection, written: Written<'_>) -> Result<(), sqlx::Error> {
    let objects: Vec<(Digest, &Bytes)> = written.objects.into_iter().collect();
    for rows in statements(&objects, |(_, bytes)| bytes.len()) {
        let mut statement = QueryBuilder::<Sqlite>::new("INSERT INTO objects (digest, bytes) ");
        statement.push_values(rows, |mut row, (digest, bytes)| {
            row.push_bind(digest.as_bytes().to_vec()).push_bind(bytes.to_vec());
        });
        // An object that is whole is not written again; a damaged one is repaired.
        statement.push(" ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE bytes IS NOT excluded.bytes");
        statement.build().execute(&mut *connection).await?;
    }
    let mut deleted = Vec::new();
    let mut changed = Vec::new();
    for (key, row) in written.records {
        match row {
            Some((revision, value)) => changed.push((key, revision, value)),
            None => deleted.push(key),
        }
    }
    if !deleted.is_empty() {
        let keys = serde_json::to_string(&deleted).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let delete = query("DELETE FROM records WHERE key IN (SELECT value FROM json_each(?1))").bind(keys);
        delete.execute(&mut *connection).await?;
    }
    for rows in statements(&changed, |(_, _, value)| value.len()) {
        let mut statement =
            QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO records (key, revision, value, checksum) ");
        statement.push_values(rows, |mut row, (key, revision, value)| {
            row.push_bind(key.as_str().to_owned())
                .push_bind(*revision)
                .push_bind(value.to_vec())
                .push_bind(checksum(key.as_str(), *revision, value).as_bytes().to_vec());
        });
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Parts rows into statements: as many as a statement takes, fewer where they are long.
fn statements<T>(rows: &[T], length: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let fits = |size: &usize| {
            rest.get(..*size)
                .is_some_and(|rows| *size == 1 || rows.iter().map(&length).sum::<usize>() <= STATEMENT_BYTES)
        };
        let size = ROWS.into_iter().find(fits)?;
        let (statement, others) = rest.split_at(size);
        rest = others;
        Some(statement)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: &[usize]) -> Vec<usize> {
        statements(lengths, |length| *length).map(<[usize]>::len).collect()
    }

    #[test]
    fn many_small_rows_share_statements_of_few_sizes() {
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        assert_eq!(sizes(&[10; 87]), [64, 16, 4, 1, 1, 1]);
    }

    #[test]
    fn long_rows_have_statements_of_their_own() {
        assert_eq!(sizes(&[STATEMENT_BYTES * 3]), [1]);
        assert_eq!(sizes(&[STATEMENT_BYTES, 1, 1, 1, 1]), [1, 4]);
    }
}
