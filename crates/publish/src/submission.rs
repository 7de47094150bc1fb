//! What is submitted for publishing: all that a rule may look at.

use greenroom_model::{Digest, PartPath, Usage};

use crate::{Change, Evidence, Indexes, Live, Policy};

/// All that a rule may look at. Rules read it and nothing else.
#[derive(Debug, Clone, Copy)]
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
}

impl<'a> Submission<'a> {
    pub(crate) fn new(
        change: &'a Change,
        indexes: &'a Indexes,
        evidence: &'a [Evidence],
        policy: &'a Policy,
        notes: &'a str,
    ) -> Self {
        Self { change, indexes, evidence, policy, notes, candidate: change.candidate.digest() }
    }

    /// What is live, where something is.
    #[must_use]
    pub fn live(&self) -> Option<&'a Live> {
        self.change.live.as_ref()
    }

    /// The name of a part, where it is known.
    #[must_use]
    pub fn name_of(&self, path: &PartPath) -> Option<&'a str> {
        let changed = || self.change.diff.get(path).map(|part| part.name.as_str());
        self.indexes.names.get(path).map(String::as_str).or_else(changed)
    }

    /// A usage as messages give it: the place, and the part's name where it is known.
    #[must_use]
    pub fn describe(&self, usage: &Usage) -> String {
        match self.name_of(&usage.path) {
            Some(name) => format!("`{usage}` (\"{name}\")"),
            None => format!("`{usage}`"),
        }
    }
}
