//! Times of day.

use jiff::civil::{Date, DateTime, Time};

use super::lexer::Tokens;
use super::number::{self, stands_free};
use super::{Read, SystemLanguage, calendar, lexicon};

/// Earlier hours of an evening are past midnight.
const LATE_EVENING: i8 = 4;

/// A time as it was said: its hour may need to be told apart from the one twelve hours later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpokenTime {
    hour: i8,
    minute: i8,
    second: i8,
    /// Whether the hour is one of 1 to 12 of either half of the day.
    is_ambiguous: bool,
    part: Option<DayPart>,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl SpokenTime {
    fn of(hour: i8, minute: i8) -> Self {
        Self { hour, minute, second: 0, is_ambiguous: (1..=12).contains(&hour), part: None }
    }

    fn exact(hour: i8, minute: i8) -> Self {
        Self { is_ambiguous: false, ..Self::of(hour, minute) }
    }

    /// The time. A part of the day that was said with it goes before one from elsewhere; without
    /// any, hours from 1 to 6 are of the afternoon.
    pub(super) fn resolve(self, part: Option<DayPart>) -> Time {
        let hour = match (self.is_ambiguous, self.part.or(part)) {
            (false, _) => self.hour % 24,
            (true, Some(DayPart::Morning)) => self.hour % 12,
            (true, Some(DayPart::Afternoon)) => self.hour % 12 + 12,
            (true, Some(DayPart::Evening)) if self.hour < LATE_EVENING => self.hour,
            (true, Some(DayPart::Evening)) => (self.hour + 12) % 24,
            (true, Some(DayPart::Night)) if self.hour < 7 => self.hour,
            (true, Some(DayPart::Night)) => (self.hour + 12) % 24,
            (true, None) if self.hour < 7 => self.hour + 12,
            (true, None) => self.hour,
        };
        Time::new(hour, self.minute, self.second, 0).unwrap_or(Time::midnight())
    }
}

impl SpokenTime {
    /// The time on a day. An evening ends after midnight: `tonight at 12` and `tonight at 1` are of the next day.
    pub(super) fn resolve_on(self, day: Date, part: Option<DayPart>) -> Option<DateTime> {
        let is_late = self.is_ambiguous
            && self.part.or(part) == Some(DayPart::Evening)
            && (self.hour == 12 || self.hour < LATE_EVENING);
        let day = if is_late { calendar::days_after(day, 1)? } else { day };
        Some(day.to_datetime(self.resolve(part)))
    }
}

/// `17:30`, with seconds where there are any.
pub(super) fn format(time: Time) -> String {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}

/// A time of day, with the part of the day if one is said.
pub(super) fn read(tokens: &Tokens, at: usize) -> Read<SpokenTime> {
    if let Some((part, after)) = day_part(tokens, at) {
        let (time, end) = clock(tokens, preposition(tokens, after).unwrap_or(after), true)?;
        return Some((SpokenTime { part: time.part.or(Some(part)), ..time }, end));
    }
    let after_preposition = at.checked_sub(1).is_some_and(|before| preposition(tokens, before).is_some());
    clock(tokens, at, after_preposition)
}

/// A time after a date, where the `t` of ISO 8601 may touch it.
pub(super) fn read_after_date(tokens: &Tokens, at: usize) -> Read<SpokenTime> {
    let is_iso = at.checked_sub(1).is_some_and(|before| tokens.joins(before, "t")) && tokens.touches(at);
    if is_iso {
        digital(tokens, at, false).map(|(time, end)| (SpokenTime { is_ambiguous: false, ..time }, end))
    } else {
        read(tokens, at)
    }
}

/// The token after `at` or `om`, also after `around` and its like.
pub(super) fn preposition(tokens: &Tokens, at: usize) -> Option<usize> {
    let words: &[&str] = match tokens.language {
        SystemLanguage::Dutch => &["om", "rond", "tegen", "omstreeks", "vanaf"],
        _ => &["at", "around", "about", "by", "@"],
    };
    tokens.phrase(at, words)
}

/// `in the morning`, `'s middags` and their like.
pub(super) fn day_part(tokens: &Tokens, at: usize) -> Read<DayPart> {
    let phrases: &[(&str, DayPart)] = match tokens.language {
        SystemLanguage::Dutch => &[
            ("' s morgens", DayPart::Morning),
            ("' s ochtends", DayPart::Morning),
            ("in de ochtend", DayPart::Morning),
            ("' s middags", DayPart::Afternoon),
            ("in de middag", DayPart::Afternoon),
            ("' s avonds", DayPart::Evening),
            ("in de avond", DayPart::Evening),
            ("' s nachts", DayPart::Night),
            ("in de nacht", DayPart::Night),
        ],
        _ => &[
            ("in the morning", DayPart::Morning),
            ("in the afternoon", DayPart::Afternoon),
            ("in the evening", DayPart::Evening),
            ("at night", DayPart::Night),
        ],
    };
    phrases.iter().find_map(|(phrase, part)| Some((*part, tokens.phrase(at, &[phrase])?)))
}

