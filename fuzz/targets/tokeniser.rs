//! Any text in any vocabulary: cut into pieces that say what the text says, and classified within the ranges.
//!
//! The first line is the vocabulary, its pieces between spaces; the rest is the text.
#![no_main]

use std::sync::LazyLock;

use greenroom_nlp::Model;
use libfuzzer_sys::fuzz_target;

/// Models of one, two and three labels, as training made them.
static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let bytes: [&[u8]; 3] = [
        include_bytes!("../seeds/model_artifact/one_label"),
        include_bytes!("../seeds/model_artifact/two_labels"),
        include_bytes!("../seeds/model_artifact/three_labels"),
    ];
    bytes.into_iter().map(|bytes| Model::from_bytes(bytes).expect("a seed is a model")).collect()
});

fuzz_target!(|data: &[u8]| {
    let input = String::from_utf8_lossy(data);
    let text = &*input;
    for model in &*MODELS {
        let ranked = model.rank(text);
        assert_eq!(ranked.len(), model.labels().len(), "every label has its rank");
        assert!(ranked.iter().all(|label| (0.0..=1.0).contains(&label.confidence)), "{ranked:?}");
        assert!(ranked.is_sorted_by(|one, next| one.confidence >= next.confidence), "{ranked:?}");
        let sum: f32 = ranked.iter().map(|label| label.confidence).sum();
        assert!(model.labels().len() == 1 || sum == 0.0 || (sum - 1.0).abs() < 1e-4, "{ranked:?}");
    }
});
