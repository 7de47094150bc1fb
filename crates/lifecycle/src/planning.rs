//! Planning a publish: gathers what the pure rules ask for, by digests and the index.

mod addition;
mod carrying;
mod changes;
mod gathering;
mod request;
mod sessions;

use std::collections::BTreeMap;

use greenroom_model::{
    Content, Digest, Environment, EnvironmentId, Origin, PartPath, Record as _, Scope, TrainedModel, Version, tree,
};
use greenroom_nlp::TRAINER;
use greenroom_publish::{Candidate, CandidateModel, Change, Diff, Live, PartChange, Plan, Policy, Rule, plan_with};
use greenroom_store::{Commit, layout};

pub(crate) use carrying::carry;
pub(crate) use changes::part_changes;
pub use request::PlanRequest;

use carrying::Carried;

use crate::audit::Act;
use crate::objects::ObjectReader;
use crate::{Bot, Error};

/// What an environment runs, as planning needs it.
struct Running {
    digest: Digest,
    version: Version,
    environment: Environment,
}

/// How trees differ, as planning needs it.
struct Differences {
    /// From what is live to the candidate.
    from_live: Vec<tree::Difference>,
    /// The same, part by part.
    parts: Vec<PartChange>,
    /// From what the draft agreed on to what is live: hotfixes.
    from_base_to_live: Vec<tree::Difference>,
    /// For a promotion: from what the environment ran when the promoted version was made to what is live.
    since_promoted: Vec<tree::Difference>,
    /// For each rollback: what it took away, and from the state before it to the candidate.
    from_taken: Vec<(Vec<tree::Difference>, Vec<tree::Difference>)>,
}

impl Bot {
    /// Says what publishing would do: what changes, every finding, the decision.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::VersionNotFound`], [`Error::NeverPublished`] of what a rollback,
    /// a hotfix or a promotion names; [`Error::NoDrift`] where a hotfix is to be given up of a part
    /// that none changed. What is wrong with the bot is no error but a finding.
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
        let Carried { content, scope, addition } = self.carried(&mut reader, &draft, running.as_ref(), request).await?;
        let candidate = self.candidate(&mut reader, &content).await?;
        let live = match &running {
            Some(Running { digest, version, environment }) => Some(Live {
                version: *digest,
                number: version.number,
                content: self.candidate(&mut reader, &version.content).await?,
                position: environment.position(),
            }),
            None => None,
        };
        let differences = differences(self, &mut reader, &scope, running.as_ref(), &content).await?;
        self.check_discarded(&mut reader, request, running.as_ref(), &differences).await?;
        let states = (&draft, running.as_ref());
        let gathered = (&differences, addition);
        let indexes = self.indexes(&mut reader, (request, &scope), &policy, states, &candidate, gathered).await?;
        let evidence = self.evidence(&candidate, live.as_ref(), &draft).await?;
        let change = Change {
            bot: self.id.clone(),
            environment: request.environment.clone(),
            scope,
            candidate,
            live,
            diff: Diff { parts: differences.parts },
            acknowledged: request.acknowledged.clone(),
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
        self.act(Act::PolicySet { policy: policy.digest() }, commit).await
    }

    /// What a request would publish, for tests to judge.
    pub(crate) async fn candidate_to_judge(&self, request: &PlanRequest) -> Result<(Candidate, Content), Error> {
        let mut reader = self.reader();
        let running = self.running(&request.environment).await?;
        let draft = self.draft().await?;
        let content = self.carried(&mut reader, &draft, running.as_ref(), request).await?.content;
        Ok((self.candidate(&mut reader, &content).await?, content))
    }

    /// Whoever gives up a hotfix of a part that none changed has mistyped the part, and would not hear of it.
    async fn check_discarded(
        &self,
        reader: &mut ObjectReader<'_>,
        request: &PlanRequest,
        running: Option<&Running>,
        differences: &Differences,
    ) -> Result<(), Error> {
        let discard = &request.acknowledged.discard;
        if discard.is_empty() {
            return Ok(());
        }
        let of_live;
        let drifted = match (&request.scope, running) {
            // It undoes none, and may still name those that there are.
            (Scope::Hotfix, Some(running)) => {
                let (base, live) = (running.environment.base, running.version.content.tree);
                of_live = reader.run(|objects| tree::diff(objects, &base, &live)).await?;
                &of_live
            }
            _ => &differences.from_base_to_live,
        };
        let mut known = Vec::new();
        for difference in drifted {
            let path: PartPath = difference.path.parse()?;
            if !matches!(path, PartPath::Test(_)) {
                known.push(path);
            }
        }
        match discard.iter().find(|path| !known.contains(path)) {
            Some(path) => {
                let environment = request.environment.clone();
                Err(Error::NoDrift { environment, path: path.clone(), known })
            }
            None => Ok(()),
        }
    }

