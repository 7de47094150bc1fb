//! The teacher: a BERT-like sentence encoder, run forward on the processor.
//!
//! Weights and shapes are those of the published safetensors file; the sum of each product runs
//! in one fixed order, so the same weights give the same bits on every machine.

use anyhow::{Context as _, Result, ensure};
use safetensors::{Dtype, SafeTensors};

use pulp::Arch;

use crate::arithmetic::{add, dot, gelu, sum};
use crate::matrix::Weights;

/// What the encoder puts before a sentence.
const START: u32 = 101;
/// What it puts after it.
const END: u32 = 102;
const HEADS: usize = 12;
const EPSILON: f32 = 1e-12;

/// An encoder of sentences.
pub(crate) struct Encoder {
    /// The length of an embedding.
    pub(crate) width: usize,
    words: Vec<f32>,
    positions: Vec<f32>,
    kind: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Weights,
    key: Weights,
    value: Weights,
    mixed: Weights,
    mixed_norm: Norm,
    wide: Weights,
    narrow: Weights,
    narrow_norm: Norm,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

/// Buffers of one thread.
#[derive(Default)]
pub(crate) struct Workspace {
    state: Vec<f32>,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    mixed: Vec<f32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
}

impl Encoder {
    /// Reads the weights of a six-layer MiniLM.
    pub(crate) fn from_safetensors(bytes: &[u8]) -> Result<Self> {
        let tensors = SafeTensors::deserialize(bytes).context("the weights are no safetensors file")?;
        let read = |name: &str| -> Result<Vec<f32>> {
            let tensor = tensors.tensor(name).with_context(|| format!("the weights lack `{name}`"))?;
            ensure!(tensor.dtype() == Dtype::F32, "`{name}` is {} and should be F32", tensor.dtype());
            Ok(tensor.data().as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
        };
        let norm = |name: String| -> Result<Norm> {
            Ok(Norm { scale: read(&format!("{name}.weight"))?, shift: read(&format!("{name}.bias"))? })
        };
        let linear = |name: String| -> Result<Weights> {
            let (rows, bias) = (read(&format!("{name}.weight"))?, read(&format!("{name}.bias"))?);
            ensure!(rows.len() % bias.len().max(1) == 0, "`{name}` has a bias of another length");
            Ok(Weights::new(&rows, bias))
        };
        let first_norm = norm("embeddings.LayerNorm".to_owned())?;
        let mut layers = Vec::new();
        for number in 0..6 {
            let of = |part: &str| format!("encoder.layer.{number}.{part}");
            layers.push(Layer {
                query: linear(of("attention.self.query"))?,
                key: linear(of("attention.self.key"))?,
                value: linear(of("attention.self.value"))?,
                mixed: linear(of("attention.output.dense"))?,
                mixed_norm: norm(of("attention.output.LayerNorm"))?,
                wide: linear(of("intermediate.dense"))?,
                narrow: linear(of("output.dense"))?,
                narrow_norm: norm(of("output.LayerNorm"))?,
            });
        }
        let kinds = read("embeddings.token_type_embeddings.weight")?;
        let width = first_norm.scale.len();
        ensure!(width > 0 && width % HEADS == 0, "an embedding of {width} values does not split into {HEADS} heads");
        let words = read("embeddings.word_embeddings.weight")?;
        ensure!(words.len() > END as usize * width, "the vocabulary lacks the marks of a sentence");
        Ok(Self {
            width,
            words,
            positions: read("embeddings.position_embeddings.weight")?,
            kind: kinds.get(..width).context("the kinds of tokens have another width")?.to_vec(),
            norm: first_norm,
            layers,
        })
    }

    /// Whether a sentence can be encoded: its pieces are known, and there is a position for each.
    pub(crate) fn check(&self, sentence: &[u32]) -> Result<()> {
        let positions = self.positions.len() / self.width;
        ensure!(sentence.len() + 2 <= positions, "a sentence of {} pieces is too long", sentence.len());
        let known = self.words.len() / self.width;
        let unknown = sentence.iter().find(|piece| **piece as usize >= known);
        ensure!(unknown.is_none(), "piece {} is beyond the {known} that the encoder knows", unknown.unwrap_or(&0));
        Ok(())
    }

    /// Writes the mean of the outputs over all positions of each sentence; all `sentences` must
    /// have the same number of pieces.
    pub(crate) fn encode(&self, sentences: &[&[u32]], workspace: &mut Workspace, embeddings: &mut [f32]) {
        let width = self.width;
        let length = sentences.first().map_or(0, |sentence| sentence.len()) + 2;
        let Workspace { state, query, key, value, mixed, wide, scores } = workspace;
        state.clear();
        for sentence in sentences {
            let pieces = std::iter::once(START).chain(sentence.iter().copied()).chain([END]);
            for (position, piece) in pieces.enumerate() {
                let word = &self.words[piece as usize * width..][..width];
                let place = &self.positions[position * width..][..width];
                state.extend((0..width).map(|at| word[at] + place[at] + self.kind[at]));
            }
        }
        let machine = Arch::new();
        machine.dispatch(|| self.norm.apply(state));
        for layer in &self.layers {
            layer.query.apply(state, query);
            layer.key.apply(state, key);
            layer.value.apply(state, value);
            machine.dispatch(|| attend(query, key, value, length, width, scores));
            layer.mixed.apply(query, mixed);
            machine.dispatch(|| {
                add(state, mixed);
                layer.mixed_norm.apply(state);
            });
            layer.wide.apply(state, wide);
            machine.dispatch(|| wide.iter_mut().for_each(|value| *value = gelu(*value)));
            layer.narrow.apply(wide, mixed);
            machine.dispatch(|| {
                add(state, mixed);
                layer.narrow_norm.apply(state);
            });
        }
        for (outputs, embedding) in state.chunks_exact(length * width).zip(embeddings.chunks_exact_mut(width)) {
            embedding.fill(0.0);
            for output in outputs.chunks_exact(width) {
                add(embedding, output);
            }
            embedding.iter_mut().for_each(|value| *value /= length as f32);
        }
    }
}

impl Norm {
    #[inline(always)]
    fn apply(&self, state: &mut [f32]) {
        for row in state.chunks_exact_mut(self.scale.len()) {
            let count = row.len() as f32;
            let mean = sum(row) / count;
            row.iter_mut().for_each(|value| *value -= mean);
            let factor = 1.0 / (dot(row, row) / count + EPSILON).sqrt();
            for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = *value * factor * scale + shift;
            }
        }
    }
}

/// Replaces each query by the mean of the values that it attends to, head by head.
#[inline(always)]
fn attend(query: &mut [f32], key: &[f32], value: &[f32], length: usize, width: usize, scores: &mut Vec<f32>) {
    let size = width / HEADS;
    let scale = 1.0 / (size as f32).sqrt();
    let sentence = length * width;
    let sentences = query.chunks_exact_mut(sentence).zip(key.chunks_exact(sentence)).zip(value.chunks_exact(sentence));
    for ((query, key), value) in sentences {
        for head in (0..HEADS).map(|head| head * size) {
            for asks in query.chunks_exact_mut(width) {
                let asks = &mut asks[head..head + size];
                scores.clear();
                scores.extend(key.chunks_exact(width).map(|key| scale * dot(asks, &key[head..head + size])));
                let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                scores.iter_mut().for_each(|score| *score = libm::expf(*score - largest));
                let total: f32 = scores.iter().sum();
                asks.fill(0.0);
                for (score, value) in scores.iter().zip(value.chunks_exact(width)) {
                    let share = score / total;
                    asks.iter_mut().zip(&value[head..head + size]).for_each(|(to, value)| *to += share * value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
