//! The same text under several intents: whichever the model learns, the other is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::wording::{listed, quoted};
use super::{AdviceFinding, AdviceKind, Learnt};
use crate::evaluate::collect::normalised;
use crate::evaluate::names::Names;

pub(super) fn find(learnt: &Learnt<'_>, names: &Names) -> Vec<AdviceFinding> {
    let finding = |places: Vec<(&str, &str)>| {
        let text = places.first().map(|(text, _)| (*text).to_owned()).unwrap_or_default();
        let intents: Vec<String> = places.iter().map(|(_, label)| (*label).to_owned()).collect();
        let named = listed(intents.iter().map(|intent| format!("\"{}\"", names.of(intent))));
        AdviceFinding {
            message: format!("{} is an example of {named}.", quoted(&text)),
            action: "Keep it under the intent that people mean when they say it, and delete it under the others. \
                     If it can mean either, let the flow ask back."
                .to_owned(),
            kind: AdviceKind::Duplicate { text, intents },
        }
    };
    by_form(learnt).into_values().filter(|places| places.len() > 1).map(finding).collect()
}

/// The normalised texts that stand under several labels.
pub(super) fn texts(learnt: &Learnt<'_>) -> BTreeSet<String> {
    by_form(learnt).into_iter().filter(|(_, places)| places.len() > 1).map(|(form, _)| form).collect()
}

/// Text and label of each example, by what features see of the text.
fn by_form<'a>(learnt: &Learnt<'a>) -> BTreeMap<String, Vec<(&'a str, &'a str)>> {
    let mut places: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for example in &learnt.examples {
        places.entry(normalised(example.text)).or_default().push((example.text, example.label));
    }
    places
}
