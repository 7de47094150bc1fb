//! Carrying out a plan, and taking a publish back: one commit that moves a pointer.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{
    Code, Content, Digest, Environment, EnvironmentId, Finding, Origin, Record as _, Scope, Severity, Subject, Version,
    index, tree,
};
use greenroom_publish::{Decision, Plan};
use greenroom_store::{Commit, layout};
use serde::{Deserialize, Serialize};

use crate::audit::{Act, audit_entry};
use crate::draft::MAX_REPEATS;
use crate::{Bot, Error, IdempotencyKey, Reference};

/// What a publish did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The environment.
    pub environment: EnvironmentId,
    /// The version that it runs now.
    pub version: Digest,
    /// Its number.
    pub number: u64,
    /// Whether the draft was edited since the plan was made; what was planned went out.
    pub draft_moved: bool,
}

/// What a rollback did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RolledBack {
    /// The environment.
    pub environment: EnvironmentId,
    /// The number of the version that it ran.
    pub from: u64,
    /// The number of the version that it runs now.
    pub to: u64,
}

impl Bot {
    /// Carries out a plan: what it froze goes live, in one step.
    ///
    /// # Errors
    /// [`Error::Refused`] by the plan's findings; [`Error::EnvironmentMoved`] when
    /// somebody else published since the plan was made; [`Error::CandidateIncomplete`]
    /// where the store no longer has what the plan froze.
    pub async fn publish(&self, plan: &Plan) -> Result<Published, Error> {
        self.carry_out(plan, None).await
    }

    /// The same under a key: it happens once. Whoever was not told the outcome, of a crash
    /// or of a lost connection, calls again with the same key and plan, and hears what the
    /// first call did.
    ///
    /// # Errors
    /// As [`Bot::publish`]; [`Error::IdempotencyKeyReused`] where the key stands for another plan.
    pub async fn publish_once(&self, plan: &Plan, key: &IdempotencyKey) -> Result<Published, Error> {
        self.carry_out(plan, Some(key)).await
    }

