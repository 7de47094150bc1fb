//! The encoder against the formulas of its paper, written down plainly in double precision.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use safetensors::{Dtype, tensor::TensorView};

use super::{Encoder, HEADS, Workspace};
use crate::random::SplitMix64;

const WIDTH: usize = 2 * HEADS;
const WIDE: usize = 40;
const VOCABULARY: usize = 120;
const POSITIONS: usize = 9;

type Network = BTreeMap<String, Vec<f32>>;

/// A network of random weights, by the names of its tensors.
fn network() -> Network {
    let mut random = SplitMix64::new(11);
    let mut network = Network::new();
    let mut insert = |name: String, count: usize| {
        network.insert(name, (0..count).map(|_| random.next_signed()).collect());
    };
    insert("embeddings.word_embeddings.weight".into(), VOCABULARY * WIDTH);
    insert("embeddings.position_embeddings.weight".into(), POSITIONS * WIDTH);
    insert("embeddings.token_type_embeddings.weight".into(), 2 * WIDTH);
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..6 {
        let shapes = [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", WIDTH, WIDE),
            ("output.dense", WIDE, WIDTH),
        ];
        for (part, inputs, outputs) in shapes {
            insert(format!("encoder.layer.{layer}.{part}.weight"), inputs * outputs);
            insert(format!("encoder.layer.{layer}.{part}.bias"), outputs);
        }
        norms.push(format!("encoder.layer.{layer}.attention.output.LayerNorm"));
        norms.push(format!("encoder.layer.{layer}.output.LayerNorm"));
    }
    for norm in norms {
        insert(format!("{norm}.weight"), WIDTH);
        insert(format!("{norm}.bias"), WIDTH);
    }
    network
}