/// A time and what follows it to tell the half of the day; a bare hour if `takes_bare`.
fn clock(tokens: &Tokens, at: usize, takes_bare: bool) -> Read<SpokenTime> {
    if !stands_free(tokens, at) {
        return None;
    }
    let (time, end) = named(tokens, at)
        .or_else(|| spoken(tokens, at))
        .or_else(|| digital(tokens, at, takes_bare))
        .or_else(|| hour_alone(tokens, at, takes_bare))?;
    if !time.is_ambiguous || time.part.is_some() {
        return Some((time, end));
    }
    match half_of_day(tokens, end).or_else(|| day_part(tokens, end)) {
        Some((part, end)) => Some((SpokenTime { part: Some(part), ..time }, end)),
        None => Some((time, end)),
    }
}

/// `am`, `p.m.`: the morning or the afternoon.
fn half_of_day(tokens: &Tokens, at: usize) -> Read<DayPart> {
    let part = |letter: &str| match letter {
        "a" | "am" => Some(DayPart::Morning),
        "p" | "pm" => Some(DayPart::Afternoon),
        _ => None,
    };
    let word = tokens.word(at)?;
    if word.len() == 2 {
        return Some((part(word)?, at + 1));
    }
    let end = tokens.skip(at + 1, &[".", "m"])?;
    Some((part(word)?, if tokens.joins(end, ".") { end + 1 } else { end }))
}

fn named(tokens: &Tokens, at: usize) -> Read<SpokenTime> {
    let hour = match (tokens.language, tokens.word(at)?) {
        (SystemLanguage::Dutch, "middernacht") => 0,
        (SystemLanguage::Dutch, _) => return None,
        (_, "noon" | "midday") => 12,
        (_, "midnight") => 0,
        _ => return None,
    };
    Some((SpokenTime::exact(hour, 0), at + 1))
}

/// `half past five`, `kwart voor zes`, `tien over half zes`.
fn spoken(tokens: &Tokens, at: usize) -> Read<SpokenTime> {
    let dutch = tokens.language == SystemLanguage::Dutch;
    let half_of = |hour_at: usize| {
        let (hour, end) = hour(tokens, hour_at).filter(|(hour, _)| (1..=12).contains(hour))?;
        // Dutch says how far the next hour is.
        let before = if dutch { (hour + 10) % 12 + 1 } else { hour };
        Some((SpokenTime::of(before, 30), end))
    };
    if dutch {
        if let Some(end) = tokens.phrase(at, &["half"]) {
            let (time, end) = half_of(end)?;
            return Some((time, tokens.phrase(end, &["uur"]).unwrap_or(end)));
        }
    } else if let Some(end) = tokens.phrase(at, &["half past"]) {
        return half_of(end);
    } else if tokens.language == SystemLanguage::BritishEnglish
        && let Some(end) = tokens.phrase(at, &["half"])
    {
        return half_of(end);
    }
    let mut is_named = at.checked_sub(1).is_some_and(|before| preposition(tokens, before).is_some());
    let (minutes, end) = match tokens.phrase(at, &["a quarter", "quarter", "kwart"]) {
        Some(end) => (15, end),
        None => {
            let (number, end) = number::unsigned(tokens, at)?;
            let minutes = i8::try_from(number.whole()?).ok().filter(|minutes| (1..30).contains(minutes))?;
            let named = tokens.phrase(end, &["minutes", "minute", "minuten", "minuut"]);
            is_named |= named.is_some();
            // `two for three` in a shop; clocks are read by fives, or with `minutes` or `at`.
            if !is_named && minutes % 5 != 0 {
                return None;
            }
            (minutes, named.unwrap_or(end))
        }
    };
    let range_starts = tokens.digits(at).is_some() && !is_named && !dutch;
    let (after, before): (&[&str], &[&str]) =
        if dutch { (&["over"], &["voor"]) } else { (&["past", "after"], &["to", "before"]) };
    let (sign, end) = match (tokens.phrase(end, after), tokens.phrase(end, before)) {
        (Some(end), _) => (1, end),
        (_, Some(end)) => (-1, end),
        _ => return None,
    };
    let (base, end) = match tokens.phrase(end, &["half"]).filter(|_| dutch) {
        Some(end) => half_of(end)?,
        None => named(tokens, end).or_else(|| {
            let (hour, end) = hour(tokens, end)?;
            Some((SpokenTime::of(hour, 0), end))
        })?,
    };
    // `5 to 10` is a range, `5 to 10 pm` a time.
    if range_starts && sign < 0 && base.is_ambiguous && half_of_day(tokens, end).or(day_part(tokens, end)).is_none() {
        return None;
    }
    let total = i16::from(base.hour) * 60 + i16::from(base.minute) + i16::from(sign * minutes);
    let (mut hour, minute) = (total.div_euclid(60), total.rem_euclid(60));
    if base.is_ambiguous {
        hour = (hour + 11) % 12 + 1;
    }
    let end = if dutch { tokens.phrase(end, &["uur"]).unwrap_or(end) } else { end };
    Some((
        SpokenTime {
            is_ambiguous: base.is_ambiguous,
            ..SpokenTime::of(i8::try_from(hour.rem_euclid(24)).ok()?, i8::try_from(minute).ok()?)
        },
        end,
    ))
}

