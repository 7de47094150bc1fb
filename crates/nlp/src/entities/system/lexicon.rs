//! The words of the two languages that stand for numbers, days and months.

use jiff::civil::Weekday;

use super::SystemLanguage;

/// Numbers below twenty, in order.
const ENGLISH_SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const DUTCH_SMALL: [&str; 20] = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
];
/// Twenty, thirty … ninety.
const ENGLISH_TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const DUTCH_TENS: [&str; 8] = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"];
const ENGLISH_ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const ENGLISH_TENTHS: [&str; 8] =
    ["twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth"];
const ENGLISH_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DUTCH_MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const ENGLISH_DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DUTCH_DAYS: [&str; 7] = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"];
const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn position(list: &[&str], word: &str) -> Option<u64> {
    list.iter().position(|candidate| *candidate == word).map(|position| position as u64)
}

/// A number below twenty.
pub(super) fn small(language: SystemLanguage, word: &str) -> Option<u64> {
    match language {
        SystemLanguage::Dutch => position(&DUTCH_SMALL, word),
        _ => position(&ENGLISH_SMALL, word),
    }
}

/// Twenty, thirty … ninety.
pub(super) fn tens(language: SystemLanguage, word: &str) -> Option<u64> {
    let list = if language == SystemLanguage::Dutch { &DUTCH_TENS } else { &ENGLISH_TENS };
    Some(20 + 10 * position(list, word)?)
}

/// `third`, and its like below twenty.
pub(super) fn english_ordinal(word: &str) -> Option<u64> {
    position(&ENGLISH_ORDINALS, word).filter(|number| *number > 0)
}

/// `twentieth`, and its like.
pub(super) fn english_tenth(word: &str) -> Option<u64> {
    Some(20 + 10 * position(&ENGLISH_TENTHS, word)?)
}

/// A Dutch number in one word, such as `vijfhonderdtweeendertig`, below a million.
pub(super) fn dutch_number(word: &str) -> Option<u64> {
    // The longest such word has fewer letters.
    if word.len() > 60 {
        return None;
    }
    match word.split_once("duizend") {
        Some((thousands, rest)) => {
            let thousands = if thousands.is_empty() { 1 } else { dutch_below_10_000(thousands)? };
            let rest = rest.strip_prefix("en").unwrap_or(rest);
            let rest = if rest.is_empty() { 0 } else { dutch_below_10_000(rest)? };
            (rest < 1_000).then_some(thousands * 1_000 + rest)
        }
        None => dutch_below_10_000(word),
    }
}

/// Also `twaalfhonderd`.
fn dutch_below_10_000(word: &str) -> Option<u64> {
    let Some((hundreds, rest)) = word.split_once("honderd") else { return dutch_below_100(word) };
    let hundreds = if hundreds.is_empty() { 1 } else { dutch_below_100(hundreds)? };
    let rest = rest.strip_prefix("en").filter(|rest| dutch_below_100(rest).is_some()).unwrap_or(rest);
    Some(hundreds * 100 + if rest.is_empty() { 0 } else { dutch_below_100(rest)? })
}

fn dutch_below_100(word: &str) -> Option<u64> {
    let language = SystemLanguage::Dutch;
    small(language, word).or_else(|| tens(language, word)).or_else(|| {
        // Units stand before tens: `eenentwintig`.
        let (units, tens_word) = word.match_indices("en").find_map(|(at, _)| {
            let (units, rest) = word.split_at(at);
            let units = small(language, units).filter(|units| (1..10).contains(units))?;
            Some((units, tens(language, rest.get(2..)?)?))
        })?;
        Some(units + tens_word)
    })
}

/// A Dutch ordinal in one word: `derde`, `twintigste`, `eenentwintigste`.
pub(super) fn dutch_ordinal(word: &str) -> Option<u64> {
    match word {
        "eerste" => return Some(1),
        "tweede" => return Some(2),
        "derde" => return Some(3),
        "achtste" => return Some(8),
        _ => {}
    }
    if let Some(number) = word.strip_suffix("ste").and_then(dutch_number).filter(|number| *number >= 20) {
        return Some(number);
    }
    word.strip_suffix("de").and_then(dutch_number).filter(|number| (4..20).contains(number))
}

/// A month by its name, 1 to 12; short forms have three letters or `sept`.
pub(super) fn month(language: SystemLanguage, word: &str) -> Option<i8> {
    let list = if language == SystemLanguage::Dutch { &DUTCH_MONTHS } else { &ENGLISH_MONTHS };
    let is_short = |month: &str| match word {
        "sept" => month.starts_with("sept"),
        "mrt" => month == "maart",
        _ => word.len() == 3 && month.starts_with(word),
    };
    let position = list.iter().position(|month| *month == word || is_short(month))?;
    Some(position as i8 + 1)
}

/// A day of the week by its name or a common short form.
pub(super) fn weekday(language: SystemLanguage, word: &str) -> Option<Weekday> {
    let position = match language {
        SystemLanguage::Dutch => DUTCH_DAYS.iter().position(|day| *day == word),
        _ => ENGLISH_DAYS.iter().position(|day| {
            *day == word
                || matches!(word, "mon" | "tue" | "tues" | "wed" | "thu" | "thur" | "thurs" | "fri")
                    && day.starts_with(word)
        }),
    };
    WEEKDAYS.get(position?).copied()
}
