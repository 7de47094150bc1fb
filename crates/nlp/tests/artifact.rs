//! What an artifact promises: the same answers after a round trip, and no damage unnoticed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]
#![cfg(feature = "train")]

mod sample;

use std::collections::HashMap;
use std::ops::ControlFlow;

use greenroom_nlp::{
    Error, Example, FEATURE_VERSION, FORMAT_VERSION, Model, TRAINER, TrainParams, ValidTrainParams, Vectors, train,
};
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

static VECTORS: std::sync::LazyLock<[Vectors; 1]> = std::sync::LazyLock::new(|| [sample::vectors()]);

fn model() -> Model {
    let examples = [("hi", "greet"), ("ho", "greet"), ("bye", "part"), ("so long", "part")];
    let examples = examples.map(|(text, label)| Example { text, label });
    train(&examples, &ValidTrainParams::default(), VECTORS.first(), &mut |_| ControlFlow::Continue(())).unwrap()
}

fn reason(bytes: &[u8]) -> String {
    match Model::from_bytes(bytes, &VECTORS[..]) {
        Err(Error::DamagedModel { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_model_survives_its_bytes() {
    let model = model();
    let bytes = model.to_bytes().unwrap();
    let read = Model::from_bytes(&bytes, &VECTORS[..]).unwrap();
    assert_eq!(read, model);
    assert_eq!(read.to_bytes().unwrap(), bytes);
    assert_eq!(read.rank("hi there"), model.rank("hi there"));
    assert_eq!(read.trainer(), TRAINER);
    assert_eq!(read.labels(), ["greet", "part"]);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let mut bytes = model().to_bytes().unwrap();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            bytes[position] ^= 1 << bit;
            assert!(Model::from_bytes(&bytes, &VECTORS[..]).is_err(), "bit {bit} of byte {position}");
            bytes[position] ^= 1 << bit;
        }
    }
    assert!(Model::from_bytes(&bytes, &VECTORS[..]).is_ok());
}

#[test]
fn every_truncation_and_any_addition_is_noticed() {
    let mut bytes = model().to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert!(Model::from_bytes(&bytes[..length], &VECTORS[..]).is_err(), "{length} bytes");
    }
    bytes.push(0);
    assert!(Model::from_bytes(&bytes, &VECTORS[..]).is_err());
}

/// A tensor taken apart: name, type, shape, bytes.
type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

/// Writes a model again after `change`, with a checksum that fits, as an attacker would.
fn forged(change: impl FnOnce(&mut serde_json::Value, &mut Vec<Tensor>)) -> Vec<u8> {
    let bytes = model().to_bytes().unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let mut header = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["greenroom"]).unwrap();
    let mut tensors: Vec<Tensor> = SafeTensors::deserialize(&bytes)
        .unwrap()
        .tensors()
        .into_iter()
        .map(|(name, view)| (name, view.dtype(), view.shape().to_vec(), view.data().to_vec()))
        .collect();
    change(&mut header, &mut tensors);
    let views =
        tensors.iter().map(|(name, dtype, shape, data)| (name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    let metadata = HashMap::from([("greenroom".to_owned(), header.to_string())]);
    resealed(safetensors::serialize(views, Some(metadata)).unwrap())
}

fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 32;
    let checksum = blake3::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(checksum.as_bytes());
    bytes
}

fn tensor<'a>(tensors: &'a mut [Tensor], name: &str) -> &'a mut Tensor {
    tensors.iter_mut().find(|tensor| tensor.0 == name).unwrap()
}

#[test]
fn an_unchanged_forgery_is_read() {
    assert_eq!(Model::from_bytes(&forged(|_, _| ()), &VECTORS[..]).unwrap(), model());
}

