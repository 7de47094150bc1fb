//! What several kinds of node have in their forms: texts by language, values, lists of ids.

use std::collections::BTreeMap;

use greenroom_model::Language;
use greenroom_model::document::{Alternatives, LocalizedText};
use serde_json::Value;

use crate::fields::Fields;
use crate::form::Control;

/// Between alternatives of a text stands a line of these.
const BETWEEN: &str = "---";

/// A text area for each language.
pub(super) fn text_controls(name: &str, label: &str, text: &LocalizedText, languages: &[Language]) -> Vec<Control> {
    languages
        .iter()
        .map(|language| {
            let alternatives = text.get(language).map(|text| text.texts().join(&format!("\n{BETWEEN}\n")));
            Control::area(
                format!("{name}.{language}"),
                format!("{label} ({language})"),
                alternatives.unwrap_or_default(),
            )
        })
        .collect()
}

/// What was typed into the text areas of [`text_controls`].
pub(super) fn read_text(name: &str, fields: &Fields) -> Result<LocalizedText, String> {
    let mut text = LocalizedText::new();
    for (language, typed) in fields.under(name) {
        let language: Language = language.parse().map_err(|error: greenroom_model::Error| error.to_string())?;
        if let Some(alternatives) = read_alternatives(&typed) {
            text.insert(language, alternatives);
        }
    }
    Ok(text)
}

/// The alternatives in one text area; none where it is blank.
pub(crate) fn read_alternatives(typed: &str) -> Option<Alternatives> {
    let lines: Vec<&str> = typed.lines().collect();
    let texts = lines
        .split(|line| line.trim() == BETWEEN)
        .map(|lines| lines.join("\n").trim_end().to_owned())
        .filter(|text| !text.trim().is_empty())
        .collect();
    Alternatives::several(texts)
}

/// Titles of a button: a short text for each language.
pub(super) fn read_titles(name: &str, fields: &Fields) -> Result<BTreeMap<Language, String>, String> {
    let mut titles = BTreeMap::new();
    for (language, typed) in fields.under(name) {
        let language: Language = language.parse().map_err(|error: greenroom_model::Error| error.to_string())?;
        if !typed.trim().is_empty() {
            titles.insert(language, typed.trim().to_owned());
        }
    }
    Ok(titles)
}

/// A value as people type it: a text as it is, unless it would read as something else.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if read_value(text) == *value && text.trim() == text => text.clone(),
        other => other.to_string(),
    }
}

/// What was typed as a value: JSON where it is some, a text otherwise.
pub(super) fn read_value(typed: &str) -> Value {
    serde_json::from_str(typed).unwrap_or_else(|_| Value::String(typed.to_owned()))
}

/// Ids with commas or spaces between them.
pub(super) fn read_ids<T: std::str::FromStr<Err = greenroom_model::Error> + Ord>(
    typed: &str,
) -> Result<std::collections::BTreeSet<T>, String> {
    typed
        .split([',', ' ', '\n'])
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().map_err(|error: greenroom_model::Error| error.to_string()))
        .collect()
}

/// An id that was chosen, or none.
pub(super) fn read_id<T: std::str::FromStr<Err = greenroom_model::Error>>(
    name: &str,
    fields: &Fields,
) -> Result<Option<T>, String> {
    match fields.given(name) {
        None => Ok(None),
        Some(id) => id.parse().map(Some).map_err(|error: T::Err| format!("at `{name}`: {error}")),
    }
}
