//! Editing the draft: compare-and-swap on single parts, so that authors work side by side.

use std::fmt;

use bytes::Bytes;
use greenroom_model::{Content, Digest, Document, Draft, PartPath, Record as _, tree};
use greenroom_store::Commit;
use serde::Serialize;

use crate::objects::ObjectReader;
use crate::reindex::reindex;
use crate::{Act, Bot, Error};

/// How often an act is repeated when others change the draft meanwhile. Each
/// repetition means that another act came through.
pub(crate) const MAX_REPEATS: usize = 10_000;

/// How a part must stand for an edit to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedPart {
    /// However it stands.
    Any,
    /// It does not exist.
    Absent,
    /// It has this digest.
    Digest(Digest),
}

/// The edit of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartEdit {
    /// The part.
    pub path: PartPath,
    /// How it must stand.
    pub expected: ExpectedPart,
    /// Its new document; `None` deletes it.
    pub document: Option<Document>,
}

/// A part that does not stand as an edit expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartConflict {
    /// The part.
    pub path: PartPath,
    /// The digest that the edit started from; none: the part was not to exist.
    pub expected: Option<Digest>,
    /// The digest that the part has; none: it does not exist.
    pub found: Option<Digest>,
}

impl fmt::Display for PartConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, expected, found } = self;
        match (expected, found) {
            (None, _) => write!(f, "part `{path}` exists already"),
            (Some(_), None) => write!(f, "part `{path}` was deleted meanwhile"),
            (Some(_), Some(_)) => write!(f, "part `{path}` was changed meanwhile"),
        }
    }
}

/// What an edit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The draft after it.
    pub content: Content,
    /// The parts that it changed, with their digests now.
    pub changed: Vec<(PartPath, Option<Digest>)>,
}

/// A content that an edit would make, and the objects that it takes.
pub(crate) struct Prepared {
    pub(crate) content: Content,
    pub(crate) changed: Vec<(PartPath, Option<Digest>)>,
    pub(crate) objects: Vec<(Digest, Bytes)>,
}

impl PartEdit {
    /// Writes a part, however it stands.
    #[must_use]
    pub fn put(path: PartPath, document: Document) -> Self {
        Self { path, expected: ExpectedPart::Any, document: Some(document) }
    }

    /// Deletes a part, however it stands.
    #[must_use]
    pub fn delete(path: PartPath) -> Self {
        Self { path, expected: ExpectedPart::Any, document: None }
    }

    /// The same, but only if the part stands as expected.
    #[must_use]
    pub fn expecting(mut self, expected: ExpectedPart) -> Self {
        self.expected = expected;
        self
    }
}

impl Bot {
    /// Writes one part of the draft, however it stands.
    ///
    /// # Errors
    /// [`Error::Model`] for a document that breaks a rule of its form.
    pub async fn put(&self, path: &PartPath, document: Document) -> Result<Edited, Error> {
        self.edit(&[PartEdit::put(path.clone(), document)]).await
    }

    /// Deletes one part of the draft.
    ///
    /// # Errors
    /// [`Error::PartNotFound`].
    pub async fn delete(&self, path: &PartPath) -> Result<Edited, Error> {
        self.get(&self.draft().await?, path).await?;
        self.edit(&[PartEdit::delete(path.clone())]).await
    }

    /// Edits the draft: all the parts, or none. Edits of other parts by others
    /// do not stand in the way, however many happen meanwhile.
    ///
    /// # Errors
    /// [`Error::PartConflict`] names every part that does not stand as expected.
    pub async fn edit(&self, edits: &[PartEdit]) -> Result<Edited, Error> {
        for _ in 0..MAX_REPEATS {
            let (record, draft) = self.read_draft().await?;
            let prepared = self.prepare(&mut self.reader(), &draft.content, edits).await?;
            let edited = Edited { content: prepared.content.clone(), changed: prepared.changed };
            if edited.changed.is_empty() {
                return Ok(edited);
            }
            let mut commit = Commit::new();
            commit.objects = prepared.objects;
            commit = commit.swap(&record, Draft { content: prepared.content }.to_bytes());
            let parts = edited.changed.iter().map(|(path, _)| path.clone()).collect();
            match self.act(Act::Edited { parts }, commit).await {
                Ok(()) => return Ok(edited),
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }

    /// The content after edits, not stored yet.
    pub(crate) async fn prepare(
        &self,
        reader: &mut ObjectReader<'_>,
        content: &Content,
        edits: &[PartEdit],
    ) -> Result<Prepared, Error> {
        if edits.iter().any(|edit| edit.path == PartPath::Settings && edit.document.is_none()) {
            let text = "a bot has settings; change them instead of deleting them";
            return Err(Error::InvalidSettings(text.to_owned()));
        }
        let mut parts = Vec::with_capacity(edits.len());
        for edit in edits {
            parts.push(match &edit.document {
                Some(document) => {
                    let bytes = document.to_bytes(&edit.path)?;
                    Some((Digest::of(&bytes), bytes))
                }
                None => None,
            });
        }
        let current = self.current_digests(reader, content, edits).await?;
        let conflicts: Vec<PartConflict> = std::iter::zip(edits, &current)
            .filter_map(|(edit, found)| {
                let expected = match edit.expected {
                    ExpectedPart::Any => return None,
                    ExpectedPart::Absent => None,
                    ExpectedPart::Digest(digest) => Some(digest),
                };
                (expected != *found).then(|| PartConflict { path: edit.path.clone(), expected, found: *found })
            })
            .collect();
        if !conflicts.is_empty() {
            return Err(Error::PartConflict(conflicts));
        }
        let mut tree_edits = tree::Edits::new();
        let mut changed = Vec::new();
        let mut objects = Vec::new();
        for ((edit, part), found) in edits.iter().zip(parts).zip(current) {
            let digest = part.as_ref().map(|(digest, _)| *digest);
            if digest != found {
                tree_edits.set(&edit.path.segments(), digest);
                changed.push((edit.path.clone(), digest));
                objects.extend(part);
            }
        }
        if changed.is_empty() {
            return Ok(Prepared { content: content.clone(), changed, objects });
        }
        reader.keep(&objects);
        let (root, written) = reader.run(|objects| tree::apply(objects, &content.tree, &tree_edits)).await?;
        reader.keep(&written.0);
        objects.extend(written.0);
        let (index, indexed) = reindex(reader, (content.tree, content.index), root).await?;
        objects.extend(indexed.0);
        // A model answers only while its language has examples; it comes back with them.
        let languages = reader.run(|objects| tree::names(objects, &index, &["counts"])).await?;
        let mut models = content.models.clone();
        models.retain(|language, _| languages.iter().any(|named| named == language.as_str()));
        Ok(Prepared { content: Content { tree: root, index, models }, changed, objects })
    }

    async fn current_digests(
        &self,
        reader: &mut ObjectReader<'_>,
        content: &Content,
        edits: &[PartEdit],
    ) -> Result<Vec<Option<Digest>>, Error> {
        reader
            .run(|objects| {
                let mut need = std::collections::BTreeSet::new();
                let mut digests = Vec::with_capacity(edits.len());
                for edit in edits {
                    match tree::get(objects, &content.tree, &edit.path.segments()) {
                        Ok(digest) => digests.push(digest),
                        Err(greenroom_model::Interrupt::Need(more)) => need.extend(more),
                        Err(failed) => return Err(failed),
                    }
                }
                if need.is_empty() { Ok(digests) } else { Err(greenroom_model::Interrupt::Need(need)) }
            })
            .await
    }
}
