//! What takes a look inside: how connections are set, and a full disk, for which SQLite is told
//! that the file may not grow.

mod full_disk;

use bytes::Bytes;
use greenroom_model::Digest;
use greenroom_store::{Commit, Error, Key, Revision, Store};
use sqlx::{Connection, SqliteConnection, query, query_scalar};

use crate::SqliteStore;
use crate::open::prepare;
use crate::place::Place;

/// A store that has room for about this many bytes more.
async fn store_with_room_for(bytes: usize, directory: &tempfile::TempDir) -> SqliteStore {
    let place = Place::new(&directory.path().join("greenroom.db")).unwrap();
    prepare(&place).await.unwrap();
    let mut connection = SqliteConnection::connect_with(&place.options()).await.unwrap();
    let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + i64::try_from(bytes / 4096).unwrap());
    query(sqlx::AssertSqlSafe(limit)).execute(&mut connection).await.unwrap();
    SqliteStore::assemble(place, connection)
}

fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

fn large(seed: u8) -> Bytes {
    Bytes::from(vec![seed; 1_000_000])
}

#[tokio::test]
async fn every_connection_syncs_fully_and_writes_ahead() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    let mut writing = SqliteConnection::connect_with(&store.place.options()).await.unwrap();
    let mut reading = store.readers.acquire().await.unwrap();
    for connection in [&mut writing, &mut *reading] {
        // 2 is FULL.
        for (pragma, expected) in
            [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"), ("secure_delete", "1")]
        {
            let sql = sqlx::AssertSqlSafe(format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}"));
            let found: String = query_scalar(sql).fetch_one(&mut *connection).await.unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
    }
    assert!(query("DELETE FROM records").execute(&mut *reading).await.is_err(), "a reader could write");
}

#[tokio::test]
async fn a_full_disk_refuses_the_commit_and_leaves_the_store_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_with_room_for(100_000, &directory).await;
    store.commit(Commit::new().create(key("kept"), "before")).await.unwrap();
    let kept = store.record(&key("kept")).await.unwrap().unwrap();
    let object = Digest::of(&large(1));
    for _ in 0..2 {
        let commit = Commit::new().put(key("new"), "new").swap(&kept, "after").object(object, large(1));
        let result = store.commit(commit).await;
        assert!(matches!(result, Err(Error::Full { .. })), "{result:?}");
        assert_eq!(store.record(&key("kept")).await.unwrap().as_ref(), Some(&kept));
        assert_eq!(store.record(&key("new")).await.unwrap(), None);
        assert_eq!(store.objects(&[object]).await.unwrap(), [None]);
    }
    // What fits is still taken, and the file is whole.
    store.commit(Commit::new().swap(&kept, "after")).await.unwrap();
    let place = Place::new(store.path()).unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect_with(&place.options()).await.unwrap();
    let found: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(found, "ok");
}

/// Whether a text stands in the file or in what SQLite keeps beside it.
fn is_found(text: &str, directory: &tempfile::TempDir) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap();
    let mut contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    contents.any(|content| content.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[tokio::test]
async fn nothing_is_left_of_what_was_deleted_or_replaced_before_a_wipe() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    // Small records share pages, large ones have pages of their own.
    for (number, length) in [10, 100, 5_000, 100_000].into_iter().enumerate() {
        let secret = || Bytes::from(format!("{}the secret{}", "x".repeat(length), "y".repeat(length)));
        store.commit(Commit::new().put(key(&format!("gone/{number}")), secret())).await.unwrap();
        store.commit(Commit::new().put(key(&format!("kept/{number}")), secret())).await.unwrap();
        store.commit(Commit::new().put(key(&format!("kept/{number}")), "open")).await.unwrap();
    }
    assert!(is_found("the secret", &directory));
    for record in store.records(&key("gone"), None, 10).await.unwrap() {
        store.commit(Commit::new().delete(&record)).await.unwrap();
    }
    store.wipe().await.unwrap();
    assert!(!is_found("the secret", &directory));
    assert_eq!(store.records(&key("kept"), None, 10).await.unwrap().len(), 4);
    store.commit(Commit::new().put(key("after"), "1")).await.unwrap();
}

