//! Files of what people say: utterances, and texts with their intents.

use std::path::Path;

use greenroom_format::Error;
use greenroom_nlp::Utterance;

use crate::examples_file::LabelledText;
use crate::failure::Failure;

/// The utterances of a file; see [`greenroom_format::read_utterances`].
pub(crate) fn read_utterances(path: &Path) -> Result<Vec<Utterance>, Failure> {
    let utterances = read(path, greenroom_format::read_utterances)?;
    Ok(utterances.into_iter().map(|(text, count)| Utterance { text, count }).collect())
}

/// The texts of a table whose first line names the columns `intent` and `text`.
pub(crate) fn read_labelled(path: &Path) -> Result<Vec<LabelledText>, Failure> {
    let texts = read(path, greenroom_format::read_labelled_texts)?;
    if texts.is_empty() {
        return Err(Failure::not_found(format!("`{}` has no text with an intent", path.display())));
    }
    Ok(texts.into_iter().map(|(text, intent)| LabelledText { text, intent }).collect())
}

fn read<T>(path: &Path, read: impl FnOnce(&str, &[u8]) -> Result<T, Error>) -> Result<T, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    Ok(read(&path.display().to_string(), &bytes)?)
}
