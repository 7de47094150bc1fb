//! One part in one file, as YAML or JSON.

use greenroom_model::{Document, PartPath, from_json_strictly};
use serde_json::Value;

use crate::{Error, yaml};

/// Reads the document of one part: JSON, or YAML by the rules of a bot's folder (each key once,
/// no anchors, `true` and `false` as the only truth values, so `no` is a text). `file` is how
/// errors name it.
///
/// # Errors
/// [`Error::Content`] with the line, where it is known.
///
/// # Examples
/// ```
/// use greenroom_format::read_part;
/// use greenroom_model::Document;
///
/// let variable = read_part(&"flows/variables/reply".parse()?, "reply.yaml", b"name: Reply\ndefault: no\n")?;
/// assert!(matches!(variable, Document::Variable(variable) if variable.default == "no"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_part(path: &PartPath, file: &str, bytes: &[u8]) -> Result<Document, Error> {
    let text = yaml::decode(file, bytes)?;
    let content = |reason: String| Error::content(file, None, reason);
    // JSON is read as JSON, so that what is wrong is told in its terms.
    let value: Value =
        if is_json(text) { from_json_strictly(text.as_bytes()).map_err(content)? } else { yaml::read(file, bytes)? };
    Document::from_value(path, value).map_err(|error| content(error.to_string()))
}

/// Whether it is a JSON object: YAML in braces has keys without quotes.
fn is_json(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_of(text: &str) -> Value {
        match read_part(&"flows/variables/v".parse().unwrap(), "v", text.as_bytes()).unwrap() {
            Document::Variable(variable) => variable.default,
            other => panic!("not a variable: {other:?}"),
        }
    }

    #[test]
    fn words_that_other_readers_take_for_truth_values_stay_words() {
        for word in ["no", "yes", "on", "off", "y"] {
            assert_eq!(default_of(&format!("name: V\ndefault: {word}\n")), word);
            assert_eq!(default_of(&format!("{{name: V, default: {word}}}")), word);
        }
        assert_eq!(default_of("name: V\ndefault: true\n"), true);
        assert_eq!(default_of(r#" { "name": "V", "default": 10 }"#), 10);
    }

    #[test]
    fn faults_are_told_with_their_place() {
        let fault = |text: &str| {
            read_part(&"flows/variables/v".parse().unwrap(), "v.yaml", text.as_bytes()).unwrap_err().to_string()
        };
        assert!(fault("name: V\nname: W\n").starts_with("v.yaml:2:"), "{}", fault("name: V\nname: W\n"));
        assert!(
            fault(r#"{ "name": "V", "name": "W" }"#).contains("name"),
            "{}",
            fault(r#"{ "name": "V", "name": "W" }"#)
        );
        assert!(fault("name: V\nsize: 1\n").contains("size"));
    }
}
