//! Dates: said in words, reckoned from now, or written out.

use jiff::civil::{Date, DateTime};

use super::calendar::{self, Period, Which, days_after, months_after};
use super::lexer::Tokens;
use super::number::{self, stands_free};
use super::time::DayPart;
use super::{Read, SystemLanguage, duration, lexicon};

/// A date, and the part of the day that was said with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpokenDate {
    pub(super) period: Period,
    pub(super) part: Option<DayPart>,
}

impl SpokenDate {
    fn day(date: Date) -> Self {
        Self { period: Period::Day(date), part: None }
    }
}

/// A date. What is reckoned from now is found only where `now` is known.
pub(super) fn read(tokens: &Tokens, at: usize, now: Option<DateTime>) -> Read<SpokenDate> {
    if !stands_free(tokens, at) {
        return None;
    }
    let today = now.map(DateTime::date);
    written(tokens, at)
        .or_else(|| with_month(tokens, at, today))
        .or_else(|| relative(tokens, at, today?))
        .or_else(|| distance(tokens, at, now?))
        .or_else(|| named_period(tokens, at, today?))
        .or_else(|| weekday(tokens, at, today?))
}

/// `2026-11-24`, `24/11/2026`, `24-11-26`.
fn written(tokens: &Tokens, at: usize) -> Read<SpokenDate> {
    let separator = tokens.get(at + 1).filter(|token| token.touches)?.text.as_str();
    let is_one = matches!(separator, "-" | "/" | ".") && tokens.joins(at + 3, separator);
    if !(is_one && tokens.touches(at + 2) && tokens.touches(at + 4)) {
        return None;
    }
    let [first, second, third] = [tokens.digits(at)?, tokens.digits(at + 2)?, tokens.digits(at + 4)?];
    if tokens.digits(at + 6).is_some() && tokens.joins(at + 5, separator) {
        return None;
    }
    let parse = |digits: &str| digits.parse::<i16>().ok();
    let small = |digits: &str| if digits.len() <= 2 { digits.parse::<i8>().ok() } else { None };
    let date = if first.len() == 4 {
        Date::new(parse(first)?, small(second)?, small(third)?).ok()?
    } else {
        let year = match third.len() {
            4 => parse(third)?,
            2 => 2000 + parse(third)?,
            _ => return None,
        };
        let (first, second) = (small(first)?, small(second)?);
        let month_first = tokens.language == SystemLanguage::AmericanEnglish;
        let (day, month) = if month_first { (second, first) } else { (first, second) };
        // What cannot be a month is the day, whatever the custom.
        Date::new(year, month, day).or_else(|_| Date::new(year, day, month)).ok()?
    };
    let after = tokens.get(at + 5);
    (!after.is_some_and(|token| token.touches && tokens.digits(at + 5).is_some()))
        .then_some((SpokenDate::day(date), at + 5))
}

/// `24 november (2026)`, `November 24th, 2026`, `november 2026`, with or without the weekday.
fn with_month(tokens: &Tokens, at: usize, today: Option<Date>) -> Read<SpokenDate> {
    let language = tokens.language;
    let weekday = tokens.word(at).is_some_and(|word| lexicon::weekday(language, word).is_some());
    let at = match () {
        () if weekday && tokens.text(at + 1) == "," => at + 2,
        () if weekday => at + 1,
        () => at,
    };
    let at = tokens.phrase(at, &["the", "de"]).filter(|_| weekday || tokens.text(at) == "the").unwrap_or(at);
    let month = |at: usize| {
        let month = tokens.word(at).and_then(|word| lexicon::month(language, word))?;
        // `nov.`
        let is_short = tokens.text(at).len() <= 4 && tokens.joins(at + 1, ".");
        Some((month, if is_short { at + 2 } else { at + 1 }))
    };
    let day_then = |at: usize| {
        let (day, end) = day_number(tokens, at)?;
        let end = tokens.phrase(end, &["of"]).filter(|_| language != SystemLanguage::Dutch).unwrap_or(end);
        let (month, end) = month(end)?;
        Some((month, day, end))
    };
    let month_then = |at: usize| {
        let (month, end) = month(at)?;
        let end = tokens.phrase(end, &["the"]).unwrap_or(end);
        let (day, end) = day_number(tokens, end)?;
        Some((month, day, end))
    };
    if let Some((month, day, end)) =
        day_then(at).or_else(|| if language == SystemLanguage::Dutch { None } else { month_then(at) })
    {
        let with_comma = if tokens.text(end) == "," { end + 1 } else { end };
        let (year, end) = year(tokens, with_comma).map_or((None, end), |(year, end)| (Some(year), end));
        return Some((SpokenDate::day(calendar::day_of_month(today, year, month, day)?), end));
    }
    let (month, end) = month(at)?;
    if let Some((year, end)) = year(tokens, end) {
        return Some((SpokenDate { period: Period::Month(Date::new(year, month, 1).ok()?), part: None }, end));
    }
    // A month by itself may be a name or a word, so only `in may` is one.
    let follows_in = at.checked_sub(1).is_some_and(|before| tokens.text(before) == "in");
    let today = today.filter(|_| follows_in)?;
    let first = calendar::day_of_month(Some(today.first_of_month()), None, month, 1)?;
    Some((SpokenDate { period: Period::Month(first), part: None }, end))
}

