//! A model as bytes: a safetensors file, so that other languages read it too, that ends with a
//! checksum of all that stands before.
//!
//! | tensor | type, shape | holds |
//! |---|---|---|
//! | `keys` | U32 \[n-grams\] | the n-grams' keys, strictly ascending |
//! | `rarities` | F32 \[n-grams\] | their inverse document frequencies |
//! | `scales` | F32 \[n-grams\] | what each row of `weights` is multiplied by |
//! | `biases` | F32 \[labels\] | logits of an empty text |
//! | `weights` | I8 \[n-grams, labels\] | the quantised weights of n-grams |
//! | `dense_scales` | F32 \[labels\] | what each row of `dense_weights` is multiplied by |
//! | `dense_weights` | I8 \[labels, dimensions\] | the quantised weights of static vectors |
//! | `checksum` | U8 \[32\] | BLAKE3 of all bytes before it |
//!
//! The two `dense` tensors are there if the model was trained with static vectors; the vectors
//! themselves are not: the header names their digest.
//!
//! The metadata has one key, `greenroom`, whose value is the JSON of [`Header`]; one key, because
//! safetensors writes several in random order.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::features::{FEATURE_VERSION, Vocabulary};
use crate::model::{Calibration, DenseLayer, Model, QuantisedMatrix};
use crate::vectors::Vectors;

/// The version of the artifact's layout that this build writes and reads.
pub const FORMAT_VERSION: u32 = 2;

/// The metadata key that holds the header.
const METADATA_KEY: &str = "greenroom";
/// The length of the checksum in bytes.
const CHECKSUM_LENGTH: usize = blake3::OUT_LEN;
/// No weight, scale or bias that training makes comes near this.
const LARGEST_VALUE: f32 = 1e6;
/// Bounds of rarities and of the temperature.
const POSITIVE_RANGE: std::ops::RangeInclusive<f32> = 1e-3..=1e3;

/// What the metadata tells. Fields stand in alphabetical order, so its JSON is canonical.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    feature_version: u64,
    format_version: u64,
    known_weight: f32,
    labels: Vec<String>,
    midpoint: f32,
    ngrams: usize,
    temperature: f32,
    trainer: String,
    unknown_rarity: f32,
    /// The digest of the static vectors, or null.
    vectors: Option<String>,
    width: f32,
}

/// The part of the header that every version has.
#[derive(Deserialize)]
struct Versions {
    feature_version: u64,
    format_version: u64,
}

impl Model {
    /// The model as bytes. Equal models give equal bytes.
    ///
    /// # Errors
    ///
    /// [`Error::DamagedModel`] if the header outgrows what safetensors can hold (100 MB).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let ngrams = self.vocabulary.len();
        let header = Header {
            feature_version: u64::from(FEATURE_VERSION),
            format_version: u64::from(FORMAT_VERSION),
            labels: self.labels.clone(),
            ngrams,
            known_weight: self.calibration.known_weight,
            midpoint: self.calibration.midpoint,
            temperature: self.calibration.temperature,
            width: self.calibration.width,
            trainer: self.trainer.clone(),
            unknown_rarity: self.vocabulary.unknown_rarity(),
            vectors: self.vectors().map(Vectors::digest),
        };
        let header = serde_json::to_string(&header).map_err(damaged)?;
        let keys: Vec<u8> = self.vocabulary.keys().iter().flat_map(|k| k.to_le_bytes()).collect();
        let rarities = little_endian(self.vocabulary.rarities());
        let scales = little_endian(&self.weights.scales);
        let biases = little_endian(&self.biases);
        let weights: Vec<u8> = self.weights.values.iter().map(|v| v.cast_unsigned()).collect();
        let shape = vec![ngrams, self.weights.columns];
        let mut tensors = vec![
            ("keys", Dtype::U32, vec![ngrams], &*keys),
            ("rarities", Dtype::F32, vec![ngrams], &*rarities),
            ("scales", Dtype::F32, vec![ngrams], &*scales),
            ("biases", Dtype::F32, vec![self.biases.len()], &*biases),
            ("weights", Dtype::I8, shape, &*weights),
            ("checksum", Dtype::U8, vec![CHECKSUM_LENGTH], &[0; CHECKSUM_LENGTH]),
        ];
        let dense_scales;
        let dense_weights: Vec<u8>;
        if let Some(dense) = &self.dense {
            dense_scales = little_endian(&dense.scales);
            dense_weights = dense.values.iter().map(|v| v.cast_unsigned()).collect();
            let shape = vec![self.labels.len(), dense.vectors.dimensions()];
            tensors.push(("dense_scales", Dtype::F32, vec![self.labels.len()], &*dense_scales));
            tensors.push(("dense_weights", Dtype::I8, shape, &*dense_weights));
        }
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

