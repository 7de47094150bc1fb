//! Planning a publish: gathers what the pure rules ask for, by digests and the index.

mod addition;
mod carrying;
mod changes;
mod gathering;
mod promotion;
mod request;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{
    Content, Digest, Environment, EnvironmentId, PartPath, Record as _, Scope, TrainedModel, Version, tree,
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
    /// From what the draft, or the promoted version, knows of live to what is live: hotfixes.
    from_base_to_live: Vec<tree::Difference>,
    /// For a promotion: what publishes changed in the environment that the promoted version does not know of.
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
    /// that none changed; [`Error::NotesTooLong`]. What is wrong with the bot is no error but a finding.
    pub async fn plan(&self, request: &PlanRequest) -> Result<Plan, Error> {
        self.plan_with(&[], request).await
    }

    /// The same, with rules of an embedder beside the standard ones.
    ///
    /// # Errors
    /// As [`Bot::plan`].
    pub async fn plan_with(&self, rules: &[&dyn Rule], request: &PlanRequest) -> Result<Plan, Error> {
        let (found, limit) = (request.notes.chars().count(), PlanRequest::MAX_NOTES);
        if found > limit {
            return Err(Error::NotesTooLong { found, limit });
        }
        let mut reader = self.reader();
        let own = self.policy().await?;
        let policy = request.policy.as_ref().unwrap_or(&own);
        let running = self.running(&request.environment).await?;
        let elsewhere = self.elsewhere(&request.environment).await?;
        let draft = self.draft().await?;
        let carried = self.carried(&mut reader, &draft, running.as_ref(), request).await?;
        let differences =
            differences(self, &mut reader, &request.environment, (running.as_ref(), &draft), &carried).await?;
        self.check_discarded(&mut reader, request, running.as_ref(), &differences).await?;
        let Carried { content, scope, addition, promoted } = carried;
        let agreed_elsewhere = self
            .agreed_elsewhere(&mut reader, (&scope, &content), elsewhere, running.as_ref(), promoted.as_ref())
            .await?;
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
        let states = (&draft, running.as_ref());
        let gathered = (&differences, addition);
        let indexes = self.indexes(&mut reader, (request, &scope), policy, states, &candidate, gathered).await?;
        let evidence = self.evidence(&candidate, live.as_ref(), &draft).await?;
        let change = Change {
            bot: self.id.clone(),
            environment: request.environment.clone(),
            scope,
            candidate,
            live,
            diff: Diff { parts: differences.parts },
            acknowledged: request.acknowledged.clone(),
            agreed_elsewhere,
            own_policy: request.policy.is_some().then(|| own.digest()),
        };
        Ok(plan_with(rules, &change, &indexes, &evidence, policy, &request.notes))
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

async fn differences(
    bot: &Bot,
    reader: &mut ObjectReader<'_>,
    environment: &EnvironmentId,
    (running, draft): (Option<&Running>, &Content),
    carried: &Carried,
) -> Result<Differences, Error> {
    let (scope, content) = (&carried.scope, &carried.content);
    let (nothing, written) = tree::empty();
    reader.keep(&written.0);
    let live = running.map_or(nothing, |running| running.version.content.tree);
    let from_live = reader.run(|objects| tree::diff(objects, &live, &content.tree)).await?;
    let parts = part_changes(reader, &from_live).await?;
    let (mut from_base_to_live, mut since_promoted, mut from_taken) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(running) = running {
        for taken in running.environment.taken_back.iter().filter(|_| *scope != Scope::Hotfix) {
            let away = reader.run(|objects| tree::diff(objects, &taken.tree, &taken.to)).await?;
            let back = reader.run(|objects| tree::diff(objects, &taken.tree, &content.tree)).await?;
            from_taken.push((away, back));
        }
        // Whoever edits live by hand sees what is there; all others would undo a hotfix unseen.
        if let Some(promoted) = &carried.promoted {
            let away: BTreeSet<String> =
                from_taken.iter().flat_map(|(away, _)| away).map(|one| one.path.clone()).collect();
            let states = (promoted, draft);
            let overtaking = bot.overtaking(reader, states, environment, running, (&from_live, &away)).await?;
            (from_base_to_live, since_promoted) = (overtaking.hotfixes, overtaking.publishes);
        } else if *scope != Scope::Hotfix {
            let base = running.environment.base;
            from_base_to_live = reader.run(|objects| tree::diff(objects, &base, &live)).await?;
        }
    }
    Ok(Differences { from_live, parts, from_base_to_live, since_promoted, from_taken })
}
