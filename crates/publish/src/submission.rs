//! What is submitted for publishing: all that a rule may look at.

use std::collections::BTreeMap;

use greenroom_model::{Digest, PartPath, Scope};

use crate::{Change, Evidence, Indexes, Live, Policy};

/// All that a rule may look at. Rules read it and nothing else.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Submission<'a> {
    /// What is to be published.
    pub change: &'a Change,
    /// Facts about the candidate, about live and about the environment.
    pub indexes: &'a Indexes,
    /// What was observed, of this candidate and of others.
    pub evidence: &'a [Evidence],
    /// The policy that judges.
    pub policy: &'a Policy,
    /// The release notes.
    pub notes: &'a str,
    /// The digest of the candidate, which evidence must name.
    pub candidate: Digest,
    names: BTreeMap<&'a PartPath, &'a str>,
}

impl<'a> Submission<'a> {
    pub(crate) fn new(
        change: &'a Change,
        indexes: &'a Indexes,
        evidence: &'a [Evidence],
        policy: &'a Policy,
        notes: &'a str,
    ) -> Self {
        let changed = change.diff.parts.iter().map(|part| (&part.path, part.name.as_str()));
        let known = indexes.names.iter().map(|(path, name)| (path, name.as_str()));
        // What the index knows stands after, so it has the last word.
        let names = changed.chain(known).collect();
        Self { change, indexes, evidence, policy, notes, candidate: change.candidate.digest(), names }
    }

    /// What is live, where something is.
    #[must_use]
    pub fn live(&self) -> Option<&'a Live> {
        self.change.live.as_ref()
    }

    /// What the publish carries.
    #[must_use]
    pub fn scope(&self) -> &'a Scope {
        &self.change.scope
    }

    /// Whether the author answers for a part in this publish: it goes out by its scope, or a hotfix edits it.
    #[must_use]
    pub fn concerns(&self, path: &PartPath) -> bool {
        match self.scope() {
            Scope::Hotfix => self.change.diff.get(path).is_some(),
            scope => scope.carries(path),
        }
    }

    /// The name of a part, where it is known.
    #[must_use]
    pub fn name_of(&self, path: &PartPath) -> Option<&'a str> {
        self.names.get(path).copied()
    }
}
