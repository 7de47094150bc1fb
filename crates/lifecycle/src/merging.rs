//! Taking hotfixes into the draft: three-way, part by part, conflicts named.

mod documents;

use std::collections::BTreeMap;

use greenroom_model::{
    Content, Digest, Document, Draft, Environment, EnvironmentId, PartPath, Record as _, to_canonical_bytes, tree,
};
use greenroom_store::Record;
use serde::{Deserialize, Serialize};

use crate::audit::Act;
use crate::draft::MAX_REPEATS;
use crate::objects::ObjectReader;
use crate::{Bot, Error, PartEdit};

/// Whose part is taken where both sides changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The draft's: the hotfix is not taken over.
    Draft,
    /// The environment's: what the draft has of the part goes.
    Environment,
}

/// A part that a hotfix changed in an environment and that the draft has not agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The part.
    pub path: PartPath,
    /// How the draft stands to it.
    pub state: DriftState,
    /// The part that both agreed on; none: there was no such part.
    pub base: Option<Digest>,
    /// What the environment runs; none: the hotfix deleted it.
    pub environment: Option<Digest>,
    /// What the draft has; none: it lacks the part.
    pub draft: Option<Digest>,
}

impl Drift {
    /// The name of a drift as it was looked at: another one as soon as a part of it is, be it in
    /// the environment or in the draft.
    #[must_use]
    pub fn digest(drift: &[Self]) -> Digest {
        Digest::of(&to_canonical_bytes(&drift).unwrap_or_default())
    }
}

/// A part that drifted, with the documents that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftedPart {
    /// The part, and how the draft stands to it.
    pub drift: Drift,
    /// What both agreed on.
    pub base: Option<Document>,
    /// What the environment runs.
    pub environment: Option<Document>,
    /// What the draft has.
    pub draft: Option<Document>,
    /// What the draft would have after a merge that nobody chooses anything for; the outer none
    /// where it would stay as it is, or where somebody must choose.
    pub merged: Option<Option<Document>>,
}

/// How the draft stands to a part that a hotfix changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftState {
    /// It has the part as it was before: merging takes the hotfix over.
    Behind,
    /// It has the very same part.
    Same,
    /// It changed the part too, elsewhere in it: merging puts both together.
    Mergeable,
    /// It changed the same place: somebody must choose.
    Conflict,
}

/// What a merge did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// The environment.
    pub environment: EnvironmentId,
    /// The parts of the draft that changed.
    pub changed: Vec<PartPath>,
    /// The parts on which the draft stays as it is, and which count as agreed on.
    pub kept: Vec<PartPath>,
}

/// One part in its three states, and what becomes of it.
struct Judged {
    drift: Drift,
    /// What the draft would have, where it is another part than now.
    merged: Option<Option<Document>>,
}

impl Bot {
    /// The parts that hotfixes changed in an environment and that the draft has not agreed on.
    ///
    /// # Errors
    /// [`Error::NeverPublished`], [`Error::Store`].
    pub async fn drift(&self, environment: &EnvironmentId) -> Result<Vec<Drift>, Error> {
        let running = self.published_environment(environment).await?;
        let draft = self.draft().await?;
        let judged = self.judge_drift(&mut self.reader(), &running, &draft).await?;
        Ok(judged.into_iter().map(|judged| judged.drift).collect())
    }

    /// The same with the documents of each part, for people who are to choose.
    ///
    /// # Errors
    /// As [`Bot::drift`].
    pub async fn drifted_parts(&self, environment: &EnvironmentId) -> Result<Vec<DriftedPart>, Error> {
        let running = self.published_environment(environment).await?;
        let draft = self.draft().await?;
        let mut reader = self.reader();
        let mut parts = Vec::new();
        for Judged { drift, merged } in self.judge_drift(&mut reader, &running, &draft).await? {
            let mut sides = Vec::new();
            for digest in [drift.base, drift.environment, drift.draft] {
                sides.push(self.part_at(&mut reader, &drift.path, digest).await?);
            }
            let [base, environment, draft] = <[Option<Document>; 3]>::try_from(sides).unwrap_or_default();
            parts.push(DriftedPart { drift, base, environment, draft, merged });
        }
        Ok(parts)
    }

    /// Takes what hotfixes changed in an environment into the draft. A part that both changed is put
    /// together where the changes are in different places of it; else `choices` says whose is taken.
    ///
    /// # Errors
    /// [`Error::MergeConflict`] names the parts that nobody chose for; nothing is changed then.
    /// [`Error::NoDrift`] for a choice about a part that no hotfix changed.
    /// [`Error::NeverPublished`], [`Error::Store`].
    pub async fn merge(
        &self,
        environment: &EnvironmentId,
        choices: &BTreeMap<PartPath, Side>,
    ) -> Result<Merged, Error> {
        self.merge_where(environment, choices, None).await
    }

    /// The same, if the drift still is the one that somebody looked at: `seen` is its
    /// [`Drift::digest`]. What a colleague changed since is then neither taken nor given up unseen.
    ///
    /// # Errors
    /// As [`Bot::merge`]; [`Error::DriftMoved`] where it is another one.
    pub async fn merge_seen(
        &self,
        environment: &EnvironmentId,
        choices: &BTreeMap<PartPath, Side>,
        seen: &Digest,
    ) -> Result<Merged, Error> {
        self.merge_where(environment, choices, Some(seen)).await
    }

