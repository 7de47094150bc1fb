//! A pack of static vectors as bytes: a safetensors file that ends with a checksum.
//!
//! | tensor | type, shape | holds |
//! |---|---|---|
//! | `scales` | F32 \[pieces\] | what each row of `values` is multiplied by; frequent pieces weigh less |
//! | `values` | I8 \[pieces, dimensions\] | the quantised vectors |
//! | `pieces` | U8 \[bytes\] | the word pieces, one a line, as in BERT's `vocab.txt` |
//! | `seal` | U8 \[32\] | BLAKE3 of all bytes before it |
//!
//! The metadata has one key, `greenroom-vectors`, whose value is JSON: `format_version`,
//! `language` (BCP 47), `name`, `source` (whose weights, under which licence).

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use super::{Vectors, VectorsDescription, WordPieces};
use crate::error::Error;

/// The version of the pack's layout that this build writes and reads.
pub const VECTORS_FORMAT_VERSION: u32 = 1;

/// The most dimensions that a vector has, and the most pieces.
const MOST_DIMENSIONS: usize = 4_096;
const MOST_PIECES: usize = 4_000_000;
/// No sound scale is larger.
const LARGEST_SCALE: f32 = 1e6;

const METADATA_KEY: &str = "greenroom-vectors";
const CHECKSUM_LENGTH: usize = blake3::OUT_LEN;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format_version: u64,
    language: String,
    name: String,
    source: String,
}

#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

impl Vectors {
    /// The vectors as bytes. Equal vectors give equal bytes.
    ///
    /// # Errors
    ///
    /// [`Error::DamagedVectors`] if they outgrow what safetensors can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let VectorsDescription { name, language, source } = self.description();
        let header = Header {
            format_version: u64::from(VECTORS_FORMAT_VERSION),
            language: language.clone(),
            name: name.clone(),
            source: source.clone(),
        };
        let header = serde_json::to_string(&header).map_err(damaged)?;
        let mut lines = String::new();
        for piece in self.pieces().pieces() {
            lines.push_str(&piece);
            lines.push('\n');
        }
        let scales: Vec<u8> = self.scales().iter().flat_map(|scale| scale.to_le_bytes()).collect();
        let values: Vec<u8> = self.values().iter().map(|value| value.cast_unsigned()).collect();
        let count = self.scales().len();
        let tensors = [
            ("scales", Dtype::F32, vec![count], &*scales),
            ("values", Dtype::I8, vec![count, self.dimensions()], &*values),
            ("pieces", Dtype::U8, vec![lines.len()], lines.as_bytes()),
            // The last in the file: safetensors sorts by type and then by name.
            ("seal", Dtype::U8, vec![CHECKSUM_LENGTH], &[0; CHECKSUM_LENGTH]),
        ];
        let mut views = Vec::with_capacity(tensors.len());
        for (name, dtype, shape, data) in tensors {
            views.push((name, TensorView::new(dtype, shape, data).map_err(damaged)?));
        }
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), header)]);
        let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(damaged)?;
        if let Some((content, checksum)) = bytes.split_last_chunk_mut::<CHECKSUM_LENGTH>() {
            *checksum = *blake3::hash(content).as_bytes();
        }
        Ok(bytes)
    }

    /// Reads a pack and checks every length, value and the checksum.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] for a sound pack of another format version,
    /// [`Error::DamagedVectors`] for anything else that is not as it was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (content, checksum) =
            bytes.split_last_chunk::<CHECKSUM_LENGTH>().ok_or_else(|| damaged("they are shorter than a checksum"))?;
        if blake3::hash(content) != *checksum {
            return Err(damaged("their checksum does not match"));
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(METADATA_KEY))
            .ok_or_else(|| damaged("this is a safetensors file of something else"))?;
        let Version { format_version } = serde_json::from_str(header).map_err(damaged)?;
        if format_version != u64::from(VECTORS_FORMAT_VERSION) {
            let (found, supported) = (format_version, VECTORS_FORMAT_VERSION);
            return Err(Error::UnsupportedVersion { what: "vectors", found, supported });
        }
        let header: Header = serde_json::from_str(header).map_err(damaged)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        if tensors.len() != 4 {
            return Err(damaged("they have other tensors than a pack"));
        }
        let tensor = |name: &str, dtype: Dtype, rank: usize| {
            let tensor = tensors.tensor(name).map_err(damaged)?;
            let right = tensor.dtype() == dtype && tensor.shape().len() == rank;
            if right { Ok(tensor) } else { Err(damaged(format!("tensor `{name}` has another type or shape"))) }
        };
        tensor("seal", Dtype::U8, 1)?;
        let lines = tensor("pieces", Dtype::U8, 1)?;
        let lines = std::str::from_utf8(lines.data()).map_err(damaged)?;
        let scales = tensor("scales", Dtype::F32, 1)?;
        let scales: Vec<f32> = scales.data().as_chunks().0.iter().map(|scale| f32::from_le_bytes(*scale)).collect();
        let values = tensor("values", Dtype::I8, 2)?;
        let dimensions = values.shape().get(1).copied().unwrap_or_default();
        let values = values.data().iter().map(|value| value.cast_signed()).collect();
        let pieces: Vec<&str> = lines.strip_suffix('\n').unwrap_or(lines).split('\n').collect();
        let description = VectorsDescription { name: header.name, language: header.language, source: header.source };
        Self::assemble(description, &pieces, dimensions, values, scales)
    }
}

/// Checks what every pack must keep, wherever it comes from.
pub(super) fn check(pieces: &[&str], dimensions: usize, values: &[i8], scales: &[f32]) -> Result<WordPieces, Error> {
    if pieces.is_empty() || pieces.len() > MOST_PIECES || !(1..=MOST_DIMENSIONS).contains(&dimensions) {
        let found = format!("{} pieces of {dimensions} dimensions", pieces.len());
        return Err(damaged(format!("{found}: a pack has up to {MOST_PIECES} of up to {MOST_DIMENSIONS}")));
    }
    if scales.len() != pieces.len() || values.len() != pieces.len() * dimensions {
        return Err(damaged(format!("{} pieces have {} vectors", pieces.len(), scales.len())));
    }
    if let Some(scale) = scales.iter().find(|scale| !(0.0..=LARGEST_SCALE).contains(*scale)) {
        return Err(damaged(format!("a vector's scale is {scale}, out of range")));
    }
    if let Some(piece) = pieces.iter().find(|piece| piece.contains('\n')) {
        return Err(damaged(format!("piece `{}` holds the end of a line", piece.escape_debug())));
    }
    WordPieces::new(pieces.iter().copied()).ok_or_else(|| damaged("their pieces are too long"))
}

pub(super) fn damaged(reason: impl ToString) -> Error {
    Error::DamagedVectors { reason: reason.to_string() }
}
