//! The Merkle tree of a bot: directories of content-addressed entries with
//! bounded fan-out, so that an edit and a diff cost what changed.
//!
//! A directory of at most [`MAX_FLAT_ENTRIES`] entries is one object; a larger
//! one splits sixteen ways by the hash of the name, and again where needed. The
//! shape follows from the entries alone, never from the order of edits: equal
//! content means an equal root digest.

mod diff;
mod edit;
mod node;
mod read;

pub use diff::{Difference, diff};
pub use edit::{Edits, apply};
pub use node::MAX_FLAT_ENTRIES;
pub use read::{count, directory_digest, get, list, names};

use crate::{Digest, Written};

/// The digest of the tree without entries.
#[must_use]
pub fn empty() -> (Digest, Written) {
    let mut written = Written::default();
    let root = written.add(node::TreeNode::empty().to_bytes());
    (root, written)
}

#[cfg(test)]
mod tests;
