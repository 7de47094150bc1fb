//! Static word vectors: what words mean, learnt once from much text, shared by all models of a
//! language.

mod model2vec;
mod pack;
mod wordpiece;

use std::borrow::Cow;
use std::sync::Arc;

pub use pack::VECTORS_FORMAT_VERSION;
pub use wordpiece::{PieceBuffers, WordPieces};

use pulp::{Arch, Simd, WithSimd};

use crate::arithmetic::{self, LANES};
use crate::error::Error;
use crate::sealed::{little_endian, unsigned};

/// Static word vectors: one vector a word piece; a text's is the sum of its pieces', of length 1.
///
/// Cloning is cheap: clones share the table. A model names the vectors that it was trained with
/// by [`Vectors::digest`] and works with no others.
///
/// ```
/// use greenroom_nlp::{Vectors, VectorsDescription};
///
/// let description = VectorsDescription { name: "toy".into(), language: "en".into(), source: "made up".into() };
/// let toy = Vectors::new(description, &["hi", "hello", "parcel"], &[[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])?;
/// let read = Vectors::from_bytes(&toy.to_bytes()?)?;
/// assert_eq!(read.digest(), toy.digest());
/// # Ok::<(), greenroom_nlp::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors(Arc<Table>);

/// Where vectors come from, and for which texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorsDescription {
    /// A short name, such as `vectors-en 1`.
    pub name: String,
    /// The language of the texts that they suit, as a BCP 47 tag such as `en`.
    pub language: String,
    /// Whose weights they were made from, and under which licence.
    pub source: String,
}

#[derive(Debug, PartialEq)]
struct Table {
    description: VectorsDescription,
    pieces: WordPieces,
    dimensions: usize,
    /// Signed bytes, as the file has them: those of a program stay where they are.
    values: Cow<'static, [u8]>,
    scales: Vec<f32>,
    digest: [u8; 32],
}

impl Vectors {
    /// Vectors from numbers, one row for each piece; rows are rounded to 255 steps each.
    ///
    /// # Errors
    ///
    /// [`Error::DamagedVectors`] if pieces and rows differ in number, or a value is not finite.
    pub fn new(description: VectorsDescription, pieces: &[&str], rows: &[impl AsRef<[f32]>]) -> Result<Self, Error> {
        let dimensions = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * dimensions);
        let mut scales = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.as_ref();
            if row.len() != dimensions || row.iter().any(|value| !value.is_finite()) {
                return Err(pack::damaged("rows differ in length or hold what is no number"));
            }
            scales.push(quantise_row(row, &mut values));
        }
        Self::assemble(description, pieces, dimensions, unsigned(&values).into(), scales)
    }

    fn assemble(
        description: VectorsDescription,
        pieces: &[&str],
        dimensions: usize,
        values: Cow<'static, [u8]>,
        scales: Vec<f32>,
    ) -> Result<Self, Error> {
        let table = pack::check(pieces, dimensions, &values, &scales)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(dimensions as u64).to_le_bytes());
        // Much at once goes fastest.
        let mut lines = String::with_capacity(pieces.iter().map(|piece| piece.len() + 1).sum());
        for piece in pieces {
            lines.push_str(piece);
            lines.push('\n');
        }
        hasher.update(lines.as_bytes()).update(&little_endian(&scales)).update(&values);
        let digest = *hasher.finalize().as_bytes();
        Ok(Self(Arc::new(Table { description, pieces: table, dimensions, values, scales, digest })))
    }

    /// The first of `packs` that suits texts of this language, a BCP 47 tag: `en-GB` takes `en`.
    pub fn for_language<'a>(packs: &'a [Self], language: &str) -> Option<&'a Self> {
        let suits = |pack: &&Self| {
            let of_pack = &pack.description().language;
            language == of_pack || language.strip_prefix(of_pack.as_str()).is_some_and(|rest| rest.starts_with('-'))
        };
        packs.iter().find(suits)
    }

    /// Where they come from.
    pub fn description(&self) -> &VectorsDescription {
        &self.0.description
    }

    /// The length of a vector.
    pub fn dimensions(&self) -> usize {
        self.0.dimensions
    }

    /// BLAKE3 of pieces and vectors, in hexadecimal: what tells one table from another.
    pub fn digest(&self) -> String {
        blake3::Hash::from(self.0.digest).to_hex().to_string()
    }

    /// The tokenizer.
    pub fn pieces(&self) -> &WordPieces {
        &self.0.pieces
    }

    pub(crate) fn scales(&self) -> &[f32] {
        &self.0.scales
    }

    /// The rows one after another, signed bytes.
    pub(crate) fn values(&self) -> &[u8] {
        &self.0.values
    }

    /// Writes the vector of `text` to `sum`: of length 1, or all 0 if no piece of it is known.
    /// Returns whether any is.
    pub(crate) fn embed(&self, text: &str, buffers: &mut PieceBuffers, sum: &mut Vec<f32>) -> bool {
        let dimensions = self.0.dimensions;
        sum.clear();
        sum.resize(dimensions, 0.0);
        self.0.pieces.cut(text, buffers);
        Arch::new().dispatch(Embedding { table: &self.0, numbers: &buffers.numbers, sum })
    }
}

/// Adds up the vectors of the pieces with these numbers, and brings the sum to the length 1.
/// Returns whether it has any length.
struct Embedding<'a> {
    table: &'a Table,
    numbers: &'a [u32],
    /// All 0 at first.
    sum: &'a mut [f32],
}

impl WithSimd for Embedding<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let Self { table: Table { dimensions, values, scales, .. }, numbers, sum } = self;
        for &number in numbers {
            let row = number as usize;
            // INVARIANT: the table has a row and a scale for each piece.
            let values = values.get(row * dimensions..(row + 1) * dimensions).unwrap_or_default();
            let scale = scales.get(row).copied().unwrap_or_default();
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += scale * f32::from(value.cast_signed());
            }
        }
        let mut squares = [0.0; LANES];
        for block in sum.chunks(LANES) {
            squares.iter_mut().zip(block).for_each(|(square, value)| *square += value * value);
        }
        let length = arithmetic::sum_of_lanes(squares).sqrt();
        if length <= f32::MIN_POSITIVE {
            return false;
        }
        let inverse = 1.0 / length;
        sum.iter_mut().for_each(|value| *value *= inverse);
        true
    }
}

/// Appends a row rounded to 255 steps between its extremes, and returns the size of a step.
pub(crate) fn quantise_row(row: &[f32], values: &mut Vec<i8>) -> f32 {
    let largest = row.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let scale = largest / 127.0;
    let inverse = if scale > f32::MIN_POSITIVE { 1.0 / scale } else { 0.0 };
    // The cast saturates, so that rounding noise at the extremes is harmless.
    values.extend(row.iter().map(|value| (value * inverse).round() as i8));
    scale
}
