//! What a publish settles between the draft and an environment: what they agree on, and what a
//! rollback took away that somebody has decided about.

use greenroom_model::{Content, Digest, Environment, Scope, TakenBack, Written};
use greenroom_publish::Plan;

use crate::planning::carry;
use crate::{Bot, Error};

/// How draft and environment stand to each other after a publish.
pub(super) struct Agreement {
    /// What they agree on: a parts tree.
    pub(super) base: Digest,
    /// What rollbacks took away and is not settled.
    pub(super) taken_back: Vec<TakenBack>,
    /// The objects of these trees that are new.
    pub(super) written: Written,
}

impl Bot {
    /// A publish settles what it carries; a hotfix is no agreement, since the draft has no part in it.
    pub(super) async fn agreement(&self, running: Option<&Environment>, plan: &Plan) -> Result<Agreement, Error> {
        let tree = plan.candidate().tree;
        let all = |base| Agreement { base, taken_back: Vec::new(), written: Written::default() };
        let Some(running) = running else { return Ok(all(tree)) };
        match plan.scope() {
            Scope::Hotfix => Ok(Agreement { taken_back: running.taken_back.clone(), ..all(running.base) }),
            Scope::Promotion(_) => Ok(all(self.agreed_on(&content_of(plan)).await?)),
            scope if scope.is_partial() => {
                let mut reader = self.reader();
                let (base, mut written) = carry(&mut reader, scope, tree, running.base).await?;
                let mut taken_back = Vec::new();
                for taken in &running.taken_back {
                    let (settled, more) = carry(&mut reader, scope, tree, taken.tree).await?;
                    written.0.extend(more.0);
                    let (to, more) = carry(&mut reader, scope, tree, taken.to).await?;
                    written.0.extend(more.0);
                    if settled != to {
                        taken_back.push(TakenBack { tree: settled, to });
                    }
                }
                Ok(Agreement { base, taken_back, written })
            }
            _ => Ok(all(tree)),
        }
    }

    /// What the draft agreed on with the environment that made a version of this content.
    async fn agreed_on(&self, content: &Content) -> Result<Digest, Error> {
        let versions = self.versions().await?;
        let same = versions.iter().rev().find(|entry| entry.version.content == *content);
        Ok(same.map_or(content.tree, |entry| entry.version.agreed()))
    }

    /// Whether what a plan carries of the draft is no longer what the draft has.
    pub(super) async fn draft_moved(&self, draft: &Content, plan: &Plan) -> Result<bool, Error> {
        let scope = plan.scope();
        if !scope.is_of_the_draft() {
            return Ok(false);
        }
        let planned = content_of(plan);
        let carried = |content: &Content| -> Vec<_> {
            let models = content.models.iter().filter(|(language, _)| scope.carries_model(language));
            models.map(|(language, model)| (language.clone(), *model)).collect()
        };
        if carried(draft) != carried(&planned) {
            return Ok(true);
        }
        let (tree, _) = carry(&mut self.reader(), scope, draft.tree, planned.tree).await?;
        Ok(tree != planned.tree)
    }
}

/// What a plan would make live.
pub(super) fn content_of(plan: &Plan) -> Content {
    let candidate = plan.candidate();
    let models = candidate.models.iter().map(|(language, model)| (language.clone(), model.digest));
    Content { tree: candidate.tree, index: candidate.index, models: models.collect() }
}