fn bytes(network: &Network) -> Vec<u8> {
    let tensors: Vec<(&String, Vec<u8>)> = network
        .iter()
        .map(|(name, values)| (name, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views = tensors
        .iter()
        .map(|(name, data)| (name, TensorView::new(Dtype::F32, vec![data.len() / 4], data.as_slice()).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

/// The mean of the outputs for one sentence.
fn reference(network: &Network, sentence: &[u32]) -> Vec<f64> {
    let tensor = |name: &str| -> Vec<f64> { network[name].iter().map(|value| f64::from(*value)).collect() };
    let linear = |rows: &[Vec<f64>], name: &str| -> Vec<Vec<f64>> {
        let (weight, bias) = (tensor(&format!("{name}.weight")), tensor(&format!("{name}.bias")));
        let product = |row: &Vec<f64>| {
            let outputs = weight.chunks_exact(row.len()).zip(&bias);
            outputs
                .map(|(weights, bias)| bias + weights.iter().zip(row).map(|(one, other)| one * other).sum::<f64>())
                .collect()
        };
        rows.iter().map(product).collect()
    };
    let norm = |rows: &[Vec<f64>], name: &str| -> Vec<Vec<f64>> {
        let (weight, bias) = (tensor(&format!("{name}.weight")), tensor(&format!("{name}.bias")));
        let normal = |row: &Vec<f64>| {
            let mean = row.iter().sum::<f64>() / WIDTH as f64;
            let variance = row.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / WIDTH as f64;
            (0..WIDTH).map(|at| (row[at] - mean) / (variance + 1e-12).sqrt() * weight[at] + bias[at]).collect()
        };
        rows.iter().map(normal).collect()
    };
    let plus = |one: &[Vec<f64>], other: &[Vec<f64>]| -> Vec<Vec<f64>> {
        one.iter()
            .zip(other)
            .map(|(one, other)| one.iter().zip(other).map(|(one, other)| one + other).collect())
            .collect()
    };
    let (words, places) =
        (tensor("embeddings.word_embeddings.weight"), tensor("embeddings.position_embeddings.weight"));
    let kinds = tensor("embeddings.token_type_embeddings.weight");
    let pieces: Vec<usize> =
        [101].into_iter().chain(sentence.iter().map(|piece| *piece as usize)).chain([102]).collect();
    let state: Vec<Vec<f64>> = (pieces.iter().enumerate())
        .map(|(place, piece)| {
            (0..WIDTH).map(|at| words[piece * WIDTH + at] + places[place * WIDTH + at] + kinds[at]).collect()
        })
        .collect();
    let mut state = norm(&state, "embeddings.LayerNorm");
    for layer in 0..6 {
        let of = |part: &str| format!("encoder.layer.{layer}.{part}");
        let [query, key, value] =
            ["query", "key", "value"].map(|part| linear(&state, &of(&format!("attention.self.{part}"))));
        let mut mixed = vec![vec![0.0; WIDTH]; state.len()];
        for head in 0..HEADS {
            let size = WIDTH / HEADS;
            let span = head * size..(head + 1) * size;
            for asks in 0..state.len() {
                let weights: Vec<f64> = (0..state.len())
                    .map(|told| {
                        span.clone().map(|at| query[asks][at] * key[told][at]).sum::<f64>() / (size as f64).sqrt()
                    })
                    .map(f64::exp)
                    .collect();
                let total: f64 = weights.iter().sum();
                for at in span.clone() {
                    mixed[asks][at] = (0..state.len()).map(|told| weights[told] / total * value[told][at]).sum();
                }
            }
        }
        state = norm(&plus(&state, &linear(&mixed, &of("attention.output.dense"))), &of("attention.output.LayerNorm"));
        let mut wide = linear(&state, &of("intermediate.dense"));
        for value in wide.iter_mut().flatten() {
            *value = *value / 2.0 * (1.0 + libm::erf(*value / 2.0_f64.sqrt()));
        }
        state = norm(&plus(&state, &linear(&wide, &of("output.dense"))), &of("output.LayerNorm"));
    }
    (0..WIDTH).map(|at| state.iter().map(|row| row[at]).sum::<f64>() / state.len() as f64).collect()
}

#[test]
fn embeddings_are_those_of_the_formulas() {
    let network = network();
    let encoder = Encoder::from_safetensors(&bytes(&network)).unwrap();
    let mut workspace = Workspace::default();
    // The workspace keeps what the longer batch left.
    for sentences in
        [vec![[5, 6, 7, 119, 0, 6, 2].as_slice(), &[1, 2, 3, 4, 5, 6, 7]], vec![&[8], &[9], &[118]], vec![&[]]]
    {
        sentences.iter().for_each(|sentence| encoder.check(sentence).unwrap());
        let mut found = vec![f32::NAN; sentences.len() * WIDTH];
        encoder.encode(&sentences, &mut workspace, &mut found);
        for (found, sentence) in found.chunks_exact(WIDTH).zip(&sentences) {
            for (found, expected) in found.iter().zip(reference(&network, sentence)) {
                assert!((f64::from(*found) - expected).abs() < 2e-5, "{sentence:?}: {found} and {expected}");
            }
        }
    }
}

#[test]
fn a_sentence_has_the_same_bits_in_every_batch() {
    let encoder = Encoder::from_safetensors(&bytes(&network())).unwrap();
    let sentences: Vec<Vec<u32>> =
        (0..60).map(|number| vec![number % 120, number / 3, 7][..1 + number as usize % 3].to_vec()).collect();
    let together = crate::embeddings::embed(&encoder, &sentences, "test").unwrap();
    for (sentence, embedding) in sentences.iter().zip(together.chunks_exact(WIDTH)) {
        let mut alone = vec![0.0; WIDTH];
        encoder.encode(&[sentence], &mut Workspace::default(), &mut alone);
        assert_eq!(alone, embedding, "{sentence:?}");
    }
}

#[test]
fn refuses_what_it_has_no_weights_for() {
    let mut network = network();
    let encoder = Encoder::from_safetensors(&bytes(&network)).unwrap();
    assert!(encoder.check(&[1; POSITIONS - 2]).is_ok());
    assert!(encoder.check(&[1; POSITIONS - 1]).is_err());
    assert!(encoder.check(&[VOCABULARY as u32]).is_err());
    network.remove("encoder.layer.5.output.dense.bias");
    let refused = Encoder::from_safetensors(&bytes(&network)).err().unwrap().to_string();
    assert_eq!(refused, "the weights lack `encoder.layer.5.output.dense.bias`");
}
