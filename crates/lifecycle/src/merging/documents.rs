//! Two changes of one document put together, where they are in different places.
//!
//! Objects are merged key by key, so two people may change different nodes of a flow, or different
//! fields of a node. Examples are a set: each side's additions and removals hold. Any other list is
//! one thing: where both changed it, somebody must choose.

use std::collections::BTreeSet;

use greenroom_model::document::Examples;
use greenroom_model::{Document, PartPath};
use serde_json::{Map, Value};

/// The document with both changes; `None` where they meet, or one side deleted the part.
pub(super) fn merge(path: &PartPath, sides: &[Option<Document>]) -> Option<Document> {
    let [Some(before), Some(live), Some(own)] = sides else { return None };
    if let (Document::Examples(before), Document::Examples(live), Document::Examples(own)) = (before, live, own) {
        return merge_examples(before, live, own).map(Document::Examples);
    }
    let value = |document: &Document| serde_json::from_slice::<Value>(&document.to_bytes(path).ok()?).ok();
    let merged = merge_values(Some(&value(before)?), Some(&value(live)?), Some(&value(own)?))??;
    Document::from_json(path, merged.to_string().as_bytes()).ok()
}

/// The value with both changes, or that there is none any more; `None` where the changes meet.
fn merge_values(before: Option<&Value>, live: Option<&Value>, own: Option<&Value>) -> Option<Option<Value>> {
    if live == own || before == live {
        return Some(own.cloned());
    }
    if before == own {
        return Some(live.cloned());
    }
    match (before, live, own) {
        (before, Some(Value::Object(live)), Some(Value::Object(own))) => {
            let nothing = Map::new();
            let before = match before {
                Some(Value::Object(before)) => before,
                None => &nothing,
                Some(_) => return None,
            };
            let keys: BTreeSet<&String> = before.keys().chain(live.keys()).chain(own.keys()).collect();
            let mut merged = Map::new();
            for key in keys {
                if let Some(value) = merge_values(before.get(key), live.get(key), own.get(key))? {
                    merged.insert(key.clone(), value);
                }
            }
            Some(Some(Value::Object(merged)))
        }
        _ => None,
    }
}

/// Text by text; the draft's order, then what the other side added.
fn merge_examples(before: &Examples, live: &Examples, own: &Examples) -> Option<Examples> {
    let find = |side: &'_ Examples, text: &str| side.examples.iter().find(|example| example.text == text).cloned();
    let added = live.examples.iter().filter(|example| find(own, &example.text).is_none());
    let mut merged = own.clone();
    merged.examples.clear();
    for text in own.examples.iter().chain(added).map(|example| &example.text) {
        let (was, theirs, ours) = (find(before, text), find(live, text), find(own, text));
        let example = if theirs == ours || was == theirs {
            ours
        } else if was == ours {
            theirs
        } else {
            // Both changed it, or one did and the other deleted it.
            return None;
        };
        merged.examples.extend(example);
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(path: &str, sides: [&str; 3]) -> Option<Value> {
        let path: PartPath = path.parse().unwrap();
        let sides = sides.map(|json| Some(Document::from_json(&path, json.as_bytes()).unwrap()));
        let merged = merge(&path, &sides)?;
        Some(serde_json::from_slice(&merged.to_bytes(&path).unwrap()).unwrap())
    }

    fn flow(hello: &str, bye: Option<&str>) -> String {
        let bye = bye
            .map_or(String::new(), |text| format!(r#", "bye": {{ "message": {{ "text": {{ "en": "{text}" }} }} }}"#));
        format!(
            r#"{{ "name": "F", "start": "hi", "nodes": {{ "hi": {{ "message": {{ "text": {{ "en": "{hello}" }} }} }}{bye} }} }}"#
        )
    }

    #[test]
    fn changes_of_different_nodes_are_put_together() {
        let sides = [flow("hi", Some("bye")), flow("hello", Some("bye")), flow("hi", Some("see you"))];
        let expected: Value = serde_json::from_str(&flow("hello", Some("see you"))).unwrap();
        assert_eq!(merged("flows/f", sides.each_ref().map(String::as_str)), Some(expected));
        let sides = [flow("hi", None), flow("hello", None), flow("hi", Some("new"))];
        let expected: Value = serde_json::from_str(&flow("hello", Some("new"))).unwrap();
        assert_eq!(merged("flows/f", sides.each_ref().map(String::as_str)), Some(expected));
    }

    #[test]
    fn changes_of_one_place_meet() {
        let sides = [flow("hi", None), flow("hello", None), flow("good day", None)];
        assert_eq!(merged("flows/f", sides.each_ref().map(String::as_str)), None);
        // One deleted the node that the other changed.
        let sides = [flow("hi", Some("bye")), flow("hi", None), flow("hi", Some("see you"))];
        assert_eq!(merged("flows/f", sides.each_ref().map(String::as_str)), None);
    }

    #[test]
    fn examples_are_a_set() {
        let sides = [
            r#"{ "examples": ["one", "two"] }"#,
            r#"{ "examples": ["one", "two", "three"] }"#,
            r#"{ "examples": ["two", "four"] }"#,
        ];
        let texts = merged("nlp/examples/en/a", sides).unwrap();
        let texts: BTreeSet<&str> = texts["examples"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(texts, ["four", "three", "two"].into());
    }

    #[test]
    fn an_example_that_one_side_changed_and_the_other_deleted_must_be_chosen() {
        let before = r#"{ "examples": ["one", "two"] }"#;
        let marked =
            r#"{ "examples": [{ "text": "one", "entities": [{ "start": 0, "end": 3, "entity": "number" }] }, "two"] }"#;
        let deleted = r#"{ "examples": ["two"] }"#;
        assert_eq!(merged("nlp/examples/en/a", [before, marked, deleted]), None);
        assert_eq!(merged("nlp/examples/en/a", [before, deleted, marked]), None);
        for sides in [[before, marked, before], [before, before, marked], [before, marked, marked]] {
            let merged = merged("nlp/examples/en/a", sides).unwrap();
            assert!(merged["examples"].to_string().contains("number"), "{merged}");
        }
    }
}
