//! Sweeping: garbage goes from its tops, so that what is left never names what is gone.

use std::collections::{HashMap, HashSet};

use greenroom_model::Digest;
use greenroom_store::{Revision, Store, StoredObject};

use super::names::digests_in;
use crate::Error;

/// How many objects one transaction deletes at most.
const BATCH: usize = 500;

/// How many objects are read at once; some are models of megabytes.
const OBJECTS: usize = 64;

/// Deletes the ripe garbage, or tells what would go; tells what is gone.
///
/// What is not ripe stays, and so does all that it names, and what a commit named since the mark.
pub(super) async fn sweep(
    store: &dyn Store,
    garbage: &[StoredObject],
    ripe: &HashSet<Digest>,
    mark: Revision,
    dry_run: bool,
) -> Result<HashSet<Digest>, Error> {
    let digests: Vec<Digest> = garbage.iter().map(|object| object.digest).collect();
    let mut named_by: HashMap<Digest, usize> = digests.iter().map(|digest| (*digest, 0)).collect();
    let mut names: HashMap<Digest, HashSet<Digest>> = HashMap::new();
    for batch in digests.chunks(OBJECTS) {
        for (digest, bytes) in batch.iter().zip(store.objects(batch).await?) {
            let Some(bytes) = bytes else { continue };
            let below: HashSet<Digest> =
                digests_in(&bytes).filter(|below| below != digest && named_by.contains_key(below)).collect();
            for below in &below {
                *named_by.entry(*below).or_default() += 1;
            }
            names.insert(*digest, below);
        }
    }
    let mut tops: Vec<Digest> = named_by.iter().filter(|(_, count)| **count == 0).map(|(digest, _)| *digest).collect();
    let mut gone = HashSet::new();
    while !tops.is_empty() {
        let mut batch = tops.split_off(tops.len().saturating_sub(BATCH));
        batch.retain(|digest| ripe.contains(digest));
        if batch.is_empty() {
            continue;
        }
        let deleted = if dry_run { batch } else { store.sweep(&batch, mark).await? };
        for digest in deleted {
            gone.insert(digest);
            for below in names.remove(&digest).unwrap_or_default() {
                if let Some(count) = named_by.get_mut(&below) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        tops.push(below);
                    }
                }
            }
        }
    }
    Ok(gone)
}
