//! An object as a collection of garbage sees it: not its bytes, but how many, and when it was last named.

use greenroom_model::Digest;

use crate::Revision;

/// An object that a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredObject {
    /// Its digest.
    pub digest: Digest,
    /// How many bytes it has.
    pub length: u64,
    /// When a commit last carried it or relied on it: greater than the
    /// [last revision](crate::Store::last_revision) that was given out before that commit.
    pub stamp: Revision,
}
