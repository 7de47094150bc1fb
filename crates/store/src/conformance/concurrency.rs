//! Many writers and readers at once: nothing is lost, nothing is seen by halves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use greenroom_model::Digest;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Broken, ensure};
use crate::{Commit, Error, Expected, Key, Store};

pub(super) async fn one_of_64_writers_wins(store: Arc<dyn Store>) -> Result<(), Broken> {
    const WRITERS: usize = 64;
    let key = Key::new("pointer")?;
    let mut expected = Expected::Absent;
    for round in 0..8 {
        let barrier = Arc::new(Barrier::new(WRITERS));
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let (store, barrier, key) = (Arc::clone(&store), Arc::clone(&barrier), key.clone());
            writers.spawn(async move {
                let value = format!("round {round}, writer {writer}");
                barrier.wait().await;
                (value.clone(), store.commit(Commit::new().with(key, expected, Some(value.into()))).await)
            });
        }
        let mut winners = Vec::new();
        let mut told = Vec::new();
        while let Some(result) = writers.join_next().await {
            match result? {
                (value, Ok(committed)) => winners.push((value, committed.revisions)),
                (_, Err(Error::Conflict { found: Some(found), .. })) => told.push(*found),
                (value, Err(error)) => return Err(Broken(format!("{value} got an error: {error}"))),
            }
        }
        let [(value, revisions)] = &winners[..] else {
            return Err(Broken(format!("{} of {WRITERS} writers won: {winners:?}", winners.len())));
        };
        let record = store.record(&key).await?.ok_or_else(|| Broken("the record is gone".to_owned()))?;
        ensure!(record.value == value.as_bytes(), "{value} won, the record is {:?}", record.value);
        ensure!(
            revisions[..] == [Some(record.revision)],
            "the winner was told {revisions:?}, the record is {record:?}"
        );
        ensure!(told.iter().all(|found| *found == record), "some losers were not told of the winner");
        expected = Expected::Revision(record.revision);
    }
    Ok(())
}

pub(super) async fn no_increment_is_lost(store: Arc<dyn Store>) -> Result<(), Broken> {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let key = Key::new("counter")?;
    store.commit(Commit::new().create(key.clone(), "0")).await?;
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (store, key) = (Arc::clone(&store), key.clone());
        writers.spawn(async move {
            let mut done = 0;
            while done < EACH {
                let record = store.record(&key).await?.ok_or_else(|| Broken("the counter is gone".to_owned()))?;
                let next = number(&record.value)? + 1;
                match store.commit(Commit::new().swap(&record, next.to_string())).await {
                    Ok(_) => done += 1,
                    Err(Error::Conflict { .. }) => tokio::task::yield_now().await,
                    Err(error) => return Err(error.into()),
                }
            }
            Ok::<(), Broken>(())
        });
    }
    while let Some(result) = writers.join_next().await {
        result??;
    }
    let record = store.record(&key).await?.ok_or_else(|| Broken("the counter is gone".to_owned()))?;
    let counted = number(&record.value)?;
    ensure!(counted == WRITERS * EACH, "{} increments count to {counted}", WRITERS * EACH);
    Ok(())
}

fn number(value: &[u8]) -> Result<usize, Broken> {
    let text = String::from_utf8_lossy(value);
    text.parse().map_err(|_| Broken(format!("the counter is `{text}`")))
}

/// Commits what `write` makes, one after the other, for as long as it takes `read` to run
/// 120 times, in three tasks at once.
async fn read_while_writing<R>(
    store: &Arc<dyn Store>,
    write: impl Fn(usize) -> Commit,
    read: impl Fn(Arc<dyn Store>) -> R,
) -> Result<(), Broken>
where
    R: Future<Output = Result<(), Broken>> + Send + 'static,
{
    store.commit(write(0)).await?;
    let done = AtomicBool::new(false);
    let reading = async {
        for _ in 0..40 {
            let mut readers = JoinSet::new();
            for _ in 0..3 {
                readers.spawn(read(Arc::clone(store)));
            }
            while let Some(result) = readers.join_next().await {
                result??;
            }
        }
        done.store(true, Ordering::Release);
        Ok(())
    };
    let writing = async {
        let mut number = 0;
        while !done.load(Ordering::Acquire) {
            number += 1;
            store.commit(write(number)).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    };
    tokio::try_join!(reading, writing).map(|_| ())
}

pub(super) async fn readers_see_whole_commits(store: Arc<dyn Store>) -> Result<(), Broken> {
    let keys: Vec<Key> = (0..20).map(|number| Key::of(&["set", &number.to_string()])).collect::<Result<_, _>>()?;
    let write = |number: usize| {
        keys.iter().fold(Commit::new(), |commit, key| commit.put(key.clone(), format!("state {number}")))
    };
    read_while_writing(&store, write, |store| async move {
        let records = store.records(&Key::new("set")?, None, 100).await?;
        ensure!(records.len() == 20, "a reader saw {} of 20 records", records.len());
        let values: std::collections::BTreeSet<_> = records.iter().map(|record| &record.value).collect();
        ensure!(values.len() == 1, "a reader saw parts of several commits: {values:?}");
        Ok(())
    })
    .await
}

pub(super) async fn look_ups_see_whole_commits(store: Arc<dyn Store>) -> Result<(), Broken> {
    // Several look-ups at once: a store that gathers them must not part one of them.
    let write = |number: usize| {
        ["first", "second"].iter().fold(Commit::new(), |commit, name| match Key::new(name) {
            Ok(key) => commit.put(key, format!("state {number}")),
            Err(_) => commit,
        })
    };
    read_while_writing(&store, write, |store| async move {
        let found = store.look_up(&[Key::new("first")?, Key::new("second")?]).await?;
        let values: Vec<_> = found.iter().flatten().map(|record| &record.value).collect();
        ensure!(values.len() == 2, "a reader saw {} of 2 records", values.len());
        ensure!(values[0] == values[1], "a look-up saw parts of two commits: {values:?}");
        Ok(())
    })
    .await
}

pub(super) async fn records_never_precede_their_objects(store: Arc<dyn Store>) -> Result<(), Broken> {
    let key = Key::new("pointer")?;
    let write = |number: usize| {
        let content = format!("content {number}");
        let digest = Digest::of(content.as_bytes());
        Commit::new().put(key.clone(), digest.to_string()).object(digest, content)
    };
    read_while_writing(&store, write, |store| async move {
        let record =
            store.record(&Key::new("pointer")?).await?.ok_or_else(|| Broken("the pointer is gone".to_owned()))?;
        let text = String::from_utf8_lossy(&record.value).into_owned();
        let digest: Digest = text.parse().map_err(|_| Broken(format!("the pointer is `{text}`")))?;
        ensure!(store.objects(&[digest]).await? != [None], "a record names an object that is not there yet");
        Ok(())
    })
    .await
}
