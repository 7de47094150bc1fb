//! Plans that are kept by their digest, so that what was looked at is what is carried out.

use greenroom_model::{Digest, Record as _};
use greenroom_publish::Plan;
use greenroom_store::{Commit, layout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Bot, Error};

/// That a plan is kept.
#[derive(Serialize, Deserialize)]
struct KeptPlan {
    /// Since when.
    kept: Timestamp,
}

impl greenroom_model::Record for KeptPlan {
    const WHAT: &'static str = "that a plan is kept";
    const FORMAT: u32 = 1;
}

/// Since when the plan of this record is kept; none where an older build wrote it.
pub(crate) fn kept_since(value: &[u8]) -> Option<Timestamp> {
    KeptPlan::from_bytes(value).ok().map(|plan| plan.kept)
}

/// The same commit, which happens only while all that the plan would publish is stored: nothing
/// keeps what a plan names that is not kept itself.
pub(crate) fn relying_on(mut commit: Commit, plan: &Plan) -> Commit {
    let candidate = plan.candidate();
    let named = [Some(candidate.tree), Some(candidate.index), candidate.nlp];
    let models = candidate.models.values().map(|model| model.digest);
    for digest in named.into_iter().flatten().chain(models).chain(plan.agreed_elsewhere().values().copied()) {
        commit = commit.rely(digest);
    }
    commit
}

/// What a commit that relies on a plan's content failed by.
pub(crate) fn gone(error: greenroom_store::Error) -> Error {
    match error {
        greenroom_store::Error::Missing(digest) => {
            Error::CandidateIncomplete { missing: vec![format!("object `{}`", digest.short())] }
        }
        error => error.into(),
    }
}

impl Bot {
    /// Keeps a plan: whoever knows its digest can carry it out later.
    ///
    /// # Errors
    /// [`Error::CandidateIncomplete`] where what it names is no longer stored; [`Error::Store`].
    pub async fn keep_plan(&self, plan: &Plan) -> Result<Digest, Error> {
        let digest = plan.digest();
        let kept = KeptPlan { kept: self.lifecycle.now() };
        let commit = relying_on(Commit::new(), plan).object(digest, plan.to_bytes());
        let commit = commit.put(layout::plan(&self.id, &digest)?, kept.to_plain_bytes());
        self.lifecycle.store.commit(commit).await.map_err(gone)?;
        Ok(digest)
    }

    /// A plan that was kept for this bot.
    ///
    /// # Errors
    /// [`Error::PlanNotFound`], also for the plan of another bot.
    pub async fn kept_plan(&self, digest: &Digest) -> Result<Plan, Error> {
        if self.lifecycle.store.record(&layout::plan(&self.id, digest)?).await?.is_none() {
            return Err(Error::PlanNotFound { bot: self.id.clone(), plan: *digest });
        }
        Ok(Plan::from_bytes(digest, &self.reader().bytes(*digest).await?)?)
    }
}
