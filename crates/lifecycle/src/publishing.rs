//! Carrying out a plan: one commit that moves a pointer.

mod agreement;
mod rollback;

use std::collections::BTreeSet;

use greenroom_model::{Content, Digest, Environment, EnvironmentId, Origin, Record as _, Scope, Severity, Version};
use greenroom_publish::{Decision, Plan};
use greenroom_store::{Commit, layout};
use serde::Serialize;

use agreement::{Agreement, content_of};
pub use rollback::RolledBack;

use crate::audit::Act;
use crate::draft::MAX_REPEATS;
use crate::plans::{gone, relying_on};
use crate::{Bot, Error, Reference};

/// What a publish did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

impl Bot {
    /// Carries out a plan: what it froze goes live, in one step.
    ///
    /// # Errors
    /// [`Error::Refused`] by the plan's findings; [`Error::EnvironmentMoved`] when
    /// somebody else published since the plan was made; [`Error::PlanGone`] for one
    /// that was not kept and whose content a collection of garbage took.
    pub async fn publish(&self, plan: &Plan) -> Result<Published, Error> {
        if plan.decision() == Decision::Deny {
            let denied = plan.findings().iter().filter(|finding| finding.severity == Severity::Deny);
            return Err(Error::Refused(denied.cloned().collect()));
        }
        let environment = plan.environment();
        let target = match plan.scope() {
            Scope::Rollback(number) => Some(self.target(*number).await?),
            _ => None,
        };
        for _ in 0..MAX_REPEATS {
            let running = self.read_environment(environment).await?;
            if running.as_ref().map(|(_, running)| running.stable) != plan.live() {
                return Err(moved(environment, running.map(|(_, running)| running)));
            }
            let published = match (&target, running) {
                (Some(target), Some(running)) => {
                    let moved = self.move_back(environment, target, running).await?;
                    let version = target.digest();
                    moved.map(|moved| Published {
                        environment: moved.environment,
                        version,
                        number: moved.to,
                        draft_moved: false,
                    })
                }
                (_, running) => self.publish_version(plan, running).await?,
            };
            // Where there is none the pointer moved, which the next round tells, or a version was saved meanwhile.
            if let Some(published) = published {
                return Ok(published);
            }
        }
        Err(Error::Contended(format!("the environment `{environment}`")))
    }

    /// Makes the version of a plan and points the environment to it; `None` where another was faster.
    async fn publish_version(
        &self,
        plan: &Plan,
        running: Option<(greenroom_store::Record, Environment)>,
    ) -> Result<Option<Published>, Error> {
        let environment = plan.environment();
        let draft_moved = self.draft_moved(&self.draft().await?, plan).await?;
        let Agreement { base, taken_back, written } =
            self.agreement(running.as_ref().map(|(_, running)| running), plan).await?;
        let (number, commit) = self.next_version_number(relying_on(Commit::new().objects(written), plan)).await?;
        let content = content_of(plan);
        let version = Version {
            number,
            origin: Origin::Publish(plan.scope().clone()),
            base: (base != content.tree).then_some(base),
            content,
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
            taken_back,
        };
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
            scope: plan.scope().clone(),
            version: digest,
            number,
            plan: plan.digest(),
        };
        match self.act(act, commit).await {
            Ok(()) => Ok(Some(Published { environment: environment.clone(), version: digest, number, draft_moved })),
            Err(Error::Store(greenroom_store::Error::Conflict { .. })) => Ok(None),
            Err(Error::Store(error @ greenroom_store::Error::Missing(_))) => Err(gone(error, plan)),
            Err(error) => Err(error),
        }
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
