//! Carrying out commits inside one transaction.
//!
//! SQLite works on a thread of its own, and going there and back costs more than
//! a small row, the more so while all cores are busy. So a batch of commits goes
//! there twice: once to begin the transaction and to ask how all its records
//! stand, and, once all is decided here, to write what comes of it and to end
//! the transaction; more often where that is much. (sqlx takes several statements at once for SQLite; their
//! parameters are counted on from one to the next.)

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Commit, Committed, Error, Expected, Key, Record, Revision, Swap};
use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, query};

use crate::checksum::checksum;
use crate::place::Place;
use crate::read;
use crate::relied::stored_of_relied;

/// How many rows one statement writes; what is left over is blank. Few sizes, so that few
/// statements are prepared.
const ROWS: [usize; 4] = [1, 4, 16, 64];

/// How many statements go to SQLite at once. A large commit goes there several times: the
/// statements of a trip stay prepared, and its values are copied.
const TRIP: usize = 16;

/// How many bytes one statement writes, beyond its first row.
const STATEMENT_BYTES: usize = 1 << 20;

/// What became of each commit. An error of a whole batch leaves the store as it was.
pub(crate) type Outcomes = Vec<Result<Committed, Error>>;

/// What the commits of a batch come to: the last word on each record and object.
#[derive(Default)]
struct Written<'c> {
    records: BTreeMap<&'c Key, Option<(i64, &'c Bytes)>>,
    objects: BTreeMap<Digest, &'c Bytes>,
    /// Objects that are there and were relied on.
    relied: BTreeSet<Digest>,
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
    let written = carry_out(connection, place, commits).await;
    if written.is_err() {
        // SQLite may have rolled back by itself, on a full disk for one; then there is nothing to do.
        let _already_rolled_back = query("ROLLBACK").execute(connection).await;
    }
    written
}

async fn carry_out(connection: &mut SqliteConnection, place: &Place, commits: &[&Commit]) -> Result<Outcomes, Error> {
    let (before, standing) = begin(connection, place, commits).await?;
    let stored = stored_of_relied(connection, place, commits).await?;
    let mut last = before;
    let mut written = Written::default();
    let mut outcomes = Vec::with_capacity(commits.len());
    for commit in commits {
        outcomes.push(match broken(&commit.swaps, &standing, &written) {
            Some(key) => Err(conflict(connection, place, key, &written).await),
            None => match absent(commit, &stored, &written) {
                Some(digest) => Err(Error::Missing(digest)),
                None => Ok(decide(commit, &mut last, &mut written)),
            },
        });
    }
    end(connection, place, written, (last != before).then_some(last)).await?;
    Ok(outcomes)
}

/// Begins the transaction. Tells the last revision that was given out, and those of
/// the records that a swap has an expectation of.
async fn begin(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: &[&Commit],
) -> Result<(i64, HashMap<String, i64>), Error> {
    let failed = |error| place.error("write to", error);
    let swaps = commits.iter().flat_map(|commit| &commit.swaps);
    let keys: Vec<&Key> = swaps.filter(|swap| swap.expected != Expected::Any).map(|swap| &swap.key).collect();
    let keys = serde_json::to_string(&keys).map_err(|error| place.backend("write to", error))?;
    // A transaction that begins by reading could not become a writing one while others write.
    let row = query(
        "BEGIN IMMEDIATE; \
         SELECT number, (SELECT json_group_object(key, revision) FROM records \
                         WHERE key IN (SELECT value FROM json_each(?))) FROM last_revision",
    )
    .bind(keys)
    .fetch_all(connection)
    .await
    .map_err(failed)?
    .pop()
    .ok_or_else(|| place.backend("write to", "it has lost its last revision"))?;
    let standing: &str = row.try_get(1).map_err(failed)?;
    let standing = serde_json::from_str(standing).map_err(|error| place.backend("write to", error))?;
    Ok((row.try_get(0).map_err(failed)?, standing))
}

