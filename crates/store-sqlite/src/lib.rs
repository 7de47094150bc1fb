//! The embedded Greenroom store: one SQLite file, nothing else to install.
//!
//! [`SqliteStore`] keeps the contract of [`greenroom_store::Store`]. It writes
//! ahead (WAL) and syncs the disk before a commit is acknowledged
//! (`synchronous=FULL`), so what it acknowledged outlives a crash and, where
//! the disk keeps its word, a power cut. Several processes may have one store
//! open. It needs a tokio runtime.
//!
//! ```
//! use greenroom_store::{Commit, Key, Store};
//! use greenroom_store_sqlite::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! let file = directory.path().join("greenroom.db");
//! let key = Key::new("bots/helpdesk/draft")?;
//!
//! let store = SqliteStore::open(&file).await?;
//! store.commit(Commit::new().create(key.clone(), "first")).await?;
//! store.close().await;
//!
//! let store = SqliteStore::open(&file).await?;
//! assert!(store.record(&key).await?.is_some_and(|record| record.value == "first"));
//! # Ok(())
//! # }
//! ```

mod backup;
mod checksum;
mod collect;
mod open;
mod place;
mod read;
mod reader;
mod relied;
mod store;
#[cfg(test)]
mod tests;
mod write;
mod writer;

pub use backup::{Backup, Recovered};
pub use store::SqliteStore;
