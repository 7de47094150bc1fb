//! Any text: entities of every kind are found within it, apart, in order, and the same each time.
//!
//! The first byte chooses language and time. A line that begins with `template` is a template of a composite as well.
#![no_main]

use std::sync::LazyLock;

use greenroom_nlp::{
    EntityContext, EntityDefinition, EntityKind, EntityRecogniser, Fuzziness, SynonymList, SynonymValue, SystemKind,
    SystemLanguage,
};
use jiff::civil::date;
use libfuzzer_sys::{Corpus, fuzz_target};

/// A longer input is slow to search for what a shorter one shows too.
const LONGEST: usize = 160;
/// One in so many inputs is searched twice.
const SEARCHED_TWICE: u8 = 8;

/// Compiled once: that takes far longer than to search.
static RECOGNISER: LazyLock<EntityRecogniser> = LazyLock::new(|| {
    let words =
        [("New York", "NYC"), ("Utrecht", "Utreg"), ("Den Haag", "'s-Gravenhage"), ("北京", "Beijing"), ("İzmir", "é")];
    let values = words.map(|(value, synonym)| SynonymValue { value: value.into(), synonyms: vec![synonym.into()] });
    let cities = SynonymList { values: values.into(), fuzziness: Fuzziness::BY_LENGTH };
    let composites = ["{Money} from {origin:city} to {city}", "{city} - {city}", "{Number} {city}"];
    let mut definitions = vec![
        EntityDefinition { id: "trip".into(), kind: EntityKind::Composite(composites.map(str::to_owned).into()) },
        EntityDefinition { id: "city".into(), kind: EntityKind::Synonyms(cities) },
        EntityDefinition {
            id: "code".into(),
            kind: EntityKind::Regex(vec!["(?-u)[A-Z]{2}-[0-9]+".into(), "x*".into()]),
        },
    ];
    let system = |kind: SystemKind| EntityDefinition { id: format!("{kind:?}"), kind: EntityKind::System(kind) };
    definitions.extend(SystemKind::ALL.map(system));
    EntityRecogniser::new(&definitions).expect("the definitions compile")
});

fuzz_target!(|text: &str| -> Corpus {
    let Some(choice) = text.bytes().next().filter(|_| text.len() <= LONGEST) else { return Corpus::Reject };
    for template in text.lines().filter_map(|line| line.strip_prefix("template")) {
        let kind = EntityKind::Composite(vec![template.to_owned()]);
        let _ = EntityRecogniser::new(&[EntityDefinition { id: "whole".to_owned(), kind }]);
    }
    let language = [SystemLanguage::AmericanEnglish, SystemLanguage::BritishEnglish, SystemLanguage::Dutch];
    let now = [None, Some(date(2026, 11, 23).at(14, 0, 0, 0)), Some(date(9999, 12, 31).at(23, 59, 59, 0))];
    let context = EntityContext {
        language: language[usize::from(choice) % 3],
        now: now[usize::from(choice) / 3 % 3],
        ..EntityContext::default()
    };
    let found = RECOGNISER.find(text, &context);
    let mut end = 0;
    for entity in &found {
        assert!(end <= entity.bytes.start && entity.bytes.start < entity.bytes.end, "matches are apart");
        end = entity.bytes.end;
        let own = text.get(entity.bytes.clone()).expect("a match is a part of the text");
        assert_eq!(own.chars().count(), entity.chars.len(), "bytes and characters agree");
        assert_eq!(text[..entity.bytes.start].chars().count(), entity.chars.start);
        for part in &entity.parts {
            assert!(entity.bytes.start <= part.bytes.start && part.bytes.end <= entity.bytes.end);
        }
    }
    if text.bytes().fold(0, u8::wrapping_add) % SEARCHED_TWICE == 0 {
        assert_eq!(RECOGNISER.find(text, &context), found, "searching again finds the same");
    }
    Corpus::Keep
});
