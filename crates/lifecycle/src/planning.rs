//! Planning a publish: gathers what the pure rules ask for, by digests and the index.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{
    Content, Digest, Document, Environment, EnvironmentId, IntentId, Interrupt, Language, PartPath, Record as _, Scope,
    Symbol, SymbolKind, TrainedModel, Usage, Version, index, tree,
};
use greenroom_publish::{
    Candidate, CandidateModel, Change, Diff, Indexes, Live, PartChange, Plan, Policy, RemovedIntent, Rule,
    diff_documents, plan_with,
};
use greenroom_store::{Commit, layout};

use crate::audit::{Act, audit_entry};
use crate::environments::live;
use crate::objects::ObjectReader;
use crate::reindex::reindex;
use crate::{Bot, Error};

/// What is to be planned.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PlanRequest {
    /// What to carry over from the draft.
    pub scope: Scope,
    /// Where to.
    pub environment: EnvironmentId,
    /// What to say about it.
    pub notes: String,
    /// The policy that judges; the bot's own where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::jobs::policy_form")]
    pub policy: Option<Policy>,
}

impl PlanRequest {
    /// The whole draft, to live.
    pub fn full(notes: impl Into<String>) -> Self {
        Self { scope: Scope::Full, environment: live(), notes: notes.into(), policy: None }
    }

    /// The draft's NLP alone, to live.
    pub fn nlp_only(notes: impl Into<String>) -> Self {
        Self { scope: Scope::NlpOnly, ..Self::full(notes) }
    }
}

/// What an environment runs, as planning needs it.
struct Running {
    digest: Digest,
    version: Version,
}

impl Bot {
    /// Says what publishing would do: what changes, every finding, the decision.
    ///
    /// # Errors
    /// [`Error::Store`]; what is wrong with the bot is no error but a finding.
    pub async fn plan(&self, request: &PlanRequest) -> Result<Plan, Error> {
        self.plan_with(&[], request).await
    }

    /// The same, with rules of an embedder beside the standard ones.
    ///
    /// # Errors
    /// As [`Bot::plan`].
    pub async fn plan_with(&self, rules: &[&dyn Rule], request: &PlanRequest) -> Result<Plan, Error> {
        let mut reader = self.reader();
        let policy = match &request.policy {
            Some(policy) => policy.clone(),
            None => self.policy().await?,
        };
        let running = self.running(&request.environment).await?;
        let draft = self.draft().await?;
        let content = self.candidate_content(&mut reader, &draft, running.as_ref(), request.scope).await?;
        let candidate = self.candidate(&mut reader, &content).await?;
        let (nothing, written) = tree::empty();
        reader.keep(&written.0);
        let live_tree = running.as_ref().map_or(nothing, |running| running.version.content.tree);
        let differences = reader.run(|objects| tree::diff(objects, &live_tree, &content.tree)).await?;
        let diff = Diff { parts: part_changes(&mut reader, &differences).await? };
        let indexes =
            self.indexes(&mut reader, request, &policy, (&draft, running.as_ref()), &candidate, &differences).await?;
        let evidence = self.evidence(&candidate, &draft).await?;
        let live = match running {
            Some(Running { digest, version }) => Some(Live {
                version: digest,
                number: version.number,
                content: self.candidate(&mut reader, &version.content).await?,
            }),
            None => None,
        };
        let change = Change {
            bot: self.id.clone(),
            environment: request.environment.clone(),
            scope: request.scope,
            candidate,
            live,
            diff,
        };
        Ok(plan_with(rules, &change, &indexes, &evidence, &policy, &request.notes))
    }

    /// The bot's publishing policy; the default one where none was set.
    ///
    /// # Errors
    /// [`Error::Publish`] for a stored policy that this build cannot read.
    pub async fn policy(&self) -> Result<Policy, Error> {
        match self.lifecycle.store.record(&layout::policy(&self.id)?).await? {
            Some(record) => Ok(Policy::from_json(&record.value)?),
            None => Ok(Policy::default()),
        }
    }

