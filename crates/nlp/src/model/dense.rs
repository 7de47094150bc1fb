//! The dense half of a model: a weight for each label and dimension of the static vectors.

use crate::vectors::Vectors;
#[cfg(feature = "train")]
use crate::vectors::quantise_row;

/// Partial sums that a dot product runs in. Fixed, so that every machine adds in the same order.
const LANES: usize = 16;

/// Static vectors and what they weigh.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DenseLayer {
    pub(crate) vectors: Vectors,
    /// A row of dimensions for each label.
    pub(crate) values: Vec<i8>,
    /// What each row is multiplied by.
    pub(crate) scales: Vec<f32>,
}

impl DenseLayer {
    /// Rounds `weights`, a row of dimensions for each label, to 255 steps a row.
    #[cfg(feature = "train")]
    pub(crate) fn quantise(vectors: Vectors, weights: &[f32]) -> Self {
        let mut values = Vec::with_capacity(weights.len());
        let rows = weights.chunks_exact(vectors.dimensions().max(1));
        let scales = rows.map(|row| quantise_row(row, &mut values)).collect();
        Self { vectors, values, scales }
    }

    /// Adds what `vector` says to each label's logit.
    #[inline(always)]
    pub(crate) fn add_to(&self, vector: &[f32], logits: &mut [f32]) {
        let rows = self.values.chunks_exact(vector.len().max(1));
        for ((logit, row), scale) in logits.iter_mut().zip(rows).zip(&self.scales) {
            *logit += scale * dot(row, vector);
        }
    }
}

#[inline(always)]
fn dot(row: &[i8], vector: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (blocks, rest) = row.as_chunks::<LANES>();
    let (vector_blocks, vector_rest) = vector.as_chunks::<LANES>();
    for (block, vector) in blocks.iter().zip(vector_blocks) {
        for lane in 0..LANES {
            lanes[lane] += f32::from(block[lane]) * vector[lane];
        }
    }
    for (lane, (&value, &number)) in lanes.iter_mut().zip(rest.iter().zip(vector_rest)) {
        *lane += f32::from(value) * number;
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
    }
    lanes[0]
}
