//! Where Greenroom keeps bots: content-addressed objects and named records.
//!
//! A store is small on purpose, as git's is. *Objects* are immutable bytes named
//! by their digest; *records* are bytes under a [`Key`], each with a [`Revision`]
//! to compare and swap. One atomic [`Commit`] changes both. [`Store`] states the
//! contract, [`MemoryStore`] keeps it in memory, and the feature `conformance`
//! brings the suite that every store passes.
//!
//! ```
//! use greenroom_model::Digest;
//! use greenroom_store::{Commit, Error, Key, MemoryStore, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let store = MemoryStore::new();
//! let key = Key::new("bots/helpdesk/draft")?;
//! let tree = Digest::of(b"a tree");
//! store.commit(Commit::new().object(tree, "a tree").create(key.clone(), tree.to_string())).await?;
//!
//! let draft = store.record(&key).await?.ok_or(Error::Missing(tree))?;
//! store.commit(Commit::new().swap(&draft, "edited")).await?;
//!
//! let stale = store.commit(Commit::new().swap(&draft, "by someone else")).await;
//! assert!(matches!(stale, Err(Error::Conflict { .. })));
//! # Ok(())
//! # }
//! ```

mod commit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod key;
pub mod layout;
mod memory;
mod objects;
mod record;
mod store;
mod stored_object;

pub use commit::{Commit, Committed, Expected, MAX_VALUE_BYTES, Swap};
pub use error::Error;
pub use key::{Key, MAX_KEY_BYTES};
pub use memory::MemoryStore;
pub use objects::with_objects;
pub use record::{Record, Revision};
pub use store::Store;
pub use stored_object::StoredObject;
