//! Carrying out a plan: one commit that moves a pointer.

mod agreement;
mod rollback;

use std::collections::BTreeSet;

use greenroom_model::{Content, Digest, Environment, EnvironmentId, Origin, Record as _, Scope, Severity, Version};
use greenroom_publish::{Decision, Plan, Policy};
use greenroom_store::{Commit, Expected, Record, layout};
use serde::{Deserialize, Serialize};

use agreement::{Agreement, content_of};
pub use rollback::RolledBack;

use crate::audit::Act;
use crate::draft::MAX_REPEATS;
use crate::plans::{gone, relying_on};
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
    /// Whether nothing was done now: a publish under this idempotency key had happened before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// Of a rollback: as [`RolledBack::log_fault`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_fault: Option<String>,
}

impl Bot {
    /// Carries out a plan: what it froze goes live, in one step.
    ///
    /// # Errors
    /// [`Error::Refused`] by the plan's findings; [`Error::EnvironmentMoved`] when
    /// somebody else published since the plan was made, [`Error::PolicyChanged`] when somebody set
    /// another policy (but for rollbacks); [`Error::CandidateIncomplete`] where the store no longer
    /// has what the plan froze.
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
        let target = match plan.scope() {
            Scope::Rollback(number) => Some(self.target(environment, *number).await?),
            _ => None,
        };
        for _ in 0..MAX_REPEATS {
            if let Some(key) = key
                && let Some(kept) = self.kept_publish(key).await?
            {
                return Ok(Published { replayed: true, ..kept.of_plan(plan)? });
            }
            let running = self.read_environment(environment).await?;
            if running.as_ref().map(|(_, running)| running.position()) != plan.position() {
                return Err(moved(environment, running.map(|(_, running)| running)));
            }
            self.check_candidate(&content_of(plan)).await?;
            let done = match (&target, running) {
                (Some(target), Some(running)) => {
                    self.move_back(environment, target, running, key.zip(Some(plan))).await
                }
                (_, running) => self.publish_version(plan, running, key).await,
            };
            match done {
                Ok(published) => return Ok(published),
                // The pointer moved, or the key was used, which the next round tells; or a version was saved meanwhile.
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                // Nobody knows whether it happened; but the key's record does.
                Err(error @ Error::Store(greenroom_store::Error::Backend { .. })) if key.is_some() => {
                    return match self.kept_publish_of(key).await {
                        Some(kept) => kept.of_plan(plan),
                        None => Err(error),
                    };
                }
                Err(Error::Store(error @ greenroom_store::Error::Missing(_))) => return Err(gone(error)),
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended(format!("the environment `{environment}`")))
    }

    /// Makes the version of a plan and points the environment to it.
    async fn publish_version(
        &self,
        plan: &Plan,
        running: Option<(Record, Environment)>,
        key: Option<&IdempotencyKey>,
    ) -> Result<Published, Error> {
        let environment = plan.environment();
        let commit = self.under_policy(relying_on(Commit::new(), plan), plan).await?;
        let draft_moved = self.draft_moved(&self.draft().await?, plan).await?;
        let Agreement { base, taken_back, written } =
            self.agreement(running.as_ref().map(|(_, running)| running), plan).await?;
        let (number, commit) = self.next_version_number(commit.objects(written)).await?;
        let content = content_of(plan);
        // Once: a plan that holds many findings is long.
        let planned = plan.to_bytes();
        let plan_digest = Digest::of(&planned);
        let version = Version {
            number,
            origin: Origin::Publish(plan.scope().clone()),
            base: (base != content.tree).then_some(base),
            content,
            notes: plan.notes().to_owned(),
            author: self.lifecycle.actor.clone(),
            time: self.lifecycle.now(),
            parent: plan.live(),
            plan: Some(plan_digest),
            policy: Some(plan.policy()),
            agreed_elsewhere: plan.agreed_elsewhere().clone(),
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
            taken_back,
            previous: plan.live(),
        };
        let published = Published {
            environment: environment.clone(),
            version: digest,
            number,
            draft_moved,
            replayed: false,
            log_fault: None,
        };
        let mut commit = commit
            .object(digest, bytes)
            .object(plan_digest, planned)
            .create(layout::version(&self.id, number)?, digest.to_string());
        commit = match &running {
            Some((record, _)) => commit.swap(record, pointer.to_bytes()),
            None => commit.create(layout::environment(&self.id, environment)?, pointer.to_bytes()),
        };
        if let Some(key) = key {
            commit = self.keep_publish(key, plan_digest, &published, commit)?;
        }
        let act = Act::Published {
            environment: environment.clone(),
            scope: plan.scope().clone(),
            version: digest,
            number,
            plan: plan_digest,
            discarded: plan.acknowledged().discard.clone(),
            reintroduced: plan.acknowledged().reintroduce,
        };
        self.act(act, commit).await?;
        Ok(published)
    }

    /// The same commit, which happens only while the bot's policy is the one that it was when the plan
    /// was made: whoever forbids something forbids it of plans, too, that are kept already.
    async fn under_policy(&self, commit: Commit, plan: &Plan) -> Result<Commit, Error> {
        let key = layout::policy(&self.id)?;
        let (policy, commit) = match self.lifecycle.store.record(&key).await? {
            Some(record) => {
                let policy = Policy::from_json(&record.value)?;
                (policy, commit.swap(&record, record.value.clone()))
            }
            None => (Policy::default(), commit.with(key, Expected::Absent, None)),
        };
        if policy.digest() == plan.own_policy() { Ok(commit) } else { Err(Error::PolicyChanged(self.id.clone())) }
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
