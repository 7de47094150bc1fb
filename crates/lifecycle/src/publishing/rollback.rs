//! Going back to an older version: it looks at that version alone, so that it works whatever is
//! wrong with the one that runs.

use std::collections::BTreeSet;

use greenroom_model::{
    Code, Digest, Environment, EnvironmentId, Finding, Origin, Record as _, Severity, Subject, TakenBack, TrainedModel,
    Version, index,
};
use greenroom_publish::Plan;
use greenroom_store::{Commit, Record};
use serde::Serialize;

use crate::audit::Act;
use crate::draft::MAX_REPEATS;
use crate::{Bot, Error, IdempotencyKey, Published};

/// How many states that rollbacks took away an environment remembers: the latest.
const MAX_TAKEN_BACK: usize = 16;

/// What a rollback did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RolledBack {
    /// The environment.
    pub environment: EnvironmentId,
    /// The number of the version that it ran.
    pub from: u64,
    /// The number of the version that it runs now.
    pub to: u64,
    /// What is wrong with the audit log, where it was tampered with so that no other act goes on.
    /// It did not stand in the way; its entry in the log says so, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_fault: Option<String>,
}

/// A version to go back to, and those that it takes away.
pub(super) struct Target {
    digest: Digest,
    version: Version,
    later: BTreeSet<Digest>,
}

impl Bot {
    /// Puts an environment back to a version that was published. Only what cannot
    /// run is refused: references that lead nowhere, models that this build cannot
    /// load. An audit log that was tampered with does not stand in the way; the answer says it.
    /// Conversations on versions that came after it follow at their next turn.
    ///
    /// # Errors
    /// [`Error::VersionNotFound`], [`Error::NeverPublished`], [`Error::Refused`];
    /// [`Error::SavedDraft`] of a version that only keeps a draft; [`Error::NotOfEnvironment`] of
    /// one that was published elsewhere.
    pub async fn rollback(&self, environment: &EnvironmentId, number: u64) -> Result<RolledBack, Error> {
        let target = self.target(environment, number).await?;
        let findings = self.integrity(&target.version).await?;
        if !findings.is_empty() {
            return Err(Error::Refused(findings));
        }
        for _ in 0..MAX_REPEATS {
            let Some((record, running)) = self.read_environment(environment).await? else {
                return Err(self.never_published(environment).await?);
            };
            let from = running.number;
            match self.move_back(environment, &target, (record, running), None).await {
                Ok(done) => {
                    let Published { environment, number: to, log_fault, .. } = done;
                    return Ok(RolledBack { environment, from, to, log_fault });
                }
                Err(Error::Store(greenroom_store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Contended(format!("the environment `{environment}`")))
    }

    pub(super) async fn target(&self, environment: &EnvironmentId, number: u64) -> Result<Target, Error> {
        let (digest, version) = self.version(number).await?;
        if version.origin == Origin::Save {
            return Err(Error::SavedDraft { number });
        }
        // A version of another environment was never judged for this one. A plan that cannot be
        // read any more must not stand in the way.
        if let Some(plan) = version.plan
            && let Ok(bytes) = self.reader().bytes(plan).await
            && let Ok(plan) = Plan::from_bytes(&plan, &bytes)
            && plan.environment() != environment
        {
            let (environment, of) = (environment.clone(), plan.environment().clone());
            return Err(Error::NotOfEnvironment { number, environment, of });
        }
        let versions = self.versions().await?.into_iter();
        let later = versions.filter(|entry| entry.version.number > number).map(|entry| entry.digest).collect();
        Ok(Target { digest, version, later })
    }

    /// Points an environment to an older version, perhaps under a key that keeps what a plan did.
    pub(super) async fn move_back(
        &self,
        environment: &EnvironmentId,
        target: &Target,
        (record, mut running): (Record, Environment),
        key: Option<(&IdempotencyKey, &Plan)>,
    ) -> Result<Published, Error> {
        let Target { digest, version, later } = target;
        let (from, to) = (running.number, version.number);
        let mut done = Published {
            environment: environment.clone(),
            version: *digest,
            number: to,
            draft_moved: false,
            replayed: false,
            log_fault: None,
        };
        let mut commit = Commit::new();
        if let Some((key, plan)) = key {
            let planned = plan.to_bytes();
            let plan = Digest::of(&planned);
            commit = self.keep_publish(key, plan, &done, commit.object(plan, planned))?;
        }
        if running.stable == *digest {
            if key.is_some() {
                // Nothing is to be done, and nothing must be done later under this key.
                self.lifecycle.store.commit(commit.swap(&record, running.to_bytes())).await?;
            }
            return Ok(done);
        }
        // What cannot be read any more cannot come back either, and must not stand in the way.
        let taken = self.read_version(running.stable).await.ok().map(|version| version.content.tree);
        let target = version.content.tree;
        let taken = taken.filter(|_| running.number > version.number);
        running.taken_back.extend(taken.map(|tree| TakenBack { tree, to: target }));
        running.taken_back.retain(|taken| taken.tree != target);
        let surplus = running.taken_back.len().saturating_sub(MAX_TAKEN_BACK);
        running.taken_back.drain(..surplus);
        running.base = version.agreed();
        running.withdrawn.insert(running.stable);
        running.withdrawn.extend(later);
        running.withdrawn.remove(digest);
        running.stable = *digest;
        running.number = version.number;
        running.previous = version.parent;
        running.by.clone_from(&self.lifecycle.actor);
        running.time = self.lifecycle.now();
        let commit = commit.swap(&record, running.to_bytes());
        let act = |log_fault| Act::RolledBack { environment: environment.clone(), from, to, log_fault };
        let fault = self.lifecycle.act_whatever_the_log(&self.id, &act, commit).await?;
        done.log_fault = fault.map(|fault| fault.to_string());
        Ok(done)
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
            let model = TrainedModel::from_bytes(&self.reader().bytes(*digest).await?)?;
            if let Some(reason) = self.unsupported(&model).await? {
                let message = format!("this build cannot load the model of version {}: {reason}", version.number);
                let subject = Subject::Language(language.clone());
                findings.push(Finding::new(Code::ModelUnsupported, Severity::Deny, subject, message));
            }
        }
        Ok(findings)
    }
}
