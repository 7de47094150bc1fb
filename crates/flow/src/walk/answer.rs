//! What counts as an answer to an input, and the value that it gives.

use std::sync::LazyLock;

use greenroom_model::{IntentId, Language};
use regex::Regex;
use serde_json::{Number, Value};

use super::dates;
use crate::graph::Accepting;
use crate::{EntityValue, Graph};

/// What the user said.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) text: &'a str,
    pub(super) intent: Option<&'a IntentId>,
    pub(super) entities: &'a [EntityValue],
}

/// Addresses as the HTML standard's `input type=email` takes them, with a dot in the host.
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    Regex::new(&format!(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{label}(?:\.{label})+")).ok()
});

/// Every run of digits with signs in it, and whether letters touch it.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[-+]?[0-9](?:[0-9]|[.,][0-9])*").ok());

/// The value that a rule finds in what was said.
pub(super) fn value(rule: &Accepting, said: Said<'_>, graph: &Graph, language: &Language) -> Option<Value> {
    match rule {
        Accepting::Text(filter) => {
            let text = said.text.trim();
            (!text.is_empty() && filter.lets(said.intent)).then(|| text.into())
        }
        Accepting::Entity { entity, intents } if intents.lets(said.intent) => {
            said.entities.iter().find(|found| found.entity == *entity).map(|found| found.value.clone())
        }
        Accepting::Intent { intent, value } if said.intent == Some(intent) => Some(value.clone()),
        // What a handler says comes later.
        Accepting::Entity { .. } | Accepting::Intent { .. } | Accepting::Broken(_) | Accepting::Handler { .. } => None,
        Accepting::Date { min, max } => {
            // Figures are read in one way, whether or not an entity has found them too.
            let day = match dates::written(said.text, language) {
                Some(day) => day?,
                None => {
                    let said_so = said.entities.iter().filter(|found| graph.is_date(&found.entity));
                    said_so.filter_map(|found| found.value.as_str()).find_map(dates::day_in)?
                }
            };
            // Days of this form are in the order of their texts.
            let fits = min.as_ref().is_none_or(|min| day >= *min) && max.as_ref().is_none_or(|max| day <= *max);
            fits.then(|| day.into())
        }
        Accepting::Phone => dates::phone(said.text).map(Into::into),
        Accepting::Number { min, max } => {
            let number = number(said.text)?;
            let float = number.as_f64()?;
            let fits = min.is_none_or(|min| float >= min) && max.is_none_or(|max| float <= max);
            fits.then_some(Value::Number(number))
        }
        Accepting::Email => EMAIL.as_ref()?.find(said.text).map(|found| found.as_str().into()),
        Accepting::Regex(pattern) => pattern.find(said.text).map(Into::into),
        Accepting::Options(options) => option(options, said.text).map(Into::into),
    }
}

/// The words of a text as options are compared: lower case, letters and digits only, one blank between.
pub(crate) fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A text as keywords are compared: its words, or all of it where it has none, such as `👍`.
pub(crate) fn keyword(text: &str) -> String {
    let words = words(text);
    if words.is_empty() { text.trim().to_owned() } else { words }
}

/// The longest text that is searched for options, in bytes of its words.
const MAX_SEARCHED_BYTES: usize = 2_000;

/// The option that is said: the whole text, or the only one among the words of a
/// text that is not too long.
fn option<'o>(options: &'o [(String, String)], text: &str) -> Option<&'o str> {
    let said = words(text);
    if let Some((_, value)) =
        options.iter().find(|(spoken, value)| !spoken.is_empty() && *spoken == said || value == text.trim())
    {
        return Some(value);
    }
    if said.len() > MAX_SEARCHED_BYTES {
        return None;
    }
    let said = format!(" {said} ");
    let mut found = options.iter().filter(|(spoken, _)| !spoken.is_empty() && said.contains(&format!(" {spoken} ")));
    let (_, first) = found.next()?;
    found.all(|(_, value)| value == first).then_some(first.as_str())
}

/// The only number in a text. `1,000` or `1.000` may mean a thousand or one, so it is none; nor is
/// there one in `2026-11-24` or `3-4`.
fn number(text: &str) -> Option<Number> {
    let is_joined = |sign: usize| {
        let before = text.get(..sign).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| before.is_ascii_digit())
    };
    let found = NUMBER.as_ref()?.find_iter(text);
    if found.into_iter().any(|found| found.as_str().starts_with(['-', '+']) && is_joined(found.start())) {
        return None;
    }
    let mut found = NUMBER.as_ref()?.find_iter(text).filter(|found| stands_alone(text, found.start(), found.end()));
    let only = found.next()?;
    if found.next().is_some() {
        return None;
    }
    parsed(only.as_str())
}