    /// Sets the bot's publishing policy.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn set_policy(&self, policy: &Policy) -> Result<(), Error> {
        let commit = Commit::new().put(layout::policy(&self.id)?, policy.to_bytes());
        let act = Act::PolicySet { policy: policy.digest() };
        self.lifecycle.store.commit(audit_entry(&self.lifecycle, &self.id, act, commit)?).await?;
        Ok(())
    }

    /// What a request would publish, for tests to judge.
    pub(crate) async fn candidate_to_judge(&self, request: &PlanRequest) -> Result<(Candidate, Content), Error> {
        let mut reader = self.reader();
        let running = self.running(&request.environment).await?;
        let draft = self.draft().await?;
        let content = self.candidate_content(&mut reader, &draft, running.as_ref(), request.scope).await?;
        Ok((self.candidate(&mut reader, &content).await?, content))
    }

    async fn running(&self, environment: &EnvironmentId) -> Result<Option<Running>, Error> {
        match self.environment(environment).await? {
            Some(Environment { stable, .. }) => {
                Ok(Some(Running { digest: stable, version: self.read_version(stable).await? }))
            }
            None => Ok(None),
        }
    }

    /// What would be live. New tree objects are stored at once: they are named by
    /// their content, and a plan must be executable later.
    async fn candidate_content(
        &self,
        reader: &mut ObjectReader<'_>,
        draft: &Content,
        running: Option<&Running>,
        scope: Scope,
    ) -> Result<Content, Error> {
        let (Scope::NlpOnly, Some(Running { version, .. })) = (scope, running) else {
            // A partial publish without a live version is refused; the draft stands for what was meant.
            return Ok(draft.clone());
        };
        let live = &version.content;
        let nlp = reader.run(|objects| tree::directory_digest(objects, &draft.tree, &["nlp"])).await?;
        let mut edits = tree::Edits::new();
        edits.graft(&["nlp"], nlp);
        let (root, written) = reader.run(|objects| tree::apply(objects, &live.tree, &edits)).await?;
        reader.keep(&written.0);
        let (index, indexed) = reindex(reader, (live.tree, live.index), root).await?;
        let commit = Commit::new().objects(written).objects(indexed);
        if !commit.is_empty() {
            self.lifecycle.store.commit(commit).await?;
        }
        Ok(Content { tree: root, index, models: draft.models.clone() })
    }

    async fn candidate(&self, reader: &mut ObjectReader<'_>, content: &Content) -> Result<Candidate, Error> {
        let mut models = BTreeMap::new();
        for (language, digest) in &content.models {
            let model = TrainedModel::from_bytes(&reader.bytes(*digest).await?)?;
            let unsupported = self.unsupported(&model).await?;
            models.insert(language.clone(), CandidateModel { digest: *digest, data: model.data, unsupported });
        }
        Ok(Candidate {
            tree: content.tree,
            index: content.index,
            nlp: reader.run(|objects| tree::directory_digest(objects, &content.tree, &["nlp"])).await?,
            data: self.training_data(reader, content).await?,
            models,
        })
    }

    async fn indexes(
        &self,
        reader: &mut ObjectReader<'_>,
        request: &PlanRequest,
        policy: &Policy,
        (draft, running): (&Content, Option<&Running>),
        candidate: &Candidate,
        differences: &[tree::Difference],
    ) -> Result<Indexes, Error> {
        let few_below = policy.few_examples_minimum();
        let problems = reader.run(|objects| index::problems(objects, &candidate.index, few_below)).await?;
        let mut training_changes = BTreeMap::new();
        for (language, data) in &candidate.data {
            if let Some(model) = candidate.models.get(language).filter(|model| model.data != *data) {
                let changes = training_changes_since(reader, language, model, data).await?;
                training_changes.insert(language.clone(), changes);
            }
        }
        let removed_intents = match running {
            Some(running) => removed_intents(reader, &running.version.content, candidate, differences).await?,
            None => BTreeMap::new(),
        };
        let tests = reader.run(|objects| tree::count(objects, &draft.tree, &["tests"])).await?;
        let named = problems
            .unknown
            .values()
            .flatten()
            .chain(removed_intents.values().flat_map(BTreeMap::values).flat_map(|removed| &removed.users));
        let named: BTreeSet<PartPath> = named.map(|usage| usage.path.clone()).collect();
        let names = names_of(reader, &candidate.tree, named).await?;
        Ok(Indexes {
            problems,
            training_changes,
            removed_intents,
            channels: self.channels(&request.environment).await?.len(),
            tests: usize::try_from(tests).unwrap_or(usize::MAX),
            names,
        })
    }
}

