//! Versions and trained models: the immutable records that environments point to.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::canonical::to_canonical_bytes;
use crate::{Digest, Error, Language};

/// The format of the records of this module that this build writes.
const FORMAT: u32 = 1;

/// What a publish carries over from the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The whole draft.
    Full,
    /// The draft's `nlp/` and models, with all else as live has it.
    NlpOnly,
}

/// Why a version exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// It was published.
    Publish,
    /// It keeps a draft that was about to be replaced.
    Save,
}

/// An immutable state of a bot that was published or saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The format of this record.
    pub format: u32,
    /// Its number within the bot, from 1.
    pub number: u64,
    /// Why it exists.
    pub origin: Origin,
    /// The parts tree.
    pub tree: Digest,
    /// The index of the tree's facts.
    pub index: Digest,
    /// The trained model (a [`TrainedModel`] record) per language.
    pub models: BTreeMap<Language, Digest>,
    /// What the publish carried over.
    pub scope: Scope,
    /// What the author says about it.
    pub notes: String,
    /// Who published or saved it.
    pub author: String,
    /// When.
    pub time: Timestamp,
    /// The version that was live before it.
    pub parent: Option<Digest>,
    /// The plan that was carried out.
    pub plan: Option<Digest>,
    /// The policy that judged it.
    pub policy: Option<Digest>,
}

/// A trained model of one language: what it was trained on, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedModel {
    /// The format of this record.
    pub format: u32,
    /// The language.
    pub language: Language,
    /// What it was trained on.
    pub data: TrainingData,
    /// The digest of the model's bytes.
    pub artifact: Digest,
    /// The trainer that made it.
    pub trainer: String,
    /// How many intents it can tell.
    pub labels: u64,
    /// How many examples it was trained on.
    pub examples: u64,
}

/// What a model of one language is trained on: the digests of two parts of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrainingData {
    /// The directory `nlp/examples/LANGUAGE`.
    pub examples: Digest,
    /// The part `nlp/training`, where there is one.
    pub training: Option<Digest>,
}

impl TrainingData {
    /// The data digest: equal exactly when a training would read the same.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&to_canonical_bytes(self).unwrap_or_default())
    }
}

/// A record that is stored as one object, with the version of its format.
trait Record: Serialize + DeserializeOwned {
    const WHAT: &'static str;
}

impl Record for Version {
    const WHAT: &'static str = "a version";
}

impl Record for TrainedModel {
    const WHAT: &'static str = "a trained model";
}

fn read<T: Record>(digest: &Digest, bytes: &[u8]) -> Result<T, Error> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let damaged = |error: serde_json::Error| Error::Damaged { digest: *digest, reason: error.to_string() };
    let head: Head = serde_json::from_slice(bytes).map_err(damaged)?;
    if head.format > FORMAT {
        return Err(Error::NewerFormat { what: T::WHAT, found: head.format, supported: FORMAT });
    }
    serde_json::from_slice(bytes).map_err(damaged)
}

impl Version {
    /// The format that this build writes.
    pub const FORMAT: u32 = FORMAT;

    /// The bytes that are stored; their digest names the version.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        to_canonical_bytes(self).unwrap_or_default().into()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`], or [`Error::NewerFormat`] of a newer build's record.
    pub fn from_bytes(digest: &Digest, bytes: &[u8]) -> Result<Self, Error> {
        read(digest, bytes)
    }
}

impl TrainedModel {
    /// The format that this build writes.
    pub const FORMAT: u32 = FORMAT;

    /// The bytes that are stored; their digest names the record.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        to_canonical_bytes(self).unwrap_or_default().into()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`], or [`Error::NewerFormat`] of a newer build's record.
    pub fn from_bytes(digest: &Digest, bytes: &[u8]) -> Result<Self, Error> {
        read(digest, bytes)
    }
}
