//! What is known about a candidate beside its bytes: what tests, scores and comparisons showed.

use std::collections::BTreeMap;

use greenroom_model::{Digest, IntentId, Language};
use serde::{Deserialize, Serialize};

/// Something that was observed. It names what it judged by digest, so it cannot speak for
/// anything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Evidence {
    /// The bot's conversation tests were run.
    Tests {
        /// The candidate ([`Candidate::digest`](crate::Candidate::digest)).
        candidate: Digest,
        /// How many passed.
        passed: u32,
        /// How many failed.
        failed: u32,
    },
    /// A language's examples were cross-validated.
    Scores(Scores),
    /// Utterances were asked of the candidate's model and of live's.
    Behaviour(Behaviour),
    /// Conversations were played with the candidate and with live.
    Conversations {
        /// The candidate.
        candidate: Digest,
        /// What was live, as a candidate is named.
        live: Digest,
        /// How many were played.
        played: u64,
        /// Those that part ways, the first of them by name.
        parted: u64,
        /// The names of some that do.
        names: Vec<String>,
    },
}

/// How well a language's intents can be told apart, by cross-validation: shares from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// The language.
    pub language: Language,
    /// The training data that was judged ([`TrainingData::digest`](greenroom_model::TrainingData::digest)).
    pub data: Digest,
    /// Into how many parts the examples were dealt.
    pub folds: u32,
    /// The share of examples that were understood as their intent.
    pub accuracy: f64,
    /// The mean of all intents' F1.
    pub macro_f1: f64,
    /// Each intent's F1: the harmonic mean of precision and recall.
    pub intents: BTreeMap<IntentId, f64>,
}

/// What utterances are understood as by the candidate, against live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// The candidate.
    pub candidate: Digest,
    /// What was live, as a candidate is named.
    pub live: Digest,
    /// The language.
    pub language: Language,
    /// How many utterances were asked.
    pub utterances: u64,
    /// How many are understood as another intent.
    pub other_intent: u64,
    /// How many were understood and are no more.
    pub lost: u64,
    /// How many were not understood and are now.
    pub gained: u64,
    /// Some of those that changed, the most important first.
    pub examples: Vec<ChangedUtterance>,
}

/// An utterance that is understood otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedUtterance {
    /// What was said.
    pub text: String,
    /// The intent so far; `None`: not understood.
    pub before: Option<String>,
    /// The intent now; `None`: not understood.
    pub after: Option<String>,
}
