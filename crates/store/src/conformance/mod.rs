//! The suite that every store passes: each case is one promise of [`Store`]'s contract.
//!
//! A case takes an empty store and says which promise was broken, if one was.
//! The cases' writers run as tokio tasks, on several threads where the runtime
//! has them. [`conformance_tests!`](crate::conformance_tests) makes a test of each case:
//!
//! ```
//! mod conformance {
//!     use std::sync::Arc;
//!     use greenroom_store::{MemoryStore, Store};
//!
//!     /// An empty store, and what must live as long as it does (such as its folder).
//!     async fn empty_store() -> (Arc<dyn Store>, ()) {
//!         (Arc::new(MemoryStore::new()), ())
//!     }
//!
//!     greenroom_store::conformance_tests!(empty_store);
//! }
//! # fn main() {}
//! ```
//!
//! A store whose bytes can rot also calls [`damage_is_told`].

mod bytes;
mod collecting;
mod concurrency;
mod records;
mod swaps;

use std::sync::Arc;

pub use self::bytes::damage_is_told;
use self::bytes::{
    answers_objects_in_the_order_asked, keeps_every_byte, objects_are_idempotent, refuses_bytes_of_another_digest,
};
use self::collecting::{
    lists_objects_and_changed_records_in_pages, no_sweep_takes_what_a_commit_relies_on,
    sweeps_spare_what_was_named_since, what_is_relied_on_must_be_there,
};
use self::concurrency::{
    look_ups_see_whole_commits, no_increment_is_lost, one_of_64_writers_wins, readers_see_whole_commits,
    records_never_precede_their_objects,
};
use self::records::{
    answers_records_in_the_order_asked, pages_follow_the_order_of_keys, prefixes_end_at_segments,
    records_come_in_the_order_of_keys,
};
use self::swaps::{
    any_holds_however_a_record_stands, conflicts_tell_how_the_record_stands, deleted_records_are_gone,
    failed_commits_change_nothing, refuses_one_key_twice, revisions_grow_and_never_return,
};
use crate::{Error, Store};

/// A promise of the contract that a store broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{case}: {what}")]
pub struct Violation {
    /// The case that found it.
    pub case: String,
    /// What the store did, and what it should have done.
    pub what: String,
}

/// What a case found, before it is given the case's name.
#[derive(Debug)]
struct Broken(String);

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self(format!("an unexpected error: {error}"))
    }
}

impl From<tokio::task::JoinError> for Broken {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(format!("a call panicked or was cancelled: {error}"))
    }
}

/// Ends the case with what was broken, unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err($crate::conformance::Broken(format!($($what)+)));
        }
    };
}
use ensure;

/// Hands the names of all cases to a macro.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_conformance_case {
    ($($then:ident)::+ $(, $argument:path)?) => {
        $($then)::+! {
            $($argument,)?
            keeps_every_byte
            answers_objects_in_the_order_asked
            answers_records_in_the_order_asked
            objects_are_idempotent
            refuses_bytes_of_another_digest
            failed_commits_change_nothing
            conflicts_tell_how_the_record_stands
            any_holds_however_a_record_stands
            deleted_records_are_gone
            revisions_grow_and_never_return
            refuses_one_key_twice
            prefixes_end_at_segments
            records_come_in_the_order_of_keys
            pages_follow_the_order_of_keys
            one_of_64_writers_wins
            no_increment_is_lost
            readers_see_whole_commits
            look_ups_see_whole_commits
            records_never_precede_their_objects
            what_is_relied_on_must_be_there
            sweeps_spare_what_was_named_since
            lists_objects_and_changed_records_in_pages
            no_sweep_takes_what_a_commit_relies_on
        }
    };
}

macro_rules! define_cases {
    ($($case:ident)*) => {
        /// The names of all cases.
        pub const CASES: &[&str] = &[$(stringify!($case)),*];

        async fn dispatch(case: &str, store: Arc<dyn Store>) -> Result<(), Broken> {
            match case {
                $(stringify!($case) => $case(store).await,)*
                _ => Err(Broken("there is no such case".to_owned())),
            }
        }
    };
}
for_each_conformance_case!(define_cases);

/// Runs one of [`CASES`] on an empty store.
///
/// # Errors
/// [`Violation`] tells what the store broke.
pub async fn run_case(case: &str, store: Arc<dyn Store>) -> Result<(), Violation> {
    dispatch(case, store).await.map_err(|Broken(what)| Violation { case: case.to_owned(), what })
}

/// Makes one `#[tokio::test]` of each case; the crate needs tokio with its features
/// `macros` and `rt-multi-thread`.
///
/// It takes the path of a function `async fn() -> (Arc<dyn Store>, G)` that makes
/// an empty store; `G` is kept until the case ends.
#[macro_export]
macro_rules! conformance_tests {
    ($make:path) => {
        $crate::for_each_conformance_case!($crate::__conformance_test_functions, $make);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_test_functions {
    ($make:path, $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() -> Result<(), $crate::conformance::Violation> {
                let (store, _guard) = $make().await;
                $crate::conformance::run_case(stringify!($case), store).await
            }
        )*
    };
}
