//! Intents that are never recognised, and intents with few examples.

use std::collections::BTreeMap;

use super::wording::{counted, listed};
use super::{AdviceFinding, AdviceKind, FEW_EXAMPLES, Learnt};
use crate::evaluate::names::Names;
use crate::evaluate::prediction::Prediction;

/// How many intents are named that texts are taken for.
const MOST_TAKEN_FOR: usize = 3;

/// Intents of which no text is recognised, the largest first.
pub(super) fn never_recognised(predictions: &[Prediction], names: &Names) -> Vec<AdviceFinding> {
    let mut by_intent: BTreeMap<&str, Vec<&Prediction>> = BTreeMap::new();
    for prediction in predictions {
        by_intent.entry(&prediction.expected).or_default().push(prediction);
    }
    by_intent.retain(|_, texts| !texts.iter().any(|prediction| prediction.is_right()));
    let mut lost: Vec<(&str, Vec<&Prediction>)> = by_intent.into_iter().collect();
    lost.sort_by_key(|(_, texts)| std::cmp::Reverse(texts.len()));
    lost.into_iter().map(|(intent, texts)| lost_finding(intent, &texts, names)).collect()
}

fn lost_finding(intent: &str, texts: &[&Prediction], names: &Names) -> AdviceFinding {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for predicted in texts.iter().filter_map(|prediction| prediction.predicted.as_deref()) {
        *counts.entry(predicted).or_default() += 1;
    }
    let mut others: Vec<(&str, usize)> = counts.into_iter().collect();
    others.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let taken_for: Vec<String> = others.iter().take(MOST_TAKEN_FOR).map(|(label, _)| (*label).to_owned()).collect();
    let name = names.of(intent);
    let instead = if taken_for.is_empty() {
        "the model knows none of their words".to_owned()
    } else {
        format!("they are taken for {}", listed(taken_for.iter().map(|label| format!("\"{}\"", names.of(label)))))
    };
    AdviceFinding {
        message: format!("\"{name}\" is never recognised: of its {}, {instead}.", counted(texts.len(), "text")),
        action: format!(
            "Give \"{name}\" at least {FEW_EXAMPLES} examples in different words, or make it part of the intent that \
             it is taken for."
        ),
        kind: AdviceKind::NeverRecognised { intent: intent.to_owned(), texts: texts.len(), taken_for },
    }
}

/// Intents with few examples, those with the fewest first.
pub(super) fn few_examples(learnt: &Learnt<'_>, names: &Names) -> Vec<AdviceFinding> {
    let mut few: Vec<(&str, usize)> = learnt
        .by_label
        .iter()
        .map(|(label, examples)| (*label, examples.len()))
        .filter(|(_, examples)| *examples < FEW_EXAMPLES)
        .collect();
    few.sort_by_key(|(_, examples)| *examples);
    few.into_iter()
        .map(|(intent, examples)| {
            let missing = FEW_EXAMPLES - examples;
            AdviceFinding {
                message: format!("\"{}\" has only {}.", names.of(intent), counted(examples, "example")),
                action: format!("Add {missing} or more, as differently worded as customers word it."),
                kind: AdviceKind::FewExamples { intent: intent.to_owned(), examples, missing },
            }
        })
        .collect()
}
