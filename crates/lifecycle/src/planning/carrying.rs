//! What a scope makes of what an environment runs and of where the rest comes from.

use std::collections::BTreeSet;

use greenroom_model::{Content, Digest, Language, PartPath, Scope, Selection, Version, Written, tree};
use greenroom_store::Commit;

use super::{PlanRequest, Running};
use crate::objects::ObjectReader;
use crate::reindex::reindex;
use crate::{Bot, Error};

/// The tree `onto` with what the scope carries of the tree `source`. What is written is known to
/// the reader, and not stored.
pub(crate) async fn carry(
    reader: &mut ObjectReader<'_>,
    scope: &Scope,
    source: Digest,
    onto: Digest,
) -> Result<(Digest, Written), Error> {
    match scope {
        Scope::NlpOnly => graft_nlp(reader, source, onto).await,
        Scope::NlpOfLanguages(languages) => {
            let (grafted, mut written) = graft_nlp(reader, source, onto).await?;
            let directory = ["nlp", "examples"];
            let mut others = reader.run(|objects| tree::names(objects, &source, &directory)).await?;
            others.extend(reader.run(|objects| tree::names(objects, &onto, &directory)).await?);
            let mut edits = tree::Edits::new();
            for other in others.iter().filter(|other| !languages.contains(other.as_str())) {
                let own = ["nlp", "examples", other];
                let kept = reader.run(|objects| tree::directory_digest(objects, &onto, &own)).await?;
                edits.graft(&own, kept);
            }
            let (root, more) = apply(reader, grafted, &edits).await?;
            written.0.extend(more.0);
            Ok((root, written))
        }
        Scope::Flows(selection) => {
            let (onto, mut written) =
                if selection.nlp { graft_nlp(reader, source, onto).await? } else { (onto, Written::default()) };
            let mut edits = tree::Edits::new();
            for path in selection.parts.iter().filter(|path| !(selection.nlp && path.is_nlp())) {
                let leaf = reader.run(|objects| tree::get(objects, &source, &path.segments())).await?;
                edits.set(&path.segments(), leaf);
            }
            let (root, more) = apply(reader, onto, &edits).await?;
            written.0.extend(more.0);
            Ok((root, written))
        }
        _ => Ok((source, Written::default())),
    }
}

async fn graft_nlp(reader: &mut ObjectReader<'_>, source: Digest, onto: Digest) -> Result<(Digest, Written), Error> {
    let nlp = reader.run(|objects| tree::directory_digest(objects, &source, &["nlp"])).await?;
    let mut edits = tree::Edits::new();
    edits.graft(&["nlp"], nlp);
    apply(reader, onto, &edits).await
}

async fn apply(reader: &mut ObjectReader<'_>, root: Digest, edits: &tree::Edits) -> Result<(Digest, Written), Error> {
    if edits.is_empty() {
        return Ok((root, Written::default()));
    }
    let (root, written) = reader.run(|objects| tree::apply(objects, &root, edits)).await?;
    reader.keep(&written.0);
    Ok((root, written))
}

/// What a publish would make live, and the scope that says so: the request's, with what it needs.
pub(super) struct Carried {
    pub(super) content: Content,
    pub(super) scope: Scope,
    /// What else must go along for nothing to be missing.
    pub(super) addition: Option<Selection>,
    /// For a promotion: the version that is promoted.
    pub(super) promoted: Option<Version>,
}

