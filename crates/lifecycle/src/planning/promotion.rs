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

/// How another environment stands: what it runs, and what the draft has agreed on with it.
pub(super) struct Elsewhere {
    stable: Digest,
    base: Digest,
}

/// What changed in an environment and is not known to the version that is promoted to it.
#[derive(Default)]
pub(super) struct Overtaking {
    /// By hotfixes.
    pub(super) hotfixes: Vec<tree::Difference>,
    /// By publishes.
    pub(super) publishes: Vec<tree::Difference>,
}

impl Bot {
    /// How each environment but this one stands. To be read before the draft, which then knows at
    /// least as much of them.
    pub(super) async fn elsewhere(
        &self,
        environment: &EnvironmentId,
    ) -> Result<BTreeMap<EnvironmentId, Elsewhere>, Error> {
        let others = self.environments().await?.into_iter().filter(|(id, _)| id != environment);
        Ok(others.map(|(id, other)| (id, Elsewhere { stable: other.stable, base: other.base })).collect())
    }

    /// What a version of this content would know of the other environments; what is new is stored.
    pub(super) async fn agreed_elsewhere(
        &self,
        reader: &mut ObjectReader<'_>,
        (scope, content): (&Scope, &Content),
        elsewhere: BTreeMap<EnvironmentId, Elsewhere>,
        running: Option<&Running>,
        promoted: Option<&Version>,
    ) -> Result<BTreeMap<EnvironmentId, Digest>, Error> {
        let mut agreed = BTreeMap::new();
        let before = match scope {
            Scope::Promotion(_) => promoted,
            // The whole draft goes there, and it knows what it has agreed on.
            scope if !scope.is_partial() && *scope != Scope::Hotfix => None,
            _ => running.map(|running| &running.version),
        };
        let Some(before) = before else {
            return Ok(elsewhere.into_iter().map(|(id, other)| (id, other.base)).collect());
        };
        let mut commit = Commit::new();
        for (id, Elsewhere { stable, base }) in elsewhere {
            let known = match scope {
                // It is the very bot that runs there.
                Scope::Promotion(from) if *from == id => Some(content.tree),
                // None stays none: parts that do not go along are as unknown there as before.
                _ => self.known_of(before, &id, stable).await?,
            };
            let Some(mut known) = known else { continue };
            if scope.is_partial() {
                let (tree, written) = carry(reader, scope, base, known).await?;
                // The base is read, not written: a merge may have moved on from it.
                commit = commit.objects(written).rely(base);
                known = tree;
            }
            agreed.insert(id, known);
        }
        if !commit.is_empty() {
            self.lifecycle.store.commit(commit).await?;
        }
        Ok(agreed)
    }

    /// What a version knows of another environment that runs `stable`: that very tree, if it ran
    /// there since, for then it was taken there; else what the draft had agreed on. None: nothing.
    async fn known_of(
        &self,
        version: &Version,
        environment: &EnvironmentId,
        stable: Digest,
    ) -> Result<Option<Digest>, Error> {
        let mut at = Some(stable);
        for _ in 0..MAX_VERSIONS {
            let Some(digest) = at else { break };
            let there = self.read_version(digest).await?;
            if there.number < version.number {
                break;
            }
            if there.content.tree == version.content.tree {
                return Ok(Some(there.content.tree));
            }
            at = there.parent;
        }
        Ok(version.agreed_elsewhere.get(environment).copied())
    }

