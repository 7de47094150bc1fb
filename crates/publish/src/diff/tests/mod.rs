//! What the diff says of two documents, as text.

mod flows;

use greenroom_model::Document;
use proptest::prelude::*;

use super::*;
use crate::scenario::path;

fn document(at: &str, json: &str) -> Option<Document> {
    (!json.is_empty()).then(|| Document::from_json(&path(at), json.as_bytes()).unwrap())
}

fn change(at: &str, before: &str, after: &str) -> PartChange {
    diff_documents(&path(at), document(at, before).as_ref(), document(at, after).as_ref())
}

#[track_caller]
fn check(at: &str, before: &str, after: &str, expected: &[&str]) {
    let change = change(at, before, after);
    let text = change.to_string();
    assert_eq!(text.lines().collect::<Vec<_>>(), expected, "{change:#?}");
    let bytes = serde_json::to_vec(&change).unwrap();
    assert_eq!(serde_json::from_slice::<PartChange>(&bytes).unwrap(), change);
}

const ORDER: &str = r#"{ "name": "Order", "start": "ask", "triggers": [{ "intent": "order" }, { "event": "visit" }],
    "nodes": {
        "ask": { "input": { "variable": "size", "ask": { "text": { "en": "What size?", "nl": "Welke maat?" } },
            "accept": [{ "entity": { "entity": "size" } }, { "number": { "min": 1 } }], "next": "thanks" } },
        "route": { "branch": { "cases": [{ "when": "size == 1", "goto": "thanks" }], "else": "ask" } },
        "thanks": { "message": { "text": { "en": ["Thanks", "Great"] },
            "buttons": [{ "title": { "en": "More" }, "action": { "goto": "ask" } }] } },
        "over": { "end": {} } } }"#;

