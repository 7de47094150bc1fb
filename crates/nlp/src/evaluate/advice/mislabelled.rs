//! Examples that look as if they stood under the wrong intent.
//!
//! Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
//! Dataset Labels", 2021): an intent's bar is the mean probability that models give to it on its
//! own texts, texts that they had not learnt. A text of another intent that gets over this bar,
//! and stays below its own, is suspect.

use std::collections::{BTreeMap, BTreeSet};

use super::wording::{percent, quoted};
use super::{AdviceFinding, AdviceKind, Learnt};
use crate::evaluate::collect::normalised;
use crate::evaluate::names::Names;
use crate::evaluate::prediction::Prediction;

/// Whatever the bars, less than this is no confidence.
const LEAST_CONFIDENCE: f64 = 0.5;

pub(super) fn find(
    learnt: &Learnt<'_>,
    predictions: &[Prediction],
    duplicated: &BTreeSet<String>,
    names: &Names,
) -> Vec<AdviceFinding> {
    let bars = bars(predictions);
    let bar = |label: &str| bars.get(label).copied();
    let mut suspects: Vec<(&Prediction, &str)> = predictions
        .iter()
        .filter(|prediction| !prediction.is_right())
        .filter_map(|prediction| {
            let suggested = prediction.predicted.as_deref()?;
            let is_over = f64::from(prediction.confidence) >= bar(suggested)?.max(LEAST_CONFIDENCE);
            let is_below_own = f64::from(prediction.expected_probability) < bar(&prediction.expected)?;
            (is_over && is_below_own).then_some((prediction, suggested))
        })
        .filter(|(prediction, _)| !duplicated.contains(&normalised(&prediction.text)))
        .collect();
    let margin = |prediction: &Prediction| prediction.confidence - prediction.expected_probability;
    suspects.sort_by(|(one, _), (other, _)| margin(other).total_cmp(&margin(one)));
    suspects.into_iter().map(|(prediction, suggested)| finding(learnt, prediction, suggested, names)).collect()
}

fn finding(learnt: &Learnt<'_>, prediction: &Prediction, suggested: &str, names: &Names) -> AdviceFinding {
    let Prediction { text, expected, confidence, expected_probability, .. } = prediction;
    let like = learnt.most_alike(suggested, text);
    let (own, other) = (names.of(expected), names.of(suggested));
    let because = match &like {
        Some(like) if normalised(like) == normalised(text) => " The same text stands there.".to_owned(),
        Some(like) => format!(" Most like it there: {}.", quoted(like)),
        None => String::new(),
    };
    AdviceFinding {
        message: format!(
            "{} stands under \"{own}\", but a model that had not seen it is {} sure that it means \"{other}\".{because}",
            quoted(text),
            percent(f64::from(*confidence))
        ),
        action: format!(
            "If it means \"{other}\", move it there. If it is right where it is, add two or three more like it to \
             \"{own}\"."
        ),
        kind: AdviceKind::Mislabelled {
            text: text.clone(),
            intent: expected.clone(),
            suggested: suggested.to_owned(),
            confidence: *confidence,
            own_probability: *expected_probability,
            like,
        },
    }
}

/// The mean probability that each label gets on its own texts.
fn bars(predictions: &[Prediction]) -> BTreeMap<&str, f64> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for prediction in predictions {
        let (sum, count) = sums.entry(&prediction.expected).or_default();
        *sum += f64::from(prediction.expected_probability);
        *count += 1.0;
    }
    sums.into_iter().map(|(label, (sum, count))| (label, sum / count)).collect()
}
