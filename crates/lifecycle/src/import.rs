//! Taking a whole bot into the draft: merged into it, or in its place.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::Renames;
use greenroom_model::{Document, Draft, PartPath, Record as _};
use greenroom_store::Commit;
use serde::Serialize;

use crate::draft::MAX_REPEATS;
use crate::{Act, Bot, Error, PartEdit};

/// What becomes of parts that the import does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// They stay.
    Merge,
    /// They go.
    Replace,
    /// They stay, and so does what the draft says of those that it has: only
    /// examples are added to an intent's. For tables of examples.
    AddExamples,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// How many parts are new or changed.
    pub written: usize,
    /// How many parts are gone.
    pub deleted: usize,
    /// The number of the version that keeps what the draft was; none where the import only added to it.
    pub saved: Option<u64>,
}

impl Bot {
    /// Takes parts into the draft. Ids are matched by name: a flow, intent,
    /// entity, context, handler or test whose name the draft knows under another
    /// id becomes that one, so that importing again is an edit. Where a part of
    /// the draft would change or go, the draft is saved as a version first.
    ///
    /// # Errors
    /// [`Error::Model`] for a document that breaks a rule of its form.
    pub async fn import(&self, parts: BTreeMap<PartPath, Document>, mode: ImportMode) -> Result<Imported, Error> {
        for _ in 0..MAX_REPEATS {
            let (record, draft) = self.read_draft().await?;
            let existing: BTreeMap<PartPath, Document> =
                self.documents(&draft.content).await?.into_iter().map(|(path, _, document)| (path, document)).collect();
            let mut parts = matched_by_name(&parts, &existing);
            if mode == ImportMode::AddExamples {
                add_examples(&mut parts, &existing);
            }
            let mut edits: Vec<PartEdit> =
                parts.iter().map(|(path, document)| PartEdit::put(path.clone(), document.clone())).collect();
            if mode == ImportMode::Replace {
                let is_gone = |path: &&PartPath| **path != PartPath::Settings && !parts.contains_key(*path);
                let gone = existing.keys().filter(is_gone);
                edits.extend(gone.cloned().map(PartEdit::delete));
            }
            let prepared = self.prepare(&mut self.reader(), &draft.content, &edits).await?;
            let deleted = prepared.changed.iter().filter(|(_, digest)| digest.is_none()).count();
            let written = prepared.changed.len() - deleted;
            if prepared.changed.is_empty() {
                return Ok(Imported { written, deleted, saved: None });
            }
            let mut commit = Commit::new();
            commit.objects = prepared.objects;
            if prepared.changed.iter().all(|(path, _)| !existing.contains_key(path)) {
                commit = commit.swap(&record, Draft { content: prepared.content }.to_bytes());
                let parts = prepared.changed.into_iter().map(|(path, _)| path).collect();
                match self.act(Act::Edited { parts }, commit).await {
                    Ok(()) => return Ok(Imported { written, deleted, saved: None }),
                    Err(Error::Store(greenroom_store::Error::Conflict { .. })) => continue,
                    Err(error) => return Err(error),
                }
            }
            let replaced = self.replace_draft(commit, &record, &draft, prepared.content, "an import").await?;
            if let Some(replaced) = replaced {
                return Ok(Imported { written, deleted, saved: Some(replaced.saved) });
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }
}

/// Leaves what the draft has as it is, but for examples that are new to an intent.
fn add_examples(parts: &mut BTreeMap<PartPath, Document>, existing: &BTreeMap<PartPath, Document>) {
    for (path, document) in parts {
        match (document, existing.get(path)) {
            (Document::Examples(new), Some(Document::Examples(old))) => {
                let mut examples = old.examples.clone();
                let known: BTreeSet<&str> = old.examples.iter().map(|example| example.text.as_str()).collect();
                examples.extend(new.examples.drain(..).filter(|example| !known.contains(example.text.as_str())));
                new.examples = examples;
            }
            (document, Some(old)) => *document = old.clone(),
            (_, None) => {}
        }
    }
}

/// The parts under the ids by which the draft knows their names. A name that
/// several parts bear, here or there, says nothing.
fn matched_by_name(
    parts: &BTreeMap<PartPath, Document>,
    existing: &BTreeMap<PartPath, Document>,
) -> BTreeMap<PartPath, Document> {
    let (known, new) = (by_name(existing), by_name(parts));
    let mut renames = Renames::default();
    for (name, path) in new {
        let (Some(path), Some(Some(found))) = (path, known.get(&name)) else { continue };
        if !existing.contains_key(path) && !parts.contains_key(*found) {
            renames.add(path, found);
        }
    }
    parts.iter().map(|(path, document)| (renames.path(path), renames.document(document.clone()))).collect()
}

/// The part of each kind and name; `None` where several bear it.
fn by_name(parts: &BTreeMap<PartPath, Document>) -> BTreeMap<(&str, &str), Option<&PartPath>> {
    let mut names: BTreeMap<(&str, &str), Option<&PartPath>> = BTreeMap::new();
    for (path, document) in parts {
        if let Some(name) = document.name() {
            names.entry((document.kind(), name)).and_modify(|path| *path = None).or_insert(Some(path));
        }
    }
    names
}
