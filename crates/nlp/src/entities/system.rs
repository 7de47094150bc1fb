//! System entities: what people of all trades say, found by grammars of two languages and
//! brought into one form.

mod calendar;
mod contact;
mod date;
mod decimal;
mod duration;
mod lexer;
mod lexicon;
mod moment;
mod number;
mod quantity;
mod time;

use std::ops::Range;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

pub(super) use contact::{normalise, pattern};
use lexer::Tokens;

/// What kind of system entity to find, and the form of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SystemKind {
    /// `21`, `-3.5`: of digits or words, with a point before decimals.
    Number,
    /// `3` for `third`.
    Ordinal,
    /// ISO 8601: a day `2026-11-24`, a week `2026-W48`, a month `2026-12`, a year `2027`, two days
    /// `2026-11-28/2026-11-29`.
    Date,
    /// ISO 8601, without a zone: `17:30`, `17:30:15`.
    Time,
    /// ISO 8601: a date together with a time, or a moment so far from now: `2026-11-24T17:30`.
    DateTime,
    /// ISO 8601: `PT1H30M`, `P2W`.
    Duration,
    /// An ISO 4217 code and an amount: `EUR 12.50`.
    Money,
    /// The address; its domain in lower case.
    Email,
    /// Its digits, with a `+` where one was written.
    Phone,
    /// With a scheme: `https://example.com/a`.
    Url,
    /// `12.5%`.
    Percentage,
    /// `-5 °C`, `70 °F`, `300 K`; `20 °` where no unit is said.
    Temperature,
}

impl SystemKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Number,
        Self::Ordinal,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Duration,
        Self::Money,
        Self::Email,
        Self::Phone,
        Self::Url,
        Self::Percentage,
        Self::Temperature,
    ];
}

/// The grammar in which words, decimals and dates are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SystemLanguage {
    /// `1,234.5`; `11/23/2026` is in November.
    #[default]
    AmericanEnglish,
    /// `1,234.5`; `23/11/2026` is in November.
    BritishEnglish,
    /// `1.234,5`; `23-11-2026` is in November.
    Dutch,
}

impl SystemLanguage {
    /// The grammar for a language tag. English of other countries than the United States is read
    /// as British; any language but English and Dutch as American English.
    pub fn from_tag(tag: &str) -> Self {
        let mut subtags = tag.split(['-', '_']).map(str::to_ascii_lowercase);
        let primary = subtags.next();
        let region = subtags.find(|subtag| subtag.len() == 2);
        match (primary.as_deref(), region.as_deref()) {
            (Some("nl"), _) => Self::Dutch,
            (Some("en"), Some(region)) if region != "us" => Self::BritishEnglish,
            _ => Self::AmericanEnglish,
        }
    }
}

/// A system entity in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SystemFound {
    /// In bytes of the text.
    pub(super) bytes: Range<usize>,
    pub(super) value: String,
}

/// Something read from a text: what it means, and the first token after it.
type Read<T> = Option<(T, usize)>;

/// Finds the system entities of one text, of those kinds that have a grammar.
#[derive(Debug)]
pub(super) struct SystemText {
    tokens: Tokens,
    now: Option<DateTime>,
}

impl SystemText {
    pub(super) fn new(text: &str, language: SystemLanguage, now: Option<DateTime>) -> Self {
        Self { tokens: Tokens::new(text, language), now }
    }

    /// All of one kind, from left to right, each as long as can be; none for the kinds that a
    /// regular expression finds. The time is linear in the length of the text: what one place is
    /// read for is bounded.
    pub(super) fn find(&self, kind: SystemKind) -> Vec<SystemFound> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.read(kind, at) {
                Some((value, end)) if end > at => {
                    let bytes = self.tokens.bytes(at..end);
                    found.push(SystemFound { bytes, value });
                    at = end;
                }
                _ => at += 1,
            }
        }
        found
    }

    fn read(&self, kind: SystemKind, at: usize) -> Read<String> {
        let tokens = &self.tokens;
        match kind {
            SystemKind::Number => {
                let (number, end) = number::standalone(tokens, at)?;
                Some((number.to_string(), end))
            }
            SystemKind::Ordinal => {
                let (number, end) = number::ordinal(tokens, at)?;
                Some((number.to_string(), end))
            }
            SystemKind::Date => {
                let (date, end) = date::read(tokens, at, self.now)?;
                Some((date.period.to_string(), end))
            }
            SystemKind::Time => {
                let (time, end) = time::read(tokens, at)?;
                Some((time::format(time.resolve(None)), end))
            }
            SystemKind::DateTime => {
                let (moment, end) = moment::read(tokens, at, self.now)?;
                Some((moment::format(moment), end))
            }
            SystemKind::Duration => {
                let (duration, end) = duration::read(tokens, at)?;
                Some((duration.to_string(), end))
            }
            SystemKind::Money => quantity::money(tokens, at),
            SystemKind::Percentage => quantity::percentage(tokens, at),
            SystemKind::Temperature => quantity::temperature(tokens, at),
            SystemKind::Email | SystemKind::Phone | SystemKind::Url => None,
        }
    }
}
