//! Files that hold many small parts: `flows/contexts.yaml`, `flows/variables.yaml`,
//! `flows/handlers.yaml` and `nlp.yaml`. A file a thing would be too many to read.

use std::collections::BTreeMap;

use greenroom_model::document::{NlpRuntime, Training};
use greenroom_model::{Document, PartPath};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{FormFile, Ordered, Parts, canonical, misplaced};
use crate::{Error, yaml};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NlpForm {
    training: Option<Training>,
    runtime: Option<NlpRuntime>,
}

/// One of the documents that stand in shared files.
#[derive(Serialize)]
#[serde(untagged)]
enum SharedDocument<'a> {
    Context(&'a greenroom_model::document::Context),
    Variable(&'a greenroom_model::document::Variable),
    Handler(&'a greenroom_model::document::Handler),
    Training(&'a Training),
    Runtime(&'a NlpRuntime),
}

pub(super) fn write(parts: &Parts) -> Result<String, String> {
    let mut entries = Vec::with_capacity(parts.len());
    for (path, document) in parts {
        let document = match document {
            Document::Context(context) => SharedDocument::Context(context),
            Document::Variable(variable) => SharedDocument::Variable(variable),
            Document::Handler(handler) => SharedDocument::Handler(handler),
            Document::Training(training) => SharedDocument::Training(training),
            Document::Runtime(runtime) => SharedDocument::Runtime(runtime),
            other => return Err(misplaced(Some(other))),
        };
        entries.push((path.segments().last().copied().unwrap_or_default(), document));
    }
    yaml::write(&Ordered(entries.iter().map(|(key, document)| (key, document)).collect()))
}

pub(super) fn read_map<I, T>(
    file: &FormFile,
    bytes: &[u8],
    path: fn(I) -> PartPath,
    document: fn(T) -> Document,
) -> Result<Parts, Error>
where
    I: DeserializeOwned + Ord,
    T: DeserializeOwned,
{
    let file = file.to_string();
    let entries: BTreeMap<I, T> = yaml::read(&file, bytes)?;
    let mut parts = Parts::new();
    for (id, entry) in entries {
        let path = path(id);
        let place = format!("in `{}`", path.segments().last().copied().unwrap_or_default());
        let document = canonical(&file, &place, &path, document(entry))?;
        parts.insert(path, document);
    }
    Ok(parts)
}

pub(super) fn read_nlp(file: &FormFile, bytes: &[u8]) -> Result<Parts, Error> {
    let file = file.to_string();
    let NlpForm { training, runtime } = yaml::read(&file, bytes)?;
    let documents = [
        (PartPath::Training, "in `training`", training.map(Document::Training)),
        (PartPath::Runtime, "in `runtime`", runtime.map(Document::Runtime)),
    ];
    let mut parts = Parts::new();
    for (path, place, document) in documents {
        if let Some(document) = document {
            let document = canonical(&file, place, &path, document)?;
            parts.insert(path, document);
        }
    }
    Ok(parts)
}
