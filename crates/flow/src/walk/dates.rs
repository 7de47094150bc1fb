//! Days and telephone numbers that are written in figures.

use std::sync::LazyLock;

use greenroom_model::Language;
use regex::{Captures, Regex};

/// `2026-11-24`, or three numbers with the year last.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})([./-])([0-9]{1,2})([./-])([0-9]{4})").ok()
});

/// Digits with what people put between them.
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\+?\(?[0-9][0-9 ()./-]*[0-9]").ok());

/// The only day that a text has in figures, as `2026-11-24`; nothing at all where it has no figures
/// of that form, and no day where it is not clear which is meant.
///
/// With slashes, the month stands first in American English (`en-us`); in English of no named
/// country it may stand on either side, so such a day is taken only where one number is above 12.
#[expect(clippy::option_option, reason = "no figures, unclear ones, a day")]
pub(super) fn written(text: &str, language: &Language) -> Option<Option<String>> {
    let mut found = DATE.as_ref()?.captures_iter(text).filter(|found| {
        found.get(0).is_some_and(|whole| super::answer::stands_alone(text, whole.start(), whole.end()))
    });
    let only = found.next()?;
    if found.next().is_some() {
        return Some(None);
    }
    Some(day_written(&only, language))
}

/// The day that figures stand for.
fn day_written(only: &Captures<'_>, language: &Language) -> Option<String> {
    let number = |group: usize| only.get(group).and_then(|text| text.as_str().parse::<u32>().ok());
    if let (Some(year), Some(month), Some(day)) = (number(1), number(2), number(3)) {
        return day_of(year, month, day);
    }
    let (first, second, year) = (number(4)?, number(6)?, number(8)?);
    if only.get(5)?.as_str() != only.get(7)?.as_str() {
        return None;
    }
    let by_day = || day_of(year, second, first);
    let by_month = || day_of(year, first, second);
    match (only.get(5)?.as_str(), language.as_str()) {
        ("/", "en-us") => by_month().or_else(by_day),
        ("/", "en") if first <= 12 && second <= 12 && first != second => None,
        _ => by_day().or_else(by_month),
    }
}

fn day_of(year: u32, month: u32, day: u32) -> Option<String> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A day out of the value of an entity: `2026-11-24`, or a time of that day.
pub(super) fn day_in(value: &str) -> Option<String> {
    let day = value.get(..10)?;
    let rest = value.get(10..).unwrap_or_default();
    if !(rest.is_empty() || rest.starts_with('T')) {
        return None;
    }
    let mut parts = day.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, of_month) = (parts.next()??, parts.next()??, parts.next()??);
    day_of(year, month, of_month).filter(|same| same == day)
}

/// The only telephone number in a text, by ITU-T E.164 of 15 digits at most: its digits,
/// after a `+` where it begins with one or with `00`.
pub(super) fn phone(text: &str) -> Option<String> {
    let mut found = PHONE.as_ref()?.find_iter(text).filter_map(|found| {
        if !super::answer::stands_alone(text, found.start(), found.end()) {
            return None;
        }
        let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        let (sign, digits) = match digits.strip_prefix("00") {
            _ if found.as_str().starts_with('+') => ("+", digits.as_str()),
            Some(rest) => ("+", rest),
            None => ("", digits.as_str()),
        };
        (7..=15).contains(&digits.len()).then(|| format!("{sign}{digits}"))
    });
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, language: &str) -> String {
        written(text, &language.parse().unwrap()).flatten().unwrap_or_else(|| "none".to_owned())
    }

    #[test]
    fn reads_the_only_day_of_a_text() {
        for (text, language, expected) in [
            ("on 2026-11-24, please", "en", "2026-11-24"),
            ("2026-1-5", "nl", "2026-01-05"),
            ("24.12.2026", "de", "2026-12-24"),
            ("5-1-2026", "nl", "2026-01-05"),
            ("5/1/2026", "nl", "2026-01-05"),
            ("5/1/2026", "en-us", "2026-05-01"),
            ("5/1/2026", "en-gb", "2026-01-05"),
            ("5/1/2026", "en", "none"),
            ("5/5/2026", "en", "2026-05-05"),
            ("11/24/2026", "en", "2026-11-24"),
            ("29.02.2024", "de", "2024-02-29"),
            ("29.02.2026", "de", "none"),
            ("31.04.2026", "de", "none"),
            ("5-1.2026", "nl", "none"),
            ("2026-11-24 or 2026-11-25", "en", "none"),
            ("x2026-11-24", "en", "none"),
            ("12026-11-24", "en", "none"),
            ("24.12.26", "de", "none"),
            ("", "en", "none"),
        ] {
            assert_eq!(day(text, language), expected, "{text} in {language}");
        }
    }

    #[test]
    fn figures_that_are_not_clear_are_told_from_none() {
        let english = "en".parse().unwrap();
        assert_eq!(written("5/1/2026", &english), Some(None));
        assert_eq!(written("2026-11-24 or 2026-11-25", &english), Some(None));
        for text in ["tomorrow", "24.12.26", "12026-11-24"] {
            assert_eq!(written(text, &english), None, "{text}");
        }
    }

    #[test]
    fn a_day_of_an_entity_is_a_whole_one() {
        assert_eq!(day_in("2026-11-24").as_deref(), Some("2026-11-24"));
        assert_eq!(day_in("2026-11-24T17:30").as_deref(), Some("2026-11-24"));
        for value in ["2026-W48", "2026-11", "2026", "2026-02-30", "2026-11-24x", "tomorrow", "éééééé"] {
            assert_eq!(day_in(value), None, "{value}");
        }
    }

    #[test]
    fn reads_the_only_telephone_number_of_a_text() {
        let phone = |text: &str| phone(text).unwrap_or_else(|| "none".to_owned());
        assert_eq!(phone("call +31 (0)6-12 34 56 78!"), "+310612345678");
        assert_eq!(phone("0031 6 12345678"), "+31612345678");
        assert_eq!(phone("it is 555-1234."), "5551234");
        for text in ["123456", "1234567890123456", "one two", "", "5551234 or 5554321", "ABC5551234"] {
            assert_eq!(phone(text), "none", "{text}");
        }
    }
}
