//! Entities: their values from annotated examples, synonyms and lookup tables,
//! their patterns from regular expressions, and system entities for what Rasa
//! leaves to Duckling or spaCy.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{Entity, SystemEntity};

use super::import::Import;
use super::intents::MarkedExample;
use super::names::display_name;
use super::report::{Named, Place};
use super::source::{List, MappingKind};

/// What can be said for each entity.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    entities: BTreeMap<String, Words>,
}

/// An entity's values and the ways to say them; upper and lower case are one.
#[derive(Debug, Default)]
struct Words {
    values: Vec<(String, BTreeSet<String>)>,
    heard: BTreeMap<String, usize>,
}

impl Words {
    /// Adds a way to say a value. Where it already says another, that one is returned.
    fn add(&mut self, value: &str, text: &str) -> Option<&str> {
        let (value, text) = (value.trim(), text.trim());
        if value.is_empty() || text.is_empty() {
            return None;
        }
        let folded = value.to_lowercase();
        let position = match self.heard.get(&folded) {
            Some(position) => *position,
            None => {
                self.values.push((value.to_owned(), BTreeSet::new()));
                self.heard.insert(folded, self.values.len() - 1);
                self.values.len() - 1
            }
        };
        match self.heard.get(&text.to_lowercase()) {
            Some(other) if *other == position => None,
            Some(other) => self.values.get(*other).map(|(value, _)| value.as_str()),
            None => {
                self.heard.insert(text.to_lowercase(), position);
                if let Some((_, synonyms)) = self.values.get_mut(position) {
                    synonyms.insert(text.to_owned());
                }
                None
            }
        }
    }
}

impl Vocabulary {
    /// The value that a text stands for as an entity.
    pub(super) fn value(&self, entity: &str, text: &str) -> Option<&str> {
        let words = self.entities.get(entity)?;
        let position = words.heard.get(&text.trim().to_lowercase())?;
        words.values.get(*position).map(|(value, _)| value.as_str())
    }
}

/// What Duckling and spaCy recognise, by Rasa's names, and the system entities that recognise it here.
const SYSTEM_ENTITIES: &[(&str, &[SystemEntity])] = &[
    ("CARDINAL", &[SystemEntity::Number]),
    ("DATE", &[SystemEntity::Date]),
    ("MONEY", &[SystemEntity::Money]),
    ("ORDINAL", &[SystemEntity::Ordinal]),
    ("PERCENT", &[SystemEntity::Percentage]),
    ("TIME", &[SystemEntity::Time]),
    ("amount-of-money", &[SystemEntity::Money]),
    ("duration", &[SystemEntity::Duration]),
    ("email", &[SystemEntity::Email]),
    ("number", &[SystemEntity::Number]),
    ("ordinal", &[SystemEntity::Ordinal]),
    ("phone-number", &[SystemEntity::Phone]),
    ("phone_number", &[SystemEntity::Phone]),
    ("temperature", &[SystemEntity::Temperature]),
    ("time", &[SystemEntity::Date, SystemEntity::Time, SystemEntity::DateTime]),
    ("url", &[SystemEntity::Url]),
];

/// What Duckling or spaCy recognise and nothing here does.
const RECOGNISED_ELSEWHERE: &[&str] =
    &["distance", "quantity", "volume", "PERSON", "GPE", "ORG", "LOC", "NORP", "FAC", "PRODUCT", "EVENT"];

/// How many marks a model needs to find an entity better than the list of what was marked does
/// (measured by cross-validation: 14 are too few, 25 are enough).
const LEARNABLE_MARKS: usize = 20;

