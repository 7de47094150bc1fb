//! Pairs of intents that are taken for each other, with the examples that collide.

use std::collections::BTreeMap;

use super::wording::quoted;
use super::{AdviceFinding, AdviceKind, Collision, Learnt};
use crate::evaluate::names::Names;
use crate::evaluate::prediction::Prediction;

/// A single mistake does not make a pair.
const LEAST_MISTAKES: usize = 2;

/// How many collisions of a pair are told.
const MOST_COLLISIONS: usize = 5;

pub(super) fn find(learnt: &Learnt<'_>, predictions: &[Prediction], names: &Names) -> Vec<AdviceFinding> {
    let mut mistakes: BTreeMap<[&str; 2], Vec<&Prediction>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
    for prediction in predictions {
        *texts.entry(&prediction.expected).or_default() += 1;
        if let Some(predicted) = prediction.predicted.as_deref().filter(|_| !prediction.is_right()) {
            let mut pair = [prediction.expected.as_str(), predicted];
            pair.sort_unstable();
            mistakes.entry(pair).or_default().push(prediction);
        }
    }
    let mut pairs: Vec<([&str; 2], Vec<&Prediction>)> =
        mistakes.into_iter().filter(|(_, mistakes)| mistakes.len() >= LEAST_MISTAKES).collect();
    pairs.sort_by_key(|(_, mistakes)| std::cmp::Reverse(mistakes.len()));
    pairs
        .into_iter()
        .map(|(pair, mistakes)| {
            let judged = pair.iter().filter_map(|label| texts.get(label)).sum();
            finding(learnt, pair, mistakes, judged, names)
        })
        .collect()
}

fn finding(
    learnt: &Learnt<'_>,
    [one, other]: [&str; 2],
    mut mistakes: Vec<&Prediction>,
    texts: usize,
    names: &Names,
) -> AdviceFinding {
    let of_one = mistakes.iter().filter(|prediction| prediction.expected == one).count();
    let of_other = mistakes.len() - of_one;
    let ([first, second], [first_for_second, second_for_first]) =
        if of_one >= of_other { ([one, other], [of_one, of_other]) } else { ([other, one], [of_other, of_one]) };
    mistakes.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    let collisions: Vec<Collision> = mistakes
        .iter()
        .take(MOST_COLLISIONS)
        .filter_map(|prediction| {
            let taken_for = prediction.predicted.clone()?;
            Some(Collision {
                like: learnt.most_alike(&taken_for, &prediction.text),
                text: prediction.text.clone(),
                intent: prediction.expected.clone(),
                taken_for,
                confidence: prediction.confidence,
            })
        })
        .collect();
    let (first_name, second_name) = (names.of(first), names.of(second));
    let clash = collisions.iter().find_map(|collision| {
        let like = collision.like.as_ref()?;
        Some(format!(
            " {} (of \"{}\") is taken for \"{}\", which has {}.",
            quoted(&collision.text),
            names.of(&collision.intent),
            names.of(&collision.taken_for),
            quoted(like)
        ))
    });
    AdviceFinding {
        message: format!(
            "\"{first_name}\" and \"{second_name}\" are mixed up: {} of their {texts} texts are taken for the other.{}",
            mistakes.len(),
            clash.unwrap_or_default()
        ),
        action: "Give both intents more examples with the words that set them apart, and move those that stand under \
                 the wrong one. If customers do not mean different things, make them one intent and let the flow \
                 tell the cases apart."
            .to_owned(),
        kind: AdviceKind::Confused {
            intents: [first.to_owned(), second.to_owned()],
            first_for_second,
            second_for_first,
            texts,
            collisions,
        },
    }
}
