//! How much of what people really say the bot understands, and what it does not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classification::{Scratch, Threshold};
use crate::evaluate::collect::normalised;
use crate::evaluate::likeness::{Likeness, Pieces};
use crate::evaluate::prediction::Asked;
use crate::model::Model;

/// Utterances at least this alike are put together.
const ALIKE: f32 = 0.5;

/// So many of the utterances that are not understood are grouped, the commonest.
const MOST_GROUPED: usize = 20_000;

/// How many groups are told, the largest.
const MOST_GROUPS: usize = 30;

/// How many utterances of a group are told, the commonest.
const MOST_TEXTS: usize = 5;

/// Something that people said, and how often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Utterance {
    /// What they said.
    pub text: String,
    /// How often; 1 where nobody counted.
    pub count: u64,
}

/// How much of what people said is understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// How many utterances there are, repetitions counted.
    pub utterances: u64,
    /// How many of them are different, but for case and the like.
    pub different: usize,
    /// The share that is understood, repetitions counted, 0 to 1.
    pub understood_share: f64,
    /// What is understood as what, the commonest first.
    pub by_intent: Vec<(String, u64)>,
    /// What is not understood, alike utterances together, the commonest first.
    pub not_understood: Vec<UnunderstoodGroup>,
    /// How many more groups there are.
    pub omitted: usize,
}

/// Utterances that are alike, and not understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnunderstoodGroup {
    /// How many they are, repetitions counted.
    pub count: u64,
    /// The commonest of them.
    pub texts: Vec<Utterance>,
    /// The intent that comes nearest for the commonest of them, and how sure the model is of it.
    pub nearest: Option<(String, f32)>,
}

/// Says how much of `utterances` the model understands at `threshold`, and groups the rest.
///
/// An utterance joins the largest group so far whose commonest utterance is most like it, if that
/// is alike enough; else it begins a group. Blank utterances do not count.
pub fn coverage(model: &Model, threshold: Threshold, utterances: &[Utterance]) -> Coverage {
    let mut by_form: BTreeMap<String, Utterance> = BTreeMap::new();
    for utterance in utterances {
        let form = normalised(&utterance.text);
        if form.trim().is_empty() || utterance.count == 0 {
            continue;
        }
        let known = by_form.entry(form).or_insert_with(|| Utterance { count: 0, ..utterance.clone() });
        known.count = known.count.saturating_add(utterance.count);
    }
    let different = by_form.len();
    let mut by_intent: BTreeMap<String, u64> = BTreeMap::new();
    let mut refused: Vec<(Utterance, Option<(String, f32)>)> = Vec::new();
    let mut scratch = Scratch::default();
    let total = by_form.values().fold(0_u64, |sum, utterance| sum.saturating_add(utterance.count));
    let mut understood = 0_u64;
    for utterance in by_form.into_values() {
        let asked = Asked::new(model, &utterance.text, &mut scratch);
        match asked.understood(threshold) {
            Some(label) => {
                understood = understood.saturating_add(utterance.count);
                let count = by_intent.entry(label.to_owned()).or_default();
                *count = count.saturating_add(utterance.count);
            }
            None => {
                let nearest = asked.label.map(|label| (label.to_owned(), asked.confidence));
                refused.push((utterance, nearest));
            }
        }
    }
    refused.sort_by(|(one, _), (other, _)| other.count.cmp(&one.count).then_with(|| one.text.cmp(&other.text)));
    let mut by_intent: Vec<(String, u64)> = by_intent.into_iter().collect();
    by_intent.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut groups = grouped(&refused);
    let omitted = groups.len().saturating_sub(MOST_GROUPS);
    groups.truncate(MOST_GROUPS);
    Coverage {
        utterances: total,
        different,
        understood_share: if total == 0 { 0.0 } else { understood as f64 / total as f64 },
        by_intent,
        not_understood: groups,
        omitted,
    }
}

/// Puts alike utterances together, given the commonest first.
fn grouped(refused: &[(Utterance, Option<(String, f32)>)]) -> Vec<UnunderstoodGroup> {
    let refused = refused.get(..MOST_GROUPED).unwrap_or(refused);
    let likeness = Likeness::among(refused.iter().map(|(utterance, _)| utterance.text.as_str()));
    let mut leaders: Vec<Pieces> = Vec::new();
    let mut groups: Vec<UnunderstoodGroup> = Vec::new();
    // Which groups' leaders have a piece: only those can be alike.
    let mut with_piece: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (utterance, nearest) in refused {
        let pieces = likeness.pieces(&utterance.text);
        let mut shared: BTreeMap<usize, u32> = BTreeMap::new();
        for group in pieces.keys().filter_map(|key| with_piece.get(&key)).flatten() {
            *shared.entry(*group).or_default() += 1;
        }
        let rated = shared.keys().filter_map(|group| Some((Likeness::between(&pieces, leaders.get(*group)?), *group)));
        let best = rated.reduce(|best, next| if next.0 > best.0 { next } else { best });
        match best.filter(|(likeness, _)| *likeness >= ALIKE).and_then(|(_, group)| groups.get_mut(group)) {
            Some(group) => {
                group.count = group.count.saturating_add(utterance.count);
                if group.texts.len() < MOST_TEXTS {
                    group.texts.push(utterance.clone());
                }
            }
            None => {
                for key in pieces.keys() {
                    with_piece.entry(key).or_default().push(groups.len());
                }
                leaders.push(pieces);
                groups.push(UnunderstoodGroup {
                    count: utterance.count,
                    texts: vec![utterance.clone()],
                    nearest: nearest.clone(),
                });
            }
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}