/// Adds every entity of the domain, the examples and the slots' mappings.
pub(super) fn define(import: &mut Import<'_>, examples: &[MarkedExample]) -> Vocabulary {
    let mut named: BTreeMap<String, Place> = BTreeMap::new();
    let mentions = import.project.entities.iter().cloned();
    let marks = examples.iter().flat_map(|example| {
        example.marked.marks.iter().map(|mark| Named { name: mark.entity.clone(), place: example.place.clone() })
    });
    let mappings = import.project.slots.iter().flat_map(|slot| &slot.mappings);
    let mapped = mappings.filter_map(|mapping| match &mapping.kind {
        MappingKind::Entity(entity) => Some(entity.clone()),
        _ => None,
    });
    let listed: BTreeSet<String> = import.project.entities.iter().map(|entity| entity.name.clone()).collect();
    for entity in mentions.chain(marks).chain(mapped) {
        named.entry(entity.name).or_insert(entity.place);
    }
    let mut marks_of: BTreeMap<&str, usize> = BTreeMap::new();
    for mark in examples.iter().flat_map(|example| &example.marked.marks) {
        *marks_of.entry(&mark.entity).or_default() += 1;
    }
    let vocabulary = learn(import, examples, &named);
    let patterns = read_patterns(import, &named);
    for (name, place) in &named {
        let construct = format!("entity `{name}`");
        if !listed.contains(name) {
            let reason = "the domain does not list it, so Rasa drops it; it is kept";
            import.report.lose(place, construct.clone(), reason, "delete it, or let a flow use it");
        }
        // As Rasa's extractors do, a model finds what enough examples have marked.
        let learned = marks_of.get(name.as_str()).is_some_and(|marks| *marks >= LEARNABLE_MARKS);
        let mut entity = Entity { name: display_name(name), learned, ..Entity::default() };
        if let Some(words) = vocabulary.entities.get(name) {
            entity.values = words.values.iter().cloned().collect();
        }
        entity.patterns = patterns.get(name).cloned().unwrap_or_default();
        let known = SYSTEM_ENTITIES.iter().find(|(known, _)| known == name).map(|(_, system)| *system);
        let is_elsewhere = entity.patterns.is_empty() && RECOGNISED_ELSEWHERE.contains(&name.as_str());
        let advice = "add values, a pattern or a system entity";
        if let Some(system) = known.filter(|_| entity.patterns.is_empty()) {
            entity.system = system.iter().copied().collect();
            let reason =
                "Rasa leaves it to an extractor of the pipeline; system entities of English and Dutch stand in";
            import.report.lose(place, construct, reason, "check that they take what your users write");
        } else if entity.values.is_empty() && entity.patterns.is_empty() {
            let reason = "the source has no values and no pattern of it, so nothing recognises it";
            import.report.lose(place, construct, reason, advice);
        } else if is_elsewhere && learned {
            let reason = "Rasa leaves it to Duckling or spaCy; here a model learns it from the marked examples";
            import.report.lose(place, construct, reason, "mark more of them, or add values");
        } else if is_elsewhere {
            let reason = "Rasa leaves it to Duckling or spaCy; here its values are recognised, only";
            import.report.lose(place, construct, reason, advice);
        }
        import.define_entity(name, entity);
    }
    vocabulary
}

