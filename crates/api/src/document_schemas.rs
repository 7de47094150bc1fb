//! The JSON Schemas of the model's documents, in the words that the document has.
//!
//! They come from the types of `greenroom-model`. Two of their words the
//! OpenAPI crate would drop in silence; each is said in another way here, and
//! what cannot be said is left open, so that no valid document is called invalid.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

/// What stands before the names of these schemas, beside those of the API's own.
const PREFIX: &str = "document.";

/// The schema of a part's document, whatever its kind.
pub(crate) const ANY_DOCUMENT: &str = "Document";

/// The schemas of all kinds of documents, of what they hold, and [`ANY_DOCUMENT`], by name.
pub(crate) fn document_schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = Vec::new();
    let mut kinds = Vec::new();
    for (kind, schema) in greenroom_model::schema::schemas() {
        let Ok(Value::Object(mut root)) = serde_json::to_value(&schema) else { continue };
        if let Some(Value::Object(inner)) = root.remove("$defs") {
            schemas.extend(inner.into_iter().map(|(name, schema)| (format!("{PREFIX}{name}"), schema)));
        }
        root.remove("$schema");
        let name = format!("{PREFIX}{kind}");
        kinds.push(json!({ "$ref": format!("#/components/schemas/{name}") }));
        schemas.push((name, Value::Object(root)));
    }
    schemas.push((
        ANY_DOCUMENT.to_owned(),
        json!({ "description": "The document of a part; which one, says its path", "anyOf": kinds }),
    ));
    let said = |schema| serde_json::from_value(in_words_of_the_document(schema)).ok();
    schemas.into_iter().filter_map(|(name, schema)| Some((name, said(schema)?))).collect()
}

/// A schema that says nothing of the type means any; the OpenAPI crate reads only those that say so.
fn typed(schema: Value) -> Value {
    const SAYS_IT: [&str; 6] = ["type", "$ref", "oneOf", "anyOf", "allOf", "enum"];
    match schema {
        Value::Object(mut schema) if !SAYS_IT.iter().any(|word| schema.contains_key(*word)) => {
            schema.insert("type".to_owned(), json!(["string", "number", "boolean", "object", "array", "null"]));
            Value::Object(schema)
        }
        Value::Bool(true) => typed(json!({})),
        schema => schema,
    }
}

fn in_words_of_the_document(schema: Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut said = Map::new();
            for (word, value) in object {
                match (word.as_str(), value) {
                    ("$ref", Value::String(reference)) => {
                        let reference = reference.replace("#/$defs/", &format!("#/components/schemas/{PREFIX}"));
                        said.insert(word, reference.into());
                    }
                    ("const", value) => {
                        said.insert("enum".to_owned(), json!([value]));
                    }
                    // The pattern of the keys is lost, that of the values stays.
                    ("patternProperties", Value::Object(patterns)) => {
                        let values = patterns.into_iter().next().map_or(Value::Bool(true), |(_, values)| values);
                        said.insert("additionalProperties".to_owned(), in_words_of_the_document(values));
                    }
                    ("additionalProperties", _) if said.contains_key("additionalProperties") => {}
                    // Names of properties are no words of schemas.
                    ("properties", Value::Object(properties)) => {
                        let properties = properties
                            .into_iter()
                            .map(|(name, schema)| (name, typed(in_words_of_the_document(schema))))
                            .collect();
                        said.insert(word, Value::Object(properties));
                    }
                    // Any value at all.
                    ("items", Value::Bool(true)) => {
                        said.insert(word, typed(json!({})));
                    }
                    ("default" | "enum" | "required" | "description" | "title", value) => {
                        said.insert(word, value);
                    }
                    (_, value) => {
                        said.insert(word, in_words_of_the_document(value));
                    }
                }
            }
            Value::Object(said)
        }
        Value::Array(values) => Value::Array(values.into_iter().map(in_words_of_the_document).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_schema_is_lost_on_the_way() {
        let said: BTreeSet<String> = document_schemas().into_iter().map(|(name, _)| name).collect();
        for (kind, schema) in greenroom_model::schema::schemas() {
            assert!(said.contains(&format!("{PREFIX}{kind}")), "{kind}");
            let schema = serde_json::to_value(&schema).unwrap();
            for name in schema["$defs"].as_object().into_iter().flat_map(Map::keys) {
                assert!(said.contains(&format!("{PREFIX}{name}")), "{name} of {kind}");
            }
        }
        assert!(said.contains(ANY_DOCUMENT));
    }

    #[test]
    fn every_word_of_a_schema_reads_back() {
        for (kind, schema) in greenroom_model::schema::schemas() {
            let mut schema = in_words_of_the_document(serde_json::to_value(&schema).unwrap());
            let object = schema.as_object_mut().unwrap();
            object.remove("$schema");
            let inner = object.remove("$defs").unwrap_or(json!({}));
            let all = inner
                .as_object()
                .unwrap()
                .iter()
                .chain([(&kind.to_owned(), &schema)])
                .map(|(n, s)| (n.clone(), s.clone()))
                .collect::<Vec<_>>();
            for (name, schema) in all {
                let read: RefOr<Schema> =
                    serde_json::from_value(schema.clone()).unwrap_or_else(|error| panic!("{name}: {error}: {schema}"));
                assert_eq!(serde_json::to_value(read).unwrap(), schema, "{name}");
            }
        }
    }
}
