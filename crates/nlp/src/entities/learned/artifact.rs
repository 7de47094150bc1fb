//! A model of entities as bytes: a safetensors file that ends with a checksum of all that stands
//! before, like the intent model's.
//!
//! | tensor | type, shape | holds |
//! |---|---|---|
//! | `keys` | U64 \[features\] | the features' keys, strictly ascending |
//! | `scales` | F32 \[features\] | what each row of `weights` is multiplied by |
//! | `transitions` | F32 \[tags, tags\] | the weight of each tag (column) after each (row) |
//! | `words` | U64 \[words\] | the keys of the words that are not rare, strictly ascending |
//! | `weights` | I8 \[features, tags\] | the quantised weight matrix |
//! | `checksum` | U8 \[32\] | BLAKE3 of all bytes before it |
//!
//! Tag 0 is outside; entity *n* (in the header's order) begins with tag 2n + 1 and goes on with
//! tag 2n + 2.

use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::features::ENTITY_FEATURE_VERSION;
use super::model::{EntityModel, MAX_LEARNED_ENTITIES};
use super::tags;
use crate::error::Error;
use crate::sealed::{SealedFile, SealedKind, TensorParts, little_endian, supports, unsigned};

/// The version of the layout of entity models that this build writes and reads.
pub const ENTITY_FORMAT_VERSION: u32 = 1;

const KIND: SealedKind = SealedKind { key: "greenroom_entities", checksum: "checksum" };
/// No weight that training makes comes near this.
const LARGEST_VALUE: f32 = 1e6;

/// What the metadata tells. Fields stand in alphabetical order, so its JSON is canonical.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    entities: Vec<String>,
    feature_version: u64,
    features: usize,
    format_version: u64,
    trainer: String,
    words: usize,
}

/// The part of the header that every version has.
#[derive(Deserialize)]
struct Versions {
    feature_version: u64,
    format_version: u64,
}

impl EntityModel {
    /// The model as bytes. Equal models give equal bytes.
    ///
    /// # Errors
    ///
    /// [`Error::DamagedModel`] if the header outgrows what safetensors can hold (100 MB).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let (features, tags) = (self.keys.len(), tags::count(self.entities.len()));
        let header = Header {
            entities: self.entities.clone(),
            feature_version: u64::from(ENTITY_FEATURE_VERSION),
            features,
            format_version: u64::from(ENTITY_FORMAT_VERSION),
            trainer: self.trainer.clone(),
            words: self.words.len(),
        };
        let keys: Vec<u8> = self.keys.iter().flat_map(|key| key.to_le_bytes()).collect();
        let words: Vec<u8> = self.words.iter().flat_map(|key| key.to_le_bytes()).collect();
        let (scales, transitions) = (little_endian(&self.scales), little_endian(&self.transitions));
        let weights = unsigned(&self.weights);
        let tensors: [TensorParts<'_>; 5] = [
            ("keys", Dtype::U64, vec![features], &keys),
            ("words", Dtype::U64, vec![self.words.len()], &words),
            ("scales", Dtype::F32, vec![features], &scales),
            ("transitions", Dtype::F32, vec![tags, tags], &transitions),
            ("weights", Dtype::I8, vec![features, tags], &weights),
        ];
        KIND.write(&header, &tensors).map_err(damaged)
    }

    /// Reads a model and checks every length, order, value and the checksum.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] for a sound model of another format or feature version,
    /// [`Error::DamagedModel`] for anything else that is not as it was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let file = KIND.read(bytes).map_err(damaged)?;
        let header = read_header(&file)?;
        file.has_tensors(5).map_err(damaged)?;
        let (features, tags) = (header.features, tags::count(header.entities.len()));
        let keys = ascending(&file, "keys", features)?;
        let words = ascending(&file, "words", header.words)?;
        let scales = file.floats("scales", &[features], 0.0..=LARGEST_VALUE).map_err(damaged)?;
        let range = -LARGEST_VALUE..=LARGEST_VALUE;
        let transitions = file.floats("transitions", &[tags, tags], range).map_err(damaged)?;
        let weights = file.signed("weights", &[features, tags]).map_err(damaged)?;
        Ok(Self { trainer: header.trainer, entities: header.entities, words, keys, scales, weights, transitions })
    }
}

/// Parses the header: first the versions, then, if they are ours, all of it.
fn read_header(file: &SealedFile<'_>) -> Result<Header, Error> {
    let versions: Versions = file.header().map_err(damaged)?;
    supports("entity format", versions.format_version, ENTITY_FORMAT_VERSION)?;
    supports("entity feature", versions.feature_version, ENTITY_FEATURE_VERSION)?;
    let header: Header = file.header().map_err(damaged)?;
    if header.entities.is_empty() || !header.entities.is_sorted_by(|left, right| left < right) {
        return Err(damaged("its entities are not in order"));
    }
    if header.entities.len() > MAX_LEARNED_ENTITIES
        || u32::try_from(header.features).is_err()
        || u32::try_from(header.words).is_err()
    {
        return Err(damaged("it claims more entities, features or words than can be"));
    }
    Ok(header)
}

/// The values of a tensor of keys, which ascend.
fn ascending(file: &SealedFile<'_>, name: &str, length: usize) -> Result<Vec<u64>, Error> {
    let keys = file.tensor(name, Dtype::U64, &[length]).map_err(damaged)?;
    let keys: Vec<u64> = keys.as_chunks().0.iter().map(|key| u64::from_le_bytes(*key)).collect();
    if keys.is_sorted_by(|left, right| left < right) {
        Ok(keys)
    } else {
        Err(damaged(format!("tensor `{name}` is not in order")))
    }
}

fn damaged(reason: impl ToString) -> Error {
    Error::DamagedModel { reason: reason.to_string() }
}
