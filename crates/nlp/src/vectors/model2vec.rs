//! Reads the folders that `model2vec` and its kin write: `model.safetensors` with one tensor
//! `embeddings`, and `tokenizer.json` with a WordPiece vocabulary.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use super::pack::damaged;
use super::{Vectors, VectorsDescription};
use crate::error::Error;
use crate::sealed::unsigned;

#[derive(Deserialize)]
struct TokenizerFile {
    model: TokenizerModel,
    normalizer: Option<Normalizer>,
}

#[derive(Deserialize)]
struct TokenizerModel {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
    vocab: serde_json::Value,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: Option<bool>,
}

impl Vectors {
    /// Vectors from the two files of a model2vec folder: `model.safetensors` and
    /// `tokenizer.json`.
    ///
    /// The tokenizer must be an uncased WordPiece. A tensor `weights`, if there is one, weighs
    /// the pieces. Values are rounded to 255 steps a piece, which costs no accuracy.
    ///
    /// # Errors
    ///
    /// [`Error::DamagedVectors`] that says what was found and what is needed.
    pub fn from_model2vec(
        description: VectorsDescription,
        safetensors: &[u8],
        tokenizer: &[u8],
    ) -> Result<Self, Error> {
        let vocabulary = read_vocabulary(tokenizer)?;
        let tensors = SafeTensors::deserialize(safetensors).map_err(damaged)?;
        let embeddings = tensors.tensor("embeddings").map_err(damaged)?;
        let &[rows, dimensions] = embeddings.shape() else {
            return Err(damaged("tensor `embeddings` should have two dimensions"));
        };
        // Else the number of rows could be any, whatever the size of the file.
        if dimensions == 0 {
            return Err(damaged("their embeddings have no dimension"));
        }
        let numbers = floats(embeddings.dtype(), embeddings.data())?;
        let weights = match tensors.tensor("weights") {
            Ok(weights) => floats(weights.dtype(), weights.data())?,
            Err(_) => vec![1.0; rows],
        };
        let mut pieces = vec![""; rows];
        for (&number, piece) in &vocabulary {
            match pieces.get_mut(number) {
                Some(place) => *place = piece,
                None => return Err(damaged(format!("piece `{piece}` has the number {number} of {rows} embeddings"))),
            }
        }
        if weights.len() != rows || numbers.iter().chain(&weights).any(|value| !value.is_finite()) {
            return Err(damaged("their embeddings or weights are not finite, or not as many as pieces"));
        }
        let mut values = Vec::with_capacity(numbers.len());
        let mut scales = Vec::with_capacity(rows);
        for (row, weight) in numbers.chunks_exact(dimensions).zip(&weights) {
            let row: Vec<f32> = row.iter().map(|value| value * weight).collect();
            scales.push(super::quantise_row(&row, &mut values));
        }
        Self::assemble(description, &pieces, dimensions, unsigned(&values).into(), scales)
    }
}

/// The pieces by their number.
fn read_vocabulary(tokenizer: &[u8]) -> Result<BTreeMap<usize, String>, Error> {
    let file: TokenizerFile = serde_json::from_slice(tokenizer).map_err(damaged)?;
    if file.model.kind.as_deref().is_some_and(|kind| kind != "WordPiece") {
        let kind = file.model.kind.unwrap_or_default();
        return Err(damaged(format!("the tokenizer is `{kind}`: only WordPiece is supported")));
    }
    if file.model.continuing_subword_prefix.is_some_and(|prefix| prefix != "##") {
        return Err(damaged("the tokenizer marks continuations by something else than `##`"));
    }
    if file.normalizer.and_then(|normalizer| normalizer.lowercase) == Some(false) {
        return Err(damaged("the tokenizer keeps upper case: only uncased ones are supported"));
    }
    let vocabulary: BTreeMap<String, usize> = serde_json::from_value(file.model.vocab).map_err(damaged)?;
    Ok(vocabulary.into_iter().map(|(piece, number)| (number, piece)).collect())
}

fn floats(dtype: Dtype, data: &[u8]) -> Result<Vec<f32>, Error> {
    Ok(match dtype {
        Dtype::F32 => data.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value) as f32).collect(),
        Dtype::BF16 => data.as_chunks().0.iter().map(|&[low, high]| f32::from_le_bytes([0, 0, low, high])).collect(),
        Dtype::F16 => data.as_chunks().0.iter().map(|value| half(u16::from_le_bytes(*value))).collect(),
        Dtype::I8 => data.iter().map(|value| f32::from(value.cast_signed())).collect(),
        other => return Err(damaged(format!("embeddings of type {other} are not supported"))),
    })
}

/// The value of an IEEE 754 half.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 0x3FF) / 1024.0);
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-14),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction) * 2.0_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_read() {
        assert_eq!(
            [0x3C00, 0xC000, 0x3555, 0x0001, 0x7C00].map(half),
            [1.0, -2.0, 0.333_251_95, 5.960_464_5e-8, f32::INFINITY]
        );
        assert!(half(0x7C01).is_nan());
    }
}