/// Whether no letter or digit touches what stands from `start` to `end`.
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.chars().next_back());
    let after = text.get(end..).and_then(|after| after.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

fn parsed(written: &str) -> Option<Number> {
    let (whole, fraction) = match written.rfind(['.', ',']) {
        None => (written.to_owned(), None),
        Some(at) => {
            let (head, tail) = (written.get(..at)?, written.get(at + 1..)?);
            let sign = written.get(at..=at)?;
            let grouped = head.contains(['.', ',']);
            let digits = head.trim_start_matches(['-', '+']);
            if grouped {
                // `1.000,50`: groups of three with one sign, decimals after the other.
                let separator = if sign == "," { '.' } else { ',' };
                let mut groups = digits.split(separator);
                let first = groups.next()?;
                if head.contains(sign) && !head.contains(separator) {
                    let all = tail.len() == 3 && digits.split(sign).skip(1).all(|group| group.len() == 3);
                    if !all || digits.split(sign).next()?.len() > 3 {
                        return None;
                    }
                    (written.replace(sign, ""), None)
                } else if head.contains(sign) || first.len() > 3 || !groups.all(|group| group.len() == 3) {
                    return None;
                } else {
                    (head.replace(separator, ""), Some(tail))
                }
            } else if tail.len() == 3 && digits.len() <= 3 && !digits.starts_with('0') {
                return None;
            } else {
                (head.to_owned(), Some(tail))
            }
        }
    };
    let text = match fraction {
        Some(fraction) => format!("{whole}.{fraction}"),
        None => whole,
    };
    if !text.contains('.')
        && let Ok(integer) = text.parse::<i64>()
        && integer.unsigned_abs() < 1 << 53
    {
        return Some(integer.into());
    }
    Number::from_f64(text.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_in(text: &str) -> String {
        number(text).map_or_else(|| "none".to_owned(), |number| number.to_string())
    }

    #[test]
    fn reads_the_only_number_of_a_text() {
        for (text, expected) in [
            ("3", "3"),
            ("we are 4 people.", "4"),
            ("-2,5", "-2.5"),
            ("2.50", "2.5"),
            ("0,125", "0.125"),
            ("1.000,50", "1000.5"),
            ("1,234,567.5", "1234567.5"),
            ("1,234,567", "1234567"),
            ("1234.567", "1234.567"),
            ("1,000", "none"),
            ("1.000", "none"),
            ("1,00,000", "none"),
            ("1.2.3", "none"),
            ("from 3 to 5", "none"),
            ("b2b", "none"),
            ("three", "none"),
            ("2026-11-24", "none"),
            ("3-4 people", "none"),
            ("b3-4", "none"),
            ("", "none"),
            ("99999999999999999999", "100000000000000000000"),
        ] {
            let found = number_in(text);
            let expected = if text.len() == 20 { number_in("99999999999999999999") } else { expected.to_owned() };
            assert_eq!(found, expected, "{text}");
        }
        assert!(number(&"9".repeat(400)).is_none(), "what is not finite is no number");
    }

    #[test]
    fn finds_an_address_in_a_text() {
        let (graph, language) = (Graph::compile([]), "en".parse().unwrap());
        let find = |text| value(&Accepting::Email, Said { text, intent: None, entities: &[] }, &graph, &language);
        assert_eq!(find("mail me at ann.b+c@mail.example.org."), Some("ann.b+c@mail.example.org".into()));
        for text in ["ann@localhost", "ann at example.org", "@example.org", ""] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn finds_the_only_option() {
        let options: Vec<_> =
            [("big", "large"), ("large", "large"), ("small", "small"), ("extra large", "xl"), ("★", "star")]
                .map(|(spoken, value)| (words(spoken), value.to_owned()))
                .into();
        assert_eq!(option(&options, "Large!"), Some("large"));
        assert_eq!(option(&options, "the BIG, large one"), Some("large"));
        assert_eq!(option(&options, "small or large"), None);
        assert_eq!(option(&options, "enlarge"), None);
        assert_eq!(option(&options, "Extra-large"), Some("xl"));
        assert_eq!(option(&options, "star"), Some("star"));
        assert_eq!(option(&options, ""), None);
        assert_eq!(option(&options, &format!("{} large", "very ".repeat(300))), Some("large"));
        assert_eq!(option(&options, &format!("{} large", "very ".repeat(500))), None);
    }
}
