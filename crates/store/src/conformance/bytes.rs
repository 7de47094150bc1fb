//! What goes in comes out, to the byte; damage is told.

use std::sync::Arc;

use bytes::Bytes;
use greenroom_model::Digest;

use super::{Broken, Violation, ensure};
use crate::{Commit, Error, Key, Store};

fn numbered(number: usize) -> (Digest, Bytes) {
    let bytes = Bytes::from(format!("object {number}"));
    (Digest::of(&bytes), bytes)
}

pub(super) async fn keeps_every_byte(store: Arc<dyn Store>) -> Result<(), Broken> {
    let all: Bytes = (0..=u8::MAX).collect();
    let long: Bytes = (0..5_000_000_u32).map(|number| (number % 251) as u8).collect();
    for (name, bytes) in [("blank", Bytes::new()), ("all", all), ("long", long)] {
        let (digest, key) = (Digest::of(&bytes), Key::of(&["bytes", name])?);
        ensure!(store.objects(&[digest]).await? == [None], "an empty store has an object");
        ensure!(store.record(&key).await?.is_none(), "an empty store has a record");
        store.commit(Commit::new().object(digest, bytes.clone()).create(key.clone(), bytes.clone())).await?;
        ensure!(store.objects(&[digest]).await? == [Some(bytes.clone())], "object `{name}` came back otherwise");
        let record = store.record(&key).await?;
        ensure!(record.is_some_and(|record| record.value == bytes), "record `{name}` came back otherwise");
    }
    Ok(())
}

pub(super) async fn answers_objects_in_the_order_asked(store: Arc<dyn Store>) -> Result<(), Broken> {
    const STORED: usize = 1_300;
    let commit = (0..STORED).map(numbered).fold(Commit::new(), |commit, (digest, bytes)| commit.object(digest, bytes));
    store.commit(commit).await?;
    // Backwards, with objects that are absent among them, and the first third asked for twice.
    let asked: Vec<usize> = (0..STORED * 2).rev().step_by(3).chain(0..STORED / 3).collect();
    let digests: Vec<Digest> = asked.iter().map(|number| numbered(*number).0).collect();
    let found = store.objects(&digests).await?;
    ensure!(found.len() == digests.len(), "asked for {} objects, got {} answers", digests.len(), found.len());
    for (number, found) in asked.into_iter().zip(found) {
        let expected = (number < STORED).then(|| numbered(number).1);
        ensure!(found == expected, "asked for object {number}, got {found:?}");
    }
    ensure!(store.objects(&[]).await?.is_empty(), "asked for nothing, got something");
    Ok(())
}

pub(super) async fn objects_are_idempotent(store: Arc<dyn Store>) -> Result<(), Broken> {
    let (digest, bytes) = numbered(1);
    for _ in 0..3 {
        // Twice in one commit, and again in the next.
        store.commit(Commit::new().object(digest, bytes.clone()).object(digest, bytes.clone())).await?;
        ensure!(store.objects(&[digest]).await? == [Some(bytes.clone())], "an object committed again is another");
    }
    let empty = store.commit(Commit::new()).await?;
    ensure!(empty.revisions.is_empty(), "a commit of nothing wrote a record");
    Ok(())
}

pub(super) async fn refuses_bytes_of_another_digest(store: Arc<dyn Store>) -> Result<(), Broken> {
    let ((good, bytes), (wrong, _)) = (numbered(1), numbered(2));
    let key = Key::new("record")?;
    let commit = Commit::new().object(good, bytes.clone()).object(wrong, bytes).create(key.clone(), "value");
    let result = store.commit(commit).await;
    let named = matches!(&result, Err(Error::Damaged { digest, .. }) if *digest == wrong);
    ensure!(named, "bytes under a wrong digest gave {result:?}");
    ensure!(store.objects(&[good, wrong]).await? == [None, None], "a refused commit left an object");
    ensure!(store.record(&key).await?.is_none(), "a refused commit left a record");
    Ok(())
}

/// Whether a store tells damage: `damage` changes an object's stored bytes behind the store's back.
///
/// The error must name the object, other objects must stay readable, and
/// committing the object again must repair it.
///
/// # Errors
/// [`Violation`] tells what the store broke.
pub async fn damage_is_told(store: Arc<dyn Store>, damage: impl AsyncFnOnce(Digest)) -> Result<(), Violation> {
    let case = "damage_is_told";
    damage_case(store, damage).await.map_err(|Broken(what)| Violation { case: case.to_owned(), what })
}

async fn damage_case(store: Arc<dyn Store>, damage: impl AsyncFnOnce(Digest)) -> Result<(), Broken> {
    let ((whole, whole_bytes), (hurt, hurt_bytes)) = (numbered(1), numbered(2));
    let write = || Commit::new().object(whole, whole_bytes.clone()).object(hurt, hurt_bytes.clone());
    store.commit(write()).await?;
    damage(hurt).await;
    for asked in [&[hurt][..], &[whole, hurt], &[hurt, whole, hurt]] {
        let result = store.objects(asked).await;
        let named = matches!(&result, Err(Error::Damaged { digest, .. }) if *digest == hurt);
        ensure!(named, "a damaged object gave {result:?}");
    }
    ensure!(store.objects(&[whole]).await? == [Some(whole_bytes.clone())], "a whole object is not readable");
    store.commit(write()).await?;
    let repaired = store.objects(&[hurt]).await;
    let is_whole = matches!(&repaired, Ok(found) if found[..] == [Some(hurt_bytes)]);
    ensure!(is_whole, "committing a damaged object again gave {repaired:?}");
    Ok(())
}
