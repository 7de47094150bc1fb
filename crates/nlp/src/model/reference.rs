//! Inference once more: short, slow and obvious, for the fast one to be compared with.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Calibration, Model};
use crate::features::{WORD_BLOCK, key_of_pair, key_of_run, key_of_word, normalise};
use crate::vectors::PieceBuffers;

/// The confidence of each label, in the order of labels, in double precision throughout.
pub(crate) fn confidences(model: &Model, text: &str) -> Vec<f64> {
    let mut vector: BTreeMap<usize, f64> = BTreeMap::new();
    let mut known_share = 0.0;
    let keys = ngram_keys(text);
    for word_block in [false, true] {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for key in keys.iter().filter(|&&key| (key & WORD_BLOCK != 0) == word_block) {
            *counts.entry(*key).or_default() += 1;
        }
        let row_of = |key: u32| model.vocabulary.keys().iter().position(|&known| known == key);
        let weigh = |key: u32, count: usize| {
            let rarity = row_of(key).map_or(model.vocabulary.unknown_rarity(), |row| model.vocabulary.rarities()[row]);
            f64::from(rarity) * (1.0 + (count as f64).ln())
        };
        let squared_length: f64 = counts.iter().map(|(&key, &count)| weigh(key, count).powi(2)).sum();
        for (&key, &count) in &counts {
            if let Some(row) = row_of(key) {
                let value = weigh(key, count) / (2.0 * squared_length).sqrt();
                known_share += value * value;
                vector.insert(row, value);
            }
        }
    }
    let dense = dense_logits(model, text);
    if vector.is_empty() && dense.is_none() {
        return vec![0.0; model.labels.len()];
    }
    if model.labels.len() == 1 {
        return vec![known_share];
    }
    let weight = |row: usize, label: usize| {
        f64::from(model.weights.values[row * model.labels.len() + label]) * f64::from(model.weights.scales[row])
    };
    let logits: Vec<f64> = (0..model.labels.len())
        .map(|label| {
            let sum: f64 = vector.iter().map(|(&row, value)| value * weight(row, label)).sum();
            let of_vector = dense.as_ref().map_or(0.0, |dense| dense[label]);
            sum + of_vector + f64::from(model.biases[label])
        })
        .collect();
    let Calibration { temperature, midpoint, width, known_weight } = model.calibration;
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let familiarity = 1.0
        / (1.0 + ((f64::from(midpoint) - largest - f64::from(known_weight) * known_share) / f64::from(width)).exp());
    let shares: Vec<f64> = logits.iter().map(|logit| ((logit - largest) / f64::from(temperature)).exp()).collect();
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| familiarity * share / total).collect()
}

/// What static vectors add to each label's logit; nothing if no piece of the text has a vector.
fn dense_logits(model: &Model, text: &str) -> Option<Vec<f64>> {
    let layer = model.dense.as_ref()?;
    let dimensions = layer.vectors.dimensions();
    let mut normalised = String::new();
    normalise(text, &mut normalised);
    let mut buffers = PieceBuffers::default();
    layer.vectors.pieces().cut(&normalised, &mut buffers);
    let mut vector = vec![0.0; dimensions];
    for &piece in buffers.numbers() {
        for (at, sum) in vector.iter_mut().enumerate() {
            let value = layer.vectors.values()[piece as usize * dimensions + at].cast_signed();
            *sum += f64::from(value) * f64::from(layer.vectors.scales()[piece as usize]);
        }
    }
    let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
    let weight =
        |label: usize, at: usize| f64::from(layer.values[label * dimensions + at]) * f64::from(layer.scales[label]);
    let logit = |label| vector.iter().enumerate().map(|(at, value)| value / length * weight(label, at)).sum();
    (length > 0.0).then(|| (0..model.labels.len()).map(logit).collect())
}

/// Every word, pair of neighbouring words, and run of 2 to 5 characters in a word between spaces.
fn ngram_keys(text: &str) -> Vec<u32> {
    let mut normalised = String::new();
    normalise(text, &mut normalised);
    let words: Vec<&str> = normalised.split_word_bounds().filter(|word| !word.trim().is_empty()).collect();
    let mut keys: Vec<u32> = words.iter().map(|word| key_of_word(word)).collect();
    keys.extend(words.windows(2).map(|pair| key_of_pair(pair[0], pair[1])));
    for word in words {
        let padded: Vec<char> = format!(" {word} ").chars().collect();
        for length in 2..=5 {
            keys.extend(padded.windows(length).map(key_of_run));
        }
    }
    keys
}
