//! What composites promise: wholes of what was found, with their parts in roles.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use greenroom_nlp::{
    EntityContext, EntityDefinition, EntityKind, EntityMatch, EntityRecogniser, EntitySource, Error, SynonymList,
    SynonymValue, SystemKind,
};

fn definitions(templates: &[&str]) -> Vec<EntityDefinition> {
    let cities = ["Bern", "Gent", "New York"];
    let values = cities.map(|city| SynonymValue { value: city.to_owned(), synonyms: Vec::new() }).to_vec();
    let of = |id: &str, kind| EntityDefinition { id: id.to_owned(), kind };
    vec![
        of("trip", EntityKind::Composite(templates.iter().map(ToString::to_string).collect())),
        of("city", EntityKind::Synonyms(SynonymList { values, ..SynonymList::default() })),
        of("amount", EntityKind::System(SystemKind::Money)),
    ]
}

fn find(templates: &[&str], text: &str) -> Vec<EntityMatch> {
    EntityRecogniser::new(&definitions(templates)).unwrap().find(text, &EntityContext::default())
}

#[test]
fn parts_keep_their_roles_values_and_places() {
    let text = "é: $20 FROM new york to Bern, and Gent";
    let found = find(&["{amount} from {origin:city} to {target:city}"], text);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&*found[0].entity, &*found[0].value, found[0].source),
        ("trip", "$20 FROM new york to Bern", EntitySource::Composite)
    );
    assert_eq!((found[0].bytes.start, found[0].chars.start), (4, 3));
    let parts: Vec<_> = found[0]
        .parts
        .iter()
        .map(|part| (part.role.as_deref(), &*part.entity, &*part.value, &text[part.bytes.clone()]))
        .collect();
    let expected = [
        (None, "amount", "USD 20", "$20"),
        (Some("origin"), "city", "New York", "new york"),
        (Some("target"), "city", "Bern", "Bern"),
    ];
    assert_eq!(parts, expected);
    assert_eq!((&*found[1].entity, &*found[1].value), ("city", "Gent"));
}

#[test]
fn the_longest_fit_wins_then_the_leftmost_then_the_first_template() {
    let summary = |templates: &[&str], text: &str| {
        let found = find(templates, text);
        found.into_iter().map(|found| (found.entity, found.value)).collect::<Vec<_>>()
    };
    let of = |entity: &str, value: &str| (entity.to_owned(), value.to_owned());
    let long_and_short = ["to {city}", "{city} to {city}"];
    assert_eq!(summary(&long_and_short, "Bern to Gent"), [of("trip", "Bern to Gent")]);
    let chain = ["{city} {city}"];
    assert_eq!(summary(&chain, "Bern Gent Bern"), [of("trip", "Bern Gent"), of("city", "Bern")]);
    let roles = ["{a:city} - {city}", "{b:city}-{city}"];
    let found = find(&roles, "Bern-Gent");
    assert_eq!(found[0].parts[0].role.as_deref(), Some("a"));
}

#[test]
fn what_does_not_fit_stays_as_it_is() {
    let templates = ["from {city} to {city}"];
    for text in ["from Bern", "from Bern to", "from Bern to nowhere", "Bern to Gent", ""] {
        assert!(find(&templates, text).iter().all(|found| found.entity == "city"), "{text}");
    }
}

#[test]
fn names_entity_and_template_that_does_not_read() {
    match EntityRecogniser::new(&definitions(&["{city} to {city}", "{city"])) {
        Err(Error::InvalidTemplate { entity, template, .. }) => assert_eq!((&*entity, &*template), ("trip", "{city")),
        other => panic!("{other:?}"),
    }
}
