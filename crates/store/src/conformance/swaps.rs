//! Swaps hold or conflict, all together; revisions grow.

use std::sync::Arc;

use greenroom_model::Digest;

use super::{Broken, ensure};
use crate::{Commit, Error, Expected, Key, Record, Revision, Store};

/// The record that a commit wrote, as the store then has it.
async fn written(store: &dyn Store, commit: Commit, key: &Key) -> Result<Record, Broken> {
    let committed = store.commit(commit).await?;
    let record = store.record(key).await?.ok_or_else(|| Broken(format!("record `{key}` was not written")))?;
    let told = committed.revisions.last().copied().flatten();
    ensure!(told == Some(record.revision), "the commit told revision {told:?}, the record has {}", record.revision);
    Ok(record)
}

pub(super) async fn failed_commits_change_nothing(store: Arc<dyn Store>) -> Result<(), Broken> {
    let (kept, gone) = (Key::new("kept")?, Key::new("gone")?);
    let before = written(&*store, Commit::new().create(kept.clone(), "before"), &kept).await?;
    let object = Digest::of(b"object");
    let change = |commit: Commit| commit.object(object, "object").put(gone.clone(), "new");
    let refused = |commit: Commit| commit.create(kept.clone(), "after");
    let others = |commit: Commit| {
        let commit = commit.create(Key::of(&["a", "first"])?, "new");
        Ok::<_, Error>(commit.with(Key::of(&["z", "last"])?, Expected::Any, Some("new".into())))
    };
    // The swap that fails stands last, first, and in the middle.
    for commit in
        [refused(change(Commit::new())), change(refused(Commit::new())), others(refused(change(Commit::new())))?]
    {
        let result = store.commit(commit).await;
        ensure!(matches!(result, Err(Error::Conflict { .. })), "creating what exists gave {result:?}");
        ensure!(store.objects(&[object]).await? == [None], "a failed commit left an object");
        ensure!(store.record(&kept).await?.as_ref() == Some(&before), "a failed commit changed a record");
        for key in [&gone, &Key::of(&["a", "first"])?, &Key::of(&["z", "last"])?] {
            ensure!(store.record(key).await?.is_none(), "a failed commit left record `{key}`");
        }
    }
    let delete = Commit::new().delete(&before).create(kept.clone(), "again");
    ensure!(store.commit(delete).await.is_err(), "one key was swapped twice");
    let deletes = Commit::new().delete(&before).with(gone.clone(), Expected::Revision(before.revision), None);
    let result = store.commit(deletes).await;
    ensure!(matches!(&result, Err(Error::Conflict { key, .. }) if *key == gone), "the conflict is {result:?}");
    ensure!(store.record(&kept).await? == Some(before), "a failed commit deleted a record");
    Ok(())
}

pub(super) async fn conflicts_tell_how_the_record_stands(store: Arc<dyn Store>) -> Result<(), Broken> {
    let (key, other) = (Key::new("bots/a/draft")?, Key::new("bots/b/draft")?);
    let first = written(&*store, Commit::new().create(key.clone(), "1"), &key).await?;
    let second = written(&*store, Commit::new().swap(&first, "2"), &key).await?;
    let missing = Record { key: other.clone(), ..first.clone() };
    let attempts = [
        ("creating what exists", Commit::new().create(key.clone(), "3"), &key, Some(&second)),
        ("swapping a stale revision", Commit::new().swap(&first, "3"), &key, Some(&second)),
        ("deleting a stale revision", Commit::new().delete(&first), &key, Some(&second)),
        (
            "deleting what should be absent",
            Commit::new().with(key.clone(), Expected::Absent, None),
            &key,
            Some(&second),
        ),
        ("swapping what does not exist", Commit::new().swap(&missing, "3"), &other, None),
        ("deleting what does not exist", Commit::new().delete(&missing), &other, None),
        ("two conflicts", Commit::new().put(Key::new("x")?, "x").swap(&missing, "3").swap(&first, "3"), &other, None),
    ];
    for (what, commit, expected_key, expected) in attempts {
        match store.commit(commit).await {
            Err(Error::Conflict { key, found }) => {
                ensure!(key == *expected_key, "{what}: the conflict names `{key}`, not `{expected_key}`");
                ensure!(found.as_deref() == expected, "{what}: the conflict tells {found:?}");
            }
            result => return Err(Broken(format!("{what} gave {result:?}"))),
        }
    }
    ensure!(store.record(&key).await? == Some(second), "a conflict changed the record");
    Ok(())
}

