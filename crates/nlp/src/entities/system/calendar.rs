//! Days and longer periods, reckoned from a day that the caller gives.

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, DateTime, Weekday};

use super::duration::Duration;

/// A day or a longer period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Day(Date),
    /// The week of this day.
    Week(Date),
    /// Saturday and Sunday, by the Saturday.
    Weekend(Date),
    /// The month of this day.
    Month(Date),
    /// The year of this day.
    Year(Date),
}

impl Period {
    /// The day, if it is one.
    pub(super) fn day(self) -> Option<Date> {
        if let Self::Day(date) = self { Some(date) } else { None }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Week(date) => {
                let week = date.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Self::Weekend(date) => write!(f, "{date}/{}", days_after(*date, 1).unwrap_or(*date)),
            Self::Month(date) => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Self::Year(date) => write!(f, "{:04}", date.year()),
        }
    }
}

/// Which of the like-named periods around today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Last,
    This,
    Next,
}

impl Which {
    /// How many periods from this one.
    pub(super) fn offset(self) -> i64 {
        match self {
            Self::Last => -1,
            Self::This => 0,
            Self::Next => 1,
        }
    }
}

/// The day so many days after another.
pub(super) fn days_after(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// The day so many months after another; the last of its month where that is shorter.
pub(super) fn months_after(date: Date, months: i64) -> Option<Date> {
    date.checked_add(Span::new().try_months(months).ok()?).ok()
}

/// A moment so long after another, or before it.
pub(super) fn moment_after(now: DateTime, duration: Duration, is_before: bool) -> Option<DateTime> {
    let span = Span::new().try_months(duration.months).ok()?.try_days(duration.days).ok()?;
    let span = span.try_seconds(duration.seconds).ok()?;
    if is_before { now.checked_sub(span).ok() } else { now.checked_add(span).ok() }
}

/// The first day of that name after today, today left out.
pub(super) fn coming(today: Date, weekday: Weekday) -> Option<Date> {
    let ahead = i64::from(weekday.to_monday_zero_offset() - today.weekday().to_monday_zero_offset());
    days_after(today, if ahead > 0 { ahead } else { ahead + 7 })
}

/// The day of that name: the last before today, the first after it, or that of next week, which
/// begins on Monday.
pub(super) fn weekday(today: Date, weekday: Weekday, which: Which) -> Option<Date> {
    match which {
        Which::This => coming(today, weekday),
        Which::Last => days_after(coming(today, weekday)?, if today.weekday() == weekday { -14 } else { -7 }),
        Which::Next => day_of_week(days_after(today, 7)?, weekday),
    }
}

/// The day of that name in the week of another, which begins on Monday.
pub(super) fn day_of_week(date: Date, weekday: Weekday) -> Option<Date> {
    days_after(monday(date)?, i64::from(weekday.to_monday_zero_offset()))
}

/// The Monday of a day's week.
pub(super) fn monday(date: Date) -> Option<Date> {
    days_after(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// A day of a month in the year that is said; else the first on or after today.
pub(super) fn day_of_month(today: Option<Date>, year: Option<i16>, month: i8, day: i8) -> Option<Date> {
    match year {
        Some(year) => Date::new(year, month, day).ok(),
        None => {
            let today = today?;
            // The 29th of February may be years ahead.
            let years = today.year()..=today.year().saturating_add(8);
            years.filter_map(|year| Date::new(year, month, day).ok()).find(|date| *date >= today)
        }
    }
}
