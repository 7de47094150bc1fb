//! The plan: what would be published, every finding, and the decision; frozen.

mod judging;
#[cfg(test)]
mod tests;
mod wording;

pub use judging::{plan, plan_with};

use std::collections::BTreeMap;

use greenroom_model::{BotId, Digest, EnvironmentId, Finding, Scope, Severity, from_json_strictly, to_canonical_bytes};
use serde::{Deserialize, Serialize};

use crate::{Acknowledged, Candidate, Diff, Error};

/// The format of plans that this build writes.
const FORMAT: u32 = 3;

/// Whether a plan may be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// No finding denies it.
    Allow,
    /// At least one finding denies it.
    Deny,
}

/// What would be published, every finding about it, and the decision.
///
/// A plan is frozen: only [`plan()`], [`plan_with`] and [`Plan::from_bytes`] make
/// one, and its digest names all that it says. Its text form is for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    format: u32,
    bot: BotId,
    environment: EnvironmentId,
    scope: Scope,
    candidate: Candidate,
    live: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Digest>,
    diff: Diff,
    findings: Vec<Finding>,
    decision: Decision,
    policy: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_policy: Option<Digest>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    agreed_elsewhere: BTreeMap<EnvironmentId, Digest>,
    notes: String,
    #[serde(default, skip_serializing_if = "Acknowledged::is_nothing")]
    acknowledged: Acknowledged,
}

impl Decision {
    /// The decision that findings call for.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        if findings.iter().any(|finding| finding.severity == Severity::Deny) { Self::Deny } else { Self::Allow }
    }
}

impl Plan {
    /// The format that this build writes.
    pub const FORMAT: u32 = FORMAT;

    /// The bot.
    #[must_use]
    pub fn bot(&self) -> &BotId {
        &self.bot
    }

    /// The environment whose pointer the publish would move.
    #[must_use]
    pub fn environment(&self) -> &EnvironmentId {
        &self.environment
    }

    /// What the publish carries over from the draft.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What would be live, with the models in use and no others.
    #[must_use]
    pub fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    /// The version that was live when the plan was made.
    #[must_use]
    pub fn live(&self) -> Option<Digest> {
        self.live
    }

    /// Where the environment stood then ([`greenroom_model::Environment::position`]): a plan is of no
    /// use once a publish or a rollback has moved it, even if that led back to the same version.
    #[must_use]
    pub fn position(&self) -> Option<Digest> {
        self.position
    }

    /// The parts in which the candidate differs from that version.
    #[must_use]
    pub fn diff(&self) -> &Diff {
        &self.diff
    }

    /// Every finding: what denies first, then what warns.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether it may be carried out.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The digest of the policy that judged.
    #[must_use]
    pub fn policy(&self) -> Digest {
        self.policy
    }

    /// The digest of the bot's own policy when the plan was made: the one that judged, unless
    /// somebody had another one judge. A plan is of no use once the bot has another.
    #[must_use]
    pub fn own_policy(&self) -> Digest {
        self.own_policy.unwrap_or(self.policy)
    }

    /// What the version knows of the other environments.
    #[must_use]
    pub fn agreed_elsewhere(&self) -> &BTreeMap<EnvironmentId, Digest> {
        &self.agreed_elsewhere
    }

    /// What the author has seen and wants all the same.
    #[must_use]
    pub fn acknowledged(&self) -> &Acknowledged {
        &self.acknowledged
    }

    /// The release notes.
    #[must_use]
    pub fn notes(&self) -> &str {
        &self.notes
    }

    /// The bytes that are stored; their digest names the plan.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical_bytes(self).unwrap_or_default()
    }

    /// The name of the plan.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// Reads stored bytes and checks that they are the plan of this digest, and
    /// that its decision is the one that its findings call for.
    ///
    /// # Errors
    /// [`Error::DamagedPlan`], or [`Error::NewerPlan`] of a newer build's plan.
    pub fn from_bytes(digest: &Digest, bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let damaged = |reason: String| Error::DamagedPlan { digest: *digest, reason };
        if Digest::of(bytes) != *digest {
            return Err(damaged("its bytes have another digest".to_owned()));
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if head.format > FORMAT {
            return Err(Error::NewerPlan { found: head.format, supported: FORMAT });
        }
        let plan: Self = from_json_strictly(bytes).map_err(damaged)?;
        if plan.decision != Decision::of(&plan.findings) {
            return Err(damaged("its decision is not the one that its findings call for".to_owned()));
        }
        if plan.to_bytes() != bytes {
            return Err(damaged("its bytes are not in canonical form".to_owned()));
        }
        Ok(plan)
    }
}
