//! What a collection of garbage rests on: what is relied on is there, and what was named since is spared.
//!
//! Stores that never delete objects do not offer this, and pass.

use std::sync::Arc;

use greenroom_model::Digest;
use tokio::task::JoinSet;

use super::{Broken, ensure};
use crate::{Commit, Error, Key, Revision, Store};

async fn collects(store: &dyn Store) -> Result<bool, Broken> {
    match store.last_revision().await {
        Ok(_) => Ok(true),
        Err(Error::Unsupported(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn object(number: usize) -> (Digest, String) {
    let bytes = format!("collected {number}");
    (Digest::of(bytes.as_bytes()), bytes)
}

fn carrying(numbers: impl IntoIterator<Item = usize>) -> Commit {
    numbers.into_iter().map(object).fold(Commit::new(), |commit, (digest, bytes)| commit.object(digest, bytes))
}

async fn stands(store: &dyn Store, number: usize) -> Result<bool, Broken> {
    Ok(store.objects(&[object(number).0]).await? != [None])
}

pub(super) async fn what_is_relied_on_must_be_there(store: Arc<dyn Store>) -> Result<(), Broken> {
    if !collects(&*store).await? {
        return Ok(());
    }
    let (key, (absent, _)) = (Key::new("record")?, object(1));
    let (carried, bytes) = object(2);
    let commit = Commit::new().object(carried, bytes).rely(absent).create(key.clone(), "value");
    let result = store.commit(commit.clone()).await;
    let named = matches!(&result, Err(Error::Missing(digest)) if *digest == absent);
    ensure!(named, "relying on what is absent gave {result:?}");
    ensure!(!stands(&*store, 2).await? && store.record(&key).await?.is_none(), "a refused commit left something");
    store.commit(carrying([1])).await?;
    store.commit(commit).await?;
    ensure!(stands(&*store, 2).await?, "relying on what is there did not carry the rest");
    // What the commit carries itself is there.
    let (digest, bytes) = object(3);
    store.commit(Commit::new().rely(digest).object(digest, bytes)).await?;
    Ok(())
}

pub(super) async fn sweeps_spare_what_was_named_since(store: Arc<dyn Store>) -> Result<(), Broken> {
    if !collects(&*store).await? {
        return Ok(());
    }
    store.commit(carrying(0..6)).await?;
    let mark = store.last_revision().await?;
    // Carried again, relied on, and new; none of these commits writes a record.
    store.commit(carrying([1])).await?;
    store.commit(Commit::new().rely(object(2).0)).await?;
    store.commit(carrying([6])).await?;
    let asked: Vec<Digest> = [0, 1, 2, 3, 6, 7].map(|number| object(number).0).to_vec();
    let mut swept = store.sweep(&asked, mark).await?;
    swept.sort();
    let mut expected = [object(0).0, object(3).0];
    expected.sort();
    ensure!(swept == expected, "swept {swept:?}");
    for (number, kept) in [(0, false), (1, true), (2, true), (3, false), (4, true), (5, true), (6, true)] {
        ensure!(stands(&*store, number).await? == kept, "object {number} is kept: {}", !kept);
    }
    store.commit(carrying([0])).await?;
    ensure!(stands(&*store, 0).await?, "what was swept could not be stored again");
    ensure!(store.sweep(&[object(0).0], mark).await?.is_empty(), "what was stored again was swept");
    ensure!(store.sweep(&[], mark).await?.is_empty(), "a sweep of nothing swept something");
    Ok(())
}

pub(super) async fn lists_objects_and_changed_records_in_pages(store: Arc<dyn Store>) -> Result<(), Broken> {
    if !collects(&*store).await? {
        return Ok(());
    }
    let start = store.last_revision().await?;
    store.commit(carrying(0..25)).await?;
    let mut digests: Vec<Digest> = (0..25).map(|number| object(number).0).collect();
    digests.sort();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.stored_objects(after.as_ref(), 10).await?;
        ensure!(page.len() <= 10, "a page of 10 objects has {}", page.len());
        let Some(last) = page.last() else { break };
        after = Some(last.digest);
        let whole = page.iter().all(|object| object.stamp > start && (11..=12).contains(&object.length));
        ensure!(whole, "an object has another length, or the stamp of another commit: {page:?}");
        listed.extend(page.into_iter().map(|object| object.digest));
        ensure!(listed.len() <= digests.len(), "pages repeat objects");
    }
    ensure!(listed == digests, "listed {listed:?}");

    let keys = ["a/b", "a", "b-c", "z"].map(Key::new).into_iter().collect::<Result<Vec<_>, _>>()?;
    for key in &keys {
        store.commit(Commit::new().put(key.clone(), "1")).await?;
    }
    let mark = store.last_revision().await?;
    store.commit(Commit::new().put(keys[3].clone(), "2").put(keys[0].clone(), "2")).await?;
    let changed = async |since: Revision, after: Option<&Key>, limit| -> Result<Vec<String>, Broken> {
        let page = store.changed(since, after, limit).await?;
        Ok(page
            .into_iter()
            .map(|record| format!("{}={}", record.key, String::from_utf8_lossy(&record.value)))
            .collect())
    };
    let all = changed(Revision::new(0), None, 10).await?;
    ensure!(all == ["a=1", "a/b=2", "b-c=1", "z=2"], "all records are {all:?}");
    let since = changed(mark, None, 10).await?;
    ensure!(since == ["a/b=2", "z=2"], "changed since are {since:?}");
    let (first, rest) = (changed(mark, None, 1).await?, changed(mark, Some(&keys[0]), 10).await?);
    ensure!(first == ["a/b=2"] && rest == ["z=2"], "pages are {first:?} and {rest:?}");
    Ok(())
}

/// Writers rely on an object and write a record that names it, while it is swept: at no time does a
/// record name what is gone.
pub(super) async fn no_sweep_takes_what_a_commit_relies_on(store: Arc<dyn Store>) -> Result<(), Broken> {
    if !collects(&*store).await? {
        return Ok(());
    }
    for round in 0..20 {
        store.commit(carrying([round])).await?;
        let mark = store.last_revision().await?;
        let digest = object(round).0;
        let mut tasks = JoinSet::new();
        for writer in 0..4 {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                let key = Key::of(&["named", &round.to_string(), &writer.to_string()])?;
                match store.commit(Commit::new().rely(digest).create(key, digest.to_string())).await {
                    Ok(_) => Ok(true),
                    Err(Error::Missing(_)) => Ok(false),
                    Err(error) => Err(Broken::from(error)),
                }
            });
        }
        let swept = store.sweep(&[digest], mark).await?;
        let mut named = false;
        while let Some(result) = tasks.join_next().await {
            named |= result??;
        }
        let gone = !stands(&*store, round).await?;
        ensure!(gone != swept.is_empty(), "the sweep told {swept:?}, the object is gone: {gone}");
        ensure!(!(named && gone), "round {round}: a record names what was swept");
    }
    Ok(())
}