/// The structural change of each part that differs.
pub(crate) async fn part_changes(
    reader: &mut ObjectReader<'_>,
    differences: &[tree::Difference],
) -> Result<Vec<PartChange>, Error> {
    let mut wanted = Vec::new();
    let mut paths = Vec::with_capacity(differences.len());
    for difference in differences {
        let path: PartPath = difference.path.parse()?;
        wanted.extend([difference.before, difference.after].into_iter().flatten().map(|digest| (path.clone(), digest)));
        paths.push(path);
    }
    let mut documents = reader.documents(&wanted).await?.into_iter();
    let mut changes = Vec::with_capacity(differences.len());
    for (difference, path) in differences.iter().zip(paths) {
        let mut document = |digest: Option<Digest>| -> Option<Document> { digest.and_then(|_| documents.next()) };
        let before = document(difference.before);
        let after = document(difference.after);
        changes.push(diff_documents(&path, before.as_ref(), after.as_ref()));
    }
    Ok(changes)
}

/// What changed in a language's training data since its model was trained.
async fn training_changes_since(
    reader: &mut ObjectReader<'_>,
    language: &Language,
    model: &CandidateModel,
    data: &greenroom_model::TrainingData,
) -> Result<Vec<PartChange>, Error> {
    let differences = reader.run(|objects| tree::diff(objects, &model.data.examples, &data.examples)).await?;
    let mut differences: Vec<tree::Difference> = differences
        .into_iter()
        .map(|difference| tree::Difference {
            path: format!("nlp/examples/{language}/{}", difference.path),
            ..difference
        })
        .collect();
    if model.data.training != data.training {
        let (before, after) = (model.data.training, data.training);
        differences.push(tree::Difference { path: PartPath::Training.to_string(), before, after });
    }
    part_changes(reader, &differences).await
}

/// The labels of live's models that the candidate has no examples for, with
/// their users in live's flows.
async fn removed_intents(
    reader: &mut ObjectReader<'_>,
    live: &Content,
    candidate: &Candidate,
    differences: &[tree::Difference],
) -> Result<BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>>, Error> {
    let mut removed: BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>> = BTreeMap::new();
    for difference in differences {
        let PartPath::Examples(language, intent) = difference.path.parse()? else { continue };
        let Some(before) = difference.before else { continue };
        let path = PartPath::Examples(language.clone(), intent.clone());
        let had = has_examples(reader, &path, before).await?;
        let has = match difference.after {
            Some(after) => has_examples(reader, &path, after).await?,
            None => false,
        };
        if !had || has {
            continue;
        }
        let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
        let users = reader.run(|objects| index::usages(objects, &live.index, &symbol)).await?;
        let users: BTreeSet<Usage> = users.into_iter().filter(|usage| usage.path.is_flow()).collect();
        let intent_path = PartPath::Intent(intent.clone());
        let before = reader.run(|objects| tree::get(objects, &live.tree, &intent_path.segments())).await?;
        let after = reader.run(|objects| tree::get(objects, &candidate.tree, &intent_path.segments())).await?;
        let name = match after.or(before) {
            Some(digest) => match reader.documents(&[(intent_path, digest)]).await?.pop() {
                Some(Document::Intent(document)) => document.name,
                _ => intent.to_string(),
            },
            None => intent.to_string(),
        };
        removed.entry(language).or_default().insert(intent, RemovedIntent { name, emptied: after.is_some(), users });
    }
    Ok(removed)
}

async fn has_examples(reader: &mut ObjectReader<'_>, path: &PartPath, digest: Digest) -> Result<bool, Error> {
    let documents = reader.documents(&[(path.clone(), digest)]).await?;
    Ok(documents.iter().any(|document| matches!(document, Document::Examples(own) if !own.examples.is_empty())))
}

/// The names that people know parts by.
async fn names_of(
    reader: &mut ObjectReader<'_>,
    tree: &Digest,
    paths: BTreeSet<PartPath>,
) -> Result<BTreeMap<PartPath, String>, Error> {
    let found = reader
        .run(|objects| {
            let mut found = Vec::new();
            let mut need = BTreeSet::new();
            for path in &paths {
                match tree::get(objects, tree, &path.segments()) {
                    Ok(digest) => found.extend(digest.map(|digest| (path.clone(), digest))),
                    Err(Interrupt::Need(more)) => need.extend(more),
                    Err(failed) => return Err(failed),
                }
            }
            if need.is_empty() { Ok(found) } else { Err(Interrupt::Need(need)) }
        })
        .await?;
    let documents = reader.documents(&found).await?;
    Ok(found
        .into_iter()
        .zip(documents)
        .filter_map(|((path, _), document)| Some((path, document.name()?.to_owned())))
        .collect())
}
