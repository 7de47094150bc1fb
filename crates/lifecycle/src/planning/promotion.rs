//! What an environment and the version that is promoted to it know of each other.
//!
//! A version keeps what the draft had agreed on with the other environments when it was carried:
//! the state of each part there that its authors knew. Where the other environment has a part in
//! another state now, it was changed since, and a promotion would change it back unseen.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{Content, Digest, EnvironmentId, Origin, Scope, Version, tree};
use greenroom_store::Commit;

use super::Running;
use super::carrying::carry;
use crate::objects::ObjectReader;
use crate::{Bot, Error};

/// How many versions are looked through for what changed a part.
const MAX_VERSIONS: usize = 1_000;

/// What changed in an environment and is not known to the version that is promoted to it.
#[derive(Default)]
pub(super) struct Overtaking {
    /// By hotfixes.
    pub(super) hotfixes: Vec<tree::Difference>,
    /// By publishes.
    pub(super) publishes: Vec<tree::Difference>,
}

impl Bot {
    /// What the draft has agreed on with each environment but this one: parts trees. To be read
    /// before the draft, which then knows at least as much.
    pub(super) async fn bases_elsewhere(
        &self,
        environment: &EnvironmentId,
    ) -> Result<BTreeMap<EnvironmentId, Digest>, Error> {
        let others = self.environments().await?.into_iter().filter(|(id, _)| id != environment);
        Ok(others.map(|(id, other)| (id, other.base)).collect())
    }

    /// What a version of this content would know of the other environments; what is new is stored.
    pub(super) async fn agreed_elsewhere(
        &self,
        reader: &mut ObjectReader<'_>,
        (scope, content): (&Scope, &Content),
        bases: BTreeMap<EnvironmentId, Digest>,
        running: Option<&Running>,
        promoted: Option<&Version>,
    ) -> Result<BTreeMap<EnvironmentId, Digest>, Error> {
        let known = running.map(|running| &running.version.agreed_elsewhere);
        match (scope, known, promoted) {
            (Scope::Promotion(from), _, Some(promoted)) => {
                let mut known = promoted.agreed_elsewhere.clone();
                known.retain(|id, _| bases.contains_key(id));
                // It is the very bot that runs there.
                known.insert(from.clone(), content.tree);
                Ok(known)
            }
            (Scope::Hotfix | Scope::Rollback(_), known, _) => Ok(known.cloned().unwrap_or_default()),
            (scope, Some(known), _) if scope.is_partial() => {
                let (nothing, empty) = tree::empty();
                reader.keep(&empty.0);
                let (mut all, mut commit) = (BTreeMap::new(), Commit::new());
                for (id, base) in bases {
                    let onto = known.get(&id).copied().unwrap_or(nothing);
                    let (tree, written) = carry(reader, scope, base, onto).await?;
                    // The base is read, not written: a merge may have moved on from it.
                    commit = commit.objects(written).rely(base);
                    all.insert(id, tree);
                }
                if !commit.is_empty() {
                    self.lifecycle.store.commit(commit.objects(empty)).await?;
                }
                Ok(all)
            }
            _ => Ok(bases),
        }
    }

    /// What changed in the environment that the promoted version does not know of, among what the
    /// promotion would change: by the act that changed each part last.
    pub(super) async fn overtaking(
        &self,
        reader: &mut ObjectReader<'_>,
        promoted: &Version,
        environment: &EnvironmentId,
        running: &Version,
        from_live: &[tree::Difference],
    ) -> Result<Overtaking, Error> {
        let (nothing, written) = tree::empty();
        reader.keep(&written.0);
        let known = promoted.agreed_elsewhere.get(environment).copied().unwrap_or(nothing);
        let live = running.content.tree;
        let mut unknown = reader.run(|objects| tree::diff(objects, &known, &live)).await?;
        let changing: BTreeSet<&str> = from_live.iter().map(|difference| difference.path.as_str()).collect();
        unknown.retain(|difference| changing.contains(difference.path.as_str()));
        let (mut overtaking, mut version) = (Overtaking::default(), running.clone());
        for _ in 0..MAX_VERSIONS {
            let (Some(parent), false) = (version.parent, unknown.is_empty()) else { break };
            let parent = self.read_version(parent).await?;
            let (before, after) = (parent.content.tree, version.content.tree);
            let changed = reader.run(|objects| tree::diff(objects, &before, &after)).await?;
            let changed: BTreeSet<&str> = changed.iter().map(|difference| difference.path.as_str()).collect();
            let (by_this, others): (Vec<_>, Vec<_>) =
                unknown.into_iter().partition(|difference| changed.contains(difference.path.as_str()));
            match version.origin {
                Origin::Publish(Scope::Hotfix) => overtaking.hotfixes.extend(by_this),
                _ => overtaking.publishes.extend(by_this),
            }
            unknown = others;
            version = parent;
        }
        // The first version of the environment had it.
        overtaking.publishes.extend(unknown);
        Ok(overtaking)
    }
}
