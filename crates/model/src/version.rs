//! What a bot consists of at a moment, and the records that name such contents:
//! the draft, versions, environments, trained models.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::canonical::to_canonical_bytes;
use crate::{Digest, EnvironmentId, Language, Record, Scope};

/// A bot at a moment: its parts, what the index knows of them, its models.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Content {
    /// The parts tree.
    pub tree: Digest,
    /// The index of the tree's facts; follows from the tree.
    pub index: Digest,
    /// The trained model (a [`TrainedModel`] record) per language.
    pub models: BTreeMap<Language, Digest>,
}

/// Why a version exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// It was published, with this scope; a hotfix is one.
    Publish(Scope),
    /// It keeps a draft that was about to be replaced.
    Save,
}

/// An immutable state of a bot that was published or saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number within the bot, from 1.
    pub number: u64,
    /// Why it exists.
    pub origin: Origin,
    /// The bot.
    pub content: Content,
    /// What the author says about it.
    pub notes: String,
    /// Who published or saved it.
    pub author: String,
    /// When.
    pub time: Timestamp,
    /// The version that was live before it.
    pub parent: Option<Digest>,
    /// The plan that was carried out.
    pub plan: Option<Digest>,
    /// The policy that judged it.
    pub policy: Option<Digest>,
    /// What the draft agreed on with the environment once the version was there, where that is not
    /// all of the version's tree: a hotfix is in the tree and not in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Digest>,
    /// What the draft had agreed on with the other environments when it was carried here: a parts
    /// tree each. What changed there since, a promotion of this version would change back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agreed_elsewhere: BTreeMap<EnvironmentId, Digest>,
}

impl Version {
    /// What the draft agrees on with an environment that runs this version: a parts tree.
    #[must_use]
    pub fn agreed(&self) -> Digest {
        self.base.unwrap_or(self.content.tree)
    }
}

impl Record for Version {
    const WHAT: &'static str = "a version";
    const FORMAT: u32 = 1;
}

/// The draft of a bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The bot as the authors have it now.
    pub content: Content,
}

impl Record for Draft {
    const WHAT: &'static str = "a draft";
    const FORMAT: u32 = 1;
}

/// Which version an environment runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The version that conversations begin on.
    pub stable: Digest,
    /// Its number.
    pub number: u64,
    /// Who moved the pointer last.
    pub by: String,
    /// When.
    pub time: Timestamp,
    /// What the draft last agreed on with the environment: a parts tree.
    pub base: Digest,
    /// Versions that a rollback took away: conversations leave them at their next turn.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub withdrawn: BTreeSet<Digest>,
    /// What rollbacks took away and nobody has decided about since, the oldest first. A publish
    /// settles what it carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<TakenBack>,
    /// The version that answers where `stable` cannot be loaded: what ran before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
}

/// What a rollback took away: the parts in which two trees differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// The parts tree that ran before it.
    pub tree: Digest,
    /// The one that it went back to.
    pub to: Digest,
}

impl Environment {
    /// Names where the environment stands: the version, and what rollbacks took away. Whoever decided
    /// about a publish decided about this; a rollback that leads back to the same version changes it.
    #[must_use]
    pub fn position(&self) -> Digest {
        Digest::of(&to_canonical_bytes(&(self.stable, &self.withdrawn, &self.taken_back)).unwrap_or_default())
    }
}

impl Record for Environment {
    const WHAT: &'static str = "an environment";
    const FORMAT: u32 = 1;
}

/// A trained model of one language: what it was trained on, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedModel {
    /// The language.
    pub language: Language,
    /// What it was trained on.
    pub data: TrainingData,
    /// The digest of the model's bytes.
    pub artifact: Digest,
    /// The digest of the bytes of the model of its learned entities, where examples have any marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Digest>,
    /// The trainer that made it.
    pub trainer: String,
    /// How many intents it can tell.
    pub labels: u64,
    /// How many examples it was trained on.
    pub examples: u64,
}

impl Record for TrainedModel {
    const WHAT: &'static str = "a trained model";
    const FORMAT: u32 = 1;
}

/// What a model of one language is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrainingData {
    /// The directory `nlp/examples/LANGUAGE`.
    pub examples: Digest,
    /// The part `nlp/training`, where there is one.
    pub training: Option<Digest>,
}

impl TrainingData {
    /// The data digest: equal exactly when a training would read the same.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&to_canonical_bytes(self).unwrap_or_default())
    }
}
