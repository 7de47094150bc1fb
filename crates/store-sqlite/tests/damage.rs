//! Bytes that rot on the disk are told, never served.
#![expect(clippy::unwrap_used, reason = "a store that cannot be prepared fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::conformance::damage_is_told;
use greenroom_store::{Commit, Error, Key, Record, Store};
use greenroom_store_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection, query};

const OBJECTS: usize = 30;
const TEXT: &str = "the one text that stands in the file";

fn object(number: usize) -> Bytes {
    Bytes::from(format!("{TEXT} of object {number} ").repeat(1 + number * number))
}

fn key(number: usize) -> Key {
    Key::of(&["records", &number.to_string()]).unwrap()
}

/// A closed store with objects and records of many sizes.
async fn filled(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let commit = (0..OBJECTS).fold(Commit::new(), |commit, number| {
        commit.object(Digest::of(&object(number)), object(number)).create(key(number), object(number))
    });
    store.commit(commit).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_changed_object_is_told_and_can_be_repaired() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let rot = async |digest: Digest| {
        let mut connection =
            SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
        let changed = query("UPDATE objects SET bytes = zeroblob(length(bytes)) WHERE digest = ?1")
            .bind(&digest.as_bytes()[..])
            .execute(&mut connection)
            .await;
        assert_eq!(changed.unwrap().rows_affected(), 1);
    };
    damage_is_told(store, rot).await.unwrap();
}

#[tokio::test]
async fn a_flipped_bit_of_a_value_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    filled(&path).await;
    let mut file = fs::read(&path).unwrap();
    let text = format!("{TEXT} of object 0 ");
    let places: Vec<usize> =
        (0..file.len()).filter(|&at| file.get(at..at + text.len()) == Some(text.as_bytes())).collect();
    assert_eq!(places.len(), 2, "one is the object, one is the record");
    for at in places {
        *file.get_mut(at + 5).unwrap() ^= 4;
    }
    fs::write(&path, file).unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    let digest = Digest::of(&object(0));
    let result = store.objects(&[digest]).await;
    assert!(matches!(&result, Err(Error::Damaged { digest: found, .. }) if *found == digest), "{result:?}");
    let result = store.record(&key(0)).await;
    assert!(matches!(&result, Err(Error::DamagedRecord { key, .. }) if key == "records/0"), "{result:?}");
    let result = store.records(&Key::new("records").unwrap(), None, 100).await;
    assert!(matches!(result, Err(Error::DamagedRecord { .. })), "{result:?}");
    // The rest is whole.
    assert_eq!(store.objects(&[Digest::of(&object(1))]).await.unwrap(), [Some(object(1))]);
    assert_eq!(store.record(&key(1)).await.unwrap().unwrap().value, object(1));
}

/// Whatever bit is flipped, an answer is an error, the truth, or that nothing is there.
#[tokio::test]
async fn no_flipped_bit_is_served() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original.db");
    filled(&original).await;
    let whole = fs::read(&original).unwrap();
    let is_true =
        |record: &Record| (0..OBJECTS).any(|number| record.key == key(number) && record.value == object(number));
    let mut told = 0;
    // A stride without common factor with the page size reaches all parts of the pages.
    for (round, at) in (0..whole.len()).step_by((whole.len() / 150) | 1).enumerate() {
        let path = directory.path().join(format!("{round}.db"));
        let mut file = whole.clone();
        *file.get_mut(at).unwrap() ^= 1 << (round % 8);
        fs::write(&path, file).unwrap();
        let Ok(store) = SqliteStore::open(&path).await else {
            told += 1;
            continue;
        };
        for number in 0..OBJECTS {
            match store.objects(&[Digest::of(&object(number))]).await.as_deref() {
                Ok([Some(bytes)]) => assert_eq!(*bytes, object(number), "bit at {at}"),
                Ok(found) => assert_eq!(*found, [None], "bit at {at}"),
                Err(_) => told += 1,
            }
            match store.record(&key(number)).await {
                Ok(Some(record)) => assert!(is_true(&record), "bit at {at}: {record:?}"),
                Ok(None) => {}
                Err(_) => told += 1,
            }
        }
        match store.records(&Key::new("records").unwrap(), None, 100).await {
            Ok(records) => assert!(records.iter().all(is_true), "bit at {at}"),
            Err(_) => told += 1,
        }
        store.close().await;
        fs::remove_file(path).unwrap();
    }
    assert!(told > 50, "only {told} damages were told");
}