pub(super) async fn any_holds_however_a_record_stands(store: Arc<dyn Store>) -> Result<(), Broken> {
    let key = Key::new("any")?;
    for value in ["made", "made anew"] {
        let record = written(&*store, Commit::new().put(key.clone(), value), &key).await?;
        ensure!(record.value == value, "a put left {:?}", record.value);
    }
    for expected in [Expected::Any, Expected::Any, Expected::Absent] {
        let committed = store.commit(Commit::new().with(key.clone(), expected, None)).await?;
        ensure!(committed.revisions == [None], "a deletion has the revisions {:?}", committed.revisions);
        ensure!(store.record(&key).await?.is_none(), "a deleted record is there");
    }
    Ok(())
}

pub(super) async fn deleted_records_are_gone(store: Arc<dyn Store>) -> Result<(), Broken> {
    let (root, key) = (Key::new("a")?, Key::new("a/b")?);
    let record = written(&*store, Commit::new().create(key.clone(), "value"), &key).await?;
    let below = Key::new("a/b/c")?;
    store.commit(Commit::new().delete(&record).create(below.clone(), "below")).await?;
    ensure!(store.record(&key).await?.is_none(), "a deleted record is there");
    let left = store.records(&root, None, 10).await?;
    ensure!(left.len() == 1 && left.iter().all(|record| record.key == below), "after the deletion there are {left:?}");
    Ok(())
}

pub(super) async fn revisions_grow_and_never_return(store: Arc<dyn Store>) -> Result<(), Broken> {
    let (key, other) = (Key::new("key")?, Key::new("other")?);
    let mut last = Revision::new(0);
    let mut stale = Vec::new();
    for _ in 0..3 {
        let record = written(&*store, Commit::new().create(key.clone(), "same"), &key).await?;
        ensure!(record.revision > last, "revision {} follows {last}", record.revision);
        for old in &stale {
            let result = store.commit(Commit::new().swap(old, "overwritten")).await;
            ensure!(matches!(result, Err(Error::Conflict { .. })), "a revision from before a deletion holds again");
        }
        let pair = Commit::new().put(other.clone(), "same").swap(&record, "same");
        let revisions = store.commit(pair).await?.revisions;
        let [Some(first), Some(second)] = revisions[..] else {
            return Err(Broken(format!("two records were written with the revisions {revisions:?}")));
        };
        ensure!(record.revision < first && first < second, "{first}, {second} follow {}", record.revision);
        stale.push(record);
        let current = store.record(&key).await?.ok_or_else(|| Broken("the record is gone".to_owned()))?;
        ensure!(current.revision == second, "the record has {}, the commit told {second}", current.revision);
        store.commit(Commit::new().delete(&current)).await?;
        stale.push(current);
        last = second;
    }
    Ok(())
}

pub(super) async fn refuses_one_key_twice(store: Arc<dyn Store>) -> Result<(), Broken> {
    let key = Key::new("key")?;
    let result = store.commit(Commit::new().put(key.clone(), "1").put(key.clone(), "2")).await;
    ensure!(matches!(result, Err(Error::InvalidCommit { .. })), "one key twice gave {result:?}");
    ensure!(store.record(&key).await?.is_none(), "a refused commit left a record");
    Ok(())
}