impl Bot {
    /// What would be live. New tree objects are stored at once: they are named by
    /// their content, and a plan must be executable later.
    pub(super) async fn carried(
        &self,
        reader: &mut ObjectReader<'_>,
        draft: &Content,
        running: Option<&Running>,
        request: &PlanRequest,
    ) -> Result<Carried, Error> {
        let whole =
            |content: Content| Carried { content, scope: request.scope.clone(), addition: None, promoted: None };
        match (&request.scope, running) {
            (Scope::Rollback(number), _) => Ok(whole(self.version(*number).await?.1.content)),
            (Scope::Promotion(from), _) => {
                let promoted = self.read_version(self.published_environment(from).await?.stable).await?;
                Ok(Carried { promoted: Some(promoted.clone()), ..whole(promoted.content) })
            }
            (Scope::Hotfix, Some(running)) => Ok(whole(self.hotfixed(reader, &running.version, request).await?)),
            (Scope::Hotfix, None) => Err(self.never_published(&request.environment).await?),
            (Scope::Flows(selection), Some(running)) => {
                if let Some(path) = selection.parts.iter().find(|path| !Selection::may_hold(path)) {
                    return Err(Error::NotSelectable(path.clone()));
                }
                let live = &running.version.content;
                for path in &selection.parts {
                    let mut at =
                        async |tree: Digest| reader.run(|objects| tree::get(objects, &tree, &path.segments())).await;
                    if at(draft.tree).await?.is_none() && at(live.tree).await?.is_none() {
                        return Err(Error::PartNotFound { bot: self.id.clone(), path: path.clone() });
                    }
                }
                let needed = self.needed(reader, draft, live, selection).await?;
                let scope = match &needed {
                    Some(needed) if request.with_needed => Scope::Flows(selection.with(needed)),
                    _ => request.scope.clone(),
                };
                let addition = needed.filter(|_| !request.with_needed);
                let content = self.stored_onto(reader, &scope, draft, live).await?;
                Ok(Carried { content, scope, addition, promoted: None })
            }
            (scope, Some(running)) if scope.is_partial() => {
                if let Scope::NlpOfLanguages(languages) = scope {
                    let mut known = self.training_data(reader, draft).await?;
                    known.extend(self.training_data(reader, &running.version.content).await?);
                    if let Some(unknown) = languages.iter().find(|language| !known.contains_key(language.as_str())) {
                        return Err(Error::NoExamples(unknown.clone()));
                    }
                }
                Ok(whole(self.stored_onto(reader, scope, draft, &running.version.content).await?))
            }
            // A partial publish without a live version is refused; the draft stands for what was meant.
            _ => Ok(whole(draft.clone())),
        }
    }

    /// What an environment runs with what a scope carries of the draft, stored.
    async fn stored_onto(
        &self,
        reader: &mut ObjectReader<'_>,
        scope: &Scope,
        draft: &Content,
        live: &Content,
    ) -> Result<Content, Error> {
        let (content, written) = self.onto(reader, scope, draft, live).await?;
        // What is carried is the draft's as it was read; it may have moved on since.
        self.lifecycle.store.commit(Commit::new().objects(written).rely(draft.tree)).await?;
        Ok(content)
    }

    /// The same, with the objects that it takes, which the reader knows and the store does not.
    pub(super) async fn onto(
        &self,
        reader: &mut ObjectReader<'_>,
        scope: &Scope,
        draft: &Content,
        live: &Content,
    ) -> Result<(Content, Written), Error> {
        let (root, mut written) = carry(reader, scope, draft.tree, live.tree).await?;
        let (index, indexed) = reindex(reader, (live.tree, live.index), root).await?;
        written.0.extend(indexed.0);
        let languages: BTreeSet<&Language> = live.models.keys().chain(draft.models.keys()).collect();
        let models = languages.into_iter().filter_map(|language| {
            let source = if scope.carries_model(language) { draft } else { live };
            source.models.get(language).map(|model| (language.clone(), *model))
        });
        Ok((Content { tree: root, index, models: models.collect() }, written))
    }

    /// A version with the edits of a hotfix, stored. Where examples change, the model is the one
    /// that was trained on exactly them, if there is one.
    async fn hotfixed(
        &self,
        reader: &mut ObjectReader<'_>,
        version: &Version,
        request: &PlanRequest,
    ) -> Result<Content, Error> {
        if let Some(edit) = request.edits.iter().find(|edit| matches!(edit.path, PartPath::Test(_))) {
            return Err(Error::NotSelectable(edit.path.clone()));
        }
        let prepared = self.prepare(reader, &version.content, &request.edits).await?;
        let mut commit = Commit::new();
        commit.objects = prepared.objects;
        if !commit.is_empty() {
            self.lifecycle.store.commit(commit).await?;
        }
        let mut content = prepared.content;
        for (language, data) in self.training_data(reader, &content).await? {
            if let Some((model, _)) = self.known_model(&content, &language, &data).await? {
                content.models.insert(language, model);
            }
        }
        Ok(content)
    }
}
