//! What the rules ask of the bot's index, gathered by the caller.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::index::Problems;
use greenroom_model::tree::Difference;
use greenroom_model::{IntentId, Language, PartPath, Scope, Selection, Symbol, Usage};

use crate::PartChange;

/// Facts about the candidate, about live and about the environment.
///
/// Whoever calls [`plan`](crate::plan()) reads them from the index; the crate itself reads nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Indexes {
    /// What the candidate's index knows to be wrong, read with
    /// `few_below` = [`Policy::few_examples_minimum`](crate::Policy::few_examples_minimum).
    pub problems: Problems,
    /// For a language whose model is stale: what changed since it was trained.
    pub training_changes: BTreeMap<Language, Vec<PartChange>>,
    /// For each language: labels of live's model that the candidate lacks.
    pub removed_intents: BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>>,
    /// Languages that live's settings or the environment's channels name, with the places.
    pub languages_in_use: BTreeMap<Language, Vec<String>>,
    /// Parts that a hotfix changed in the environment and that the publish would change again: what
    /// it carries, but for tests, where live differs both from the base and from the candidate.
    pub hotfixed: BTreeSet<PartPath>,
    /// Parts that would be again what a rollback took away.
    pub brought_back: BTreeSet<PartPath>,
    /// For a promotion: parts that were published to the environment after the version that is promoted
    /// was made, and that it would change back.
    pub overtaken: BTreeSet<PartPath>,
    /// For a publish of a part of the bot: what the draft as a whole uses and lacks, so that publishing
    /// all of it would be refused, too.
    pub unknown_in_draft: BTreeMap<Symbol, BTreeSet<Usage>>,
    /// For scope `flows`: what must go along for nothing to be missing; `None` where nothing needs
    /// to, or where nothing in the draft would help.
    pub addition: Option<Selection>,
    /// Open conversations by the node that they wait at, for nodes that the candidate lacks.
    pub sessions_at_gone_nodes: BTreeMap<Usage, u64>,
    /// How many channels the environment has.
    pub channels: usize,
    /// How many tests the bot has.
    pub tests: usize,
    /// Names of parts, so that messages can give them beside the ids. May be
    /// empty: messages then give the ids alone.
    pub names: BTreeMap<PartPath, String>,
}

impl Indexes {
    /// The parts that a hotfix changed and that a publish would change again.
    #[must_use]
    pub fn hotfixed(scope: &Scope, from_base_to_live: &[Difference], from_live: &[Difference]) -> BTreeSet<PartPath> {
        let edited: BTreeSet<&str> = from_base_to_live.iter().map(|difference| difference.path.as_str()).collect();
        let changed = from_live.iter().filter(|difference| edited.contains(difference.path.as_str()));
        parts(changed).filter(|path| scope.carries(path)).collect()
    }

    /// The parts that change and become again what a rollback took away: what it changed
    /// (`away`), and what the candidate has as the state before the rollback had it, which is all
    /// but `from_taken`.
    #[must_use]
    pub fn brought_back(
        from_live: &[Difference],
        away: &[Difference],
        from_taken: &[Difference],
    ) -> BTreeSet<PartPath> {
        let paths = |of: &'_ [Difference]| -> BTreeSet<String> { of.iter().map(|one| one.path.clone()).collect() };
        let (away, other) = (paths(away), paths(from_taken));
        parts(from_live.iter().filter(|one| away.contains(&one.path) && !other.contains(&one.path))).collect()
    }
}

/// The parts that count as something to publish: all but tests.
fn parts<'a>(differences: impl Iterator<Item = &'a Difference>) -> impl Iterator<Item = PartPath> {
    let paths = differences.filter_map(|difference| difference.path.parse().ok());
    paths.filter(|path| !matches!(path, PartPath::Test(_)))
}

/// An intent that live's model can tell and the candidate's could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedIntent {
    /// The name that people know it by.
    pub name: String,
    /// Whether the intent still exists and only its examples are gone.
    pub emptied: bool,
    /// Where flows of the candidate use it: those that stay as live has them.
    pub users: BTreeSet<Usage>,
}