#[test]
fn other_versions_are_unsupported_rather_than_damaged() {
    for (field, what, supported) in
        [("format_version", "format", FORMAT_VERSION), ("feature_version", "feature", FEATURE_VERSION)]
    {
        let bytes = forged(|header, _| {
            header[field] = 99.into();
            // A later version may have fields that this build has never heard of.
            header["novelty"] = true.into();
        });
        match Model::from_bytes(&bytes, &VECTORS[..]) {
            Err(Error::UnsupportedVersion { what: found_what, found, supported: reads }) => {
                assert_eq!((found_what, found, reads), (what, 99, supported));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_model_names_the_vectors_that_it_lacks() {
    let bytes = model().to_bytes().unwrap();
    match Model::from_bytes(&bytes, &[]) {
        Err(Error::MissingVectors { digest }) => assert_eq!(digest, VECTORS[0].digest()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_older_trainer_stays_usable() {
    let bytes = forged(|header, _| header["trainer"] = "greenroom-nlp 0.0.1 recipe 0".into());
    assert_eq!(Model::from_bytes(&bytes, &VECTORS[..]).unwrap().trainer(), "greenroom-nlp 0.0.1 recipe 0");
}

#[test]
fn values_out_of_range_are_refused_even_under_a_right_checksum() {
    for name in ["rarities", "scales", "biases", "dense_scales"] {
        for value in [f32::NAN, f32::INFINITY, -1e30, 1e30] {
            let bytes = forged(|_, tensors| tensor(tensors, name).3[..4].copy_from_slice(&value.to_le_bytes()));
            assert!(reason(&bytes).contains(name), "{name} {value}");
        }
    }
    for (field, value) in
        [("temperature", 0.0), ("temperature", -1.0), ("unknown_rarity", 1e9), ("midpoint", 1e9), ("width", 0.0)]
    {
        assert!(reason(&forged(|header, _| header[field] = value.into())).contains("out of range"), "{field}");
    }
}

#[test]
fn order_and_sizes_are_checked() {
    assert!(reason(&forged(|_, tensors| tensor(tensors, "keys").3[..8].fill(7))).contains("n-grams"));
    assert!(reason(&forged(|header, _| header["labels"] = ["b", "a"][..].into())).contains("labels"));
    assert!(reason(&forged(|header, _| header["labels"] = ["a", "a"][..].into())).contains("labels"));
    assert!(reason(&forged(|header, _| header["labels"] = Vec::<String>::new().into())).contains("labels"));
    assert!(reason(&forged(|header, _| header["labels"] = ["a", "b", "c"][..].into())).contains("biases"));
    assert!(reason(&forged(|header, _| header["ngrams"] = 1.into())).contains("keys"));
    assert!(reason(&forged(|header, _| header["ngrams"] = u64::MAX.into())).contains("more"));
    assert!(reason(&forged(|header, _| header["extra"] = 1.into())).contains("extra"));
    assert!(reason(&forged(|_, tensors| tensor(tensors, "weights").1 = Dtype::U8)).contains("weights"));
    assert!(reason(&forged(|header, _| header["vectors"] = ().into())).contains("other tensors"));
    assert!(reason(&forged(|_, tensors| tensor(tensors, "dense_weights").2 = vec![9, 2])).contains("dense_weights"));
    let more = ("more".to_owned(), Dtype::U32, vec![1], vec![0; 4]);
    assert!(reason(&forged(|_, tensors| tensors.push(more))).contains("other tensors"));
}

#[test]
fn a_safetensors_file_of_something_else_is_no_model() {
    let view = TensorView::new(Dtype::U8, vec![32], &[0; 32]).unwrap();
    let bytes = resealed(safetensors::serialize([("x", view)], None).unwrap());
    assert!(reason(&bytes).contains("something else"));
}

#[test]
fn a_huge_claimed_header_is_refused() {
    let mut bytes = model().to_bytes().unwrap();
    for claimed in [u64::MAX, 1 << 40, 99_999_999] {
        bytes[..8].copy_from_slice(&claimed.to_le_bytes());
        reason(&resealed(bytes.clone()));
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 32..300)) {
        prop_assert!(Model::from_bytes(&bytes, &VECTORS[..]).is_err());
        prop_assert!(Model::from_bytes(&resealed(bytes), &VECTORS[..]).is_err());
    }

    #[test]
    fn resealed_damage_never_panics(position in 0_usize..4_000, value in any::<u8>()) {
        let mut bytes = MODEL.clone();
        let position = position % (bytes.len() - 32);
        bytes[position] = value;
        if let Ok(model) = Model::from_bytes(&resealed(bytes), &VECTORS[..]) {
            let confidences: Vec<f32> = model.rank("hi there so long").iter().map(|r| r.confidence).collect();
            prop_assert!(confidences.iter().all(|confidence| (0.0..=1.0).contains(confidence)));
        }
    }
}

static MODEL: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
    let params = TrainParams { seed: 3, ..TrainParams::default() }.check().unwrap();
    let examples = [("hi", "a"), ("so long", "b")].map(|(text, label)| Example { text, label });
    train(&examples, &params, VECTORS.first(), &mut |_| ControlFlow::Continue(())).unwrap().to_bytes().unwrap()
});

#[test]
fn seeds_of_the_fuzz_targets_are_of_this_format() {
    let vectors = [Vectors::from_bytes(include_bytes!("../../../fuzz/seeds/vectors/toy")).unwrap()];
    let one = Model::from_bytes(include_bytes!("../../../fuzz/seeds/model_artifact/one_label"), &vectors).unwrap();
    assert!(one.vectors().is_none());
    let seed = include_bytes!("../../../fuzz/seeds/model_artifact/three_labels_with_vectors");
    assert_eq!(Model::from_bytes(seed, &vectors).unwrap().vectors(), Some(&vectors[0]));
}
