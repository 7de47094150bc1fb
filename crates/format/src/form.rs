//! The folder form: which parts stand in which file, and what a file looks
//! like. Folders and archives hold exactly these files.

mod file;
mod flow;
mod intent;
mod shared;

use std::collections::BTreeMap;

use greenroom_model::{Document, PartPath};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bundle::canonical_document;
use crate::yaml::{self, MAX_DEPTH, MAX_FILE_BYTES};
use crate::{Bundle, Error};

pub(crate) use file::{FOLDERS, FormFile, Standing};

/// The parts of one file.
pub(crate) type Parts = BTreeMap<PartPath, Document>;

/// Levels that a file puts around the documents in it, at most.
const FILE_LEVELS: usize = 2;

/// Every file of a bot, with the canonical parts that stand in it.
pub(crate) fn files_of(bundle: &Bundle) -> Result<BTreeMap<FormFile, Parts>, Error> {
    let mut files: BTreeMap<FormFile, Parts> = BTreeMap::new();
    for (path, document) in &bundle.parts {
        let bytes = document.to_bytes(path)?;
        if depth(&bytes) > MAX_DEPTH - FILE_LEVELS {
            return Err(Error::Unwritable {
                path: path.clone(),
                reason: format!("a value in it nests deeper than {} levels; flatten it", MAX_DEPTH - FILE_LEVELS),
            });
        }
        let canonical = Document::from_json(path, &bytes)?;
        files.entry(FormFile::of(path)).or_default().insert(path.clone(), canonical);
    }
    Ok(files)
}

/// The content of a file that holds these parts, which must be canonical.
pub(crate) fn write_file(file: &FormFile, parts: &Parts) -> Result<String, Error> {
    let written = match file {
        FormFile::Contexts | FormFile::Variables | FormFile::Handlers | FormFile::Nlp => shared::write(parts),
        FormFile::Intent(_) => intent::write(parts),
        FormFile::Settings | FormFile::Flow(_) | FormFile::Entity(_) | FormFile::Test(_) => write_single(parts),
    };
    let text = written.map_err(|reason| Error::content(&file.to_string(), None, reason))?;
    if text.len() > MAX_FILE_BYTES {
        return Err(Error::TooLarge {
            what: format!("`{file}` would be too large"),
            limit: format!("{MAX_FILE_BYTES} bytes a file"),
            advice: "split what it holds",
        });
    }
    Ok(text)
}

/// The canonical parts that a file holds.
pub(crate) fn read_file(file: &FormFile, bytes: &[u8]) -> Result<Parts, Error> {
    match file {
        FormFile::Settings => read_single(file, bytes, PartPath::Settings, Document::Settings),
        FormFile::Flow(id) => read_single(file, bytes, PartPath::Flow(id.clone()), Document::Flow),
        FormFile::Entity(id) => read_single(file, bytes, PartPath::Entity(id.clone()), Document::Entity),
        FormFile::Test(id) => read_single(file, bytes, PartPath::Test(id.clone()), Document::Test),
        FormFile::Intent(id) => intent::read(file, bytes, id),
        FormFile::Contexts => shared::read_map(file, bytes, PartPath::Context, Document::Context),
        FormFile::Variables => shared::read_map(file, bytes, PartPath::Variable, Document::Variable),
        FormFile::Handlers => shared::read_map(file, bytes, PartPath::Handler, Document::Handler),
        FormFile::Nlp => shared::read_nlp(file, bytes),
    }
}

fn write_single(parts: &Parts) -> Result<String, String> {
    match parts.values().next() {
        Some(Document::Flow(flow)) => yaml::write(&flow::FlowForm::of(flow)),
        Some(Document::Settings(settings)) => yaml::write(settings),
        Some(Document::Entity(entity)) => yaml::write(entity),
        Some(Document::Test(test)) => yaml::write(test),
        other => Err(misplaced(other)),
    }
}

fn read_single<T: DeserializeOwned>(
    file: &FormFile,
    bytes: &[u8],
    path: PartPath,
    document: fn(T) -> Document,
) -> Result<Parts, Error> {
    let name = file.to_string();
    let document = canonical(&name, "", &path, document(yaml::read(&name, bytes)?))?;
    Ok(Parts::from([(path, document)]))
}

/// The canonical document; a rule that it breaks is told of the file, at `place` in it.
fn canonical(file: &str, place: &str, path: &PartPath, document: Document) -> Result<Document, Error> {
    canonical_document(path, &document).map_err(|error| {
        let reason = match error {
            greenroom_model::Error::Document { reason, .. } => reason,
            other => other.to_string(),
        };
        let separator = if place.is_empty() { "" } else { ": " };
        Error::content(file, None, format!("{place}{separator}{reason}"))
    })
}

/// What cannot happen: [`FormFile::of`] decides what stands where.
fn misplaced(document: Option<&Document>) -> String {
    format!("a document of kind {} cannot stand there", document.map_or("none", Document::kind))
}

/// A map written in the order in which it is given.
struct Ordered<'a, K, V>(Vec<(&'a K, &'a V)>);

impl<K: Serialize, V: Serialize> Serialize for Ordered<'_, K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// How deep canonical JSON nests.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) mod strategies;