#[tokio::test]
async fn a_commit_that_does_not_fit_fails_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_with_room_for(100_000, &directory).await;
    let object = Digest::of(&large(1));
    // On this runtime's one thread all three wait before the writing task sees the first: they are one batch.
    let (first, too_large, last) = tokio::join!(
        store.commit(Commit::new().create(key("first"), "1")),
        store.commit(Commit::new().create(key("middle"), "2").object(object, large(1))),
        store.commit(Commit::new().create(key("last"), "3")),
    );
    assert!(matches!(too_large, Err(Error::Full { .. })), "{too_large:?}");
    assert_eq!(store.record(&key("middle")).await.unwrap(), None);
    for (name, committed) in [("first", first.unwrap()), ("last", last.unwrap())] {
        let record = store.record(&key(name)).await.unwrap().unwrap();
        assert_eq!(committed.revisions, [Some(record.revision)]);
    }
}

#[tokio::test]
async fn a_failed_transaction_does_not_outlive_its_commit() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    let mut sabotage = SqliteConnection::connect_with(&store.place.options()).await.unwrap();
    query("ALTER TABLE records RENAME TO hidden").execute(&mut sabotage).await.unwrap();
    // SQLite does not roll back by itself after such an error.
    let result = store.commit(Commit::new().object(Digest::of(b"1"), "1").put(key("a"), "1")).await;
    assert!(matches!(result, Err(Error::Backend { .. })), "{result:?}");
    query("ALTER TABLE hidden RENAME TO records").execute(&mut sabotage).await.unwrap();
    assert_eq!(store.objects(&[Digest::of(b"1")]).await.unwrap(), [None]);
    let committed = store.commit(Commit::new().put(key("a"), "1")).await.unwrap();
    assert_eq!(committed.revisions, [Some(Revision::new(1))]);
}

#[tokio::test]
async fn a_dropped_commit_leaves_no_transaction_open() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    for round in 0..50_u64 {
        let object = Digest::of(&large(1));
        let commit =
            Commit::new().object(object, large(1)).put(key("a"), round.to_string()).put(key("b"), round.to_string());
        let dropped = tokio::time::timeout(std::time::Duration::from_micros(round * 40), store.commit(commit)).await;
        drop(dropped);
        // The next commit goes through, and sees both records of the dropped one or neither.
        store.commit(Commit::new().put(key("next"), "value")).await.unwrap();
        let values = [store.record(&key("a")).await.unwrap(), store.record(&key("b")).await.unwrap()];
        let [a, b] = values.map(|record| record.map(|record| record.value));
        assert_eq!(a, b);
    }
}

#[test]
fn a_commit_after_its_runtime_ended_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let opened_on = runtime();
    let store = opened_on.block_on(SqliteStore::open(directory.path().join("greenroom.db"))).unwrap();
    drop(opened_on);
    let result = runtime().block_on(store.commit(Commit::new().put(key("a"), "1")));
    assert!(matches!(&result, Err(Error::Unavailable { reason, .. }) if reason.contains("runtime")), "{result:?}");
}

#[tokio::test]
async fn commits_at_once_share_a_sync_of_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    let log = directory.path().join("greenroom.db-wal");
    let length = || log.metadata().unwrap().len();
    let put = |name: String| store.commit(Commit::new().put(key(&name), "value"));

    let before = length();
    for number in 0..16 {
        put(format!("alone-{number}")).await.unwrap();
    }
    let alone = length() - before;
    let before = length();
    let together: Vec<String> = (0..16).map(|number| format!("together-{number}")).collect();
    let mut commits = tokio::task::JoinSet::new();
    let store = std::sync::Arc::new(store);
    for name in together {
        let store = std::sync::Arc::clone(&store);
        commits.spawn(async move { store.commit(Commit::new().put(key(&name), "value")).await.unwrap() });
    }
    commits.join_all().await;
    // Each transaction writes the pages that it changed to the log.
    let together = length() - before;
    assert!(together * 4 < alone, "16 commits at once wrote {together} bytes, one by one {alone}");
}

#[tokio::test]
async fn a_commit_may_have_many_times_the_objects_of_a_trip() {
    const OBJECTS: u32 = 150_000;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("s.db")).await.unwrap();
    let bytes = |number: u32| Bytes::copy_from_slice(&number.to_le_bytes());
    let commit =
        (0..OBJECTS).fold(Commit::new(), |commit, number| commit.object(Digest::of(&bytes(number)), bytes(number)));
    store.commit(commit).await.unwrap();
    let last = Digest::of(&bytes(OBJECTS - 1));
    assert_eq!(store.objects(&[last]).await.unwrap(), [Some(bytes(OBJECTS - 1))]);
}
