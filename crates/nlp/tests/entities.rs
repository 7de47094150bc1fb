//! What entity recognition promises: whole words, offsets in the original, one match a span.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use greenroom_nlp::{
    EntityContext, EntityDefinition, EntityKind, EntityRecogniser, Error, MAX_TEXT_CHARS, SynonymList, SynonymValue,
};
use proptest::prelude::*;

fn synonyms(id: &str, values: &[(&str, &[&str])]) -> EntityDefinition {
    let values = values
        .iter()
        .map(|(value, synonyms)| SynonymValue {
            value: (*value).to_owned(),
            synonyms: synonyms.iter().map(ToString::to_string).collect(),
        })
        .collect();
    EntityDefinition { id: id.to_owned(), kind: EntityKind::Synonyms(SynonymList { values, ..SynonymList::default() }) }
}

fn regex(id: &str, patterns: &[&str]) -> EntityDefinition {
    let patterns = patterns.iter().map(ToString::to_string).collect();
    EntityDefinition { id: id.to_owned(), kind: EntityKind::Regex(patterns) }
}

/// `expected`: entity, value, the original text that matched, and the characters before it.
fn check(definitions: &[EntityDefinition], text: &str, expected: &[(&str, &str, &str, usize)]) {
    let found = EntityRecogniser::new(definitions).unwrap().find(text, &EntityContext::default());
    let summary: Vec<(&str, &str, &str, usize)> = found
        .iter()
        .map(|found| (&*found.entity, &*found.value, &text[found.bytes.clone()], found.chars.start))
        .collect();
    assert_eq!(summary, expected, "{text:?}");
    for found in &found {
        let by_chars: String = text.chars().skip(found.chars.start).take(found.chars.len()).collect();
        assert_eq!(by_chars, &text[found.bytes.clone()], "byte and character ranges agree");
    }
}

fn cities() -> EntityDefinition {
    synonyms("city", &[("New York", &["NYC", "Big Apple"]), ("York", &[]), ("İzmir", &["Smyrna"]), ("Gießen", &[])])
}

#[test]
fn finds_values_and_synonyms_whatever_the_case() {
    check(&[cities()], "from nyc to YORK", &[("city", "New York", "nyc", 5), ("city", "York", "YORK", 12)]);
    check(&[cities()], "the big  APPLE", &[("city", "New York", "big  APPLE", 4)]);
}

#[test]
fn matches_whole_words_only() {
    check(&[cities()], "yorkshire, newyork, nycs", &[]);
    check(
        &[cities()],
        "york's (york) york.please",
        &[("city", "York", "york", 0), ("city", "York", "york", 8), ("city", "York", "york", 14)],
    );
}

#[test]
fn a_number_inside_another_is_no_match() {
    let count = synonyms("count", &[("three", &["3"])]);
    check(std::slice::from_ref(&count), "3.5 or 33 or 1,3 or 3", &[("count", "three", "3", 20)]);
}

#[test]
fn offsets_are_those_of_the_original_where_folding_changes_lengths() {
    check(&[cities()], "🙂🙂 İZMİR", &[("city", "İzmir", "İZMİR", 3)]);
    check(&[cities()], "ß ß GIESSEN ß gießen", &[("city", "Gießen", "GIESSEN", 4), ("city", "Gießen", "gießen", 14)]);
    check(
        &[synonyms("place", &[("cafe\u{301}", &[])])],
        "e\u{301} CAF\u{c9} x",
        &[("place", "cafe\u{301}", "CAF\u{c9}", 3)],
    );
    check(&[synonyms("place", &[("caf\u{e9}", &[])])], "cafe\u{301}!", &[("place", "caf\u{e9}", "cafe\u{301}", 0)]);
}

#[test]
fn an_accent_is_part_of_its_letter() {
    check(&[synonyms("word", &[("cafe", &[])])], "cafe\u{301}", &[]);
}

#[test]
fn emoji_and_ideographs_match() {
    check(
        &[synonyms("mood", &[("good", &["👍", "👨‍👩‍👧"])])],
        "ok 👍 👨‍👩‍👧 👨",
        &[("mood", "good", "👍", 3), ("mood", "good", "👨‍👩‍👧", 5)],
    );
    check(&[synonyms("city", &[("Beijing", &["北京"])])], "我在北京市", &[("city", "Beijing", "北京", 2)]);
}

#[test]
fn the_longest_wins_then_the_leftmost_then_the_first_defined() {
    check(&[cities()], "new york", &[("city", "New York", "new york", 0)]);
    let words = synonyms("word", &[("a b", &[]), ("b c d", &[]), ("c", &[])]);
    check(std::slice::from_ref(&words), "a b c d", &[("word", "b c d", "b c d", 2)]);
    let pairs = synonyms("pair", &[("b c", &[]), ("a b", &[])]);
    check(std::slice::from_ref(&pairs), "a b c", &[("pair", "a b", "a b", 0)]);
    let (one, two) = (synonyms("from", &[("Rome", &[])]), synonyms("to", &[("rome", &[])]));
    check(&[one.clone(), two.clone()], "rome", &[("from", "Rome", "rome", 0)]);
    check(&[two, one], "rome", &[("to", "rome", "rome", 0)]);
}