    async fn carry_out(&self, plan: &Plan, key: Option<&IdempotencyKey>) -> Result<Published, Error> {
        if plan.decision() == Decision::Deny {
            let denied = plan.findings().iter().filter(|finding| finding.severity == Severity::Deny);
            return Err(Error::Refused(denied.cloned().collect()));
        }
        let environment = plan.environment();
        let content = Content {
            tree: plan.candidate().tree,
            index: plan.candidate().index,
            models: plan.candidate().models.iter().map(|(language, model)| (language.clone(), model.digest)).collect(),
        };
        for _ in 0..MAX_REPEATS {
            if let Some(key) = key
                && let Some(kept) = self.kept_publish(key).await?
            {
                return kept.of_plan(plan);
            }
            let running = self.read_environment(environment).await?;
            if running.as_ref().map(|(_, running)| running.stable) != plan.live() {
                return Err(moved(environment, running.map(|(_, running)| running)));
            }
            self.check_candidate(&content).await?;
            let draft_moved = self.draft_moved(&self.draft().await?, plan).await?;
            let (base, base_objects) = self.next_base(running.as_ref().map(|(_, running)| running), plan).await?;
            let (number, commit) = self.next_version_number(Commit::new().objects(base_objects)).await?;
            let version = Version {
                number,
                origin: Origin::Publish(plan.scope()),
                content: content.clone(),
                notes: plan.notes().to_owned(),
                author: self.lifecycle.actor.clone(),
                time: self.lifecycle.now(),
                parent: plan.live(),
                plan: Some(plan.digest()),
                policy: Some(plan.policy()),
            };
            let bytes = version.to_bytes();
            let digest = Digest::of(&bytes);
            let pointer = Environment {
                stable: digest,
                number,
                by: version.author.clone(),
                time: version.time,
                base,
                withdrawn: running.as_ref().map_or_else(BTreeSet::new, |(_, running)| running.withdrawn.clone()),
                previous: plan.live(),
            };
            let published = Published { environment: environment.clone(), version: digest, number, draft_moved };
            let mut commit = commit
                .object(digest, bytes)
                .object(plan.digest(), plan.to_bytes())
                .create(layout::version(&self.id, number)?, digest.to_string());
            commit = match &running {
                Some((record, _)) => commit.swap(record, pointer.to_bytes()),
                None => commit.create(layout::environment(&self.id, environment)?, pointer.to_bytes()),
            };
            let act = Act::Published {
                environment: environment.clone(),
                scope: plan.scope(),
                version: digest,
                number,
                plan: plan.digest(),
            };
            if let Some(key) = key {
                commit = self.keep_publish(key, plan, &published, commit)?;
            }
            commit = audit_entry(&self.lifecycle, &self.id, act, commit)?;
            match self.lifecycle.store.commit(commit).await {
                Ok(_) => return Ok(published),
                // The pointer moved, or the key was used, which the next round tells; or a version was saved meanwhile.
                Err(greenroom_store::Error::Conflict { .. }) => {}
                // Nobody knows whether it happened; but the key's record does.
                Err(error @ greenroom_store::Error::Backend { .. }) if key.is_some() => {
                    return match self.kept_publish_of(key).await {
                        Some(kept) => kept.of_plan(plan),
                        None => Err(error.into()),
                    };
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the environment `{environment}`")))
    }

    /// Puts an environment back to a version that was published. Only what cannot
    /// run is refused: references that lead nowhere, models that this build cannot
    /// load. Conversations on versions that came after it follow at their next turn.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`], [`Error::NeverPublished`], [`Error::Refused`];
    /// [`Error::SavedDraft`] of a version that only keeps a draft.
    pub async fn rollback(&self, environment: &EnvironmentId, number: u64) -> Result<RolledBack, Error> {
        let (digest, version) = self.version(number).await?;
        if version.origin == Origin::Save {
            return Err(Error::SavedDraft { number });
        }
        let later: Vec<Digest> = self
            .versions()
            .await?
            .into_iter()
            .filter(|entry| entry.version.number > number)
            .map(|entry| entry.digest)
            .collect();
        let findings = self.integrity(&version).await?;
        if !findings.is_empty() {
            return Err(Error::Refused(findings));
        }
        for _ in 0..MAX_REPEATS {
            let Some((record, mut running)) = self.read_environment(environment).await? else {
                return Err(self.never_published(environment).await?);
            };
            let done = RolledBack { environment: environment.clone(), from: running.number, to: number };
            if running.stable == digest {
                return Ok(done);
            }
            running.withdrawn.insert(running.stable);
            running.withdrawn.extend(&later);
            running.withdrawn.remove(&digest);
            running.stable = digest;
            running.number = number;
            running.previous = version.parent;
            running.by.clone_from(&self.lifecycle.actor);
            running.time = self.lifecycle.now();
            let act = Act::RolledBack { environment: environment.clone(), from: done.from, to: number };
            let commit = Commit::new().swap(&record, running.to_bytes());
            match self.lifecycle.store.commit(audit_entry(&self.lifecycle, &self.id, act, commit)?).await {
                Ok(_) => return Ok(done),
                Err(greenroom_store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended(format!("the environment `{environment}`")))
    }

    /// The next free version number, taken by the commit.
    pub(crate) async fn next_version_number(&self, commit: Commit) -> Result<(u64, Commit), Error> {
        let key = layout::last_version(&self.id)?;
        match self.lifecycle.store.record(&key).await? {
            Some(record) => {
                let text = String::from_utf8_lossy(&record.value).into_owned();
                let last: u64 = text.parse().map_err(|_| greenroom_model::Error::Record {
                    what: "the last version number",
                    reason: format!("`{text}` is not a number"),
                })?;
                Ok((last + 1, commit.swap(&record, (last + 1).to_string())))
            }
            None => Ok((1, commit.create(key, "1"))),
        }
    }

    /// What the draft agrees on with the environment after the publish.
    async fn next_base(
        &self,
        running: Option<&Environment>,
        plan: &Plan,
    ) -> Result<(Digest, greenroom_model::Written), Error> {
        match (plan.scope(), running) {
            (Scope::NlpOnly, Some(running)) => {
                let mut edits = tree::Edits::new();
                edits.graft(&["nlp"], plan.candidate().nlp);
                self.reader().run(|objects| tree::apply(objects, &running.base, &edits)).await
            }
            _ => Ok((plan.candidate().tree, greenroom_model::Written::default())),
        }
    }

    async fn draft_moved(&self, draft: &Content, plan: &Plan) -> Result<bool, Error> {
        let models: BTreeMap<_, _> =
            plan.candidate().models.iter().map(|(language, model)| (language.clone(), model.digest)).collect();
        if draft.models != models {
            return Ok(true);
        }
        if plan.scope() == Scope::NlpOnly {
            let nlp = self.reader().run(|objects| tree::directory_digest(objects, &draft.tree, &["nlp"])).await?;
            return Ok(nlp != plan.candidate().nlp);
        }
        Ok(draft.tree != plan.candidate().tree)
    }

    async fn integrity(&self, version: &Version) -> Result<Vec<Finding>, Error> {
        let problems = self.reader().run(|objects| index::problems(objects, &version.content.index, 0)).await?;
        let mut findings = Vec::new();
        for (symbol, usages) in problems.unknown {
            for usage in usages {
                let message =
                    format!("version {} uses the {symbol}, which it lacks; choose another version", version.number);
                findings.push(Finding::new(
                    Code::of_unknown(symbol.kind),
                    Severity::Deny,
                    Subject::Part(usage.path),
                    message,
                ));
            }
        }
        for (language, digest) in &version.content.models {
            let model = greenroom_model::TrainedModel::from_bytes(&self.reader().bytes(*digest).await?)?;
            if let Some(reason) = self.unsupported(&model).await? {
                let message = format!("this build cannot load the model of version {}: {reason}", version.number);
                let subject = Subject::Language(language.clone());
                findings.push(Finding::new(Code::ModelUnsupported, Severity::Deny, subject, message));
            }
        }
        Ok(findings)
    }

    /// The version of a number.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`].
    pub async fn version(&self, number: u64) -> Result<(Digest, Version), Error> {
        let record = self.lifecycle.store.record(&layout::version(&self.id, number)?).await?;
        let record =
            record.ok_or_else(|| Error::VersionNotFound { bot: self.id.clone(), version: number.to_string() })?;
        let digest = crate::training::stored_digest(&record.value)?;
        Ok((digest, self.read_version(digest).await?))
    }

    /// What a reference names: the draft, an environment, a version.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`], [`Error::NeverPublished`].
    pub async fn resolve(&self, reference: &Reference) -> Result<Content, Error> {
        match reference {
            Reference::Draft => self.draft().await,
            Reference::Environment(environment) => self.live_content(environment).await,
            Reference::Version(number) => Ok(self.version(*number).await?.1.content),
        }
    }
}

fn moved(environment: &EnvironmentId, running: Option<Environment>) -> Error {
    match running {
        Some(running) => Error::EnvironmentMoved {
            environment: environment.clone(),
            by: running.by,
            number: running.number,
            time: running.time,
        },
        // Environments are never taken away; a plan that knows a version here is of another store.
        None => Error::Contended(format!("the environment `{environment}`")),
    }
}
