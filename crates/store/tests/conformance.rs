//! The in-memory store keeps the contract.

use std::sync::Arc;

use greenroom_store::{MemoryStore, Store};

async fn empty_store() -> (Arc<dyn Store>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

greenroom_store::conformance_tests!(empty_store);
