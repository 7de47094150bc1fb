//! What counts as an answer, by the table of rules in `docs/flows.md`, "Input".
//!
//! Texts are read word by word, without the expressions of the library: the generator writes
//! them so that a number, a day or an address stands between blanks.

use greenroom_flow::EntityValue;
use greenroom_model::document::Accept;
use greenroom_model::{IntentId, Language};
use serde_json::{Value, json};

use crate::bot::Bot;

/// What the user said.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) text: &'a str,
    pub(crate) intent: Option<&'a IntentId>,
    pub(crate) entities: &'a [EntityValue],
}

/// The value that a rule takes from what was said; a handler is asked elsewhere.
pub(crate) fn value(rule: &Accept, said: Said<'_>, bot: &Bot, language: &Language) -> Option<Value> {
    match rule {
        Accept::Text(filter) => {
            (filter.lets(said.intent) && !said.text.trim().is_empty()).then(|| said.text.trim().into())
        }
        Accept::Entity { entity, intents } => {
            let found = said.entities.iter().find(|found| found.entity == *entity)?;
            intents.lets(said.intent).then(|| found.value.clone())
        }
        Accept::Intent { intent, value } => (said.intent == Some(intent)).then(|| value.clone()),
        Accept::Number { min, max } => {
            let number = only(words(said.text).filter_map(number))??;
            (min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max))
                .then(|| crate::texts::whole_number(json!(number)))
        }
        Accept::Date { min, max } => {
            let written: Vec<_> = words(said.text).filter_map(|word| day_word(word, language)).collect();
            let day = match written.as_slice() {
                [] => {
                    let mut days = said.entities.iter().filter(|found| bot.is_date(&found.entity));
                    days.find_map(|found| day(found.value.as_str()?.split('T').next()?, language)?)?
                }
                [only] => only.clone()?,
                _ => return None,
            };
            (min.as_ref().is_none_or(|min| day >= *min) && max.as_ref().is_none_or(|max| day <= *max))
                .then(|| day.into())
        }
        Accept::Email {} => {
            let is_address = |word: &&str| word.split_once('@').is_some_and(|(_, host)| host.contains('.'));
            words(said.text).find(is_address).map(Into::into)
        }
        Accept::Phone {} => only(words(said.text).filter_map(phone)).map(Into::into),
        Accept::Regex { pattern } => {
            regex::Regex::new(pattern).ok()?.find(said.text).map(|found| found.as_str().into())
        }
        Accept::Options { values } => {
            let ways = |value: &str, others: &std::collections::BTreeSet<String>| {
                std::iter::once(value.to_owned())
                    .chain(others.iter().cloned())
                    .map(|way| plain(&way))
                    .collect::<Vec<_>>()
            };
            let heard = plain(said.text);
            // The whole text, or the only one in it.
            if let Some((value, _)) = values.iter().find(|(value, others)| ways(value, others).contains(&heard)) {
                return Some(value.as_str().into());
            }
            let is_in = |way: &String| format!(" {heard} ").contains(&format!(" {way} "));
            let mut found = values.iter().filter(|(value, others)| ways(value, others).iter().any(is_in));
            let (value, _) = found.next()?;
            found.next().is_none().then(|| value.as_str().into())
        }
        Accept::Handler { .. } => None,
    }
}

/// A text as keywords and options are compared: case and signs do not matter.
pub(crate) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The words between blanks, without the signs around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '!', '?']))
}

/// The only one there is.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// A word that is a number; `Some(None)`: one that may mean two things, such as `1.000`.
fn number(word: &str) -> Option<Option<f64>> {
    if !word.trim_start_matches(['-', '+']).starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let written = word.replace(',', ".");
    let parsed = written.parse::<f64>().ok();
    let is_grouped = written.split_once('.').is_some_and(|(whole, fraction)| {
        let whole = whole.trim_start_matches('-');
        fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0')
    });
    Some(parsed.filter(|_| !is_grouped))
}

/// A word that is a day in figures; `Some(None)`: it may be one of two, or is in no calendar.
fn day_word(word: &str, language: &Language) -> Option<Option<String>> {
    let is_written = word.len() >= 8 && word.chars().all(|c| c.is_ascii_digit() || "-./".contains(c));
    if !is_written || word.split(['-', '.', '/']).count() != 3 {
        return None;
    }
    Some(day(word, language).flatten())
}

/// A day as `2026-11-24`; `Some(None)` where it may be one of two.
#[expect(clippy::option_option, reason = "no day, an unclear one, a day")]
fn day(text: &str, language: &Language) -> Option<Option<String>> {
    let numbers: Vec<u32> = text.split(['-', '.', '/']).map(|part| part.parse().unwrap_or(0)).collect();
    let [first, second, third] = numbers.as_slice() else { return None };
    let valid = |year: u32, month: u32, day: u32| {
        let days = [31, if year.is_multiple_of(4) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let most = *days.get(month.checked_sub(1)? as usize)?;
        (1..=most).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
    };
    if text.contains('-') && *first > 1_000 {
        return valid(*first, *second, *third).map(Some);
    }
    let (by_day, by_month) = (valid(*third, *second, *first), valid(*third, *first, *second));
    let is_unclear = by_day.is_some() && by_month.is_some() && by_day != by_month;
    match language.as_str() {
        "en-us" if text.contains('/') => by_month.or(by_day).map(Some),
        "en" if text.contains('/') && is_unclear => Some(None),
        _ => by_day.or(by_month).map(Some),
    }
}

/// A word that is a telephone number.
fn phone(word: &str) -> Option<String> {
    if !word.chars().all(|c| c.is_ascii_digit() || "+-./".contains(c)) || word.starts_with('-') {
        return None;
    }
    let digits = word.replace(['+', '-', '.', '/'], "");
    let (sign, digits) = match digits.strip_prefix("00") {
        _ if word.starts_with('+') => ("+", digits.as_str()),
        Some(rest) => ("+", rest),
        None => ("", digits.as_str()),
    };
    (7..=15).contains(&digits.len()).then(|| format!("{sign}{digits}"))
}