    /// What changed in the environment that the promoted version does not know of, among what the
    /// promotion would change: by the act that changed each part last.
    ///
    /// `away` is what rollbacks took away: live's state of such a part may be older than the one
    /// that the promoted version knows, and then nothing overtook it.
    pub(super) async fn overtaking(
        &self,
        reader: &mut ObjectReader<'_>,
        (promoted, draft): (&Version, &Content),
        environment: &EnvironmentId,
        running: &Running,
        (from_live, away): (&[tree::Difference], &BTreeSet<String>),
    ) -> Result<Overtaking, Error> {
        let live = running.version.content.tree;
        let known = self.known_of(promoted, environment, running.environment.stable).await?;
        let undecided = self.undecided(reader, promoted, draft, running).await?;
        // Each part that is another in live than the promoted version knows, with what it knows.
        let mut unknown: BTreeMap<String, tree::Difference> = match known {
            Some(known) => reader.run(|objects| tree::diff(objects, &known, &live)).await?,
            None => {
                let path_and_live = from_live.iter().map(|one| (one.path.clone(), one.before));
                path_and_live.map(|(path, after)| tree::Difference { path, before: None, after }).collect()
            }
        }
        .into_iter()
        .map(|difference| (difference.path.clone(), difference))
        .collect();
        let changing: BTreeSet<&str> = from_live.iter().map(|difference| difference.path.as_str()).collect();
        unknown.retain(|path, _| changing.contains(path.as_str()) && undecided.contains(path));

        let mut overtaking = Overtaking::default();
        // Of what rollbacks took away: whether a hotfix changed it last.
        let mut perhaps_older: BTreeMap<String, (tree::Difference, bool)> = BTreeMap::new();
        let mut version = Some(running.version.clone());
        for _ in 0..MAX_VERSIONS {
            let Some(at) = version.take().filter(|_| !unknown.is_empty() || !perhaps_older.is_empty()) else { break };
            let parent = match at.parent {
                Some(parent) => Some(self.read_version(parent).await?),
                None => None,
            };
            let (nothing, written) = tree::empty();
            reader.keep(&written.0);
            let (before, after) = (parent.as_ref().map_or(nothing, |parent| parent.content.tree), at.content.tree);
            for change in reader.run(|objects| tree::diff(objects, &before, &after)).await? {
                if let Some(difference) = unknown.remove(&change.path) {
                    let by_hotfix = at.origin == Origin::Publish(Scope::Hotfix)
                        || self.is_agreed_otherwise(reader, &at, &change).await?;
                    if known.is_none() || !away.contains(&change.path) {
                        overtaking.take(difference, by_hotfix);
                    } else {
                        perhaps_older.insert(change.path.clone(), (difference, by_hotfix));
                    }
                }
                // Live had the known state before the present one: it is newer, after all.
                if perhaps_older.get(&change.path).is_some_and(|(one, _)| one.before == change.before)
                    && let Some((difference, by_hotfix)) = perhaps_older.remove(&change.path)
                {
                    overtaking.take(difference, by_hotfix);
                }
            }
            version = parent;
        }
        // None of the versions that were looked through changed it: that was long ago. (What neither
        // live has nor anything is known of, was never there.)
        unknown.retain(|path, one| (known.is_some() || one.after.is_some()) && !away.contains(path));
        for difference in unknown.into_values() {
            let by_hotfix = self.is_agreed_otherwise(reader, &running.version, &difference).await?;
            overtaking.take(difference, by_hotfix);
        }
        Ok(overtaking)
    }

    /// The parts in which the draft is not what is promoted, or has not agreed on what live runs. In
    /// all others the draft itself might be published: somebody has decided.
    async fn undecided(
        &self,
        reader: &mut ObjectReader<'_>,
        promoted: &Version,
        draft: &Content,
        running: &Running,
    ) -> Result<BTreeSet<String>, Error> {
        let (base, live) = (running.environment.base, running.version.content.tree);
        let mut open = reader.run(|objects| tree::diff(objects, &base, &live)).await?;
        let (own, promoted) = (draft.tree, promoted.content.tree);
        open.extend(reader.run(|objects| tree::diff(objects, &own, &promoted)).await?);
        Ok(open.into_iter().map(|difference| difference.path).collect())
    }

    /// Whether a version has a part in another state than the draft had agreed on: by a hotfix that
    /// it brought from elsewhere.
    async fn is_agreed_otherwise(
        &self,
        reader: &mut ObjectReader<'_>,
        version: &Version,
        part: &tree::Difference,
    ) -> Result<bool, Error> {
        let (agreed, segments) = (version.agreed(), part.path.split('/').collect::<Vec<_>>());
        Ok(reader.run(|objects| tree::get(objects, &agreed, &segments)).await? != part.after)
    }
}

impl Overtaking {
    fn take(&mut self, difference: tree::Difference, by_hotfix: bool) {
        if by_hotfix { &mut self.hotfixes } else { &mut self.publishes }.push(difference);
    }
}
