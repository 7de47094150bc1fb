//! What learned entities promise: they generalise, the same bytes whatever the order, and an
//! artifact that is checked to the last bit.

#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use std::ops::ControlFlow;

use greenroom_nlp::{
    AnnotatedExample, EntityAnnotation, EntityContext, EntityDefinition, EntityKind, EntityModel, EntityRecogniser,
    EntitySource, Error, SynonymList, SynonymValue, cross_validate_entities, train_entities,
};
use proptest::prelude::*;

const NAMES: [&str; 12] = [
    "Bob",
    "Ann Lee",
    "carol",
    "Dave",
    "Erin Fox",
    "frank",
    "Grace",
    "Heidi Klein",
    "ivan",
    "Judy",
    "mallory",
    "Oscar",
];
const CITIES: [&str; 6] = ["Bern", "New York", "utrecht", "Den Haag", "Gent", "Oslo"];

/// A text, and where in it (in characters) which entity stands.
type Sample = (String, Vec<(usize, usize, &'static str)>);

/// Texts with names and cities in a few moulds, as an author would annotate them.
fn sample() -> Vec<Sample> {
    let mut examples = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        let city = CITIES[at % CITIES.len()];
        let moulds = [
            ("pay {n} now", "name"),
            ("send money to {n} please", "name"),
            ("i live in {c}", "city"),
            ("{n} lives in {c}", "both"),
        ];
        let (mould, _) = moulds[at % moulds.len()];
        for mould in [mould, moulds[(at + 1) % moulds.len()].0] {
            let mut text = String::new();
            let mut marks = Vec::new();
            for piece in mould.split_inclusive(' ') {
                let (word, entity) = match piece.trim() {
                    "{n}" => (*name, "name"),
                    "{c}" => (city, "city"),
                    word => (word, ""),
                };
                let start = text.chars().count();
                text.push_str(word);
                if !entity.is_empty() {
                    marks.push((start, text.chars().count(), entity));
                }
                if piece.ends_with(' ') {
                    text.push(' ');
                }
            }
            examples.push((text, marks));
        }
    }
    examples
        .extend(["pay the bill", "i live here", "send it please", "hello"].map(|text| (text.to_owned(), Vec::new())));
    examples
}

fn examples<'a>(sample: &'a [Sample]) -> Vec<AnnotatedExample<'a>> {
    let annotation =
        |&(start, end, entity): &(usize, usize, &'static str)| EntityAnnotation { chars: start..end, entity };
    sample
        .iter()
        .map(|(text, marks)| AnnotatedExample { text, entities: marks.iter().map(annotation).collect() })
        .collect()
}

fn train(examples: &[AnnotatedExample<'_>]) -> EntityModel {
    train_entities(examples, 1, &mut |_| ControlFlow::Continue(())).unwrap().unwrap()
}

fn found<'a>(model: &'a EntityModel, text: &'a str) -> Vec<(&'a str, &'a str)> {
    model.find(text).into_iter().map(|span| (span.entity, &text[span.bytes])).collect()
}

#[test]
fn finds_words_that_no_example_has() {
    let sample = sample();
    let model = train(&examples(&sample));
    assert_eq!(model.entities(), ["city", "name"]);
    assert_eq!(found(&model, "pay Zoë now"), [("name", "Zoë")]);
    assert_eq!(found(&model, "Peter Parker lives in Antwerpen"), [("name", "Peter Parker"), ("city", "Antwerpen")]);
    assert_eq!(found(&model, "hello"), []);
    assert_eq!(found(&model, ""), []);
}