/// An hour in digits or one word, 0 to 24.
fn hour(tokens: &Tokens, at: usize) -> Read<i8> {
    let hour = match tokens.digits(at) {
        Some(digits) if digits.len() <= 2 => digits.parse().ok()?,
        Some(_) => return None,
        None if tokens.word(at)? == "één" => 1,
        None => lexicon::small(tokens.language, tokens.word(at)?)? as i8,
    };
    (0..=24).contains(&hour).then_some((hour, at + 1))
}

/// `17:30`, `17u30`, `17:30:15`; `17.30` where what stands around it tells that it is a time.
fn digital(tokens: &Tokens, at: usize, is_time: bool) -> Read<SpokenTime> {
    let dutch = tokens.language == SystemLanguage::Dutch;
    let digits = tokens.digits(at)?;
    let (hour, _) = hour(tokens, at).filter(|(hour, _)| *hour < 24)?;
    let two = |at: usize| {
        let digits = tokens.digits(at).filter(|digits| digits.len() == 2 && tokens.touches(at))?;
        digits.parse::<i8>().ok().filter(|number| *number < 60)
    };
    let separator = tokens.get(at + 1).filter(|token| token.touches)?.text.as_str();
    let minute = two(at + 2)?;
    let mut end = at + 3;
    let unit = if dutch { tokens.phrase(end, &["uur", "u"]) } else { None };
    match separator {
        ":" => {}
        "u" if dutch => {}
        "h" => {}
        "." if is_time || unit.is_some() || half_of_day(tokens, end).is_some() => {}
        _ => return None,
    }
    let mut time = SpokenTime::of(hour, minute);
    // A leading zero is written on clocks of 24 hours only, and the Dutch write no other.
    time.is_ambiguous &= !digits.starts_with('0') && !dutch;
    if separator == ":" && tokens.joins(end, ":") {
        time.second = two(end + 1)?;
        end += 2;
    } else if let Some(after) = unit {
        end = after;
    }
    let goes_on =
        tokens.joins(end, ":") || tokens.get(end).is_some_and(|token| token.touches && tokens.digits(end).is_some());
    (!goes_on).then_some((time, end))
}

/// `five o'clock`, `5 pm`, `zes uur (dertig)`; a bare hour, or `five thirty`, where `takes_bare`.
fn hour_alone(tokens: &Tokens, at: usize, takes_bare: bool) -> Read<SpokenTime> {
    let (hour, end) = hour(tokens, at)?;
    let minutes_at = |at: usize| {
        let (number, end) = number::unsigned(tokens, at)?;
        let minute = i8::try_from(number.whole()?).ok().filter(|minute| (1..60).contains(minute))?;
        // `five three` is no time, and neither is `5 30`.
        (tokens.word(at).is_some() && minute >= 10).then_some((minute, end))
    };
    if tokens.language == SystemLanguage::Dutch {
        if let Some(end) = tokens.phrase(end, &["uur", "u"]) {
            let (minute, end) = minutes_at(end).unwrap_or((0, end));
            return Some((SpokenTime::of(hour, minute), end));
        }
    } else if let Some(end) = tokens.phrase(end, &["o ' clock", "oclock"]) {
        return Some((SpokenTime::of(hour, 0), end));
    } else if half_of_day(tokens, end).is_some() && (1..=12).contains(&hour) {
        return Some((SpokenTime::of(hour, 0), end));
    }
    if !takes_bare {
        return None;
    }
    if let Some((minute, end)) = minutes_at(end).filter(|_| tokens.word(at).is_some()) {
        return Some((SpokenTime::of(hour, minute), end));
    }
    // `at 5 euros`, `om 5%`, `at 5.5` are no times.
    let follows = tokens.get(end);
    let is_free = follows.is_none_or(|next| {
        matches!(
            next.text.as_str(),
            "," | "."
                | "?"
                | "!"
                | ";"
                | ")"
                | "on"
                | "in"
                | "or"
                | "and"
                | "please"
                | "op"
                | "of"
                | "en"
                | "today"
                | "tomorrow"
                | "vandaag"
                | "morgen"
                | "for"
                | "voor"
                | "graag"
                | "'"
        ) && !(next.touches && tokens.digits(end + 1).is_some() && tokens.touches(end + 1))
    });
    is_free.then_some((SpokenTime::of(hour, 0), end))
}
