//! What a new model would answer differently: two models, one list of utterances.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::advice::Utterance;
use super::prediction::Asked;
use crate::classification::{Scratch, Threshold};
use crate::model::Model;

/// What changes from one model to another, the most important first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BehaviourDiff {
    /// How many change, and how.
    pub summary: BehaviourSummary,
    /// The utterances that change, by descending weight.
    pub changes: Vec<BehaviourChange>,
}

/// How many utterances change, and how; repetitions counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BehaviourSummary {
    /// How many there are.
    pub utterances: u64,
    /// How many get the same answer: the same intent, or none.
    pub same: u64,
    /// How many are understood by both models, as different intents.
    pub other_intent: u64,
    /// How many only the new model understands.
    pub newly_understood: u64,
    /// How many only the old model understands.
    pub no_longer_understood: u64,
}

/// How an answer changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BehaviourChangeKind {
    /// Both models understand it, as different intents.
    OtherIntent,
    /// Only the old model understands it.
    NoLongerUnderstood,
    /// Only the new model understands it.
    NewlyUnderstood,
}

/// An utterance whose answer changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BehaviourChange {
    /// What people say.
    pub text: String,
    /// How often they say it.
    pub count: u64,
    /// How the answer changes.
    pub kind: BehaviourChangeKind,
    /// What the old model makes of it.
    pub before: Answer,
    /// What the new model makes of it.
    pub after: Answer,
    /// `count` × the change of confidence: of the answers before and after, that whose probability
    /// changes more counts, by how much it changes.
    pub weight: f64,
}

/// What a model makes of an utterance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The intent; none: not understood.
    pub intent: Option<String>,
    /// The model's first intent, understood or not; none if it knows nothing of the text.
    pub first: Option<String>,
    /// How sure the model is of it, 0 to 1.
    pub confidence: f32,
}

/// Says which of `utterances` two models answer differently, each at its own threshold.
///
/// Repetitions of an utterance count together. A model that differs only in how sure it is changes nothing, unless that crosses the threshold.
/// Of equal weight, as where only the threshold differs, what people say more often comes first.
pub fn diff_behaviour(
    (before, before_threshold): (&Model, Threshold),
    (after, after_threshold): (&Model, Threshold),
    utterances: &[Utterance],
) -> BehaviourDiff {
    let mut summary = BehaviourSummary::default();
    let mut changes = Vec::new();
    let (mut old, mut new) = (Scratch::default(), Scratch::default());
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for utterance in utterances {
        add(counts.entry(&utterance.text).or_default(), utterance.count);
    }
    for (text, count) in counts {
        let old = Asked::new(before, text, &mut old);
        let new = Asked::new(after, text, &mut new);
        add(&mut summary.utterances, count);
        let kind = match (old.understood(before_threshold), new.understood(after_threshold)) {
            (one, other) if one == other => {
                add(&mut summary.same, count);
                continue;
            }
            (Some(_), Some(_)) => {
                add(&mut summary.other_intent, count);
                BehaviourChangeKind::OtherIntent
            }
            (None, _) => {
                add(&mut summary.newly_understood, count);
                BehaviourChangeKind::NewlyUnderstood
            }
            (_, None) => {
                add(&mut summary.no_longer_understood, count);
                BehaviourChangeKind::NoLongerUnderstood
            }
        };
        let change = [old.label, new.label]
            .into_iter()
            .flatten()
            .map(|label| (old.probability(label) - new.probability(label)).abs())
            .fold(0.0, f32::max);
        changes.push(BehaviourChange {
            text: text.to_owned(),
            count,
            kind,
            before: Answer::of(&old, before_threshold),
            after: Answer::of(&new, after_threshold),
            weight: count as f64 * f64::from(change),
        });
    }
    changes.sort_by(|one, other| {
        let by_weight = other.weight.total_cmp(&one.weight);
        by_weight.then_with(|| other.count.cmp(&one.count)).then_with(|| one.text.cmp(&other.text))
    });
    BehaviourDiff { summary, changes }
}

/// Counts come from files: a sum too large stays at the largest.
fn add(sum: &mut u64, count: u64) {
    *sum = sum.saturating_add(count);
}

impl Answer {
    fn of(asked: &Asked<'_>, threshold: Threshold) -> Self {
        Self {
            intent: asked.understood(threshold).map(ToOwned::to_owned),
            first: asked.label.map(ToOwned::to_owned),
            confidence: asked.confidence,
        }
    }
}
