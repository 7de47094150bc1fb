//! What the YAML reader says, in the words of somebody who wrote the file.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error as Yaml, MessageFormatter, UserMessageFormatter};

use super::{MAX_DEPTH, MAX_KEY_CHARACTERS};
use crate::Error;

/// The error of a file, at its line and column.
pub(crate) fn fault(file: &str, error: &Yaml) -> Error {
    let error = error.without_snippet();
    let place = error
        .location()
        .filter(|location| location.line() > 0)
        .and_then(|location| u32::try_from(location.line()).ok().zip(u32::try_from(location.column()).ok()));
    Error::content(file, place, reason(error))
}

fn reason(error: &Yaml) -> String {
    match error {
        Yaml::DuplicateMappingKey { key: Some(key), .. } => format!("`{key}` is given twice; keep one"),
        Yaml::DuplicateMappingKey { key: None, .. } => "a key is given twice; keep one".to_owned(),
        Yaml::SerdeUnknownField { field, expected, .. } if expected.is_empty() => {
            format!("unknown key `{field}`; none is taken here, delete it")
        }
        Yaml::SerdeUnknownField { field, expected, .. } => {
            format!("unknown key `{field}`; the keys here are {}", quoted(expected))
        }
        Yaml::SerdeUnknownVariant { variant, expected, .. } => {
            format!("unknown word `{variant}`; it takes one of {}", quoted(expected))
        }
        Yaml::SerdeMissingField { field, .. } => format!("`{field}` is missing; add it"),
        Yaml::SerdeInvalidType { unexpected, expected, .. } | Yaml::SerdeInvalidValue { unexpected, expected, .. } => {
            let hint = if expected.contains("text") || expected.contains("string") {
                "; put a text that looks like something else in quotes"
            } else {
                ""
            };
            format!("here is {unexpected}, where {expected} is needed{hint}")
        }
        Yaml::NullIntoString { .. } => "a text is missing; give one, or `\"\"` for an empty one".to_owned(),
        Yaml::InvalidBooleanStrict { .. } => "it takes `true` or `false`".to_owned(),
        Yaml::InvalidScalar { ty, .. } => format!("this is not a value of type {ty}"),
        Yaml::NonFiniteFloat { value, .. } => {
            format!("`{value}` is not a finite number; put it in quotes if it is a text")
        }
        Yaml::MultipleDocuments { .. } => "a second YAML document begins; delete the line `---`".to_owned(),
        Yaml::MergeKeyNotAllowed { .. } => "merge keys (`<<`) are not read; write the content out".to_owned(),
        Yaml::UnsupportedTag { tag, .. } => format!("the tag `{tag}` is not read; delete it"),
        Yaml::Eof { .. } => "the file ends too early; something is missing".to_owned(),
        Yaml::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Yaml::ExpectedStringKeyForExternallyTaggedEnum { .. } => {
            "a single key with its content is needed here".to_owned()
        }
        Yaml::ExpectedMappingEndAfterEnumVariantValue { .. } => {
            "only one key can stand here; delete the others".to_owned()
        }
        Yaml::Unexpected { expected, .. } if expected.starts_with("mapping") => {
            "keys with values are needed here; write each as `key: value`".to_owned()
        }
        Yaml::Unexpected { expected, .. } if expected.starts_with("sequence") => {
            "a list is needed here; begin each of its items with `- `, or write `[]` for none".to_owned()
        }
        Yaml::Budget { breach, .. } => too_much(breach),
        Yaml::AliasError { error, .. } => reason(error),
        Yaml::UnknownAnchor { .. } => NO_ALIASES.to_owned(),
        Yaml::AliasReplayLimitExceeded { .. }
        | Yaml::AliasExpansionLimitExceeded { .. }
        | Yaml::AliasReplayStackDepthExceeded { .. }
        | Yaml::AliasReplayCounterOverflow { .. } => {
            "the aliases (`*`) of this file repeat far more than the file holds; write the content out".to_owned()
        }
        other => match UserMessageFormatter.format_message(other) {
            // The parser's own guard, which strikes before the budget's where it looks ahead.
            message if message.contains("recursion limit") => too_deep(),
            message => message.trim_end_matches('.').to_owned(),
        },
    }
}

fn too_deep() -> String {
    format!("the content nests deeper than {MAX_DEPTH} levels; flatten it")
}

const NO_ALIASES: &str = "anchors (`&`) and aliases (`*`) are not read; write the content out, or quote the text";

fn too_much(breach: &BudgetBreach) -> String {
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => NO_ALIASES.to_owned(),
        BudgetBreach::Depth { .. } => too_deep(),
        BudgetBreach::Documents { .. } => "a second YAML document begins; delete the line `---`".to_owned(),
        other => {
            format!("the file is out of all proportion ({other:?}; keys have at most {MAX_KEY_CHARACTERS} characters)")
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
