//! Plans that are kept by their digest, so that what was looked at is what is carried out.

use greenroom_model::Digest;
use greenroom_publish::Plan;
use greenroom_store::{Commit, layout};

use crate::{Bot, Error};

impl Bot {
    /// Keeps a plan: whoever knows its digest can carry it out later.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn keep_plan(&self, plan: &Plan) -> Result<Digest, Error> {
        let digest = plan.digest();
        let commit = Commit::new().object(digest, plan.to_bytes()).put(layout::plan(&self.id, &digest)?, "{}");
        self.lifecycle.store.commit(commit).await?;
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
