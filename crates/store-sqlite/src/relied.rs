//! What commits rely on without carrying it.

use std::collections::BTreeSet;

use greenroom_model::Digest;
use greenroom_store::{Commit, Error};
use sqlx::{SqliteConnection, query};

use crate::place::Place;
use crate::read::digest_of;

/// Which of the objects that commits rely on the store has.
pub(crate) async fn stored_of_relied(
    connection: &mut SqliteConnection,
    place: &Place,
    commits: &[&Commit],
) -> Result<BTreeSet<Digest>, Error> {
    let relied: BTreeSet<Digest> = commits.iter().flat_map(|commit| commit.relied.iter().copied()).collect();
    if relied.is_empty() {
        return Ok(relied);
    }
    let failed = |error| place.error("write to", error);
    let relied = serde_json::to_string(&relied).map_err(|error| place.backend("write to", error))?;
    let rows = query("SELECT digest FROM objects WHERE digest IN (SELECT unhex(value) FROM json_each(?1))")
        .bind(relied)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    rows.iter().map(|row| digest_of(row, place)).collect()
}