    async fn merge_where(
        &self,
        environment: &EnvironmentId,
        choices: &BTreeMap<PartPath, Side>,
        seen: Option<&Digest>,
    ) -> Result<Merged, Error> {
        for _ in 0..MAX_REPEATS {
            let Some((pointer, running)) = self.read_environment(environment).await? else {
                return Err(self.never_published(environment).await?);
            };
            let (record, draft) = self.read_draft().await?;
            let mut reader = self.reader();
            let judged = self.judge_drift(&mut reader, &running, &draft.content).await?;
            let drift: Vec<Drift> = judged.iter().map(|judged| judged.drift.clone()).collect();
            if seen.is_some_and(|seen| *seen != Drift::digest(&drift)) {
                return Err(Error::DriftMoved { environment: environment.clone() });
            }
            let open = |part: &&Drift| part.state == DriftState::Conflict && !choices.contains_key(&part.path);
            let conflicts: Vec<PartPath> = drift.iter().filter(open).map(|part| part.path.clone()).collect();
            if !conflicts.is_empty() {
                return Err(Error::MergeConflict { environment: environment.clone(), parts: conflicts });
            }
            if let Some(path) = choices.keys().find(|path| drift.iter().all(|part| part.path != **path)) {
                let known = drift.into_iter().map(|part| part.path).collect();
                return Err(Error::NoDrift { environment: environment.clone(), path: path.clone(), known });
            }
            if judged.is_empty() {
                return Ok(Merged { environment: environment.clone(), changed: Vec::new(), kept: Vec::new() });
            }
            let states = ((pointer, running), (record, draft));
            if let Some(merged) = self.merge_judged(&mut reader, environment, choices, judged, states).await? {
                return Ok(merged);
            }
        }
        Err(Error::Contended("the draft".to_owned()))
    }

    async fn merge_judged(
        &self,
        reader: &mut ObjectReader<'_>,
        environment: &EnvironmentId,
        choices: &BTreeMap<PartPath, Side>,
        judged: Vec<Judged>,
        ((pointer, mut running), (record, draft)): ((Record, Environment), (Record, Draft)),
    ) -> Result<Option<Merged>, Error> {
        let (mut edits, mut kept, mut agreed) = (Vec::new(), Vec::new(), tree::Edits::new());
        for Judged { drift, merged } in judged {
            let path = drift.path;
            agreed.set(&path.segments(), drift.environment);
            let document = match (choices.get(&path), merged) {
                (Some(Side::Draft), _) | (None, None) => None,
                (None, Some(merged)) => Some(merged),
                (Some(Side::Environment), _) => Some(self.part_at(reader, &path, drift.environment).await?),
            };
            match document {
                Some(document) => {
                    let edit = PartEdit::delete(path);
                    edits.push(PartEdit { document, ..edit });
                }
                None => kept.push(path),
            }
        }
        let prepared = self.prepare(reader, &draft.content, &edits).await?;
        // What both sides together come to may be what the draft has already.
        let same = edits.into_iter().map(|edit| edit.path);
        kept.extend(same.filter(|path| prepared.changed.iter().all(|(changed, _)| changed != path)));
        let base = running.base;
        let (base, written) = reader.run(|objects| tree::apply(objects, &base, &agreed)).await?;
        running.base = base;
        let mut commit = greenroom_store::Commit::new().objects(written).swap(&pointer, running.to_bytes());
        commit.objects.extend(prepared.objects);
        if !prepared.changed.is_empty() {
            commit = commit.swap(&record, Draft { content: prepared.content }.to_bytes());
        }
        let changed: Vec<PartPath> = prepared.changed.into_iter().map(|(path, _)| path).collect();
        let act = Act::Merged { environment: environment.clone(), changed: changed.clone(), kept: kept.clone() };
        match self.act(act, commit).await {
            Ok(()) => Ok(Some(Merged { environment: environment.clone(), changed, kept })),
            Err(Error::Store(greenroom_store::Error::Conflict { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn judge_drift(
        &self,
        reader: &mut ObjectReader<'_>,
        running: &Environment,
        draft: &Content,
    ) -> Result<Vec<Judged>, Error> {
        let live = self.read_version(running.stable).await?.content.tree;
        let drifted = reader.run(|objects| tree::diff(objects, &running.base, &live)).await?;
        let mut judged = Vec::new();
        for difference in drifted {
            let path: PartPath = difference.path.parse()?;
            if matches!(path, PartPath::Test(_)) {
                continue;
            }
            let own = reader.run(|objects| tree::get(objects, &draft.tree, &path.segments())).await?;
            let (before, live) = (difference.before, difference.after);
            let (state, merged) = if own == live {
                (DriftState::Same, None)
            } else if own == before {
                (DriftState::Behind, Some(self.part_at(reader, &path, live).await?))
            } else {
                let mut sides = Vec::new();
                for digest in [before, live, own] {
                    sides.push(self.part_at(reader, &path, digest).await?);
                }
                match documents::merge(&path, &sides) {
                    Some(merged) => (DriftState::Mergeable, Some(Some(merged))),
                    None => (DriftState::Conflict, None),
                }
            };
            let drift = Drift { path, state, base: before, environment: live, draft: own };
            judged.push(Judged { drift, merged });
        }
        Ok(judged)
    }

    async fn part_at(
        &self,
        reader: &mut ObjectReader<'_>,
        path: &PartPath,
        digest: Option<Digest>,
    ) -> Result<Option<Document>, Error> {
        match digest {
            Some(digest) => Ok(reader.documents(&[(path.clone(), digest)]).await?.pop()),
            None => Ok(None),
        }
    }
}