#[test]
fn the_same_bytes_whatever_the_order_and_repetition() {
    let sample = sample();
    let mut examples = examples(&sample);
    let bytes = train(&examples).to_bytes().unwrap();
    for turn in 1..4 {
        examples.rotate_left(7 * turn);
        examples.push(examples[0].clone());
        assert_eq!(train(&examples).to_bytes().unwrap(), bytes);
    }
    let other = train_entities(&examples, 2, &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
    assert_ne!(other.to_bytes().unwrap(), bytes, "the seed matters");
}

#[test]
fn survives_its_bytes_and_tells_damage() {
    let sample = sample();
    let model = train(&examples(&sample));
    let bytes = model.to_bytes().unwrap();
    assert_eq!(EntityModel::from_bytes(&bytes).unwrap(), model);
    for at in (0..bytes.len()).step_by(bytes.len() / 97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(matches!(EntityModel::from_bytes(&damaged), Err(Error::DamagedModel { .. })), "{at}");
        assert!(EntityModel::from_bytes(&bytes[..at]).is_err());
    }
}

/// The bytes with a change of the header, and a checksum that fits.
fn with_header(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    let mut changed = bytes.to_vec();
    changed[at..at + to.len()].copy_from_slice(to.as_bytes());
    let end = changed.len() - 32;
    let checksum = *blake3::hash(&changed[..end]).as_bytes();
    changed[end..].copy_from_slice(&checksum);
    changed
}

#[test]
fn versions_that_it_cannot_read_are_told_from_damage() {
    let sample = sample();
    let bytes = train(&examples(&sample)).to_bytes().unwrap();
    for (what, field) in [("entity format", "format_version"), ("entity feature", "feature_version")] {
        let newer = with_header(&bytes, &format!("{field}\\\":1"), &format!("{field}\\\":9"));
        match EntityModel::from_bytes(&newer) {
            Err(Error::UnsupportedVersion { what: found, found: 9, supported: 1 }) => assert_eq!(found, what),
            other => panic!("{other:?}"),
        }
    }
    let unordered = with_header(&bytes, r#"[\"city\",\"name\"]"#, r#"[\"name\",\"city\"]"#);
    assert!(matches!(EntityModel::from_bytes(&unordered), Err(Error::DamagedModel { .. })));
}

#[test]
fn nothing_marked_is_no_model_and_a_break_cancels() {
    let plain = [AnnotatedExample { text: "hello", entities: Vec::new() }];
    assert!(train_entities(&plain, 1, &mut |_| ControlFlow::Continue(())).unwrap().is_none());
    assert!(train_entities(&[], 1, &mut |_| ControlFlow::Continue(())).unwrap().is_none());
    let sample = sample();
    let mut calls = 0;
    let cancelled = train_entities(&examples(&sample), 1, &mut |done| {
        assert!((0.0..=1.0).contains(&done));
        calls += 1;
        if calls == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(cancelled, Err(Error::Cancelled)));
    assert_eq!(calls, 5);
}

#[test]
fn cross_validation_keeps_its_floor_and_counts_exact_spans() {
    let sample = sample();
    let evaluation = cross_validate_entities(&examples(&sample), 4, 1, &mut |_| ControlFlow::Continue(())).unwrap();
    let marked: usize = sample.iter().map(|(_, marks)| marks.len()).sum();
    assert_eq!(evaluation.total.marked, marked);
    assert!(evaluation.total.f1() > 0.85, "{evaluation:?}");
    assert!(cross_validate_entities(&[], 1, 1, &mut |_| ControlFlow::Continue(())).is_err());
}

#[test]
fn a_recogniser_asks_the_model_and_maps_what_it_finds_to_values() {
    let sample = sample();
    let model = train(&examples(&sample));
    let list = SynonymList {
        values: vec![
            SynonymValue { value: "Robert".to_owned(), synonyms: vec!["bob".to_owned()] },
            SynonymValue { value: "hello".to_owned(), synonyms: Vec::new() },
        ],
        ..SynonymList::default()
    };
    let definition = EntityDefinition { id: "name".to_owned(), kind: EntityKind::Learned(list) };
    let recogniser = EntityRecogniser::new(&[definition]).unwrap();
    let with_model = EntityContext { model: Some(&model), ..EntityContext::default() };
    let values = |text: &str, context: &EntityContext<'_>| {
        let found = recogniser.find(text, context);
        found.into_iter().map(|found| (found.value, found.source)).collect::<Vec<_>>()
    };
    assert_eq!(values("pay BOB now", &with_model), [("Robert".to_owned(), EntitySource::Learned)]);
    // Its list alone finds nothing as long as the model knows the entity, which the city is none of.
    assert_eq!(values("hello", &with_model), []);
    assert_eq!(values("hello", &EntityContext::default()), [("hello".to_owned(), EntitySource::Synonym)]);
    assert_eq!(values("i live in Bern", &with_model), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_has_an_answer_in_its_bounds(texts in proptest::collection::vec("((pay|Bob|in|New York|now|👍|é\u{301}|[^a-z]) ?){0,20}", 1..10)) {
        let sample = sample();
        static MODEL: std::sync::OnceLock<EntityModel> = std::sync::OnceLock::new();
        let model = MODEL.get_or_init(|| train(&examples(&sample)));
        for text in &texts {
            let mut end = 0;
            for span in model.find(text) {
                prop_assert!(end <= span.bytes.start && span.bytes.start < span.bytes.end);
                prop_assert!(text.get(span.bytes.clone()).is_some());
                end = span.bytes.end;
            }
        }
    }
}
