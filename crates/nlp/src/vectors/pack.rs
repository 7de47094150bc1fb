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

use std::borrow::Cow;

use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use super::{Vectors, VectorsDescription, WordPieces};
use crate::error::Error;
use crate::sealed::{SealedKind, TensorParts, little_endian, supports};

/// The version of the pack's layout that this build writes and reads.
pub const VECTORS_FORMAT_VERSION: u32 = 1;

/// The most dimensions that a vector has, and the most pieces.
const MOST_DIMENSIONS: usize = 4_096;
const MOST_PIECES: usize = 4_000_000;
/// No sound scale is larger.
const LARGEST_SCALE: f32 = 1e6;

const KIND: SealedKind = SealedKind { key: "greenroom-vectors", checksum: "seal" };

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
        let mut lines = String::new();
        for piece in self.pieces().pieces() {
            lines.push_str(&piece);
            lines.push('\n');
        }
        let scales = little_endian(self.scales());
        let count = self.scales().len();
        let tensors: [TensorParts<'_>; 3] = [
            ("scales", Dtype::F32, vec![count], &scales),
            ("values", Dtype::I8, vec![count, self.dimensions()], self.values()),
            ("pieces", Dtype::U8, vec![lines.len()], lines.as_bytes()),
        ];
        KIND.write(&header, &tensors).map_err(damaged)
    }

    /// Reads a pack and checks every length, value and the checksum.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] for a sound pack of another format version,
    /// [`Error::DamagedVectors`] for anything else that is not as it was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes, |values| Cow::Owned(values.to_vec()))
    }

    /// Reads a pack that stands in the program itself ([`include_bytes!`]), with the same checks. Its vectors are not
    /// copied: that saves time and memory.
    ///
    /// # Errors
    ///
    /// Those of [`Vectors::from_bytes`].
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, Error> {
        Self::read(bytes, Cow::Borrowed)
    }

    fn read<'a>(bytes: &'a [u8], keep: impl FnOnce(&'a [u8]) -> Cow<'static, [u8]>) -> Result<Self, Error> {
        let file = KIND.read(bytes).map_err(damaged)?;
        let Version { format_version } = file.header().map_err(damaged)?;
        supports("vectors", format_version, VECTORS_FORMAT_VERSION)?;
        let header: Header = file.header().map_err(damaged)?;
        file.has_tensors(3).map_err(damaged)?;
        let shape = file.shape("values").map_err(damaged)?;
        let &[count, dimensions] = shape.as_slice() else {
            return Err(damaged("tensor `values` should have two dimensions"));
        };
        let values = file.tensor("values", Dtype::I8, &shape).map_err(damaged)?;
        let scales = file.floats("scales", &[count], 0.0..=LARGEST_SCALE).map_err(damaged)?;
        let lines = file.shape("pieces").and_then(|shape| file.tensor("pieces", Dtype::U8, &shape)).map_err(damaged)?;
        let lines = std::str::from_utf8(lines).map_err(damaged)?;
        let pieces: Vec<&str> = lines.strip_suffix('\n').unwrap_or(lines).split('\n').collect();
        let description = VectorsDescription { name: header.name, language: header.language, source: header.source };
        Self::assemble(description, &pieces, dimensions, keep(values), scales)
    }
}

/// Checks what every pack must keep, wherever it comes from.
pub(super) fn check(pieces: &[&str], dimensions: usize, values: &[u8], scales: &[f32]) -> Result<WordPieces, Error> {
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
