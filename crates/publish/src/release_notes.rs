//! Release notes proposed from what a publish changes. They say what comes, changes and goes; why,
//! only the author knows.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{IntentId, Language, PartPath, Scope};

use crate::wording::{counted, listed, quoted};
use crate::{ChangeKind, Detail, Diff, PartChange, Plan};

/// Release notes for a difference: a line each for what is added, changed and removed, by name. Of
/// what an environment gets first, which adds everything, they say how much. Empty where nothing but tests differs.
///
/// # Examples
/// ```
/// use greenroom_model::{Document, PartPath};
/// use greenroom_publish::{Diff, diff_documents, propose_release_notes};
///
/// let path: PartPath = "nlp/intents/refund".parse()?;
/// let intent = Document::from_json(&path, br#"{ "name": "Refund" }"#)?;
/// let diff = Diff { parts: vec![diff_documents(&path, None, Some(&intent))] };
/// assert_eq!(propose_release_notes(&diff, false), "Added intent \"Refund\".");
/// assert_eq!(propose_release_notes(&diff, true), "The first publish: 1 intent.");
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[must_use]
pub fn propose_release_notes(diff: &Diff, is_first: bool) -> String {
    let things = things(diff);
    if is_first {
        return first_publish(&things);
    }
    let kinds = [(ChangeKind::Added, "Added"), (ChangeKind::Changed, "Changed"), (ChangeKind::Removed, "Removed")];
    let lines = kinds.into_iter().filter_map(|(kind, word)| {
        let of_kind: Vec<String> = things.iter().filter(|thing| thing.kind == kind).map(Thing::said).collect();
        (!of_kind.is_empty()).then(|| format!("{word} {}.", listed(of_kind)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl Plan {
    /// Release notes proposed from what the plan changes; empty where it needs none that a
    /// difference can give: a rollback has the notes of its version, a hotfix says why it is made.
    #[must_use]
    pub fn proposed_notes(&self) -> String {
        match self.scope() {
            Scope::Hotfix | Scope::Rollback(_) => String::new(),
            _ => propose_release_notes(self.diff(), self.live().is_none()),
        }
    }
}

/// What authors think of as one: a part, or an intent with its examples in all languages.
struct Thing {
    kind: ChangeKind,
    word: &'static str,
    /// None for what there is one of, such as the settings.
    name: Option<String>,
    more: Vec<String>,
}

impl Thing {
    fn said(&self) -> String {
        let name = self.name.as_ref().map(|name| format!(" {}", quoted(name))).unwrap_or_default();
        let more = if self.more.is_empty() { String::new() } else { format!(" ({})", self.more.join(", ")) };
        format!("{}{name}{more}", self.word)
    }
}

fn things(diff: &Diff) -> Vec<Thing> {
    let mut examples: BTreeMap<&IntentId, Vec<(&Language, &PartChange)>> = BTreeMap::new();
    let mut intents: BTreeMap<&IntentId, &PartChange> = BTreeMap::new();
    let mut things = Vec::new();
    for part in &diff.parts {
        let (word, has_name) = match &part.path {
            PartPath::Test(_) => continue,
            PartPath::Examples(language, intent) => {
                examples.entry(intent).or_default().push((language, part));
                continue;
            }
            PartPath::Intent(intent) => {
                intents.insert(intent, part);
                continue;
            }
            PartPath::Flow(_) => ("flow", true),
            PartPath::Context(_) => ("context", true),
            PartPath::Variable(_) => ("variable", true),
            PartPath::Handler(_) => ("handler", true),
            PartPath::Entity(_) => ("entity", true),
            PartPath::Settings => ("the settings", false),
            PartPath::Training => ("the settings of training", false),
            PartPath::Runtime => ("the settings of understanding", false),
        };
        let name = has_name.then(|| part.name.clone());
        things.push(Thing { kind: part.kind, word, name, more: inside(part) });
    }
    let ids: BTreeSet<&IntentId> = intents.keys().chain(examples.keys()).copied().collect();
    for id in ids {
        let (own, taught) = (intents.get(id), examples.remove(id).unwrap_or_default());
        let more = taught.into_iter().filter_map(|(language, part)| in_language(language, part)).collect();
        things.push(Thing {
            // An intent that stays is changed, whatever became of its examples.
            kind: own.map_or(ChangeKind::Changed, |part| part.kind),
            word: "intent",
            name: Some(own.map_or_else(|| id.to_string(), |part| part.name.clone())),
            more,
        });
    }
    things
}

/// What changed inside a flow that stays.
fn inside(part: &PartChange) -> Vec<String> {
    if part.kind != ChangeKind::Changed || !matches!(part.path, PartPath::Flow(_)) {
        return Vec::new();
    }
    let (mut places, mut new) = (BTreeSet::new(), Vec::new());
    let (mut added, mut removed) = (0, 0);
    for detail in &part.details {
        match detail {
            Detail::Text { place, .. } => drop(places.insert(place)),
            Detail::Node { node, before: None, .. } => {
                added += 1;
                new.push(format!("nodes.{node}."));
            }
            Detail::Node { after: None, .. } => removed += 1,
            _ => {}
        }
    }
    // What a new node says is told with the node.
    places.retain(|place| !new.iter().any(|node| place.starts_with(node)));
    let amounts = [(places.len(), "text", "changed"), (added, "node", "added"), (removed, "node", "removed")];
    amounts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, what, did)| amount(count, what, did)).collect()
}

fn amount(count: usize, what: &str, did: &str) -> String {
    format!("{} {did}", counted(count, what))
}

/// What became of an intent's examples in a language.
fn in_language(language: &Language, part: &PartChange) -> Option<String> {
    let (mut added, mut removed, mut changed) = (0, 0, 0);
    for detail in &part.details {
        match (detail, part.kind) {
            (Detail::Holds { count, .. }, ChangeKind::Added) => added += usize::try_from(*count).unwrap_or(usize::MAX),
            (Detail::Holds { count, .. }, ChangeKind::Removed) => {
                removed += usize::try_from(*count).unwrap_or(usize::MAX);
            }
            (Detail::Example { before: None, .. }, _) => added += 1,
            (Detail::Example { after: None, .. }, _) => removed += 1,
            (Detail::Example { .. }, _) => changed += 1,
            _ => {}
        }
    }
    let amounts = [(added, "added"), (removed, "removed"), (changed, "changed")];
    let said: Vec<String> =
        amounts.into_iter().filter(|(count, _)| *count > 0).map(|(count, did)| amount(count, "example", did)).collect();
    (!said.is_empty()).then(|| format!("{language}: {}", said.join(" and ")))
}

fn first_publish(things: &[Thing]) -> String {
    let count = |word: &str| things.iter().filter(|thing| thing.word == word).count();
    let amounts = ["flow", "intent"].map(|word| (count(word), word));
    let mut said: Vec<String> =
        amounts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(count, word)).collect();
    match count("entity") {
        0 => {}
        1 => said.push("1 entity".to_owned()),
        entities => said.push(format!("{entities} entities")),
    }
    match (things.is_empty(), said.is_empty()) {
        (true, _) => String::new(),
        (_, true) => "The first publish.".to_owned(),
        _ => format!("The first publish: {}.", said.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use greenroom_model::Document;
    use proptest::prelude::*;

    use super::*;
    use crate::diff_documents;

    fn change(at: &str, before: Option<&str>, after: Option<&str>) -> PartChange {
        let path: PartPath = at.parse().unwrap();
        let read = |json: &str| Document::from_json(&path, json.as_bytes()).unwrap();
        diff_documents(&path, before.map(read).as_ref(), after.map(read).as_ref())
    }

    fn check(parts: Vec<PartChange>, notes: &str) {
        assert_eq!(propose_release_notes(&Diff { parts }, false), notes);
    }

    fn flow(says: &str, more: &str) -> String {
        format!(r#"{{"name":"Tickets","start":"a","nodes":{{"a":{{"message":{{"text":{{"en":"{says}"}}}}}}{more}}}}}"#)
    }

    #[test]
    fn what_comes_changes_and_goes_is_said_by_name() {
        let bye = r#","b":{"message":{"text":{"en":"Bye"}}}"#;
        check(
            vec![
                change("flows/tickets", Some(&flow("How many?", "")), Some(&flow("How many seats?", bye))),
                change("flows/old", Some(&flow("x", "")), None),
                change("nlp/entities/size", None, Some(r#"{"name":"Size"}"#)),
                change(
                    "settings",
                    Some(r#"{"name":"A","default_language":"en"}"#),
                    Some(r#"{"name":"B","default_language":"en"}"#),
                ),
            ],
            "Added entity \"Size\".\nChanged flow \"Tickets\" (1 text changed, 1 node added), the settings.\nRemoved flow \"Tickets\".",
        );
    }

    #[test]
    fn an_intent_and_its_examples_are_one_thing() {
        check(
            vec![
                change("nlp/examples/en/refund", None, Some(r#"{"examples":["a","b","c"]}"#)),
                change("nlp/examples/nl/refund", None, Some(r#"{"examples":["d"]}"#)),
                change("nlp/intents/refund", None, Some(r#"{"name":"Refund"}"#)),
                change("nlp/examples/en/hours", Some(r#"{"examples":["x","y"]}"#), Some(r#"{"examples":["y","z"]}"#)),
            ],
            "Added intent \"Refund\" (en: 3 examples added, nl: 1 example added).\n\
             Changed intent \"hours\" (en: 1 example added and 1 example removed).",
        );
    }

    #[test]
    fn tests_alone_are_no_news() {
        check(vec![change("tests/talk", None, Some(r#"{"name":"T","turns":[{"say":"hi"}]}"#))], "");
        check(Vec::new(), "");
        assert_eq!(propose_release_notes(&Diff::default(), true), "");
    }

    #[test]
    fn a_first_publish_says_how_much_it_holds() {
        let intent = |id: &str| change(&format!("nlp/intents/{id}"), None, Some(r#"{"name":"I"}"#));
        let mut parts = vec![change("flows/tickets", None, Some(&flow("x", ""))), intent("a"), intent("b")];
        parts.push(change("nlp/entities/size", None, Some(r#"{"name":"Size"}"#)));
        assert_eq!(propose_release_notes(&Diff { parts }, true), "The first publish: 1 flow, 2 intents, 1 entity.");
        let parts = vec![change("settings", None, Some(r#"{"name":"A","default_language":"en"}"#))];
        assert_eq!(propose_release_notes(&Diff { parts }, true), "The first publish.");
    }

    fn name() -> impl Strategy<Value = String> {
        "\\PC{1,200}".prop_filter("a name is not blank", |name| !name.trim().is_empty())
    }

    proptest! {
        #[test]
        fn each_name_is_there_and_the_text_stays_short(
            names in prop::collection::btree_map("[a-z]{1,12}", (name(), 0..3_u8), 0..40),
        ) {
            let parts: Vec<PartChange> = names.iter().map(|(id, (name, kind))| {
                let json = serde_json::json!({ "name": name }).to_string();
                let at = format!("nlp/entities/{id}");
                match kind {
                    0 => change(&at, None, Some(&json)),
                    1 => change(&at, Some(r#"{"name":"Before"}"#), Some(&json)),
                    _ => change(&at, Some(&json), None),
                }
            }).collect();
            let notes = propose_release_notes(&Diff { parts }, false);
            prop_assert_eq!(notes.is_empty(), names.is_empty());
            prop_assert!(notes.lines().count() <= 3, "{}", notes);
            prop_assert!(notes.chars().count() < 10_000, "{}", notes.chars().count());
            for kind in 0..3_u8 {
                let of_kind: Vec<&String> =
                    names.values().filter(|(_, own)| *own == kind).map(|(name, _)| name).collect();
                for name in of_kind.iter().take(10) {
                    prop_assert!(notes.contains(&quoted(name)), "{} lacks {}", notes, name);
                }
                let more = of_kind.len().saturating_sub(10);
                prop_assert!(more == 0 || notes.contains(&format!("and {more} more")), "{}", notes);
            }
        }
    }
}
