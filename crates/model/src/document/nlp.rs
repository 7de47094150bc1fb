//! `nlp/…`: intents, their examples, and what training and answering read.

use serde::{Deserialize, Serialize};

use super::check_name;
use crate::EntityId;

/// `nlp/intents/ID`: what an intent is called. Its examples stand apart, by language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The name that people see; changing it needs no training.
    pub name: String,
    /// What people want who say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `nlp/examples/LANGUAGE/ID`: the training texts of one intent in one language; a set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// The examples, sorted by text.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// One labelled training text. Written as a text, or as an object when it has annotations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "ExampleForm"))]
#[serde(from = "ExampleForm", into = "ExampleForm")]
pub struct Example {
    /// What somebody would say, kept to the letter.
    pub text: String,
    /// The entities in it, in the order of the text.
    pub entities: Vec<Annotation>,
}

/// An entity marked in an example.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// Where it begins: Unicode characters from the start of the text, from 0.
    pub start: u32,
    /// Where it ends: the first character after it.
    pub end: u32,
    /// The entity.
    pub entity: EntityId,
    /// The value that it stands for, where that is not the marked text itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum ExampleForm {
    Text(String),
    Annotated(AnnotatedExample),
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct AnnotatedExample {
    text: String,
    #[serde(default)]
    entities: Vec<Annotation>,
}

impl From<ExampleForm> for Example {
    fn from(form: ExampleForm) -> Self {
        match form {
            ExampleForm::Text(text) => Self { text, entities: Vec::new() },
            ExampleForm::Annotated(AnnotatedExample { text, entities }) => Self { text, entities },
        }
    }
}

impl From<Example> for ExampleForm {
    fn from(example: Example) -> Self {
        if example.entities.is_empty() {
            Self::Text(example.text)
        } else {
            Self::Annotated(AnnotatedExample { text: example.text, entities: example.entities })
        }
    }
}

/// `nlp/training`: what training reads beside the examples. A change needs a training.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// The seed of every random choice in training.
    pub seed: u64,
}

/// `nlp/runtime`: what answering reads beside the model. A change needs no training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NlpRuntime {
    /// An intent counts as understood when its confidence is greater than this (0 to 1).
    pub threshold: f64,
}

impl Default for NlpRuntime {
    fn default() -> Self {
        Self { threshold: 0.4 }
    }
}

/// The longest example, in bytes.
const MAX_EXAMPLE_BYTES: usize = 10_000;

impl Intent {
    /// An intent of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}

impl Example {
    /// An example without annotations.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), entities: Vec::new() }
    }

    /// The text as duplicates are told: lower case, one space between words.
    #[must_use]
    pub fn normalized(&self) -> String {
        self.text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Examples {
    /// Examples without annotations.
    pub fn of<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self { examples: texts.into_iter().map(Example::new).collect() }
    }

    pub(super) fn canonicalize(&mut self) -> Result<(), String> {
        for (position, example) in self.examples.iter_mut().enumerate() {
            if example.text.trim().is_empty() {
                return Err(format!("at `examples[{position}]`: the text is blank; delete the line"));
            }
            if example.text.len() > MAX_EXAMPLE_BYTES {
                return Err(format!("at `examples[{position}]`: the text is longer than {MAX_EXAMPLE_BYTES} bytes"));
            }
            example.entities.sort();
            let length = example.text.chars().count() as u64;
            let mut free_from = 0;
            for annotation in &example.entities {
                let (start, end) = (annotation.start, annotation.end);
                if start >= end || u64::from(end) > length {
                    return Err(format!(
                        "at `examples[{position}]`: `{}` is marked from {start} to {end} in a text of {length} characters",
                        annotation.entity
                    ));
                }
                if start < free_from {
                    return Err(format!(
                        "at `examples[{position}]`: the mark of `{}` at {start} overlaps the one before it",
                        annotation.entity
                    ));
                }
                free_from = end;
            }
        }
        self.examples.sort();
        self.examples.dedup();
        Ok(())
    }
}

impl Training {
    pub(super) fn check(&self) -> Result<(), String> {
        // INVARIANT: canonical JSON holds integers exactly only up to 2^53.
        if self.seed >= 1 << 53 {
            return Err("at `seed`: it takes a number below 2^53".to_owned());
        }
        Ok(())
    }
}

impl NlpRuntime {
    pub(super) fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(format!("at `threshold`: {} is not a number from 0 to 1", self.threshold));
        }
        Ok(())
    }
}
