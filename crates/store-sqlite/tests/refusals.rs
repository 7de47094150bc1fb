//! What cannot be opened is refused with what, where and what next, and is left as it was.
#![expect(clippy::unwrap_used, reason = "a file that cannot be prepared fails the test")]

use std::fs;
use std::path::Path;

use greenroom_store::{Commit, Error, Key, Store};
use greenroom_store_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, query};

async fn refusal(path: &Path) -> Error {
    let error = SqliteStore::open(path).await.err().unwrap();
    assert!(error.to_string().contains(&format!("`{}`", path.display())), "`{error}` does not say where");
    error
}

async fn execute(path: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn refuses_a_store_of_a_newer_schema() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    SqliteStore::open(&path).await.unwrap().close().await;
    execute(&path, "UPDATE _sqlx_migrations SET version = 999 WHERE version = 2").await;
    let before = fs::read(&path).unwrap();
    let error = refusal(&path).await;
    assert!(matches!(error, Error::NewerSchema { found: 999, supported: 2, .. }), "{error:?}");
    assert!(error.to_string().contains("use a newer build"));
    assert_eq!(fs::read(&path).unwrap(), before, "the file was changed");
}

#[tokio::test]
async fn refuses_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let error = refusal(directory.path()).await;
    assert!(matches!(&error, Error::NotAStore { reason, .. } if reason.contains("directory")), "{error:?}");
}

#[tokio::test]
async fn refuses_a_file_that_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let text = "Notes of a meeting.\n".repeat(500);
    fs::write(&path, &text).unwrap();
    let error = refusal(&path).await;
    assert!(matches!(error, Error::NotAStore { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "the file was changed");
}

#[tokio::test]
async fn refuses_the_database_of_another_program() {
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in [
        ("tables.db", "CREATE TABLE photos (name TEXT)"),
        ("marked.db", "PRAGMA application_id = 42"),
        ("migrated.db", "CREATE TABLE _sqlx_migrations (version BIGINT)"),
    ] {
        let path = directory.path().join(name);
        execute(&path, sql).await;
        let before = fs::read(&path).unwrap();
        let error = refusal(&path).await;
        assert!(matches!(error, Error::NotAStore { .. }), "{name}: {error:?}");
        assert_eq!(fs::read(&path).unwrap(), before, "{name} was changed");
    }
}

#[tokio::test]
async fn refuses_a_place_that_does_not_exist() {
    let directory = tempfile::tempdir().unwrap();
    let error = refusal(&directory.path().join("no/such/greenroom.db")).await;
    assert!(matches!(&error, Error::Unavailable { reason, .. } if reason.contains("create it first")), "{error:?}");
    assert!(!directory.path().join("no").exists());
    let error = SqliteStore::open("").await.err().unwrap();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn refuses_where_no_file_may_be_made() {
    // Not even root may make files here.
    let error = refusal(Path::new("/proc/greenroom.db")).await;
    assert!(matches!(&error, Error::Unavailable { reason, .. } if reason.contains("rights")), "{error:?}");
}

#[tokio::test]
async fn takes_a_blank_file_and_a_name_of_any_characters() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["blank", ":memory:", "file:a?mode=memory", "ä b%20.db", "#'\""] {
        let path = directory.path().join(name);
        fs::write(&path, "").unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(store.path(), path);
        store.commit(Commit::new().create(Key::new("key").unwrap(), name)).await.unwrap();
        store.close().await;
        assert!(fs::metadata(&path).unwrap().len() > 0, "`{name}` is somewhere else");
        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(store.record(&Key::new("key").unwrap()).await.unwrap().unwrap().value, name);
    }
}

#[tokio::test]
async fn revisions_go_on_where_they_were_before_the_store_was_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("greenroom.db");
    let key = Key::new("key").unwrap();
    let mut last = None;
    for _ in 0..3 {
        let store = SqliteStore::open(&path).await.unwrap();
        store.commit(Commit::new().create(key.clone(), "value")).await.unwrap();
        let record = store.record(&key).await.unwrap().unwrap();
        assert!(last < Some(record.revision), "{:?} follows {last:?}", record.revision);
        last = Some(record.revision);
        store.commit(Commit::new().delete(&record)).await.unwrap();
        store.close().await;
    }
}
