//! Intents and their examples.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Annotation, Example, Examples};
use greenroom_model::{Document, PartPath};

use super::entities::Vocabulary;
use super::import::{FALLBACK_INTENT, Import};
use super::markup::{self, Marked};
use super::report::Place;

/// An example without its marks, and where it stands.
pub(super) struct MarkedExample {
    pub(super) intent: String,
    pub(super) marked: Marked,
    pub(super) place: Place,
}

/// The longest example that a bot takes, in bytes.
const MAX_EXAMPLE_BYTES: usize = 10_000;

/// Takes the marks out of all examples; what does not read is told.
pub(super) fn read_examples(import: &mut Import<'_>) -> Vec<MarkedExample> {
    let mut examples = Vec::new();
    for intent in &import.project.nlu {
        for example in &intent.examples {
            let marked = markup::read(&example.text);
            for broken in &marked.broken {
                let reason = format!("`{broken}` does not read as a marked entity; it stays in the text as it is");
                import.report.lose(&example.place, "annotation", reason, "mend the mark and import again");
            }
            if marked.text.len() > MAX_EXAMPLE_BYTES || marked.text.trim().is_empty() {
                let reason = format!("it is blank or longer than {MAX_EXAMPLE_BYTES} bytes and is left out");
                import.report.lose(&example.place, "example", reason, "shorten it, if it should count");
                continue;
            }
            examples.push(MarkedExample { intent: intent.name.name.clone(), marked, place: example.place.clone() });
        }
    }
    examples
}

/// Adds every intent of the NLU data and of the domain.
pub(super) fn define(import: &mut Import<'_>) {
    let listed: BTreeSet<&str> = import.project.intents.iter().map(|intent| intent.name.as_str()).collect();
    let mut told = BTreeSet::new();
    for intent in &import.project.nlu {
        let name = intent.name.name.as_str();
        if name == FALLBACK_INTENT {
            import.report.lose(
                &intent.name.place,
                format!("intent `{name}`"),
                "not to understand is no intent; its examples are left out",
                "put them under an intent for what lies out of scope",
            );
            continue;
        }
        import.define_intent(name);
        let group = name.split_once('/').map_or(name, |(group, _)| group);
        if !listed.contains(name) && !listed.contains(group) && told.insert(name) {
            import.report.lose(
                &intent.name.place,
                format!("intent `{name}`"),
                "the domain does not list it, so Rasa never acts on it; it is kept",
                "delete it, or let a flow answer it",
            );
        }
    }
    for intent in &import.project.intents {
        if intent.name != FALLBACK_INTENT && import.group(&intent.name).is_none() {
            import.define_intent(&intent.name);
        }
    }
}

/// Adds the examples, their marks as annotations.
pub(super) fn add_examples(import: &mut Import<'_>, examples: Vec<MarkedExample>, vocabulary: &Vocabulary) {
    let mut by_intent: BTreeMap<String, Vec<Example>> = BTreeMap::new();
    for MarkedExample { intent, marked, place } in examples {
        if intent == FALLBACK_INTENT {
            continue;
        }
        let mut entities = Vec::new();
        for mark in marked.marks {
            let said = |kind: &str, name: &str| format!("{kind} `{name}` of entity `{}`", mark.entity);
            let reason = "entities have neither roles nor groups";
            for (kind, name) in [("role", &mark.role), ("group", &mark.group)] {
                if let Some(name) = name {
                    let advice = "make an entity of its own of each role";
                    import.report.gather(&place, &said(kind, name), &marked.text, reason, advice);
                }
            }
            for further in &mark.further {
                let reason = "a text is marked as one entity; the first was kept";
                let advice = "mark the other in an example of its own";
                import.report.gather(&place, &format!("further entity `{further}`"), &marked.text, reason, advice);
            }
            let named = super::report::Named { name: mark.entity.clone(), place: place.clone() };
            let value = vocabulary.value(&mark.entity, &mark.text).filter(|value| *value != mark.text);
            entities.push(Annotation {
                start: mark.start,
                end: mark.end,
                entity: import.entity(&named),
                value: value.map(str::to_owned),
            });
        }
        by_intent.entry(intent).or_default().push(Example { text: marked.text, entities });
    }
    for (intent, examples) in by_intent {
        let id = import.define_intent(&intent);
        let path = PartPath::Examples(import.language.clone(), id);
        import.parts.insert(path, Document::Examples(Examples { examples }));
    }
}