    /// Reads a model and checks every length, range, value and the checksum. `vectors` are the
    /// static vectors at hand; a model takes those that it was trained with, by their digest.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] for a sound model of another format or feature version,
    /// [`Error::MissingVectors`] for one whose vectors are not at hand, [`Error::DamagedModel`]
    /// for anything else that is not as it was written.
    pub fn from_bytes(bytes: &[u8], vectors: &[Vectors]) -> Result<Self, Error> {
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
        let expected = if header.vectors.is_some() { 8 } else { 6 };
        if tensors.len() != expected {
            return Err(damaged("it has other tensors than a model"));
        }
        let (ngrams, labels) = (header.ngrams, header.labels.len());
        let keys = tensor(&tensors, "keys", Dtype::U32, &[ngrams])?;
        let keys: Vec<u32> = keys.as_chunks().0.iter().map(|k| u32::from_le_bytes(*k)).collect();
        if !keys.is_sorted_by(|left, right| left < right) {
            return Err(damaged("its n-grams are not in order"));
        }
        let rarities = floats(&tensors, "rarities", ngrams, POSITIVE_RANGE)?;
        let scales = floats(&tensors, "scales", ngrams, 0.0..=LARGEST_VALUE)?;
        let biases = floats(&tensors, "biases", labels, -LARGEST_VALUE..=LARGEST_VALUE)?;
        let values = tensor(&tensors, "weights", Dtype::I8, &[ngrams, labels])?;
        let values = values.iter().map(|byte| byte.cast_signed()).collect();
        tensor(&tensors, "checksum", Dtype::U8, &[CHECKSUM_LENGTH])?;
        let dense = match &header.vectors {
            Some(digest) => {
                let vectors = vectors.iter().find(|vectors| vectors.digest() == *digest);
                let vectors = vectors.ok_or_else(|| Error::MissingVectors { digest: digest.clone() })?.clone();
                let scales = floats(&tensors, "dense_scales", labels, 0.0..=LARGEST_VALUE)?;
                let values = tensor(&tensors, "dense_weights", Dtype::I8, &[labels, vectors.dimensions()])?;
                let values = values.iter().map(|byte| byte.cast_signed()).collect();
                Some(DenseLayer { vectors, values, scales })
            }
            None => None,
        };
        Ok(Self {
            trainer: header.trainer,
            labels: header.labels,
            vocabulary: Vocabulary::new(keys, rarities, header.unknown_rarity),
            weights: QuantisedMatrix { columns: labels, values, scales },
            dense,
            biases,
            calibration: Calibration {
                temperature: header.temperature,
                midpoint: header.midpoint,
                width: header.width,
                known_weight: header.known_weight,
            },
        })
    }
}

/// Parses the header: first the versions, then, if they are ours, all of it.
fn read_header(json: &str) -> Result<Header, Error> {
    let versions: Versions = serde_json::from_str(json).map_err(damaged)?;
    for (what, found, supported) in
        [("format", versions.format_version, FORMAT_VERSION), ("feature", versions.feature_version, FEATURE_VERSION)]
    {
        if found != u64::from(supported) {
            return Err(Error::UnsupportedVersion { what, found, supported });
        }
    }
    let header: Header = serde_json::from_str(json).map_err(damaged)?;
    if header.labels.is_empty() || !header.labels.is_sorted_by(|left, right| left < right) {
        return Err(damaged("its labels are not in order"));
    }
    if u32::try_from(header.labels.len()).is_err() || u32::try_from(header.ngrams).is_err() {
        return Err(damaged("it claims more labels or n-grams than can be"));
    }
    let positive = [header.temperature, header.width, header.unknown_rarity];
    if !positive.iter().all(|value| POSITIVE_RANGE.contains(value))
        || !(-LARGEST_VALUE..=LARGEST_VALUE).contains(&header.midpoint)
        || !(0.0..=LARGEST_VALUE).contains(&header.known_weight)
    {
        return Err(damaged("its calibration or rarity is out of range"));
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

/// The values of a float tensor, all within `range`, which excludes NaN.
fn floats(
    tensors: &SafeTensors<'_>,
    name: &str,
    length: usize,
    range: std::ops::RangeInclusive<f32>,
) -> Result<Vec<f32>, Error> {
    let bytes = tensor(tensors, name, Dtype::F32, &[length])?;
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|v| f32::from_le_bytes(*v)).collect();
    match values.iter().find(|value| !range.contains(value)) {
        Some(value) => Err(damaged(format!("tensor `{name}` holds {value}, out of range"))),
        None => Ok(values),
    }
}

fn little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn damaged(reason: impl ToString) -> Error {
    Error::DamagedModel { reason: reason.to_string() }
}
