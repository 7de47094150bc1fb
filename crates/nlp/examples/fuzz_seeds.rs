//! Writes the seeds of the fuzz targets that hold models and word vectors: `fuzz_seeds fuzz/seeds`,
//! to be run again when one of their formats changes.

#![expect(clippy::disallowed_methods, reason = "a program that writes files; the library has none")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use greenroom_nlp::{Example, TrainParams, Vectors, VectorsDescription, train};
use safetensors::{Dtype, tensor::TensorView};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const EXAMPLES: [(&str, &str); 6] =
    [("hi", "greet"), ("hey you", "greet"), ("bye", "leave"), ("so long", "leave"), ("yes", "agree"), ("ok", "agree")];
const PIECES: [&str; 8] = ["[UNK]", "hi", "hey", "bye", "long", "yes", "##es", "ok"];
const DIMENSIONS: usize = 3;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder of the seeds")?);
    let rows: Vec<[f32; DIMENSIONS]> = (0..PIECES.len())
        .map(|piece| [piece as f32 / 8.0, 1.0 - piece as f32 / 4.0, if piece % 2 == 0 { 0.5 } else { -0.5 }])
        .collect();
    let description = VectorsDescription { name: "toy".into(), language: "en".into(), source: "made up".into() };
    let vectors = Vectors::new(description, &PIECES, &rows)?;
    write(&folder.join("vectors/toy"), &vectors.to_bytes()?)?;
    write(&folder.join("model2vec/toy"), &model2vec(&rows)?)?;
    for (name, labels, vectors) in [
        ("one_label", 1, None),
        ("two_labels", 2, None),
        ("two_labels_with_vectors", 2, Some(&vectors)),
        ("three_labels_with_vectors", 3, Some(&vectors)),
    ] {
        let examples = EXAMPLES.map(|(text, label)| Example { text, label });
        let params = TrainParams::default().check()?;
        let model = train(examples.get(..2 * labels).unwrap_or(&examples), &params, vectors, &mut |_| {
            ControlFlow::Continue(())
        })?;
        write(&folder.join("model_artifact").join(name), &model.to_bytes()?)?;
    }
    Ok(())
}

/// The two files of a model2vec folder as the target reads them: a length, then one after the other.
fn model2vec(rows: &[[f32; DIMENSIONS]]) -> Result<Vec<u8>> {
    let vocabulary: serde_json::Map<String, serde_json::Value> =
        PIECES.iter().enumerate().map(|(number, piece)| ((*piece).to_owned(), number.into())).collect();
    let tokenizer = serde_json::json!({ "model": { "type": "WordPiece", "vocab": vocabulary } }).to_string();
    let data: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    let embeddings = TensorView::new(Dtype::F32, vec![rows.len(), DIMENSIONS], &data)?;
    let tensors = safetensors::serialize([("embeddings", embeddings)], None)?;
    let length = u32::try_from(tokenizer.len())?.to_le_bytes();
    Ok([&length[..], tokenizer.as_bytes(), &tensors].concat())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(path, bytes)?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
}
