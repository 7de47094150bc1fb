//! What a collection of garbage asks of the store: what there is, what changed, and the sweep.

use greenroom_model::Digest;
use greenroom_store::{Error, Key, Record, Revision, StoredObject};
use sqlx::{Connection, Row, SqliteConnection, SqlitePool, query, query_scalar};

use crate::place::Place;
use crate::read::{digest_of, verified};

pub(crate) async fn last_revision(readers: &SqlitePool, place: &Place) -> Result<Revision, Error> {
    let number: i64 = query_scalar("SELECT number FROM last_revision")
        .fetch_one(readers)
        .await
        .map_err(|error| place.read_error("read", error))?;
    Ok(Revision::new(number.cast_unsigned()))
}

pub(crate) async fn changed(
    readers: &SqlitePool,
    place: &Place,
    since: Revision,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Record>, Error> {
    // No index is worth its writes: a collection walks through all records once, and once more
    // through what is then a short list.
    let rows = query(
        "SELECT key, revision, value, checksum FROM records WHERE key > ?1 AND revision > ?2 ORDER BY key LIMIT ?3",
    )
    .bind(after.map_or("", Key::as_str))
    .bind(since.get().cast_signed())
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(readers)
    .await
    .map_err(|error| place.read_error("read", error))?;
    rows.iter().map(|row| verified(row, place)).collect()
}

pub(crate) async fn stored_objects(
    readers: &SqlitePool,
    place: &Place,
    after: Option<&Digest>,
    limit: usize,
) -> Result<Vec<StoredObject>, Error> {
    let failed = |error| place.read_error("list objects of", error);
    let rows = query("SELECT digest, length(bytes), stamp FROM objects WHERE digest > ?1 ORDER BY digest LIMIT ?2")
        .bind(after.map_or_else(Vec::new, |after| after.as_bytes().to_vec()))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(readers)
        .await
        .map_err(failed)?;
    let shown = |row| {
        let (length, stamp): (i64, i64) =
            (Row::try_get(row, 1).map_err(failed)?, Row::try_get(row, 2).map_err(failed)?);
        let stamp = Revision::new(stamp.cast_unsigned());
        Ok(StoredObject { digest: digest_of(row, place)?, length: length.cast_unsigned(), stamp })
    };
    rows.iter().map(shown).collect()
}

/// Deletes what was not named since, in a transaction of its own; it waits its turn beside the writer's.
pub(crate) async fn sweep(place: &Place, digests: &[Digest], until: Revision) -> Result<Vec<Digest>, Error> {
    let failed = |error| place.error("collect the garbage of", error);
    let asked = serde_json::to_string(digests).map_err(|error| place.backend("collect the garbage of", error))?;
    let mut connection = SqliteConnection::connect_with(&place.options()).await.map_err(failed)?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let rows = query(
        "DELETE FROM objects WHERE digest IN (SELECT unhex(value) FROM json_each(?1)) AND stamp <= ?2 RETURNING digest",
    )
    .bind(asked)
    .bind(until.get().cast_signed())
    .fetch_all(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    rows.iter().map(|row| digest_of(row, place)).collect()
}
