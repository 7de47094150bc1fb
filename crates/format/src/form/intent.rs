//! `intents/ID.yaml`: an intent and its examples in every language, which people
//! edit in one place. In the tree the examples are parts of their own.

use std::collections::BTreeMap;
use std::fmt;

use greenroom_model::document::{Annotation, Example, Examples, Intent};
use greenroom_model::{Document, IntentId, Language, PartPath};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{FormFile, Parts, canonical, misplaced};
use crate::{Error, yaml};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct IntentForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// The intent itself was deleted and its examples were not: kept, so that nothing is lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    orphaned: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    examples: BTreeMap<Language, Vec<ExampleForm>>,
}

/// An example: a text, or a text with its annotations. Unlike the document's own
/// form it tells the author of `- true` to put it in quotes.
#[derive(Serialize)]
#[serde(untagged)]
enum ExampleForm {
    Text(String),
    Annotated(AnnotatedExample),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct AnnotatedExample {
    text: String,
    #[serde(default)]
    entities: Vec<Annotation>,
}

pub(super) fn write(parts: &Parts) -> Result<String, String> {
    let mut form = IntentForm { name: None, description: None, orphaned: true, examples: BTreeMap::new() };
    for (path, document) in parts {
        match (path, document) {
            (PartPath::Intent(_), Document::Intent(Intent { name, description })) => {
                form.name = Some(name.clone());
                form.description.clone_from(description);
                form.orphaned = false;
            }
            (PartPath::Examples(language, _), Document::Examples(Examples { examples })) => {
                form.examples.insert(language.clone(), examples.iter().cloned().map(ExampleForm::from).collect());
            }
            (_, other) => return Err(misplaced(Some(other))),
        }
    }
    yaml::write(&form)
}

pub(super) fn read(file: &FormFile, bytes: &[u8], id: &IntentId) -> Result<Parts, Error> {
    let file = file.to_string();
    let IntentForm { name, description, orphaned, examples } = yaml::read(&file, bytes)?;
    let mut parts = Parts::new();
    match name {
        Some(name) if !orphaned => {
            let path = PartPath::Intent(id.clone());
            let intent = canonical(&file, "", &path, Document::Intent(Intent { name, description }))?;
            parts.insert(path, intent);
        }
        None if orphaned && description.is_none() && !examples.is_empty() => {}
        None if !orphaned => return Err(Error::content(&file, None, "`name` is missing; add it")),
        _ => {
            return Err(Error::content(
                &file,
                None,
                "`orphaned` marks examples whose intent was deleted: delete the line, or `name` and `description`",
            ));
        }
    }
    for (language, examples) in examples {
        let place = format!("in `examples.{language}`");
        let path = PartPath::Examples(language, id.clone());
        let examples = Examples { examples: examples.into_iter().map(Example::from).collect() };
        let document = canonical(&file, &place, &path, Document::Examples(examples))?;
        parts.insert(path, document);
    }
    Ok(parts)
}

impl From<Example> for ExampleForm {
    fn from(Example { text, entities }: Example) -> Self {
        if entities.is_empty() { Self::Text(text) } else { Self::Annotated(AnnotatedExample { text, entities }) }
    }
}

impl From<ExampleForm> for Example {
    fn from(form: ExampleForm) -> Self {
        match form {
            ExampleForm::Text(text) => Self::new(text),
            ExampleForm::Annotated(AnnotatedExample { text, entities }) => Self { text, entities },
        }
    }
}

impl<'de> Deserialize<'de> for ExampleForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrAnnotated;

        impl<'de> Visitor<'de> for TextOrAnnotated {
            type Value = ExampleForm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a `text` with its `entities`,")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ExampleForm, E> {
                Ok(ExampleForm::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<ExampleForm, A::Error> {
                AnnotatedExample::deserialize(MapAccessDeserializer::new(entries)).map(ExampleForm::Annotated)
            }
        }

        deserializer.deserialize_any(TextOrAnnotated)
    }
}
