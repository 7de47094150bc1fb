//! What one atomic change of a store holds, and what comes of it.

use std::collections::HashSet;

use bytes::Bytes;
use greenroom_model::{Digest, Written};

use crate::{Error, Key, Record, Revision};

/// The length that one object or one record's value may have, in bytes: 256 MiB.
pub const MAX_VALUE_BYTES: usize = 256 << 20;

/// Objects to keep and records to swap, all or nothing.
///
/// # Examples
/// ```
/// use greenroom_store::{Commit, Key};
///
/// let commit = Commit::new().create(Key::new("bots/a")?, "first").put(Key::new("seen")?, "1");
/// assert_eq!(commit.swaps.len(), 2);
/// # Ok::<(), greenroom_store::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a commit does nothing until a store is asked to carry it out"]
pub struct Commit {
    /// Objects under their digests.
    pub objects: Vec<(Digest, Bytes)>,
    /// Objects that it does not carry but needs: where one is absent, it does not happen.
    pub relied: Vec<Digest>,
    /// Changes of records; no key twice.
    pub swaps: Vec<Swap>,
}

/// The change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Which record.
    pub key: Key,
    /// How it must stand for the commit to happen.
    pub expected: Expected,
    /// Its new value; `None` deletes it.
    pub value: Option<Bytes>,
}

/// How a record must stand for a commit to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// There is no such record.
    Absent,
    /// It has this revision.
    Revision(Revision),
    /// However it stands, even if it does not exist.
    Any,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The new revision of each swap's record, in the order of the swaps; `None` where it was deleted.
    pub revisions: Vec<Option<Revision>>,
}

impl Commit {
    /// A commit that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps this object.
    pub fn object(mut self, digest: Digest, bytes: impl Into<Bytes>) -> Self {
        self.objects.push((digest, bytes.into()));
        self
    }

    /// Keeps the objects that an algorithm of the model wrote.
    pub fn objects(mut self, written: Written) -> Self {
        self.objects.extend(written.0);
        self
    }

    /// Relies on an object that the store should have: the commit happens only if it is there, and
    /// a [sweep](crate::Store::sweep) that began before spares it.
    pub fn rely(mut self, digest: Digest) -> Self {
        self.relied.push(digest);
        self
    }

    /// Makes a record that does not exist yet.
    pub fn create(self, key: Key, value: impl Into<Bytes>) -> Self {
        self.with(key, Expected::Absent, Some(value.into()))
    }

    /// Gives a record a new value, if it still stands as it was read.
    pub fn swap(self, record: &Record, value: impl Into<Bytes>) -> Self {
        self.with(record.key.clone(), Expected::Revision(record.revision), Some(value.into()))
    }

    /// Deletes a record, if it still stands as it was read.
    pub fn delete(self, record: &Record) -> Self {
        self.with(record.key.clone(), Expected::Revision(record.revision), None)
    }

    /// Gives a record a value, however it stands.
    pub fn put(self, key: Key, value: impl Into<Bytes>) -> Self {
        self.with(key, Expected::Any, Some(value.into()))
    }

    /// Changes a record: the general form of the others.
    pub fn with(mut self, key: Key, expected: Expected, value: Option<Bytes>) -> Self {
        self.swaps.push(Swap { key, expected, value });
        self
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.relied.is_empty() && self.swaps.is_empty()
    }

    /// Checks what needs no store: stores call it before they write anything.
    ///
    /// # Errors
    /// [`Error::Damaged`] where bytes are not those of their digest,
    /// [`Error::InvalidCommit`] where a key stands twice or a value is longer
    /// than [`MAX_VALUE_BYTES`].
    pub fn check(&self) -> Result<(), Error> {
        let mut keys = HashSet::new();
        for Swap { key, value, .. } in &self.swaps {
            if !keys.insert(key) {
                let reason = format!("record `{key}` is swapped twice; put both changes into one swap");
                return Err(Error::InvalidCommit { reason });
            }
            check_length(value.as_ref(), || format!("the value of record `{key}`"))?;
        }
        for (digest, bytes) in &self.objects {
            check_length(Some(bytes), || format!("object `{digest}`"))?;
            check_object(digest, bytes)?;
        }
        Ok(())
    }
}

/// The bytes are those of the digest, or [`Error::Damaged`].
pub(crate) fn check_object(digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
    let found = Digest::of(bytes);
    if found == *digest {
        return Ok(());
    }
    let reason = format!("its {} bytes have the digest `{found}`", bytes.len());
    Err(Error::Damaged { digest: *digest, reason })
}

fn check_length(value: Option<&Bytes>, what: impl Fn() -> String) -> Result<(), Error> {
    match value {
        Some(bytes) if bytes.len() > MAX_VALUE_BYTES => {
            let what = what();
            let reason = format!("{what} has {} bytes, a store keeps at most {MAX_VALUE_BYTES}; split it", bytes.len());
            Err(Error::InvalidCommit { reason })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_value_longer_than_a_store_keeps() {
        let longest = Bytes::from(vec![0; MAX_VALUE_BYTES + 1]);
        let key = Key::new("a").unwrap();
        assert!(matches!(Commit::new().put(key.clone(), longest.clone()).check(), Err(Error::InvalidCommit { .. })));
        assert!(Commit::new().put(key, longest.slice(1..)).check().is_ok());
    }
}