/// 1 to 31, as a number or an ordinal.
fn day_number(tokens: &Tokens, at: usize) -> Read<i8> {
    let (day, end) = match number::ordinal(tokens, at) {
        Some(ordinal) => ordinal,
        None => {
            let digits = tokens.digits(at).filter(|digits| digits.len() <= 2);
            match digits {
                Some(digits) => (digits.parse().ok()?, at + 1),
                None => {
                    let (number, end) = number::unsigned(tokens, at)?;
                    (u64::try_from(number.whole()?).ok()?, end)
                }
            }
        }
    };
    i8::try_from(day).ok().filter(|day| (1..=31).contains(day)).map(|day| (day, end))
}

/// A year in four digits, 1000 to 2999.
fn year(tokens: &Tokens, at: usize) -> Read<i16> {
    let year = tokens.digits(at).filter(|digits| digits.len() == 4)?.parse().ok()?;
    (1800..2200).contains(&year).then_some((year, at + 1))
}

/// `tomorrow`, `the day after tomorrow`, `vanavond`, `morgenochtend`.
fn relative(tokens: &Tokens, at: usize, today: Date) -> Read<SpokenDate> {
    let phrases: &[(&str, i64, Option<DayPart>)] = match tokens.language {
        SystemLanguage::Dutch => &[
            ("overmorgen", 2, None),
            ("eergisteren", -2, None),
            ("vandaag", 0, None),
            ("gisteren", -1, None),
            ("gisterenavond", -1, Some(DayPart::Evening)),
            ("gisteravond", -1, Some(DayPart::Evening)),
            ("vanochtend", 0, Some(DayPart::Morning)),
            ("vanmorgen", 0, Some(DayPart::Morning)),
            ("vanmiddag", 0, Some(DayPart::Afternoon)),
            ("vanavond", 0, Some(DayPart::Evening)),
            ("vannacht", 0, Some(DayPart::Night)),
            ("morgenochtend", 1, Some(DayPart::Morning)),
            ("morgenvroeg", 1, Some(DayPart::Morning)),
            ("morgenmiddag", 1, Some(DayPart::Afternoon)),
            ("morgenavond", 1, Some(DayPart::Evening)),
            ("morgen", 1, None),
        ],
        _ => &[
            ("the day after tomorrow", 2, None),
            ("day after tomorrow", 2, None),
            ("the day before yesterday", -2, None),
            ("day before yesterday", -2, None),
            ("today", 0, None),
            ("tomorrow", 1, None),
            ("yesterday", -1, None),
            ("tonight", 0, Some(DayPart::Evening)),
            ("last night", -1, Some(DayPart::Evening)),
            ("this morning", 0, Some(DayPart::Morning)),
            ("this afternoon", 0, Some(DayPart::Afternoon)),
            ("this evening", 0, Some(DayPart::Evening)),
        ],
    };
    // `goedemorgen` is one word, but `goede morgen` greets as well.
    if tokens.text(at) == "morgen"
        && at.checked_sub(1).is_some_and(|before| matches!(tokens.text(before), "goede" | "goeie"))
    {
        return None;
    }
    let (days, part, end) =
        phrases.iter().find_map(|(phrase, days, part)| Some((*days, *part, tokens.phrase(at, &[phrase])?)))?;
    let date = SpokenDate { period: Period::Day(days_after(today, days)?), part };
    Some(with_part(tokens, date, end))
}

/// `tomorrow morning`, `vrijdag avond`.
fn with_part(tokens: &Tokens, date: SpokenDate, end: usize) -> (SpokenDate, usize) {
    let part = match tokens.text(end) {
        "morning" | "ochtend" => DayPart::Morning,
        "afternoon" | "middag" => DayPart::Afternoon,
        "evening" | "avond" => DayPart::Evening,
        "night" | "nacht" => DayPart::Night,
        _ => return (date, end),
    };
    (SpokenDate { part: date.part.or(Some(part)), ..date }, end + 1)
}

