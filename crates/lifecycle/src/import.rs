//! Taking a whole bot into the draft: merged into it, or in its place.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::Renames;
use greenroom_model::{Document, PartPath};
use greenroom_store::Commit;
use serde::Serialize;

use crate::draft::MAX_REPEATS;
use crate::{Bot, Error, PartEdit};

/// What becomes of parts that the import does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// They stay.
    Merge,
    /// They go; what the draft was is saved as a version first.
    Replace,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// How many parts are new or changed.
    pub written: usize,
    /// How many parts are gone.
    pub deleted: usize,
    /// The number of the version that keeps what the draft was, where it was replaced.
    pub saved: Option<u64>,
}

impl Bot {
    /// Takes parts into the draft. Ids are matched by name: a flow, intent,
    /// entity, context, handler or test whose name the draft knows under another
    /// id becomes that one, so that importing again is an edit.
    ///
    /// # Errors
    /// [`Error::Model`] for a document that breaks a rule of its form.
    pub async fn import(&self, parts: BTreeMap<PartPath, Document>, mode: ImportMode) -> Result<Imported, Error> {
        for _ in 0..MAX_REPEATS {
            let (record, draft) = self.read_draft().await?;
            let existing = self.documents(&draft.content).await?;
            let parts = matched_by_name(&parts, existing.iter().map(|(path, _, document)| (path, document)));
            let mut edits: Vec<PartEdit> =
                parts.iter().map(|(path, document)| PartEdit::put(path.clone(), document.clone())).collect();
            if mode == ImportMode::Replace {
                let gone = existing.iter().map(|(path, ..)| path).filter(|path| !parts.contains_key(path));
                edits.extend(gone.cloned().map(PartEdit::delete));
            }
            if mode == ImportMode::Merge {
                let edited = self.edit(&edits).await?;
                return Ok(Imported { written: edited.changed.len(), deleted: 0, saved: None });
            }
            let prepared = self.prepare(&mut self.reader(), &draft.content, &edits).await?;
            let deleted = prepared.changed.iter().filter(|(_, digest)| digest.is_none()).count();
            let written = prepared.changed.len() - deleted;
            if prepared.changed.is_empty() {
                return Ok(Imported { written, deleted, saved: None });
            }
            let mut commit = Commit::new();
            commit.objects = prepared.objects;
            let replaced = self.replace_draft(commit, &record, &draft, prepared.content, "an import").await?;
            if let Some(replaced) = replaced {
                return Ok(Imported { written, deleted, saved: Some(replaced.saved) });
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }
}

/// The parts under the ids by which the draft knows their names.
fn matched_by_name<'a>(
    parts: &BTreeMap<PartPath, Document>,
    existing: impl Iterator<Item = (&'a PartPath, &'a Document)> + Clone,
) -> BTreeMap<PartPath, Document> {
    let taken: BTreeSet<&PartPath> = existing.clone().map(|(path, _)| path).collect();
    // A name that several parts bear says nothing.
    let mut known: BTreeMap<(&str, &str), Option<&PartPath>> = BTreeMap::new();
    for (path, document) in existing {
        if let Some(name) = document.name() {
            known.entry((document.kind(), name)).and_modify(|path| *path = None).or_insert(Some(path));
        }
    }
    let mut renames = Renames::default();
    for (path, document) in parts {
        if taken.contains(path) {
            continue;
        }
        let found = document.name().and_then(|name| known.get(&(document.kind(), name)).copied().flatten());
        if let Some(found) = found.filter(|found| !parts.contains_key(*found)) {
            renames.add(path, found);
        }
    }
    parts.iter().map(|(path, document)| (renames.path(path), renames.document(document.clone()))).collect()
}
