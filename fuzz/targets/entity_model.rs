//! Any bytes as a model of entities: refused, or a model that finds within the text and writes itself alike.
#![no_main]

use greenroom_nlp::EntityModel;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    check(data);
    // A checksum stops nearly all that the fuzzer makes; with the right one in its place, what lies behind is reached.
    if let Some((content, _)) = data.split_last_chunk::<{ blake3::OUT_LEN }>() {
        check(&[content, blake3::hash(content).as_bytes()].concat());
    }
});

fn check(bytes: &[u8]) {
    let Ok(model) = EntityModel::from_bytes(bytes) else { return };
    for text in ["", "a", "pay $5 to Bob Lee, please", "où est mon colis", "\u{1f9f3}\u{200d}\u{fe0f} 北京"] {
        let mut end = 0;
        for span in model.find(text) {
            assert!(end <= span.bytes.start && span.bytes.start < span.bytes.end, "spans are apart");
            assert!(text.get(span.bytes.clone()).is_some(), "a span is a part of the text");
            end = span.bytes.end;
        }
    }
    let written = model.to_bytes().expect("a model that was read can be written");
    let again = EntityModel::from_bytes(&written).expect("what was written can be read");
    assert_eq!(again, model, "writing loses nothing");
}