/// The first object that a commit relies on and that is not there.
fn absent(commit: &Commit, stored: &BTreeSet<Digest>, written: &Written<'_>) -> Option<Digest> {
    let is_carried = |digest: &Digest| commit.objects.iter().any(|(carried, _)| carried == digest);
    let is_there = |digest: &Digest| stored.contains(digest) || written.objects.contains_key(digest);
    commit.relied.iter().find(|digest| !is_there(digest) && !is_carried(digest)).copied()
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
    written.relied.extend(&commit.relied);
    // Objects are stamped with a revision that was not given out before, even where no record is written.
    *last += i64::from(!commit.objects.is_empty() || !commit.relied.is_empty());
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

/// Writes what the commits come to, and ends the transaction.
async fn end(
    connection: &mut SqliteConnection,
    place: &Place,
    written: Written<'_>,
    last: Option<i64>,
) -> Result<(), Error> {
    let mut sql = QueryBuilder::<Sqlite>::new("");
    let stamp = last.unwrap_or(0);
    let relied: Vec<Digest> =
        written.relied.into_iter().filter(|digest| !written.objects.contains_key(digest)).collect();
    let objects: Vec<(Digest, &Bytes)> = written.objects.into_iter().collect();
    for (number, (rows, size)) in statements(&objects, |(_, bytes)| bytes.len()).enumerate() {
        send_full_trip(connection, place, &mut sql, number).await?;
        sql.push("INSERT INTO objects (digest, bytes, stamp) ");
        push_rows(&mut sql, 3, rows, size, |row, (digest, bytes)| {
            row.push_bind(digest.as_bytes().to_vec()).push_bind(bytes.to_vec()).push_bind(stamp);
        });
        // An object that is there gets the new stamp; a damaged one is repaired.
        sql.push(" ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes, stamp = excluded.stamp; ");
    }
    if !relied.is_empty() {
        let relied = serde_json::to_string(&relied).map_err(|error| place.backend("write to", error))?;
        sql.push("UPDATE objects SET stamp = ").push_bind(stamp);
        sql.push(" WHERE digest IN (SELECT unhex(value) FROM json_each(").push_bind(relied).push(")); ");
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
        let keys = serde_json::to_string(&deleted).map_err(|error| place.backend("write to", error))?;
        sql.push("DELETE FROM records WHERE key IN (SELECT value FROM json_each(").push_bind(keys).push(")); ");
    }
    for (number, (rows, size)) in statements(&changed, |(_, _, value)| value.len()).enumerate() {
        send_full_trip(connection, place, &mut sql, number).await?;
        sql.push("INSERT OR REPLACE INTO records (key, revision, value, checksum) ");
        push_rows(&mut sql, 4, rows, size, |row, (key, revision, value)| {
            row.push_bind(key.as_str().to_owned())
                .push_bind(*revision)
                .push_bind(value.to_vec())
                .push_bind(checksum(key.as_str(), *revision, value).as_bytes().to_vec());
        });
        sql.push("; ");
    }
    if let Some(last) = last {
        sql.push("UPDATE last_revision SET number = ").push_bind(last).push("; ");
    }
    sql.push("COMMIT");
    sql.build().execute(connection).await.map_err(|error| place.error("write to", error))?;
    Ok(())
}

/// Sends what was gathered before this statement, where that is a whole trip.
async fn send_full_trip(
    connection: &mut SqliteConnection,
    place: &Place,
    sql: &mut QueryBuilder<Sqlite>,
    statement: usize,
) -> Result<(), Error> {
    if statement > 0 && statement.is_multiple_of(TRIP) {
        let mut full = std::mem::replace(sql, QueryBuilder::new(""));
        full.build().execute(connection).await.map_err(|error| place.error("write to", error))?;
    }
    Ok(())
}

/// What a statement inserts: the rows, and blank ones up to its size, which are left out.
fn push_rows<T>(
    sql: &mut QueryBuilder<Sqlite>,
    columns: usize,
    rows: &[T],
    size: usize,
    mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &T),
) {
    sql.push("SELECT * FROM (VALUES ");
    for place in 0..size {
        sql.push(if place == 0 { "(" } else { ", (" });
        let mut values = sql.separated(", ");
        match rows.get(place) {
            Some(row) => bind(&mut values, row),
            None => {
                for _ in 0..columns {
                    values.push_bind(None::<i64>);
                }
            }
        }
        sql.push(")");
    }
    sql.push(") WHERE column1 IS NOT NULL");
}

/// Parts rows into statements, each of a size: as many as a statement takes, fewer where they are long.
fn statements<T>(rows: &[T], length: impl Fn(&T) -> usize) -> impl Iterator<Item = (&[T], usize)> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = rest.iter().take_while(|row| {
            bytes += length(row);
            bytes <= STATEMENT_BYTES
        });
        // A row that is too long by itself has a statement of its own.
        let most = fitting.take(ROWS[ROWS.len() - 1]).count().max(1).min(rest.len());
        let size = ROWS.into_iter().find(|size| *size >= most).filter(|_| most > 0)?;
        let (statement, others) = rest.split_at(most);
        rest = others;
        Some((statement, size))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: &[usize]) -> Vec<(usize, usize)> {
        statements(lengths, |length| *length).map(|(rows, size)| (rows.len(), size)).collect()
    }

    #[test]
    fn many_small_rows_share_statements_of_few_sizes() {
        assert_eq!(sizes(&[]), []);
        assert_eq!(sizes(&[10]), [(1, 1)]);
        assert_eq!(sizes(&[10; 16]), [(16, 16)]);
        assert_eq!(sizes(&[10; 87]), [(64, 64), (23, 64)]);
    }

    #[test]
    fn long_rows_have_statements_of_their_own() {
        assert_eq!(sizes(&[STATEMENT_BYTES * 3]), [(1, 1)]);
        assert_eq!(sizes(&[STATEMENT_BYTES, 1, 1, 1, 1]), [(1, 1), (4, 4)]);
        assert_eq!(sizes(&[1, 1, STATEMENT_BYTES, 1]), [(2, 4), (1, 1), (1, 1)]);
    }
}
