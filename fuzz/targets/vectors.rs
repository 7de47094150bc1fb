//! Any bytes as a pack of word vectors: refused, or vectors that cut texts and write themselves alike.
#![no_main]

use greenroom_fuzz::{TEXTS, sealed};
use greenroom_nlp::{PieceBuffers, Vectors};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    check(data);
    // A checksum stops nearly all that the fuzzer makes; with the right one in its place, what lies behind is reached.
    if let Some(sealed) = sealed(data) {
        check(&sealed);
    }
});

fn check(bytes: &[u8]) {
    let Ok(vectors) = Vectors::from_bytes(bytes) else { return };
    let mut buffers = PieceBuffers::default();
    for text in TEXTS {
        vectors.pieces().cut(text, &mut buffers);
        assert!(buffers.numbers().iter().all(|&number| (number as usize) < vectors.pieces().len()));
    }
    let written = vectors.to_bytes().expect("vectors that were read can be written");
    let again = Vectors::from_bytes(&written).expect("what was written can be read");
    assert_eq!(again, vectors, "writing loses nothing");
    assert_eq!(again.digest(), vectors.digest());
}
