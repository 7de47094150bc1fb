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

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use super::features::ENTITY_FEATURE_VERSION;
use super::model::{EntityModel, MAX_LEARNED_ENTITIES};
use super::tags;
use crate::error::Error;

/// The version of the layout of entity models that this build writes and reads.
pub const ENTITY_FORMAT_VERSION: u32 = 1;

/// The metadata key that holds the header.
const METADATA_KEY: &str = "greenroom_entities";
/// The length of the checksum in bytes.
const CHECKSUM_LENGTH: usize = blake3::OUT_LEN;
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
        let header = serde_json::to_string(&header).map_err(damaged)?;
        let keys: Vec<u8> = self.keys.iter().flat_map(|key| key.to_le_bytes()).collect();
        let words: Vec<u8> = self.words.iter().flat_map(|key| key.to_le_bytes()).collect();
        let scales: Vec<u8> = self.scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
        let transitions: Vec<u8> = self.transitions.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        let weights: Vec<u8> = self.weights.iter().map(|weight| weight.cast_unsigned()).collect();
        let tensors = [
            ("keys", Dtype::U64, vec![features], &*keys),
            ("words", Dtype::U64, vec![self.words.len()], &*words),
            ("scales", Dtype::F32, vec![features], &*scales),
            ("transitions", Dtype::F32, vec![tags, tags], &*transitions),
            ("weights", Dtype::I8, vec![features, tags], &*weights),
            ("checksum", Dtype::U8, vec![CHECKSUM_LENGTH], &[0; CHECKSUM_LENGTH]),
        ];
        let mut views = Vec::with_capacity(tensors.len());
        for (name, dtype, shape, data) in tensors {
            views.push((name, TensorView::new(dtype, shape, data).map_err(damaged)?));
        }
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), header)]);
        let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(damaged)?;
        // INVARIANT: safetensors sorts by type, and U8 is the last of the types used here.
        if let Some((content, checksum)) = bytes.split_last_chunk_mut::<CHECKSUM_LENGTH>() {
            *checksum = *blake3::hash(content).as_bytes();
        }
        Ok(bytes)
    }

    /// Reads a model and checks every length, order, value and the checksum.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] for a sound model of another format or feature version,
    /// [`Error::DamagedModel`] for anything else that is not as it was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (content, checksum) =
            bytes.split_last_chunk::<CHECKSUM_LENGTH>().ok_or_else(|| damaged("it is shorter than its checksum"))?;
        if blake3::hash(content) != *checksum {
            return Err(damaged("its checksum does not match"));
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(METADATA_KEY))
            .ok_or_else(|| damaged("it is a safetensors file of something else"))?;
        let header = read_header(header)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        if tensors.len() != 6 {
            return Err(damaged("it has other tensors than an entity model"));
        }
        let (features, tags) = (header.features, tags::count(header.entities.len()));
        let keys = ascending(&tensors, "keys", features)?;
        let words = ascending(&tensors, "words", header.words)?;
        let scales = floats(&tensors, "scales", &[features], 0.0)?;
        let transitions = floats(&tensors, "transitions", &[tags, tags], -LARGEST_VALUE)?;
        let weights = tensor(&tensors, "weights", Dtype::I8, &[features, tags])?;
        let weights = weights.iter().map(|byte| byte.cast_signed()).collect();
        tensor(&tensors, "checksum", Dtype::U8, &[CHECKSUM_LENGTH])?;
        Ok(Self { trainer: header.trainer, entities: header.entities, words, keys, scales, weights, transitions })
    }
}

/// Parses the header: first the versions, then, if they are ours, all of it.
fn read_header(json: &str) -> Result<Header, Error> {
    let versions: Versions = serde_json::from_str(json).map_err(damaged)?;
    for (what, found, supported) in [
        ("entity format", versions.format_version, ENTITY_FORMAT_VERSION),
        ("entity feature", versions.feature_version, ENTITY_FEATURE_VERSION),
    ] {
        if found != u64::from(supported) {
            return Err(Error::UnsupportedVersion { what, found, supported });
        }
    }
    let header: Header = serde_json::from_str(json).map_err(damaged)?;
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

/// A tensor's bytes, if it has this type and shape.
fn tensor<'a>(tensors: &SafeTensors<'a>, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], Error> {
    let tensor = tensors.tensor(name).map_err(damaged)?;
    if tensor.dtype() != dtype || tensor.shape() != shape {
        let (found, found_shape) = (tensor.dtype(), tensor.shape());
        return Err(damaged(format!("tensor `{name}` is {found} {found_shape:?} and should be {dtype} {shape:?}")));
    }
    Ok(tensor.data())
}

/// The values of a tensor of keys, which ascend.
fn ascending(tensors: &SafeTensors<'_>, name: &str, length: usize) -> Result<Vec<u64>, Error> {
    let keys = tensor(tensors, name, Dtype::U64, &[length])?;
    let keys: Vec<u64> = keys.as_chunks().0.iter().map(|key| u64::from_le_bytes(*key)).collect();
    if keys.is_sorted_by(|left, right| left < right) {
        Ok(keys)
    } else {
        Err(damaged(format!("tensor `{name}` is not in order")))
    }
}

/// The values of a float tensor, none below `smallest`, too large or not a number.
fn floats(tensors: &SafeTensors<'_>, name: &str, shape: &[usize], smallest: f32) -> Result<Vec<f32>, Error> {
    let bytes = tensor(tensors, name, Dtype::F32, shape)?;
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
    match values.iter().find(|value| !(smallest..=LARGEST_VALUE).contains(value)) {
        Some(value) => Err(damaged(format!("tensor `{name}` holds {value}, out of range"))),
        None => Ok(values),
    }
}

fn damaged(reason: impl ToString) -> Error {
    Error::DamagedModel { reason: reason.to_string() }
}
