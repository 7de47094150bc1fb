//! All flows of a bot, compiled for walking.

use std::collections::BTreeMap;

use greenroom_model::{Document, Language, PartPath, VariableId};
use serde_json::Value;

/// All flows of a bot, compiled for walking.
#[derive(Debug, Clone)]
pub struct Graph {
    default_language: Language,
    default_values: BTreeMap<VariableId, Value>,
}

impl Graph {
    /// Compiles the flows, variables, handlers and settings among a bot's parts;
    /// other parts are passed over.
    pub fn compile(documents: impl IntoIterator<Item = (PartPath, Document)>) -> Self {
        let mut default_values = BTreeMap::new();
        let mut default_language = None;
        for document in documents {
            match document {
                (PartPath::Variable(id), Document::Variable(variable)) if !variable.default.is_null() => {
                    default_values.insert(id, variable.default);
                }
                (PartPath::Settings, Document::Settings(settings)) => {
                    default_language = Some(settings.default_language);
                }
                _ => {}
            }
        }
        Self { default_language: default_language.unwrap_or_else(english), default_values }
    }

    /// The language of a conversation that names none.
    #[must_use]
    pub fn default_language(&self) -> &Language {
        &self.default_language
    }

    pub(crate) fn default_values(&self) -> &BTreeMap<VariableId, Value> {
        &self.default_values
    }
}

#[expect(clippy::expect_used, reason = "`en` is a language tag")]
fn english() -> Language {
    Language::new("en").expect("`en` is a language tag")
}