/// `in three days`, `over twee weken`, `two weeks ago`.
fn distance(tokens: &Tokens, at: usize, now: DateTime) -> Read<SpokenDate> {
    let dutch = tokens.language == SystemLanguage::Dutch;
    let after_in = tokens.phrase(at, if dutch { &["over"] } else { &["in"] });
    let (length, end) = duration::read(tokens, after_in.unwrap_or(at))?;
    let ago = tokens.phrase(end, if dutch { &["geleden"] } else { &["ago"] });
    if !length.is_of_days() || after_in.is_some() == ago.is_some() {
        return None;
    }
    let moment = calendar::moment_after(now, length, ago.is_some())?;
    Some((SpokenDate::day(moment.date()), ago.unwrap_or(end)))
}

/// Which of the periods around today, from a word such as `next`.
fn which(tokens: &Tokens, at: usize) -> Read<Which> {
    let phrases: &[(&str, Which)] = match tokens.language {
        SystemLanguage::Dutch => &[
            ("volgende", Which::Next),
            ("volgend", Which::Next),
            ("deze", Which::This),
            ("dit", Which::This),
            ("komende", Which::This),
            ("komend", Which::This),
            ("aanstaande", Which::This),
            ("vorige", Which::Last),
            ("vorig", Which::Last),
            ("afgelopen", Which::Last),
        ],
        _ => &[
            ("next", Which::Next),
            ("this coming", Which::This),
            ("this", Which::This),
            ("coming", Which::This),
            ("last", Which::Last),
        ],
    };
    phrases.iter().find_map(|(phrase, which)| Some((*which, tokens.phrase(at, &[phrase])?)))
}

/// `next week`, `deze maand`, `last year`, `this weekend`.
fn named_period(tokens: &Tokens, at: usize, today: Date) -> Read<SpokenDate> {
    let (which, end) = which(tokens, at)?;
    // What is coming is next, but for a weekend, which may be of this week.
    let is_coming = matches!(tokens.text(at), "komende" | "komend" | "coming");
    let offset = if is_coming && tokens.text(end) != "weekend" { 1 } else { which.offset() };
    let period = match tokens.text(end) {
        "week" => {
            let week = days_after(today, 7 * offset)?;
            // `next week friday`
            if let Some(day) = tokens.word(end + 1).and_then(|word| lexicon::weekday(tokens.language, word)) {
                let date = SpokenDate { period: Period::Day(calendar::day_of_week(week, day)?), part: None };
                return Some(with_part(tokens, date, end + 2));
            }
            Period::Week(week)
        }
        "weekend" => Period::Weekend(days_after(calendar::monday(today)?, 5 + 7 * offset)?),
        "month" | "maand" => Period::Month(months_after(today.first_of_month(), offset)?),
        "year" | "jaar" => Period::Year(months_after(today.first_of_month(), 12 * offset)?),
        _ => return None,
    };
    Some((SpokenDate { period, part: None }, end + 1))
}

/// `friday`, `next tuesday`, `afgelopen zondag`, `maandagochtend`.
fn weekday(tokens: &Tokens, at: usize, today: Date) -> Read<SpokenDate> {
    let (said, at) = which(tokens, at).map_or((None, at), |(which, at)| (Some(which), at));
    let word = tokens.word(at)?;
    let endings: &[(&str, Option<DayPart>)] = &[
        ("", None),
        ("ochtend", Some(DayPart::Morning)),
        ("middag", Some(DayPart::Afternoon)),
        ("avond", Some(DayPart::Evening)),
        ("nacht", Some(DayPart::Night)),
    ];
    let (day, part) = endings.iter().find_map(|(ending, part)| {
        let day = word.strip_suffix(ending)?;
        Some((lexicon::weekday(tokens.language, day)?, *part))
    })?;
    // `friday next week`
    let week = which(tokens, at + 1).filter(|(_, end)| said.is_none() && tokens.text(*end) == "week");
    let (day, end) = match week {
        Some((which, end)) => (calendar::day_of_week(days_after(today, 7 * which.offset())?, day)?, end + 1),
        None => (calendar::weekday(today, day, said.unwrap_or(Which::This))?, at + 1),
    };
    Some(with_part(tokens, SpokenDate { period: Period::Day(day), part }, end))
}
