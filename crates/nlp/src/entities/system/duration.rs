//! Lengths of time.

use std::fmt;

use super::decimal::Decimal;
use super::lexer::Tokens;
use super::{Read, SystemLanguage, number};

/// A length of time: calendar units, which have no fixed length, beside seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Duration {
    pub(super) months: i64,
    pub(super) days: i64,
    pub(super) seconds: i64,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

/// No longer than a thousand years or so: what sums to more is no duration.
const LARGEST: i64 = 400_000;

impl Duration {
    fn of(count: Decimal, unit: Unit) -> Option<Self> {
        let scaled = |factor: i64| count.checked_mul(factor).and_then(Decimal::whole);
        let small = |value: i64| (0..=LARGEST).contains(&value).then_some(value);
        let mut duration = Self::default();
        match unit {
            Unit::Year => duration.months = small(scaled(12)?)?,
            Unit::Month => duration.months = small(scaled(1)?)?,
            Unit::Week | Unit::Day => {
                let hours = scaled(if unit == Unit::Week { 7 * 24 } else { 24 })?;
                duration.days = small(hours / 24)?;
                duration.seconds = hours % 24 * 3_600;
            }
            Unit::Hour => duration.seconds = scaled(3_600).filter(|seconds| seconds / 3_600 <= LARGEST)?,
            Unit::Minute => duration.seconds = scaled(60).filter(|seconds| seconds / 3_600 <= LARGEST)?,
            Unit::Second => duration.seconds = scaled(1).filter(|seconds| seconds / 3_600 <= LARGEST)?,
        }
        Some(duration)
    }

    fn add(self, other: Self) -> Self {
        Self { months: self.months + other.months, days: self.days + other.days, seconds: self.seconds + other.seconds }
    }

    /// Whether it is made of days and longer units alone.
    pub(super) fn is_of_days(self) -> bool {
        self.seconds == 0
    }
}

impl fmt::Display for Duration {
    /// As ISO 8601: `P1Y2M`, `P2W`, `P1DT12H`, `PT1H30M`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |f: &mut fmt::Formatter<'_>, count: i64, unit: &str| {
            if count == 0 { Ok(()) } else { write!(f, "{count}{unit}") }
        };
        f.write_str("P")?;
        if self.months == 0 && self.seconds == 0 && self.days > 0 && self.days % 7 == 0 {
            return write(f, self.days / 7, "W");
        }
        write(f, self.months / 12, "Y")?;
        write(f, self.months % 12, "M")?;
        write(f, self.days, "D")?;
        if self.seconds != 0 {
            f.write_str("T")?;
            write(f, self.seconds / 3_600, "H")?;
            write(f, self.seconds / 60 % 60, "M")?;
            write(f, self.seconds % 60, "S")?;
        } else if self.months == 0 && self.days == 0 {
            f.write_str("T0S")?;
        }
        Ok(())
    }
}

/// A duration: one or several numbers with their units, the larger first.
pub(super) fn read(tokens: &Tokens, at: usize) -> Read<Duration> {
    if !number::stands_free(tokens, at) {
        return None;
    }
    let (mut duration, mut unit, mut end) = part(tokens, at)?;
    let conjunction = if tokens.language == SystemLanguage::Dutch { "en" } else { "and" };
    while end < at + 16 {
        // `an hour and a half`, `een jaar en een half`
        if let Some((with_half, after)) = half_after(tokens, end, unit) {
            return Some((duration.add(with_half), after));
        }
        let next = if matches!(tokens.text(end), ",") || tokens.text(end) == conjunction { end + 1 } else { end };
        let Some((more, smaller, after)) = part(tokens, next).filter(|(_, smaller, _)| (*smaller as u8) > (unit as u8))
        else {
            break;
        };
        (duration, unit, end) = (duration.add(more), smaller, after);
    }
    Some((duration, end))
}

fn half_after(tokens: &Tokens, at: usize, unit: Unit) -> Read<Duration> {
    let phrases: &[&str] = match tokens.language {
        SystemLanguage::Dutch => &["en een half", "en een halve"],
        _ => &["and a half"],
    };
    let end = tokens.phrase(at, phrases)?;
    // `and a half day` is another part.
    if read_unit(tokens, end).is_some() {
        return None;
    }
    Some((Duration::of(Decimal::HALF, unit)?, end))
}

/// A number with its unit, or a word for both.
fn part(tokens: &Tokens, at: usize) -> Option<(Duration, Unit, usize)> {
    let quarter = |end: usize| Some((Duration { seconds: 900, ..Duration::default() }, Unit::Minute, end));
    let dutch = tokens.language == SystemLanguage::Dutch;
    if dutch {
        if let Some(end) = tokens.phrase(at, &["een kwartier", "kwartier"]) {
            return quarter(end);
        }
        if let Some(end) = tokens.phrase(at, &["drie kwartier"]) {
            return Some((Duration { seconds: 2_700, ..Duration::default() }, Unit::Minute, end));
        }
    } else if let Some(end) = tokens.phrase(at, &["a quarter of an hour", "quarter of an hour", "a quarter hour"]) {
        return quarter(end);
    }
    let phrases: &[(&str, Decimal)] = if dutch {
        &[("een half", Decimal::HALF), ("een halve", Decimal::HALF), ("een", Decimal::ONE)]
    } else {
        &[
            ("half an", Decimal::HALF),
            ("half a", Decimal::HALF),
            ("a half", Decimal::HALF),
            ("an", Decimal::ONE),
            ("a", Decimal::ONE),
        ]
    };
    let article = phrases.iter().find_map(|(phrase, count)| Some((*count, tokens.phrase(at, &[phrase])?)));
    let (count, end) =
        article.filter(|(_, end)| read_unit(tokens, *end).is_some()).or_else(|| number::unsigned(tokens, at))?;
    // `2-hour`, `2 hours`
    let end = if tokens.joins(end, "-") { end + 1 } else { end };
    let unit = read_unit(tokens, end)?;
    Some((Duration::of(count, unit)?, unit, end + 1))
}

/// A unit of time. Short forms count only right after digits or a space after them.
fn read_unit(tokens: &Tokens, at: usize) -> Option<Unit> {
    let word = tokens.word(at)?;
    let after_digits = at.checked_sub(1).is_some_and(|before| tokens.digits(before).is_some());
    let short = match word {
        "h" | "hr" | "hrs" => Some(Unit::Hour),
        "min" | "mins" => Some(Unit::Minute),
        "s" | "sec" | "secs" => Some(Unit::Second),
        "u" if tokens.language == SystemLanguage::Dutch => Some(Unit::Hour),
        "m" if tokens.touches(at) && at >= 2 && matches!(tokens.text(at - 2), "h" | "u") => Some(Unit::Minute),
        _ => None,
    };
    let long = match (tokens.language == SystemLanguage::Dutch, word) {
        (false, "year" | "years") | (true, "jaar" | "jaren") => Some(Unit::Year),
        (false, "month" | "months") | (true, "maand" | "maanden") => Some(Unit::Month),
        (false, "week" | "weeks") | (true, "week" | "weken") => Some(Unit::Week),
        (false, "day" | "days") | (true, "dag" | "dagen") => Some(Unit::Day),
        (false, "hour" | "hours") | (true, "uur" | "uren" | "uurtje") => Some(Unit::Hour),
        (false, "minute" | "minutes") | (true, "minuut" | "minuten" | "minuutje" | "minuutjes") => Some(Unit::Minute),
        (false, "second" | "seconds") | (true, "seconde" | "seconden" | "secondes") => Some(Unit::Second),
        _ => None,
    };
    long.or(short.filter(|_| after_digits))
}
