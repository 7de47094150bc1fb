//! The difference between two documents of one part.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Example, Examples};
use greenroom_model::{Document, PartPath};
use serde_json::Value;

use super::flow::compare_flows;
use super::values::{Place, compare_values};
use super::{ChangeKind, Detail, PartChange};

/// How a part differs between two states of a bot; `None` where it is not there.
///
/// Two documents of equal bytes give a change without details, others at least
/// one. Of a part that comes or goes as a whole the details say how much it holds.
///
/// # Examples
/// ```
/// use greenroom_publish::diff_documents;
/// use greenroom_model::{Document, PartPath};
///
/// let path: PartPath = "nlp/intents/order".parse()?;
/// let before = Document::from_json(&path, br#"{ "name": "Buy" }"#)?;
/// let after = Document::from_json(&path, br#"{ "name": "Order" }"#)?;
/// let change = diff_documents(&path, Some(&before), Some(&after));
/// assert_eq!(change.to_string(), "~ nlp/intents/order \"Order\"\n    name: \"Buy\" → \"Order\"\n");
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[must_use]
pub fn diff_documents(path: &PartPath, before: Option<&Document>, after: Option<&Document>) -> PartChange {
    let (kind, details) = match (before, after) {
        (None, Some(document)) => (ChangeKind::Added, holds(document)),
        (Some(document), None) => (ChangeKind::Removed, holds(document)),
        (Some(before), Some(after)) => (ChangeKind::Changed, compare(path, before, after)),
        (None, None) => (ChangeKind::Changed, Vec::new()),
    };
    let name = after.or(before).and_then(name_of).unwrap_or_else(|| last_segment(path));
    PartChange { path: path.clone(), kind, name: name.to_owned(), details }
}

fn compare(path: &PartPath, before: &Document, after: &Document) -> Vec<Detail> {
    match (before, after) {
        (Document::Flow(before), Document::Flow(after)) => compare_flows(path, before, after),
        (Document::Examples(before), Document::Examples(after)) => compare_examples(before, after),
        _ => {
            let value = |document: &Document| document.to_value(path).unwrap_or(Value::Null);
            let mut details = Vec::new();
            compare_values(&mut Place::new(), Some(&value(before)), Some(&value(after)), &|_, _, _| None, &mut details);
            details
        }
    }
}

/// Examples are a set: one whose annotations differ is the same example, changed.
fn compare_examples(before: &Examples, after: &Examples) -> Vec<Detail> {
    let before: BTreeSet<&Example> = before.examples.iter().collect();
    let after: BTreeSet<&Example> = after.examples.iter().collect();
    let mut gone: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in before.difference(&after) {
        gone.entry(&example.text).or_default().push(example);
    }
    let mut details = Vec::new();
    for example in after.difference(&before) {
        let same = gone.get_mut(example.text.as_str()).and_then(Vec::pop);
        details.push(Detail::Example { before: same.cloned(), after: Some((*example).clone()) });
    }
    let rest = gone.into_values().flatten();
    details.extend(rest.map(|example| Detail::Example { before: Some(example.clone()), after: None }));
    details
}

fn holds(document: &Document) -> Vec<Detail> {
    let counts = match document {
        Document::Flow(flow) => vec![("nodes", flow.nodes.len()), ("triggers", flow.triggers.len())],
        Document::Examples(examples) => vec![("examples", examples.examples.len())],
        Document::Entity(entity) => vec![("values", entity.values.len()), ("patterns", entity.patterns.len())],
        Document::Test(test) => vec![("turns", test.turns.len())],
        _ => Vec::new(),
    };
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts.map(|(what, count)| Detail::Holds { what: what.to_owned(), count: count as u64 }).collect()
}

fn name_of(document: &Document) -> Option<&str> {
    match document {
        Document::Settings(settings) => Some(&settings.name),
        Document::Flow(flow) => Some(&flow.name),
        Document::Context(context) => Some(&context.name),
        Document::Variable(variable) => Some(&variable.name),
        Document::Handler(handler) => Some(&handler.name),
        Document::Intent(intent) => Some(&intent.name),
        Document::Entity(entity) => Some(&entity.name),
        Document::Test(test) => Some(&test.name),
        Document::Examples(_) | Document::Training(_) | Document::Runtime(_) => None,
    }
}

fn last_segment(path: &PartPath) -> &str {
    path.segments().pop().unwrap_or_default()
}
