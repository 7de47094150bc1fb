//! Random edits, trainings, publishes of all scopes, hotfixes, merges, promotions, rollbacks,
//! restores and collections of garbage, in memory and on SQLite: after each act draft, environments
//! and versions are what a short reference says, and the promises of publishing hold.
//!
//! `cargo xtask soak acts` plays 100,000 sequences in memory, `acts-sqlite` 2,000 on SQLite.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

mod acts;
#[path = "../crashes/cases.rs"]
mod cases;
mod parts;
mod played;
mod promises;
mod reference;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use greenroom::store::{MemoryStore, Store};
use greenroom::store_sqlite::SqliteStore;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::acts::{Act, act, first_publish};
use crate::played::{Played, Reached};

/// A sequence of acts. Most begin with a bot that is live; else few get so far.
fn sequence() -> impl Strategy<Value = Vec<Act>> {
    let beginning = prop_oneof![2 => Just(None), 4 => Just(Some(false)), 4 => Just(Some(true))];
    (beginning, prop::collection::vec(act(), 1..40)).prop_map(|(by_staging, acts)| {
        let before = by_staging.map(first_publish).unwrap_or_default();
        before.into_iter().chain(acts).collect()
    })
}

/// Plays as many sequences as a soak says, else so few.
fn play_sequences<S: Store + 'static>(short: usize, open: impl AsyncFn() -> S) {
    let cases = u32::try_from(cases::cases(short)).unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reached = RefCell::new(Reached::default());
    let done = Cell::new(0_usize);
    let played = runner.run(&sequence(), |acts| {
        executor.block_on(async {
            let mut played = Played::create(Arc::new(open().await)).await;
            for act in &acts {
                played.perform(act).await;
            }
            played.end().await;
            reached.borrow_mut().add(&played.reached);
            done.set(done.get() + 1);
            if done.get().is_multiple_of(1_000) {
                println!("{} of {cases} sequences", done.get());
            }
        });
        Ok(())
    });
    played.unwrap_or_else(|error| panic!("{error}"));
    println!("{cases} sequences: {}", reached.into_inner());
}

#[test]
fn acts_in_memory_do_what_a_reference_says() {
    play_sequences(24, async || MemoryStore::new());
}

#[test]
fn acts_on_sqlite_do_what_a_reference_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    play_sequences(4, async || {
        for file in ["store.db", "store.db-wal", "store.db-shm"] {
            let _none_before_the_first = std::fs::remove_file(folder.path().join(file));
        }
        SqliteStore::open(&path).await.unwrap()
    });
}
