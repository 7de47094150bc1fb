//! The whole way from the files that were fetched to the bytes that are shipped.

use anyhow::{Context as _, Result, ensure};
use greenroom_nlp::{PieceBuffers, Vectors, VectorsDescription, WordPieces};

use crate::corpus::Corpus;
use crate::embeddings::embed;
use crate::encoder::Encoder;
use crate::random::choose;
use crate::table::{self, DIMENSIONS, Lessons};

/// How many of WordNet's definitions the teacher reads; it reads all the examples, which are more
/// like what people say.
const DEFINITIONS: usize = 50_000;
/// The seed of their choice.
const SEED: u64 = 7;
/// Longer sentences are cut.
const MOST_PIECES: usize = 62;

/// The bytes of the vectors, from the teacher's weights and tokenizer and WordNet's data files.
pub(crate) fn make([weights, tokenizer]: &[Vec<u8>; 2], wordnet: &[Vec<u8>; 4]) -> Result<Vec<u8>> {
    let encoder = Encoder::from_safetensors(weights)?;
    let tokenizer: serde_json::Value = serde_json::from_slice(tokenizer).context("the tokenizer is no JSON")?;
    let vocabulary = vocabulary(&tokenizer)?;

    let Corpus { examples, definitions } = Corpus::read(wordnet.iter().map(Vec::as_slice))?;
    eprintln!("WordNet: {} examples, {} definitions", examples.len(), definitions.len());
    let texts = [examples, choose(definitions, DEFINITIONS, SEED)].concat();
    let sentences = cut(&texts, &vocabulary)?;
    let alone: Vec<Vec<u32>> = (0_u32..).take(vocabulary.len()).map(|piece| vec![piece]).collect();
    let lessons = Lessons {
        width: encoder.width,
        pieces: embed(&encoder, &alone, "pieces")?,
        embeddings: embed(&encoder, &sentences, "sentences")?,
        sentences: &sentences,
    };
    let mut table = table::make(lessons)?;
    for (piece, row) in vocabulary.iter().zip(table.chunks_exact_mut(DIMENSIONS)) {
        // No text is cut into `[CLS]` or `[unused7]`.
        if piece.starts_with('[') && piece.ends_with(']') && piece.len() > 2 {
            row.fill(0.0);
        }
    }

    let rows: Vec<&[f32]> = table.chunks_exact(DIMENSIONS).collect();
    let description = VectorsDescription {
        name: "vectors-en 1".to_owned(),
        language: "en".to_owned(),
        source: "distilled from all-MiniLM-L6-v2 (Apache-2.0) on sentences of WordNet 3.0 (WordNet licence)".to_owned(),
    };
    Ok(Vectors::new(description, &vocabulary, &rows)?.to_bytes()?)
}

/// The pieces in the order of their numbers.
fn vocabulary(tokenizer: &serde_json::Value) -> Result<Vec<&str>> {
    let numbers = tokenizer["model"]["vocab"].as_object().context("the tokenizer has no vocabulary")?;
    let mut vocabulary = vec![""; numbers.len()];
    for (piece, number) in numbers {
        let place = number.as_u64().and_then(|number| vocabulary.get_mut(usize::try_from(number).ok()?));
        *place.with_context(|| format!("the piece `{piece}` has the number {number}, out of range"))? = piece;
    }
    ensure!(vocabulary.iter().all(|piece| !piece.is_empty()), "two pieces of the vocabulary share a number");
    Ok(vocabulary)
}

/// The texts as pieces, without those that have none.
fn cut(texts: &[String], vocabulary: &[&str]) -> Result<Vec<Vec<u32>>> {
    let pieces = WordPieces::new(vocabulary.iter().copied()).context("the vocabulary is too large")?;
    let mut buffers = PieceBuffers::default();
    let mut sentences = Vec::with_capacity(texts.len());
    for text in texts {
        pieces.cut(text, &mut buffers);
        let numbers = buffers.numbers();
        if !numbers.is_empty() {
            sentences.push(numbers.iter().copied().take(MOST_PIECES).collect());
        }
    }
    Ok(sentences)
}

#[cfg(test)]
mod tests {
    use super::{cut, vocabulary};

    #[test]
    fn pieces_stand_by_their_number() -> anyhow::Result<()> {
        let sound = serde_json::json!({"model": {"vocab": {"b": 1, "a": 0, "##c": 2}}});
        assert_eq!(vocabulary(&sound)?, ["a", "b", "##c"]);
        for unsound in [
            serde_json::json!({}),
            serde_json::json!({"model": {"vocab": {"a": 1}}}),
            serde_json::json!({"model": {"vocab": {"a": 0, "b": 0}}}),
            serde_json::json!({"model": {"vocab": {"a": "0"}}}),
        ] {
            assert!(vocabulary(&unsound).is_err(), "{unsound}");
        }
        Ok(())
    }

    #[test]
    fn long_sentences_are_cut_and_empty_ones_dropped() -> anyhow::Result<()> {
        let texts = ["a b".to_owned(), "x".to_owned(), "b ".repeat(70)];
        assert_eq!(cut(&texts, &["a", "b"])?, [vec![0, 1], vec![1; 62]]);
        Ok(())
    }
}
