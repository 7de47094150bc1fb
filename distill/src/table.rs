//! From the teacher's embeddings to a table of pieces whose means come closest to them.

use anyhow::{Result, ensure};

use crate::matrix::Weights;
use crate::principal::{eigenvectors, second_moments};
use crate::sentence_means::{SentenceMeans, fit};

/// The length of a vector in the table.
pub(crate) const DIMENSIONS: usize = 256;
/// How fast the weight of frequent pieces falls (the `a` of smooth inverse frequency).
const FREQUENCY_SCALE: f64 = 3e-4;
/// Where BERT's vocabulary begins to be sorted by frequency; before it stand marks, digits and letters.
const FIRST_RANKED_PIECE: usize = 999;
/// How much the piece by itself counts beside the sentences that hold it.
const PRIOR_STRENGTH: f32 = 0.3;
/// Rounds of conjugate gradients; more change nothing that the classifier sees.
const ROUNDS: usize = 30;

/// What the teacher says of pieces and sentences; rows of `width` values.
pub(crate) struct Lessons<'a> {
    /// The length of an embedding.
    pub(crate) width: usize,
    /// Of each piece by itself.
    pub(crate) pieces: Vec<f32>,
    /// The sentences, none empty.
    pub(crate) sentences: &'a [Vec<u32>],
    /// Of each sentence.
    pub(crate) embeddings: Vec<f32>,
}

/// The table, one row of [`DIMENSIONS`] values a piece.
///
/// Sentences' embeddings, of length 1 and about their mean, are turned to their principal axes.
/// Pieces by themselves, turned likewise and weighed by frequency (Arora, Liang and Ma 2017, “A
/// simple but tough-to-beat baseline for sentence embeddings”), are the prior of a ridge
/// regression of sentences on the pieces in them.
pub(crate) fn make(lessons: Lessons<'_>) -> Result<Vec<f32>> {
    let Lessons { width, mut pieces, sentences, mut embeddings } = lessons;
    ensure!(width >= DIMENSIONS, "an embedding of {width} values has no {DIMENSIONS} axes");
    for row in embeddings.chunks_exact_mut(width) {
        let length = row.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt();
        row.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    }
    subtract_mean(&mut embeddings, width);
    subtract_mean(&mut pieces, width);
    eprintln!("axes: from {} sentences", sentences.len());
    let axes = eigenvectors(second_moments(&embeddings, width), width);
    let axes: Vec<f32> = axes.iter().take(DIMENSIONS).flatten().map(|value| *value as f32).collect();
    let axes = Weights::new(&axes, vec![0.0; DIMENSIONS]);
    let (mut targets, mut prior) = (Vec::new(), Vec::new());
    axes.apply(&embeddings, &mut targets);
    axes.apply(&pieces, &mut prior);
    let piece_count = pieces.len() / width;
    drop((embeddings, pieces));
    for (piece, row) in prior.chunks_exact_mut(DIMENSIONS).enumerate() {
        let weight = frequency_weight(piece, piece_count) as f32;
        row.iter_mut().for_each(|value| *value *= weight);
    }

    let means = SentenceMeans::new(sentences, piece_count);
    let mut predicted = vec![0.0; targets.len()];
    means.apply(&prior, DIMENSIONS, &mut predicted);
    let scale = (product(&predicted, &targets) / product(&predicted, &predicted)) as f32;
    prior.iter_mut().for_each(|value| *value *= scale);
    let table = fit(&means, &targets, &prior, DIMENSIONS, PRIOR_STRENGTH, ROUNDS);

    means.apply(&table, DIMENSIONS, &mut predicted);
    predicted.iter_mut().zip(&targets).for_each(|(predicted, target)| *predicted -= target);
    let unexplained = product(&predicted, &predicted) / product(&targets, &targets);
    eprintln!("fit: the table explains {:.4} of the sentences' variance", 1.0 - unexplained);
    Ok(table)
}

/// a/(a + p), where p is a piece's probability by Zipf's law.
fn frequency_weight(piece: usize, piece_count: usize) -> f64 {
    let rank = (piece + 1).saturating_sub(FIRST_RANKED_PIECE).max(1);
    let probability = 1.0 / (rank as f64 * libm::log(piece_count as f64));
    FREQUENCY_SCALE / (FREQUENCY_SCALE + probability)
}

fn subtract_mean(rows: &mut [f32], width: usize) {
    let mut mean = vec![0.0_f64; width];
    for row in rows.chunks_exact(width) {
        mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += f64::from(*value));
    }
    let count = (rows.len() / width) as f64;
    for row in rows.chunks_exact_mut(width) {
        row.iter_mut().zip(&mean).for_each(|(value, mean)| *value = (f64::from(*value) - mean / count) as f32);
    }
}

fn product(left: &[f32], right: &[f32]) -> f64 {
    left.iter().zip(right).map(|(left, right)| f64::from(*left) * f64::from(*right)).sum()
}
