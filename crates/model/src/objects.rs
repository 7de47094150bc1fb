//! Stored objects by digest, and how code without I/O asks for those it lacks.
//!
//! A tree algorithm is pure: it reads from an [`Objects`] and, where it meets a
//! digest that is not there, gathers it into [`Interrupt::Need`] and goes on as
//! far as it can. The host fetches what is needed and calls again; a tree is at
//! most a few levels deep, so a few rounds suffice.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;

use crate::{Digest, Error};

/// Objects at hand, by digest. What it returns must be the bytes of that digest.
pub trait Objects {
    /// The bytes of an object, where they are at hand.
    fn get(&self, digest: &Digest) -> Option<Bytes>;
}

/// Why a pure algorithm stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interrupt {
    /// It needs these objects; provide them and call again.
    Need(BTreeSet<Digest>),
    /// What it read cannot be right.
    Failed(Error),
}

impl From<Error> for Interrupt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Objects in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryObjects {
    objects: HashMap<Digest, Bytes>,
    bytes: usize,
}

impl MemoryObjects {
    /// No objects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps these bytes and says their digest.
    pub fn insert(&mut self, bytes: Bytes) -> Digest {
        let digest = Digest::of(&bytes);
        self.insert_checked(digest, bytes);
        digest
    }

    /// Keeps bytes whose digest the caller has checked.
    pub fn insert_checked(&mut self, digest: Digest, bytes: Bytes) {
        let length = bytes.len();
        if self.objects.insert(digest, bytes).is_none() {
            self.bytes += length;
        }
    }

    /// How many bytes its objects take together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many objects it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

impl Objects for MemoryObjects {
    fn get(&self, digest: &Digest) -> Option<Bytes> {
        self.objects.get(digest).cloned()
    }
}

impl<T: Objects + ?Sized> Objects for &T {
    fn get(&self, digest: &Digest) -> Option<Bytes> {
        (**self).get(digest)
    }
}

/// Bytes made by an algorithm, to be stored under their digests.
#[derive(Debug, Clone, Default)]
pub struct Written(pub Vec<(Digest, Bytes)>);

impl Written {
    /// Adds an object and says its digest.
    pub fn add(&mut self, bytes: Bytes) -> Digest {
        let digest = Digest::of(&bytes);
        self.0.push((digest, bytes));
        digest
    }
}

/// Reads objects and remembers those that were not at hand.
pub(crate) struct Reader<'a> {
    objects: &'a dyn Objects,
    need: BTreeSet<Digest>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(objects: &'a dyn Objects) -> Self {
        Self { objects, need: BTreeSet::new() }
    }

    /// The object; `None` notes it as needed.
    pub(crate) fn get(&mut self, digest: &Digest) -> Option<Bytes> {
        let found = self.objects.get(digest);
        if found.is_none() {
            self.need.insert(*digest);
        }
        found
    }

    /// Whether something was needed already: the round's result will be thrown away.
    pub(crate) fn is_short(&self) -> bool {
        !self.need.is_empty()
    }

    /// Ends the round: the value, unless something was needed on the way.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Interrupt> {
        if self.need.is_empty() { Ok(value) } else { Err(Interrupt::Need(self.need)) }
    }
}
