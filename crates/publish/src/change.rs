//! What is to be published: the candidate, what is live, and what differs.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{BotId, Digest, EnvironmentId, Language, PartPath, Scope, TrainingData, to_canonical_bytes};
use serde::{Deserialize, Serialize};

use crate::Diff;

/// What is to be published, where to, and how it differs from what is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The bot.
    pub bot: BotId,
    /// The environment whose pointer the publish would move.
    pub environment: EnvironmentId,
    /// What the publish carries over from the draft.
    pub scope: Scope,
    /// What would be live afterwards.
    pub candidate: Candidate,
    /// What is live now; `None` before the first publish.
    pub live: Option<Live>,
    /// All parts in which the candidate differs from what is live.
    pub diff: Diff,
    /// What the author has seen and wants all the same.
    pub acknowledged: Acknowledged,
    /// What the version would know of the other environments
    /// ([`greenroom_model::Version::agreed_elsewhere`]).
    pub agreed_elsewhere: BTreeMap<EnvironmentId, Digest>,
    /// The digest of the bot's own policy, where another one judges.
    pub own_policy: Option<Digest>,
}

/// What an author has seen and wants all the same: the plan says so by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Acknowledged {
    /// Parts of which a hotfix in the environment may be lost.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub discard: BTreeSet<PartPath>,
    /// Whether what a rollback took away may come back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reintroduce: bool,
}

impl Acknowledged {
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A state of a bot that can go live: its parts and its models.
///
/// A model of a language without examples is no part of the candidate: see
/// [`Candidate::models_in_use`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The parts tree.
    pub tree: Digest,
    /// The index of the tree's facts.
    pub index: Digest,
    /// The directory `nlp/` of the tree; `None` where it has no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nlp: Option<Digest>,
    /// What a training would read now, for every language that has an example.
    pub data: BTreeMap<Language, TrainingData>,
    /// The trained model per language.
    pub models: BTreeMap<Language, CandidateModel>,
}

/// A candidate's model of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateModel {
    /// The record of the trained model ([`greenroom_model::TrainedModel`]).
    pub digest: Digest,
    /// What it was trained on.
    pub data: TrainingData,
    /// Why this build cannot load it; `None` where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// The trainer that made it, where that is not this build's; none where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outdated: Option<String>,
}

/// What an environment points to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The version.
    pub version: Digest,
    /// The version's number within the bot, from 1.
    pub number: u64,
    /// What that version holds.
    pub content: Candidate,
    /// Where the environment stands ([`greenroom_model::Environment::position`]).
    pub position: Digest,
}

impl Candidate {
    /// The models of the languages that have an example.
    pub fn models_in_use(&self) -> impl Iterator<Item = (&Language, &CandidateModel)> {
        self.models.iter().filter(|(language, _)| self.data.contains_key(language.as_str()))
    }

    /// The digest of each model in use.
    #[must_use]
    pub fn model_digests(&self) -> BTreeMap<&Language, Digest> {
        self.models_in_use().map(|(language, model)| (language, model.digest)).collect()
    }

    /// The name of exactly this candidate: its parts, and the models in use.
    ///
    /// Evidence that names it says something about these bytes and no others.
    #[must_use]
    pub fn digest(&self) -> Digest {
        #[derive(Serialize)]
        struct Identity<'a> {
            tree: Digest,
            models: BTreeMap<&'a Language, Digest>,
        }
        let identity = Identity { tree: self.tree, models: self.model_digests() };
        Digest::of(&to_canonical_bytes(&identity).unwrap_or_default())
    }

    /// The candidate without models that nothing uses.
    pub(crate) fn frozen(&self) -> Self {
        let models = self.models_in_use().map(|(language, model)| (language.clone(), model.clone())).collect();
        Self { models, ..self.clone() }
    }
}
