//! The SQLite store keeps the contract.
#![expect(clippy::unwrap_used, reason = "a store that does not open fails the test")]

use std::sync::Arc;

use greenroom_store::Store;
use greenroom_store_sqlite::SqliteStore;
use tempfile::TempDir;

async fn empty_store() -> (Arc<dyn Store>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("greenroom.db")).await.unwrap();
    (Arc::new(store), directory)
}

greenroom_store::conformance_tests!(empty_store);