    async fn running(&self, environment: &EnvironmentId) -> Result<Option<Running>, Error> {
        match self.environment(environment).await? {
            Some(environment) => {
                let digest = environment.stable;
                Ok(Some(Running { digest, version: self.read_version(digest).await?, environment }))
            }
            None => Ok(None),
        }
    }

    /// A content as the rules know it.
    pub(crate) async fn candidate(&self, reader: &mut ObjectReader<'_>, content: &Content) -> Result<Candidate, Error> {
        let mut models = BTreeMap::new();
        for (language, digest) in &content.models {
            let model = TrainedModel::from_bytes(&reader.bytes(*digest).await?)?;
            let unsupported = self.unsupported(&model).await?;
            let outdated = (model.trainer != TRAINER).then_some(model.trainer);
            models
                .insert(language.clone(), CandidateModel { digest: *digest, data: model.data, unsupported, outdated });
        }
        Ok(Candidate {
            tree: content.tree,
            index: content.index,
            nlp: reader.run(|objects| tree::directory_digest(objects, &content.tree, &["nlp"])).await?,
            data: self.training_data(reader, content).await?,
            models,
        })
    }
}

/// How many versions are looked through for hotfixes.
const MAX_VERSIONS: usize = 1_000;

impl Bot {
    /// What hotfixes changed since everything was last published to an environment. Whether the
    /// draft has taken them over says nothing about what another environment runs.
    async fn hotfixes_since_all(
        &self,
        reader: &mut ObjectReader<'_>,
        running: &Version,
    ) -> Result<Vec<tree::Difference>, Error> {
        let (mut changed, mut version) = (Vec::new(), running.clone());
        for _ in 0..MAX_VERSIONS {
            let (Some(parent), Origin::Publish(scope)) = (version.parent, &version.origin) else { break };
            if matches!(scope, Scope::Full | Scope::Promotion(_)) {
                break;
            }
            let parent = self.read_version(parent).await?;
            if *scope == Scope::Hotfix {
                let (before, after) = (parent.content.tree, version.content.tree);
                changed.extend(reader.run(|objects| tree::diff(objects, &before, &after)).await?);
            }
            version = parent;
        }
        Ok(changed)
    }

    /// What was published to an environment since another one got what it runs. A rollback is no
    /// such publish: what the environment runs then is older.
    async fn published_since(
        &self,
        reader: &mut ObjectReader<'_>,
        running: &Version,
        from: &EnvironmentId,
        nothing: Digest,
    ) -> Result<Vec<tree::Difference>, Error> {
        let promoted = self.published_environment(from).await?;
        let content = self.read_version(promoted.stable).await?.content;
        let (live, mut version) = (running.content.tree, running.clone());
        let mut before = nothing;
        for _ in 0..MAX_VERSIONS {
            // It was made before, or it is the very promotion of the same.
            if version.number <= promoted.number || version.content == content {
                before = version.content.tree;
                break;
            }
            let Some(parent) = version.parent else { break };
            version = self.read_version(parent).await?;
        }
        reader.run(|objects| tree::diff(objects, &before, &live)).await
    }
}

async fn differences(
    bot: &Bot,
    reader: &mut ObjectReader<'_>,
    scope: &Scope,
    running: Option<&Running>,
    content: &Content,
) -> Result<Differences, Error> {
    let (nothing, written) = tree::empty();
    reader.keep(&written.0);
    let live = running.map_or(nothing, |running| running.version.content.tree);
    let from_live = reader.run(|objects| tree::diff(objects, &live, &content.tree)).await?;
    let parts = part_changes(reader, &from_live).await?;
    let (mut from_base_to_live, mut since_promoted, mut from_taken) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(running) = running {
        // Whoever edits live by hand sees what is there; all others would undo a hotfix unseen.
        if let Scope::Promotion(from) = scope {
            from_base_to_live = bot.hotfixes_since_all(reader, &running.version).await?;
            since_promoted = bot.published_since(reader, &running.version, from, nothing).await?;
        } else if *scope != Scope::Hotfix {
            let base = running.environment.base;
            from_base_to_live = reader.run(|objects| tree::diff(objects, &base, &live)).await?;
        }
        for taken in running.environment.taken_back.iter().filter(|_| *scope != Scope::Hotfix) {
            let away = reader.run(|objects| tree::diff(objects, &taken.tree, &taken.to)).await?;
            let back = reader.run(|objects| tree::diff(objects, &taken.tree, &content.tree)).await?;
            from_taken.push((away, back));
        }
    }
    Ok(Differences { from_live, parts, from_base_to_live, since_promoted, from_taken })
}
