//! Any two files as a model2vec folder: refused, or vectors that survive being written.
//!
//! The input's first four bytes are the length of `tokenizer.json`, which follows them; the rest is
//! `model.safetensors`.
#![no_main]

use greenroom_nlp::{Vectors, VectorsDescription};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((length, files)) = data.split_first_chunk() else { return Corpus::Reject };
    let Some((tokenizer, tensors)) = files.split_at_checked(u32::from_le_bytes(*length) as usize) else {
        return Corpus::Reject;
    };
    let description = VectorsDescription { name: "any".into(), language: "en".into(), source: "fuzzing".into() };
    if let Ok(vectors) = Vectors::from_model2vec(description, tensors, tokenizer) {
        let written = vectors.to_bytes().expect("vectors that were read can be written");
        let again = Vectors::from_bytes(&written).expect("what was written can be read");
        assert_eq!(again, vectors, "writing loses nothing");
    }
    Corpus::Keep
});
