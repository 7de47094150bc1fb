//! Backups and recoveries: whole, verified, and never over what somebody still needs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use greenroom_model::Digest;
use greenroom_store::{Commit, Error, Key, Store};
use greenroom_store_sqlite::SqliteStore;

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

async fn store(path: &Path, number: u32) -> SqliteStore {
    let store = SqliteStore::open(path).await.unwrap();
    for index in 0..number {
        let bytes = format!("object {index}");
        let commit = Commit::new().object(Digest::of(bytes.as_bytes()), bytes).create(key(&format!("r/{index}")), "v");
        store.commit(commit).await.unwrap();
    }
    store
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_of_a_store_that_is_written_to_is_one_moment_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(store(&folder.path().join("a.db"), 300).await);
    let writing = store.clone();
    let writer = tokio::spawn(async move {
        for index in 0..200 {
            let pair = Commit::new().create(key(&format!("x/{index}")), "1").create(key(&format!("y/{index}")), "1");
            writing.commit(pair).await.unwrap();
        }
    });
    let out = folder.path().join("backup.db");
    let backup = store.backup(&out).await.unwrap();
    writer.await.unwrap();
    assert!(backup.objects == 300 && backup.records >= 300);
    let recovered = SqliteStore::recover(&out, folder.path().join("b.db"), false).await.unwrap();
    assert_eq!((recovered.backup.records, recovered.replaced), (backup.records, None));
    let copy = SqliteStore::open(folder.path().join("b.db")).await.unwrap();
    let (x, y) =
        (copy.records(&key("x"), None, 1_000).await.unwrap(), copy.records(&key("y"), None, 1_000).await.unwrap());
    assert_eq!(x.len(), y.len());
    assert_eq!(x.len() + y.len() + 300, usize::try_from(backup.records).unwrap());
    assert_eq!(copy.record(&key("r/7")).await.unwrap(), store.record(&key("r/7")).await.unwrap());
}

#[tokio::test]
async fn a_backup_never_replaces_a_file_and_leaves_none_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("a.db"), 3).await;
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "mine").unwrap();
    assert!(matches!(store.backup(&taken).await, Err(Error::Unavailable { .. })));
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    assert!(store.backup(folder.path().join("no/such/folder")).await.is_err());
    store.close().await;
    assert_eq!(names(folder.path()), ["a.db", "taken"]);
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_the_store_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = store(&path, 50).await;
    let out = folder.path().join("backup.db");
    store.backup(&out).await.unwrap();
    store.close().await;
    let mut bytes = std::fs::read(&out).unwrap();
    let place = bytes.windows(9).position(|window| window == b"object 17").unwrap();
    bytes[place] ^= 1;
    std::fs::write(&out, bytes).unwrap();
    assert!(matches!(SqliteStore::recover(&out, &path, true).await, Err(Error::Damaged { .. })));
    std::fs::write(&out, "no database").unwrap();
    assert!(SqliteStore::recover(&out, &path, true).await.is_err());
    assert!(SqliteStore::recover(folder.path().join("none"), &path, true).await.is_err());
    assert_eq!(names(folder.path()), ["a.db", "backup.db"]);
    let store = SqliteStore::open(&path).await.unwrap();
    assert!(store.record(&key("r/49")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_recovery_moves_the_store_aside_unless_somebody_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("a.db"), folder.path().join("backup.db"));
    let first = store(&path, 5).await;
    first.backup(&out).await.unwrap();
    first.commit(Commit::new().create(key("later"), "1")).await.unwrap();
    assert!(matches!(SqliteStore::recover(&out, &path, false).await, Err(Error::Unavailable { .. })));
    assert!(matches!(SqliteStore::recover(&out, &path, true).await, Err(Error::Busy { .. })));
    assert!(first.record(&key("later")).await.unwrap().is_some());
    first.close().await;
    let recovered = SqliteStore::recover(&out, &path, true).await.unwrap();
    let aside = recovered.replaced.unwrap();
    assert!(SqliteStore::open(&path).await.unwrap().record(&key("later")).await.unwrap().is_none());
    assert!(SqliteStore::open(&aside).await.unwrap().record(&key("later")).await.unwrap().is_some());
}
