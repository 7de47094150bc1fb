//! Records by key and below a prefix: which, in what order, page by page.

use std::sync::Arc;

use super::{Broken, ensure};
use crate::{Commit, Key, Store};

/// Keys around the prefix `a/b`: characters before and after `/`, both cases, digits of several lengths.
const KEYS: [&str; 18] = [
    "a", "a/B/c", "a/b", "a/b-c", "a/b.c", "a/b/-", "a/b/10", "a/b/9", "a/b/B", "a/b/a", "a/b/a-z", "a/b/a/x",
    "a/b/a0", "a/b0", "a/b0/c", "a/bc/d", "ab/c", "b/a/b",
];

/// Commits all keys, out of order, and says those below the prefix in their order.
async fn fill(store: &dyn Store, prefix: &Key) -> Result<Vec<Key>, Broken> {
    let mut keys = Vec::new();
    let mut commit = Commit::new();
    for index in 0..KEYS.len() {
        // 7 and 18 have no common factor, so this visits each key once.
        let text = KEYS.get(index * 7 % KEYS.len()).copied().unwrap_or_default();
        commit = commit.create(Key::new(text)?, text);
        keys.push(Key::new(text)?);
    }
    store.commit(commit).await?;
    keys.retain(|key| key.is_below(prefix));
    keys.sort();
    Ok(keys)
}

async fn keys(store: &dyn Store, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Vec<Key>, Broken> {
    let records = store.records(prefix, after, limit).await?;
    for record in &records {
        let alone = store.record(&record.key).await?;
        ensure!(alone.as_ref() == Some(record), "record `{}` differs when it is read alone", record.key);
    }
    Ok(records.into_iter().map(|record| record.key).collect())
}

pub(super) async fn answers_records_in_the_order_asked(store: Arc<dyn Store>) -> Result<(), Broken> {
    const STORED: usize = 300;
    let key = |number: usize| Key::of(&["numbered", &number.to_string()]);
    let mut commit = Commit::new();
    for number in 0..STORED {
        commit = commit.create(key(number)?, number.to_string());
    }
    store.commit(commit).await?;
    // Backwards, with keys that are absent among them, and the first third asked for twice.
    let asked: Vec<usize> = (0..STORED * 2).rev().step_by(3).chain(0..STORED / 3).collect();
    let keys = asked.iter().map(|number| key(*number)).collect::<Result<Vec<_>, _>>()?;
    let found = store.look_up(&keys).await?;
    ensure!(found.len() == keys.len(), "asked for {} records, got {} answers", keys.len(), found.len());
    for ((number, key), found) in asked.into_iter().zip(keys).zip(found) {
        let expected = (number < STORED).then(|| (key, number.to_string()));
        let found = found.map(|record| (record.key, String::from_utf8_lossy(&record.value).into_owned()));
        ensure!(found == expected, "asked for record {number}, got {found:?}");
    }
    ensure!(store.look_up(&[]).await?.is_empty(), "asked for nothing, got something");
    Ok(())
}

pub(super) async fn prefixes_end_at_segments(store: Arc<dyn Store>) -> Result<(), Broken> {
    let prefix = Key::new("a/b")?;
    let expected = fill(&*store, &prefix).await?;
    let mut found = keys(&*store, &prefix, None, 100).await?;
    found.sort();
    ensure!(found == expected, "below `a/b` are {found:?}, should be {expected:?}");
    for (prefix, count) in [("a", 15), ("a/b/a", 1), ("ab", 1), ("a/b/a/x", 0), ("nothing", 0), ("A", 0)] {
        let found = keys(&*store, &Key::new(prefix)?, None, 100).await?;
        ensure!(found.len() == count, "below `{prefix}` are {found:?}, should be {count}");
    }
    Ok(())
}

pub(super) async fn records_come_in_the_order_of_keys(store: Arc<dyn Store>) -> Result<(), Broken> {
    let prefix = Key::new("a/b")?;
    let expected = fill(&*store, &prefix).await?;
    let found = keys(&*store, &prefix, None, usize::MAX).await?;
    ensure!(found == expected, "the order is {found:?}, should be {expected:?}");
    Ok(())
}

pub(super) async fn pages_follow_the_order_of_keys(store: Arc<dyn Store>) -> Result<(), Broken> {
    let prefix = Key::new("a/b")?;
    let expected = fill(&*store, &prefix).await?;
    for limit in [1, 2, 3, expected.len(), 100] {
        let mut found: Vec<Key> = Vec::new();
        loop {
            let page = keys(&*store, &prefix, found.last(), limit).await?;
            ensure!(page.len() <= limit, "a page of at most {limit} has {} records", page.len());
            ensure!(found.len() <= expected.len(), "the pages do not end");
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        ensure!(found == expected, "pages of {limit} give {found:?}, should be {expected:?}");
    }
    ensure!(keys(&*store, &prefix, None, 0).await?.is_empty(), "a page of no records has some");
    // `after` need not exist, nor lie below the prefix.
    let cases = [("a", expected.len()), ("a/b", expected.len()), ("a/b/9", 5), ("a/b/Zzz", 4), ("a/b0", 0), ("z", 0)];
    for (after, count) in cases {
        let found = keys(&*store, &prefix, Some(&Key::new(after)?), 100).await?;
        ensure!(found.len() == count, "after `{after}` come {found:?}, should be {count}");
    }
    Ok(())
}
