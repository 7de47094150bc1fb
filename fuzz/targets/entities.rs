//! Any text with any entities: found within the text, apart, in order, and the same each time.
//!
//! Lines that read as the JSON of a definition define entities; the others are the text.
#![no_main]

use std::sync::LazyLock;

use greenroom_nlp::{EntityContext, EntityDefinition, EntityKind, EntityRecogniser, SystemKind, SystemLanguage};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

/// A longer input is slow to search for what a shorter one shows too.
const LONGEST: usize = 1 << 12;

/// Every system entity; compiled once, as that takes longer than to search.
static SYSTEM: LazyLock<EntityRecogniser> = LazyLock::new(|| {
    let definition = |kind: SystemKind| EntityDefinition { id: format!("{kind:?}"), kind: EntityKind::System(kind) };
    EntityRecogniser::new(&SystemKind::ALL.map(definition)).expect("system entities compile")
});

fuzz_target!(|text: &str| {
    if text.len() > LONGEST {
        return;
    }
    let mut definitions: Vec<EntityDefinition> = Vec::new();
    let mut said = String::new();
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(definition) => definitions.push(definition),
            Err(_) => said.extend([line, "\n"]),
        }
    }
    if definitions.is_empty() {
        check(&SYSTEM, &said);
    } else if let Ok(recogniser) = EntityRecogniser::new(&definitions) {
        check(&recogniser, &said);
    }
});

fn check(recogniser: &EntityRecogniser, said: &str) {
    for language in [SystemLanguage::AmericanEnglish, SystemLanguage::Dutch] {
        for now in [None, Some(date(2026, 11, 23).at(14, 0, 0, 0)), Some(date(9999, 12, 31).at(23, 59, 59, 0))] {
            let context = EntityContext { language, now, ..EntityContext::default() };
            let found = recogniser.find(said, &context);
            let mut end = 0;
            for entity in &found {
                assert!(end <= entity.bytes.start && entity.bytes.start < entity.bytes.end, "matches are apart");
                end = entity.bytes.end;
                let own = said.get(entity.bytes.clone()).expect("a match is a part of the text");
                assert_eq!(own.chars().count(), entity.chars.len(), "bytes and characters agree");
                assert_eq!(said[..entity.bytes.start].chars().count(), entity.chars.start);
                for part in &entity.parts {
                    assert!(entity.bytes.start <= part.bytes.start && part.bytes.end <= entity.bytes.end);
                }
            }
            assert_eq!(recogniser.find(said, &context), found, "searching again finds the same");
        }
    }
}
