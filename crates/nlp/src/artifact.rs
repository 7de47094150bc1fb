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
//! The metadata has one key, `greenroom`, whose value is the JSON of [`Header`].

use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::features::{FEATURE_VERSION, Vocabulary};
use crate::model::{Calibration, DenseLayer, Model, QuantisedMatrix};
use crate::sealed::{SealedFile, SealedKind, TensorParts, little_endian, supports, unsigned};
use crate::vectors::Vectors;

/// The version of the artifact's layout that this build writes and reads.
pub const FORMAT_VERSION: u32 = 2;

const KIND: SealedKind = SealedKind { key: "greenroom", checksum: "checksum" };
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
        let keys: Vec<u8> = self.vocabulary.keys().iter().flat_map(|k| k.to_le_bytes()).collect();
        let rarities = little_endian(self.vocabulary.rarities());
        let scales = little_endian(&self.weights.scales);
        let biases = little_endian(&self.biases);
        let weights = unsigned(&self.weights.values);
        let mut tensors: Vec<TensorParts<'_>> = vec![
            ("keys", Dtype::U32, vec![ngrams], &keys),
            ("rarities", Dtype::F32, vec![ngrams], &rarities),
            ("scales", Dtype::F32, vec![ngrams], &scales),
            ("biases", Dtype::F32, vec![self.biases.len()], &biases),
            ("weights", Dtype::I8, vec![ngrams, self.weights.columns], &weights),
        ];
        let dense = self.dense.as_ref().map(|dense| {
            let shape = vec![self.labels.len(), dense.vectors.dimensions()];
            (little_endian(&dense.scales), unsigned(&dense.values), shape)
        });
        if let Some((scales, weights, shape)) = &dense {
            tensors.push(("dense_scales", Dtype::F32, vec![self.labels.len()], scales));
            tensors.push(("dense_weights", Dtype::I8, shape.clone(), weights));
        }
        KIND.write(&header, &tensors).map_err(damaged)
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
        let file = KIND.read(bytes).map_err(damaged)?;
        let header = read_header(&file)?;
        file.has_tensors(if header.vectors.is_some() { 7 } else { 5 }).map_err(damaged)?;
        let (ngrams, labels) = (header.ngrams, header.labels.len());
        let keys = file.tensor("keys", Dtype::U32, &[ngrams]).map_err(damaged)?;
        let keys: Vec<u32> = keys.as_chunks().0.iter().map(|k| u32::from_le_bytes(*k)).collect();
        if !keys.is_sorted_by(|left, right| left < right) {
            return Err(damaged("its n-grams are not in order"));
        }
        let rarities = file.floats("rarities", &[ngrams], POSITIVE_RANGE).map_err(damaged)?;
        let scales = file.floats("scales", &[ngrams], 0.0..=LARGEST_VALUE).map_err(damaged)?;
        let biases = file.floats("biases", &[labels], -LARGEST_VALUE..=LARGEST_VALUE).map_err(damaged)?;
        let values = file.signed("weights", &[ngrams, labels]).map_err(damaged)?;
        let dense = match &header.vectors {
            Some(digest) => {
                let vectors = vectors.iter().find(|vectors| vectors.digest() == *digest);
                let vectors = vectors.ok_or_else(|| Error::MissingVectors { digest: digest.clone() })?.clone();
                let scales = file.floats("dense_scales", &[labels], 0.0..=LARGEST_VALUE).map_err(damaged)?;
                let values = file.signed("dense_weights", &[labels, vectors.dimensions()]).map_err(damaged)?;
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
fn read_header(file: &SealedFile<'_>) -> Result<Header, Error> {
    let versions: Versions = file.header().map_err(damaged)?;
    supports("format", versions.format_version, FORMAT_VERSION)?;
    supports("feature", versions.feature_version, FEATURE_VERSION)?;
    let header: Header = file.header().map_err(damaged)?;
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

fn damaged(reason: impl ToString) -> Error {
    Error::DamagedModel { reason: reason.to_string() }
}
