//! A date together with a time, or a moment so far from now.

use jiff::civil::DateTime;

use super::lexer::Tokens;
use super::{Read, SystemLanguage, calendar, date, duration, time};

/// `2026-11-24T17:30`, with seconds where there are any.
pub(super) fn format(moment: DateTime) -> String {
    format!("{}T{}", moment.date(), time::format(moment.time()))
}

/// A moment: `tomorrow at half past five`, `17:30 on friday`, `over twee uur`, `2026-11-24T17:30`.
pub(super) fn read(tokens: &Tokens, at: usize, now: Option<DateTime>) -> Read<DateTime> {
    date_first(tokens, at, now).or_else(|| time_first(tokens, at, now)).or_else(|| distance(tokens, at, now?))
}

fn date_first(tokens: &Tokens, at: usize, now: Option<DateTime>) -> Read<DateTime> {
    let (date, end) = date::read(tokens, at, now)?;
    let day = date.period.day()?;
    let end = if tokens.text(end) == "," { end + 1 } else { end };
    let end = time::preposition(tokens, end).unwrap_or(end);
    // Of ISO 8601, where the `t` touches the date before and the time behind.
    let end = if tokens.joins(end, "t") && tokens.touches(end + 1) { end + 1 } else { end };
    let (time, end) = time::read_after_date(tokens, end)?;
    Some((time.resolve_on(day, date.part)?, end))
}

fn time_first(tokens: &Tokens, at: usize, now: Option<DateTime>) -> Read<DateTime> {
    let (time, end) = time::read(tokens, at)?;
    let end = if tokens.text(end) == "," { end + 1 } else { end };
    let end = tokens.phrase(end, &["on", "op"]).unwrap_or(end);
    let (date, end) = date::read(tokens, end, now)?;
    Some((time.resolve_on(date.period.day()?, date.part)?, end))
}

fn distance(tokens: &Tokens, at: usize, now: DateTime) -> Read<DateTime> {
    let dutch = tokens.language == SystemLanguage::Dutch;
    let after_in = tokens.phrase(at, if dutch { &["over"] } else { &["in"] });
    let (length, end) = duration::read(tokens, after_in.unwrap_or(at))?;
    let ago = tokens.phrase(end, if dutch { &["geleden"] } else { &["ago"] });
    if length.is_of_days() || after_in.is_some() == ago.is_some() {
        return None;
    }
    Some((calendar::moment_after(now, length, ago.is_some())?, ago.unwrap_or(end)))
}