/// The values: first what is said to stand for another, then what stands for itself.
fn learn(import: &mut Import<'_>, examples: &[MarkedExample], named: &BTreeMap<String, Place>) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let mut marked: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for example in examples {
        for mark in &example.marked.marks {
            let texts = marked.entry(&mark.entity).or_default();
            texts.insert(mark.text.to_lowercase());
            if let Some(value) = &mark.value {
                texts.insert(value.to_lowercase());
                let words = vocabulary.entities.entry(mark.entity.clone()).or_default();
                if let Some(other) = words.add(value, &mark.text) {
                    let reason = format!(
                        "`{}` stands for `{value}` here and for `{other}` elsewhere; the first was kept",
                        mark.text
                    );
                    let construct = format!("entity `{}`", mark.entity);
                    import.report.lose(&example.place, construct, reason, "keep one of the two");
                }
            }
        }
    }
    let project = import.project;
    for synonym in &project.synonyms {
        let spellings = synonym.items.iter().map(|item| item.text.to_lowercase());
        let all: BTreeSet<String> = spellings.chain([synonym.name.name.to_lowercase()]).collect();
        let of: Vec<&str> =
            marked.iter().filter(|(_, texts)| !texts.is_disjoint(&all)).map(|(entity, _)| *entity).collect();
        if of.is_empty() {
            import.report.lose(
                &synonym.name.place,
                format!("synonym `{}`", synonym.name.name),
                "no annotated example tells which entity it belongs to",
                "add it to the values of its entity",
            );
        }
        for entity in of {
            let words = vocabulary.entities.entry(entity.to_owned()).or_default();
            for item in &synonym.items {
                if let Some(other) = words.add(&synonym.name.name, &item.text) {
                    let reason = format!("`{}` stands for `{other}` of entity `{entity}` already", item.text);
                    let construct = format!("synonym `{}`", synonym.name.name);
                    import.report.lose(&item.place, construct, reason, "keep one of the two");
                }
            }
        }
    }
    for lookup in &project.lookups {
        if named.contains_key(&lookup.name.name) {
            let words = vocabulary.entities.entry(lookup.name.name.clone()).or_default();
            for item in &lookup.items {
                if !words.heard.contains_key(&item.text.to_lowercase()) {
                    words.add(&item.text, &item.text);
                }
            }
        } else {
            lose_list(import, "lookup table", lookup, "add its entries to the values of an entity");
        }
    }
    for example in examples {
        for mark in &example.marked.marks {
            let words = vocabulary.entities.entry(mark.entity.clone()).or_default();
            if !words.heard.contains_key(&mark.text.trim().to_lowercase()) {
                words.add(&mark.text, &mark.text);
            }
        }
    }
    vocabulary
}

/// The patterns of entities that have regular expressions of their name.
fn read_patterns(import: &mut Import<'_>, named: &BTreeMap<String, Place>) -> BTreeMap<String, Vec<String>> {
    let mut patterns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let project = import.project;
    for regex in &project.regexes {
        if !named.contains_key(&regex.name.name) {
            lose_list(import, "regular expression", regex, "add it to the patterns of an entity");
            continue;
        }
        for item in &regex.items {
            if is_linear(&item.text) {
                patterns.entry(regex.name.name.clone()).or_default().push(item.text.clone());
            } else {
                import.report.lose(
                    &item.place,
                    format!("regular expression `{}`", regex.name.name),
                    format!("`{}` looks around or back, which patterns in linear time cannot", item.text),
                    "write it without",
                );
            }
        }
    }
    patterns
}

fn lose_list(import: &mut Import<'_>, kind: &str, list: &List, advice: &str) {
    let reason = format!("no entity has its name; it only helps Rasa to classify ({} entries)", list.items.len());
    import.report.lose(&list.name.place, format!("{kind} `{}`", list.name.name), reason, advice);
}

/// Whether a pattern does without look-around and back references.
fn is_linear(pattern: &str) -> bool {
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.next().is_some_and(|next| matches!(next, '1'..='9')) {
            return false;
        }
    }
    !["(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P="].iter().any(|sign| pattern.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_around_and_back_references_are_told_apart() {
        for pattern in ["a(?=b)", "a(?!b)", r"(a)\1", "(?<=a)b", "(?<!a)b"] {
            assert!(!is_linear(pattern), "{pattern}");
        }
        for pattern in [r"\d{3}", r"(?i)a|b", r"\\1", "(?<name>a)", "(?:a)"] {
            assert!(is_linear(pattern), "{pattern}");
        }
    }

    #[test]
    fn a_text_says_one_value_whatever_its_case() {
        let mut words = Words::default();
        assert_eq!(words.add("high", "urgent"), None);
        assert_eq!(words.add("High", "Urgent"), None);
        assert_eq!(words.add("low", "urgent"), Some("high"));
        assert_eq!(words.add("high", "high"), None);
        assert_eq!(words.values[0], ("high".to_owned(), BTreeSet::from(["urgent".to_owned()])));
    }
}