#[test]
fn matches_of_different_entities_do_not_overlap() {
    let order = regex("order", &[r"\b[A-Z]{2}-\d+\b"]);
    let number = regex("number", &[r"\d+"]);
    check(&[number, order], "AB-123 and 45", &[("order", "AB-123", "AB-123", 0), ("number", "45", "45", 11)]);
}

#[test]
fn patterns_match_the_original_text() {
    let word = regex("word", &["(?i)straße", "x*"]);
    check(std::slice::from_ref(&word), "é STRAßE xx", &[("word", "STRAßE", "STRAßE", 2), ("word", "xx", "xx", 9)]);
}

#[test]
fn one_id_may_have_several_definitions() {
    let definitions = [synonyms("code", &[("none", &[])]), regex("code", &[r"[A-Z]\d"])];
    check(&definitions, "none or A1", &[("code", "none", "none", 0), ("code", "A1", "A1", 8)]);
}

#[test]
fn blank_synonyms_and_no_definitions_find_nothing() {
    check(&[synonyms("blank", &[("", &[" ", "\u{200B}"])])], "a  b", &[]);
    check(&[], "anything", &[]);
}

#[test]
fn names_entity_and_pattern_of_a_bad_expression() {
    for bad in ["(unclosed", r"(?:\w{1000}){1000}"] {
        match EntityRecogniser::new(&[regex("broken", &["fine", bad])]) {
            Err(Error::InvalidPattern { entity, pattern, .. }) => assert_eq!((&*entity, &*pattern), ("broken", bad)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn reads_no_more_than_the_limit() {
    let text = format!("york {} york", "é".repeat(MAX_TEXT_CHARS));
    let found = EntityRecogniser::new(&[cities()]).unwrap().find(&text, &EntityContext::default());
    assert_eq!(found.len(), 1);
}

#[test]
fn definitions_survive_json_and_refuse_unknown_fields() {
    let definition = cities();
    let json = serde_json::to_string(&definition).unwrap();
    assert_eq!(serde_json::from_str::<EntityDefinition>(&json).unwrap(), definition);
    let unknown = r#"{"id":"a","kind":{"regex":["a"]},"fuzzy":true}"#;
    assert!(serde_json::from_str::<EntityDefinition>(unknown).is_err());
}

#[test]
fn is_shareable_between_threads() {
    fn assert_shareable<T: Send + Sync>() {}
    assert_shareable::<EntityRecogniser>();
    assert_shareable::<greenroom_nlp::Model>();
}

proptest! {
    #[test]
    fn matches_are_in_order_apart_and_cut_at_characters(
        text in "([ab ßİé\u{301}👍🏽'.]|new york|3|\\PC){0,40}",
        words in proptest::collection::vec("[ab ßİé\u{301}👍3]{1,4}", 0..6),
    ) {
        let values: Vec<(&str, &[&str])> = words.iter().map(|word| (word.as_str(), &[][..])).collect();
        let definitions = [synonyms("word", &values), regex("letter", &["a+b", "."]), cities()];
        let found = EntityRecogniser::new(&definitions).unwrap().find(&text, &EntityContext::default());
        let mut end = 0;
        for found in &found {
            prop_assert!(end <= found.bytes.start && found.bytes.start < found.bytes.end);
            end = found.bytes.end;
            let by_chars: String = text.chars().skip(found.chars.start).take(found.chars.len()).collect();
            prop_assert_eq!(Some(by_chars.as_str()), text.get(found.bytes.clone()));
        }
    }

    #[test]
    fn a_synonym_alone_is_found_whole(word in "[a-zA-ZßİéЖ👍][a-zA-ZßİéЖ👍 .'-]{0,8}[a-zA-ZßİéЖ👍]") {
        let found = EntityRecogniser::new(&[synonyms("word", &[(&word, &[])])]).unwrap();
        let matches = found.find(&word, &EntityContext::default());
        prop_assert_eq!(matches.len(), 1);
        prop_assert_eq!(matches[0].bytes.clone(), 0..word.len());
        let upper = word.to_uppercase();
        prop_assert_eq!(found.find(&upper, &EntityContext::default()).len(), 1, "{}", upper);
    }

    #[test]
    fn nothing_is_lost_but_to_something_as_long(
        text in "(a|b|ab|new york|york|3| |é|\\.){0,30}",
        words in proptest::collection::vec("[ab ]{1,5}", 1..4),
    ) {
        let values: Vec<(&str, &[&str])> = words.iter().map(|word| (word.as_str(), &[][..])).collect();
        let definitions = [cities(), synonyms("word", &values), regex("run", &["[ab]+", "k 3"])];
        let context = EntityContext::default();
        let all = EntityRecogniser::new(&definitions).unwrap().find(&text, &context);
        for definition in definitions {
            for alone in EntityRecogniser::new(&[definition]).unwrap().find(&text, &context) {
                let is_kept = all.iter().any(|kept| {
                    let overlaps = kept.bytes.start < alone.bytes.end && alone.bytes.start < kept.bytes.end;
                    let first = (kept.chars.len(), std::cmp::Reverse(kept.chars.start));
                    overlaps && first >= (alone.chars.len(), std::cmp::Reverse(alone.chars.start))
                });
                prop_assert!(is_kept, "{:?} is gone from {:?}", alone, all);
            }
        }
    }
}
