//! Any bytes as a model: refused, or a model that answers within its ranges and writes itself alike.
#![no_main]

use std::sync::LazyLock;

use greenroom_fuzz::{TEXTS, sealed};
use greenroom_nlp::{Model, Vectors};
use libfuzzer_sys::fuzz_target;

/// Those that the seeds were trained with.
static VECTORS: LazyLock<[Vectors; 1]> =
    LazyLock::new(|| [Vectors::from_bytes(include_bytes!("../seeds/vectors/toy")).expect("the seed is a pack")]);

fuzz_target!(|data: &[u8]| {
    check(data);
    // A checksum stops nearly all that the fuzzer makes; with the right one in its place, what lies behind is reached.
    if let Some(sealed) = sealed(data) {
        check(&sealed);
    }
});

fn check(bytes: &[u8]) {
    let Ok(model) = Model::from_bytes(bytes, &*VECTORS) else { return };
    for text in TEXTS {
        let ranked = model.rank(text);
        assert_eq!(ranked.len(), model.labels().len(), "every label has its rank");
        for label in ranked {
            assert!((0.0..=1.0).contains(&label.confidence), "{} is no probability", label.confidence);
        }
    }
    let written = model.to_bytes().expect("a model that was read can be written");
    let again = Model::from_bytes(&written, &*VECTORS).expect("what was written can be read");
    assert_eq!(again, model, "writing loses nothing");
}
