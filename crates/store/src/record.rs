//! A named value that changes, and the revision by which a change is compared.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Key;

/// A named value as a store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub key: Key,
    /// Which of its states this is.
    pub revision: Revision,
    /// Its bytes.
    pub value: Bytes,
}

/// One state of one record: unique within a store and growing with each commit.
///
/// It is never used again, even after the record was deleted and made anew, so
/// equal revisions mean that nothing happened in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The revision of this number; for stores, and for callers that kept one.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number, from 1.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
