//! What must not be written down: the values of sensitive variables, as texts.

use std::fmt;

use serde_json::Value;

use crate::templates::encoded;

/// What stands in the place of what must not be written down.
pub const REDACTED: &str = "•••";

/// The texts of sensitive values that a step has met: the runtime takes them out of what
/// it writes into transcripts and logs. Neither shown nor serialised.
///
/// # Examples
/// ```
/// use greenroom_flow::{Graph, Input, Session, step};
/// use greenroom_model::{Document, PartPath};
///
/// let flow: PartPath = "flows/pay".parse()?;
/// let card: PartPath = "flows/variables/card".parse()?;
/// let graph = Graph::compile([
///     (flow.clone(), Document::from_json(&flow, br#"{
///         "name": "Pay", "start": "ask", "triggers": [{ "intent": "pay" }], "nodes": {
///             "ask": { "input": { "variable": "card", "accept": [{ "regex": { "pattern": "[0-9]{4}" } }], "next": "ok" } },
///             "ok": { "message": { "text": { "en": "Paid by {{ card }}." } } } }
///     }"#)?),
///     (card.clone(), Document::from_json(&card, br#"{ "name": "card", "sensitive": true }"#)?),
/// ]);
/// let asked = step(&graph, &Session::new(&graph, None), &Input::of_intent("pay", "pay".parse()?));
/// let paid = step(&graph, &asked.session, &Input::not_understood("it is 4711"));
/// assert_eq!(paid.replies[0].text, "Paid by 4711.");
/// assert_eq!(paid.secrets.redacted(&paid.replies[0].text), "Paid by •••.");
/// assert_eq!(paid.secrets.redacted("it is 4711"), "•••", "the whole answer to a sensitive question");
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text with every secret in it replaced, whatever its case; also as it stands in an
    /// address, percent-encoded.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        let mut redacted = text.to_owned();
        for secret in &self.0 {
            let encoded = encoded(secret);
            if encoded != *secret {
                redacted = replaced(&redacted, &encoded);
            }
            redacted = replaced(&redacted, secret);
        }
        redacted
    }

    /// A value with every text and number in it redacted.
    #[must_use]
    pub fn redacted_value(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => {
                let shown = number.to_string();
                let redacted = self.redacted(&shown);
                if redacted == shown { value.clone() } else { Value::String(redacted) }
            }
            Value::String(text) => Value::String(self.redacted(text)),
            Value::Array(items) => items.iter().map(|item| self.redacted_value(item)).collect(),
            Value::Object(entries) => {
                entries.iter().map(|(key, item)| (self.redacted(key), self.redacted_value(item))).collect()
            }
        }
    }

    /// Adds what another step has met: a transcript of several turns needs all of theirs.
    pub fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|text| self.add_text(text));
    }

    /// Adds every text and number in a value. What is true or false tells nothing by itself.
    pub(crate) fn add(&mut self, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => self.add_text(&number.to_string()),
            Value::String(text) => self.add_text(text),
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(entries) => entries.values().for_each(|item| self.add(item)),
        }
    }

    /// Adds a text. Longer ones come first, so that a part of one does not spoil it.
    pub(crate) fn add_text(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && !self.0.iter().any(|other| other == text) {
            let place = self.0.partition_point(|other| other.len() >= text.len());
            self.0.insert(place, text.to_owned());
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} not shown)", self.0.len())
    }
}

/// The text with each place replaced where the secret stands by itself, not inside a word.
fn replaced(text: &str, secret: &str) -> String {
    let wanted: Vec<char> = secret.chars().flat_map(char::to_lowercase).collect();
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let length = if before.is_some_and(char::is_alphanumeric) && first.is_alphanumeric() {
            None
        } else {
            length_of_match(rest, &wanted)
        };
        let (shown, length) = match length {
            Some(length) => (REDACTED, length),
            None => (rest.get(..first.len_utf8()).unwrap_or_default(), first.len_utf8()),
        };
        redacted.push_str(shown);
        before = rest.get(..length).and_then(|passed| passed.chars().next_back());
        rest = rest.get(length..).unwrap_or_default();
    }
    redacted
}

/// How many bytes of the text's beginning are the wanted characters, where a word ends after them.
fn length_of_match(text: &str, wanted: &[char]) -> Option<usize> {
    let mut wanted = wanted.iter();
    let mut length = 0;
    for character in text.chars() {
        if wanted.as_slice().is_empty() {
            break;
        }
        if !character.to_lowercase().all(|lower| wanted.next() == Some(&lower)) {
            return None;
        }
        length += character.len_utf8();
    }
    let last = text.get(..length)?.chars().next_back()?;
    let after = text.get(length..).and_then(|after| after.chars().next());
    let inside = last.is_alphanumeric() && after.is_some_and(char::is_alphanumeric);
    (wanted.as_slice().is_empty() && !inside).then_some(length)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn replaces_what_stands_by_itself_whatever_its_case() {
        let mut secrets = Secrets::default();
        secrets.add(&json!(["Ann", { "pin": 12, "home": "Großer Weg 1" }, true, null, " "]));
        assert_eq!(secrets.redacted("ANN, Anna, ann's 12 of 123"), "•••, Anna, •••'s ••• of 123");
        assert_eq!(secrets.redacted("at GROßER WEG 1!"), "at •••!");
        assert_eq!(secrets.redacted("true"), "true");
        assert_eq!(format!("{secrets:?}"), "Secrets(3 not shown)");
        assert_eq!(secrets.redacted_value(&json!({ "a": ["Ann", 12, 13] })), json!({ "a": ["•••", "•••", 13] }));
    }

    #[test]
    fn replaces_what_an_address_has_encoded() {
        let mut secrets = Secrets::default();
        secrets.add(&json!(["ann+x@mail.example", "Großer Weg 1"]));
        let address = "https://x.example/a?t=ann%2Bx%40mail.example&w=Gro%C3%9Fer%20Weg%201";
        assert_eq!(secrets.redacted(address), "https://x.example/a?t=•••&w=•••");
    }

    #[test]
    fn a_longer_secret_goes_first() {
        let mut secrets = Secrets::default();
        secrets.add_text("12");
        secrets.add_text("12-34");
        assert_eq!(secrets.redacted("12-34 12"), "••• •••");
        let mut more = Secrets::default();
        more.extend(&secrets);
        assert_eq!(more, secrets);
    }
}
