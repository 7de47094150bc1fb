//! Any bytes as a model: refused, or a model that answers within its ranges and writes itself alike.
#![no_main]

use greenroom_nlp::Model;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    check(data);
    // A checksum stops nearly all that the fuzzer makes; with the right one in its place, what lies behind is reached.
    if let Some((content, _)) = data.split_last_chunk::<{ blake3::OUT_LEN }>() {
        check(&[content, blake3::hash(content).as_bytes()].concat());
    }
});

fn check(bytes: &[u8]) {
    let Ok(model) = Model::from_bytes(bytes, &[]) else { return };
    for text in ["", "a", "where is my parcel", "où est mon colis", "\u{1f9f3}\u{200d}\u{fe0f}"] {
        let ranked = model.rank(text);
        assert_eq!(ranked.len(), model.labels().len(), "every label has its rank");
        for label in ranked {
            assert!((0.0..=1.0).contains(&label.confidence), "{} is no probability", label.confidence);
        }
    }
    let written = model.to_bytes().expect("a model that was read can be written");
    let again = Model::from_bytes(&written, &[]).expect("what was written can be read");
    assert_eq!(again, model, "writing loses nothing");
}
