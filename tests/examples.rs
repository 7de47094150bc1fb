//! Every example runs: a guide that does not work is worse than none.

#![allow(clippy::unwrap_used, missing_docs, dead_code, unreachable_pub, reason = "examples are programs")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where cargo put the examples, which it builds with the tests.
fn built() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples")
}

#[test]
fn every_example_runs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut run = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let program = built().join(path.file_stem().unwrap());
            let output = Command::new(&program).output().unwrap();
            assert!(output.status.success(), "{}: {output:?}", program.display());
            run += 1;
        }
    }
    assert!(run >= 6, "{run} examples");
}

#[path = "../examples/own_store.rs"]
mod own_store;

mod own_store_keeps_the_contract {
    use std::sync::Arc;

    use greenroom::store::Store;

    /// An empty store, and what must live as long as it does: nothing.
    async fn empty_store() -> (Arc<dyn Store>, ()) {
        (Arc::new(super::own_store::OwnStore::default()), ())
    }

    greenroom::store::conformance_tests!(empty_store);
}
