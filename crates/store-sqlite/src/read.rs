//! Reading objects and records, each verified.

use std::collections::HashMap;

use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Error, Key, Record, Revision};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteExecutor, SqlitePool, query};

use crate::checksum::checksum;
use crate::place::Place;

/// How many objects one query asks for.
const CHUNK: usize = 500;

pub(crate) async fn objects(
    readers: &SqlitePool,
    place: &Place,
    digests: &[Digest],
) -> Result<Vec<Option<Bytes>>, Error> {
    let mut found = HashMap::with_capacity(digests.len());
    for chunk in digests.chunks(CHUNK) {
        let failed = |error| place.read_error("read objects of", error);
        let asked = serde_json::to_string(chunk).map_err(|error| place.backend("read objects of", error))?;
        let rows = query("SELECT digest, bytes FROM objects WHERE digest IN (SELECT unhex(value) FROM json_each(?1))")
            .bind(asked)
            .fetch_all(readers)
            .await
            .map_err(failed)?;
        for row in rows {
            let digest: &[u8] = row.try_get(0).map_err(failed)?;
            let digest = digest.try_into().map(Digest::from_bytes).map_err(|error| place.backend("read", error))?;
            let bytes: Vec<u8> = row.try_get(1).map_err(failed)?;
            let actual = Digest::of(&bytes);
            if actual != digest {
                let reason = format!("its {} bytes have the digest `{actual}`", bytes.len());
                return Err(Error::Damaged { digest, reason });
            }
            found.insert(digest, Bytes::from(bytes));
        }
    }
    Ok(digests.iter().map(|digest| found.get(digest).cloned()).collect())
}

pub(crate) async fn record(
    executor: impl SqliteExecutor<'_>,
    place: &Place,
    key: &Key,
) -> Result<Option<Record>, Error> {
    let row = query("SELECT key, revision, value, checksum FROM records WHERE key = ?1")
        .bind(key.as_str())
        .fetch_optional(executor)
        .await
        .map_err(|error| place.read_error("read", error))?;
    row.map(|row| verified(&row, place)).transpose()
}

pub(crate) async fn records(
    readers: &SqlitePool,
    place: &Place,
    prefix: &Key,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Record>, Error> {
    // The keys below `p` are those that begin with `p/`, and `0` is the character after `/`.
    let rows = query(
        "SELECT key, revision, value, checksum FROM records \
         WHERE key > max(?1 || '/', ?2) AND key < ?1 || '0' ORDER BY key LIMIT ?3",
    )
    .bind(prefix.as_str())
    .bind(after.map_or("", Key::as_str))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(readers)
    .await
    .map_err(|error| place.read_error("read", error))?;
    rows.iter().map(|row| verified(row, place)).collect()
}

pub(crate) fn verified(row: &SqliteRow, place: &Place) -> Result<Record, Error> {
    let failed = |error| place.error("read", error);
    let key: &str = row.try_get(0).map_err(failed)?;
    let revision: i64 = row.try_get(1).map_err(failed)?;
    let value: &[u8] = row.try_get(2).map_err(failed)?;
    let stored: &[u8] = row.try_get(3).map_err(failed)?;
    let damaged = |reason: &str| Error::DamagedRecord { key: key.to_owned(), reason: reason.to_owned() };
    if stored != checksum(key, revision, value).as_bytes() {
        return Err(damaged("its checksum is not that of its content"));
    }
    let number = u64::try_from(revision).map_err(|_| damaged("its revision is negative"))?;
    Ok(Record { key: Key::new(key)?, revision: Revision::new(number), value: Bytes::copy_from_slice(value) })
}

/// The digest in the first column.
pub(crate) fn digest_of(row: &SqliteRow, place: &Place) -> Result<Digest, Error> {
    let digest: &[u8] = row.try_get(0).map_err(|error| place.error("read", error))?;
    digest.try_into().map(Digest::from_bytes).map_err(|error| place.backend("read", error))
}
