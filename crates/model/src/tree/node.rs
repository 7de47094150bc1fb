//! One stored object of a tree, and its bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Digest, Error};

/// A directory of more entries splits.
pub const MAX_FLAT_ENTRIES: usize = 256;

/// The format of tree objects that this build writes.
const FORMAT: u32 = 1;

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Entry {
    /// The digest of a leaf: of a part, for a bot's tree.
    #[serde(rename = "l")]
    Leaf(Digest),
    /// The digest of a directory.
    #[serde(rename = "d")]
    Directory(Digest),
}

/// A directory, or a piece of a large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TreeNode {
    Flat(BTreeMap<String, Entry>),
    /// By the next four bits of the name's hash: how many entries, and where.
    Split(BTreeMap<u8, Child>),
}

/// One sixteenth of a split directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Child {
    #[serde(rename = "d")]
    pub(super) digest: Digest,
    #[serde(rename = "n")]
    pub(super) entries: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    // INVARIANT: the fields stand in the order of their keys, and names are sorted
    // by their bytes, so that what serde_json writes is canonical as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flat: Option<Cow<'a, BTreeMap<String, Entry>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    split: Option<BTreeMap<String, Child>>,
    #[serde(rename = "tree")]
    format: u32,
}

impl TreeNode {
    pub(super) fn empty() -> Self {
        Self::Flat(BTreeMap::new())
    }

    /// How many entries stand in it and below it (not in directories below).
    pub(super) fn entries(&self) -> u64 {
        match self {
            Self::Flat(entries) => entries.len() as u64,
            Self::Split(children) => children.values().fold(0, |sum, child| sum.saturating_add(child.entries)),
        }
    }

    pub(super) fn to_bytes(&self) -> Bytes {
        let stored = match self {
            Self::Flat(entries) => Stored { flat: Some(Cow::Borrowed(entries)), split: None, format: FORMAT },
            Self::Split(children) => {
                let split = children.iter().map(|(nibble, child)| (format!("{nibble:x}"), *child)).collect();
                Stored { flat: None, split: Some(split), format: FORMAT }
            }
        };
        // Text keys, digests and integers below 2^53: there is nothing that JSON cannot hold.
        Bytes::from(serde_json::to_vec(&stored).unwrap_or_default())
    }

    pub(super) fn from_bytes(digest: &Digest, bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { digest: *digest, reason };
        let stored: Stored<'_> = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if stored.format > FORMAT {
            return Err(Error::NewerFormat { what: "a tree", found: stored.format, supported: FORMAT });
        }
        match (stored.flat, stored.split) {
            (Some(entries), None) if entries.keys().all(|name| is_name(name)) => Ok(Self::Flat(entries.into_owned())),
            (None, Some(split)) => {
                let mut children = BTreeMap::new();
                for (nibble, child) in split {
                    match u8::from_str_radix(&nibble, 16) {
                        Ok(value) if nibble.len() == 1 => children.insert(value, child),
                        _ => return Err(damaged(format!("`{nibble}` is not one hexadecimal digit"))),
                    };
                }
                Ok(Self::Split(children))
            }
            _ => Err(damaged("it is neither a directory nor a piece of one".to_owned())),
        }
    }
}

/// Whether a text can name an entry.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}

/// The four bits of a name's hash that choose its place at a depth.
pub(super) fn nibble(name: &str, depth: usize) -> u8 {
    let hash = Digest::of(name.as_bytes());
    let byte = hash.as_bytes().get(depth / 2).copied().unwrap_or_default();
    if depth.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
}

/// The deepest split: the name's hash has no more bits.
pub(super) const MAX_DEPTH: usize = 64;
