//! Any text in any vocabulary: cut into pieces that say what the text says, and classified within the ranges.
//!
//! The first line is the vocabulary, its pieces between spaces; the rest is the text.
#![no_main]

use std::sync::LazyLock;

use greenroom_nlp::{Model, PieceBuffers, Vectors, WordPieces};
use libfuzzer_sys::{Corpus, fuzz_target};

/// A model with word vectors, as training made it.
static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let vectors = Vectors::from_bytes(include_bytes!("../seeds/vectors/toy")).expect("the seed is a pack");
    let model = include_bytes!("../seeds/model_artifact/three_labels_with_vectors");
    Model::from_bytes(model, &[vectors]).expect("the seed is a model")
});
/// Longer inputs find nothing that short ones do not, and take long.
const LONGEST: usize = 128;

fuzz_target!(|data: &[u8]| -> Corpus {
    if data.len() > LONGEST {
        return Corpus::Reject;
    }
    let input = String::from_utf8_lossy(data);
    let (vocabulary, text) = input.split_once('\n').unwrap_or(("", &input));
    let pieces = WordPieces::new(vocabulary.split(' ')).expect("a short vocabulary has a table");
    let list: Vec<String> = pieces.pieces().collect();
    assert_eq!(list, vocabulary.split(' ').collect::<Vec<_>>(), "a vocabulary keeps its pieces");
    let mut buffers = PieceBuffers::default();
    pieces.cut(text, &mut buffers);
    let numbers = buffers.numbers().to_vec();
    for &number in &numbers {
        let first = list.iter().position(|piece| *piece == list[number as usize]);
        assert_eq!(first, Some(number as usize), "of equal pieces the first counts");
    }
    // What was cut before leaves no trace in the buffers.
    pieces.cut("a longer text to fill the buffers with, 12 34", &mut buffers);
    pieces.cut(text, &mut buffers);
    assert_eq!(buffers.numbers(), numbers);

    let ranked = MODEL.rank(text);
    assert_eq!(ranked.len(), MODEL.labels().len(), "every label has its rank");
    assert!(ranked.iter().all(|label| (0.0..=1.0).contains(&label.confidence)), "{ranked:?}");
    assert!(ranked.is_sorted_by(|one, next| one.confidence >= next.confidence), "{ranked:?}");
    let sum: f32 = ranked.iter().map(|label| label.confidence).sum();
    assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-4, "{ranked:?}");
    Corpus::Keep
});
