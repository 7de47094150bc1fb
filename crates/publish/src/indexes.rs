//! What the rules ask of the bot's index, gathered by the caller.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::index::Problems;
use greenroom_model::{IntentId, Language, PartPath, Usage};

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
    /// How many channels the environment has.
    pub channels: usize,
    /// How many tests the bot has.
    pub tests: usize,
    /// Names of parts, so that messages can give them beside the ids. May be
    /// empty: messages then give the ids alone.
    pub names: BTreeMap<PartPath, String>,
}

/// An intent that live's model can tell and the candidate's could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedIntent {
    /// The name that people know it by.
    pub name: String,
    /// Whether the intent still exists and only its examples are gone.
    pub emptied: bool,
    /// Where live's flows use it.
    pub users: BTreeSet<Usage>,
}