#[test]
fn a_part_that_comes_or_goes_says_how_much_it_holds() {
    check("flows/order", "", ORDER, &["+ flows/order \"Order\"", "    nodes: 4", "    triggers: 2"]);
    check(
        "nlp/examples/en/order",
        r#"{ "examples": ["a", "b"] }"#,
        "",
        &["- nlp/examples/en/order \"order\"", "    examples: 2"],
    );
    check(
        "nlp/entities/size",
        "",
        r#"{ "name": "Size", "values": { "small": [] }, "patterns": ["x+", "y+"] }"#,
        &["+ nlp/entities/size \"Size\"", "    values: 1", "    patterns: 2"],
    );
    check(
        "tests/order",
        "",
        r#"{ "name": "Orders", "turns": [{ "say": "hi" }] }"#,
        &["+ tests/order \"Orders\"", "    turns: 1"],
    );
    check("nlp/training", "", r#"{ "seed": 1 }"#, &["+ nlp/training \"training\""]);
    check("nlp/runtime", "", "{}", &["+ nlp/runtime \"runtime\""]);
    check("flows/handlers/pay", "", r#"{ "name": "Pay" }"#, &["+ flows/handlers/pay \"Pay\""]);
}

#[test]
fn nothing_differs_between_equal_documents() {
    check("flows/order", ORDER, ORDER, &["~ flows/order \"Order\""]);
    check("nlp/training", "", "", &["~ nlp/training \"training\""]);
}

#[test]
fn fields_are_shown_before_and_after() {
    check(
        "nlp/intents/order",
        r#"{ "name": "Buy" }"#,
        r#"{ "name": "Order", "description": "wants\nfood" }"#,
        &["~ nlp/intents/order \"Order\"", "    + description: \"wants\\nfood\"", "    name: \"Buy\" → \"Order\""],
    );
    check(
        "nlp/runtime",
        r#"{ "threshold": 0.4 }"#,
        r#"{ "threshold": 0.5 }"#,
        &["~ nlp/runtime \"runtime\"", "    threshold: 0.4 → 0.5"],
    );
    check(
        "flows/variables/size",
        r#"{ "name": "Size" }"#,
        r#"{ "name": "Size", "default": [] }"#,
        &["~ flows/variables/size \"Size\"", "    + default: []"],
    );
    check(
        "flows/contexts/c",
        r#"{ "name": "C", "description": "x" }"#,
        r#"{ "name": "C" }"#,
        &["~ flows/contexts/c \"C\"", "    - description: \"x\""],
    );
    check(
        "settings",
        r#"{ "name": "Pizza", "default_language": "en", "languages": ["de", "nl"] }"#,
        r#"{ "name": "Pizza", "default_language": "en", "languages": ["fr", "nl"], "sessions": { "idle_minutes": 5 } }"#,
        &[
            "~ settings \"Pizza\"",
            "    - languages: \"de\"",
            "    + languages: \"fr\"",
            "    + sessions.idle_minutes: 5",
            "    + sessions.on_publish: \"pin\"",
            "    + sessions.pin_hours: 24",
        ],
    );
}

#[test]
fn a_list_with_repetitions_is_no_set() {
    let variable = |list: &str| format!(r#"{{ "name": "V", "default": {list} }}"#);
    check(
        "flows/variables/v",
        &variable(r#"["a", "a"]"#),
        &variable(r#"["a"]"#),
        &["~ flows/variables/v \"V\"", "    - default[1]: \"a\""],
    );
}

#[test]
fn a_long_value_is_cut() {
    let long = format!(r#"{{ "name": "V", "default": [{}"x"] }}"#, "\"long\",".repeat(100));
    let text = change("flows/variables/v", r#"{ "name": "V", "default": 1 }"#, &long).to_string();
    assert!(text.lines().nth(1).unwrap().chars().count() < 240 && text.contains('…'), "{text}");
}

#[test]
fn examples_are_a_set() {
    let marked = r#"{ "examples": [{ "text": "a big pizza", "entities": [{ "start": 2, "end": 5, "entity": "size" }] }, "two", "one"] }"#;
    check(
        "nlp/examples/en/order",
        r#"{ "examples": ["one", "a big pizza", "none"] }"#,
        marked,
        &[
            "~ nlp/examples/en/order \"order\"",
            "    ~ example \"a big pizza\": no entity → `size` at 2–5",
            "    + example \"two\"",
            "    - example \"none\"",
        ],
    );
    let valued = marked.replace(r#""entity": "size""#, r#""entity": "size", "value": "large""#);
    check(
        "nlp/examples/en/order",
        marked,
        &valued,
        &[
            "~ nlp/examples/en/order \"order\"",
            "    ~ example \"a big pizza\": `size` at 2–5 → `size` at 2–5 = \"large\"",
        ],
    );
}

#[test]
fn a_summary_counts() {
    let summary = |at: &str, before: &str, after: &str| change(at, before, after).summary();
    let at = "nlp/examples/en/order";
    assert_eq!(
        summary(at, r#"{ "examples": ["one"] }"#, r#"{ "examples": ["two", "three"] }"#),
        "`nlp/examples/en/order` changed (2 examples added, 1 example removed)"
    );
    assert_eq!(
        summary(
            at,
            r#"{ "examples": ["one"] }"#,
            r#"{ "examples": [{ "text": "one", "entities": [{ "start": 0, "end": 3, "entity": "n" }] }] }"#
        ),
        "`nlp/examples/en/order` changed (1 example changed)"
    );
    assert_eq!(summary(at, "", r#"{ "examples": ["one"] }"#), "`nlp/examples/en/order` added (examples: 1)");
    assert_eq!(summary(at, r#"{ "examples": [] }"#, ""), "`nlp/examples/en/order` removed");
    assert_eq!(summary("nlp/training", r#"{ "seed": 1 }"#, r#"{ "seed": 2 }"#), "`nlp/training` changed");
}

#[test]
fn entity_values_and_synonyms_are_sets() {
    check(
        "nlp/entities/size",
        r#"{ "name": "Size", "values": { "big": ["huge", "large"], "small": [] }, "patterns": ["z", "a"] }"#,
        r#"{ "name": "Size", "values": { "big": ["giant", "large"], "medium": ["mid"] }, "patterns": ["z", "b", "a"] }"#,
        &[
            "~ nlp/entities/size \"Size\"",
            "    + patterns[1]: \"b\"",
            "    - values.big: \"huge\"",
            "    + values.big: \"giant\"",
            "    + values.medium: \"mid\"",
            "    - values.small: []",
        ],
    );
}

#[test]
fn a_diff_is_the_text_of_its_parts() {
    let diff = Diff {
        parts: vec![
            change("nlp/training", "", "{}"),
            change("nlp/runtime", "{}", ""),
            change("tests/t", "", r#"{ "name": "T", "turns": [{ "say": "hi" }] }"#),
        ],
    };
    assert_eq!(
        diff.to_string(),
        "+ nlp/training \"training\"\n- nlp/runtime \"runtime\"\n+ tests/t \"T\"\n    turns: 1\n"
    );
    assert_eq!(diff.get(&path("nlp/runtime")).map(|part| part.kind), Some(ChangeKind::Removed));
    assert_eq!(diff.get(&path("settings")), None);
    assert!(diff.carries_something());
    assert!(!Diff { parts: diff.parts[2..].to_vec() }.carries_something());
}

/// JSON with few different values, so that two often share some.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn details_are_empty_exactly_when_bytes_are_equal(before in value(), after in value()) {
        let variable = |default: &Value| {
            let json = serde_json::json!({ "name": "v", "default": default }).to_string();
            document("flows/variables/v", &json).unwrap()
        };
        let at = path("flows/variables/v");
        let (before, after) = (variable(&before), variable(&after));
        let change = diff_documents(&at, Some(&before), Some(&after));
        let bytes = serde_json::to_vec(&change).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<PartChange>(&bytes).unwrap(), &change);
        prop_assert_eq!(change.details.is_empty(), before.to_bytes(&at) == after.to_bytes(&at));
    }

    #[test]
    fn equal_examples_have_no_details(before in prop::collection::btree_set("[ab]{1,2}", 0..5), after in prop::collection::btree_set("[ab]{1,2}", 0..5)) {
        let examples = |texts: &std::collections::BTreeSet<String>| Document::Examples(greenroom_model::document::Examples::of(texts.clone()));
        let change = diff_documents(&path("nlp/examples/en/a"), Some(&examples(&before)), Some(&examples(&after)));
        let count = |gone: bool| change.details.iter().filter(|detail| matches!(detail, Detail::Example { after, .. } if after.is_none() == gone)).count();
        prop_assert_eq!(count(true), before.difference(&after).count());
        prop_assert_eq!(count(false), after.difference(&before).count());
    }
}
