//! What is nearly something else: all system entities at once, in texts where a wrong value is near.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without fails it")]

use greenroom_nlp::{EntityContext, EntityDefinition, EntityKind, EntityRecogniser, SystemKind, SystemLanguage};
use jiff::civil::date;

/// `cases`: a text, and what is found in it, as `kind: words = value`. It is Monday 23 November 2026, 14:00.
fn check(language: &str, cases: &[(&str, &[&str])]) {
    let definition =
        |kind: SystemKind| EntityDefinition { id: format!("{kind:?}").to_lowercase(), kind: EntityKind::System(kind) };
    let recogniser = EntityRecogniser::new(&SystemKind::ALL.map(definition)).unwrap();
    let now = Some(date(2026, 11, 23).at(14, 0, 0, 0));
    let context = EntityContext { language: SystemLanguage::from_tag(language), now, ..EntityContext::default() };
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = recogniser.find(text, &context);
        let found: Vec<String> = found
            .iter()
            .map(|found| format!("{}: {} = {}", found.entity, &text[found.bytes.clone()], found.value))
            .collect();
        if found != *expected {
            wrong.push(format!("{text:?}: found {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{language}\n{}", wrong.join("\n"));
}

#[test]
fn amounts_in_the_custom_of_the_other_language() {
    for language in ["en", "nl"] {
        check(
            language,
            &[
                ("€ 1.234,50", &["money: € 1.234,50 = EUR 1234.50"]),
                ("$1,234.50", &["money: $1,234.50 = USD 1234.50"]),
                ("1.234.567", &["number: 1.234.567 = 1234567"]),
            ],
        );
    }
}

#[test]
fn amounts_that_are_larger_or_smaller_than_their_beginning() {
    check(
        "en",
        &[
            ("$5m and $1.5bn", &["money: $5m = USD 5000000", "money: $1.5bn = USD 1500000000"]),
            ("half a million dollars", &["money: half a million dollars = USD 500000"]),
            ("a size $5xl", &[]),
            ("$5/month", &["money: $5 = USD 5"]),
            ("A$5", &["number: 5 = 5"]),
            (".5%", &[]),
            ("in 1.5 months", &["number: 1.5 = 1.5"]),
            ("12 may, 1000 euros", &["date: 12 may = 2027-05-12", "money: 1000 euros = EUR 1000"]),
        ],
    );
}

#[test]
fn ranges_and_offers_are_no_times() {
    check(
        "en",
        &[
            ("from 3 to 5", &["number: 3 = 3", "number: 5 = 5"]),
            ("5 to 10 days", &["number: 5 = 5", "duration: 10 days = P10D"]),
            ("at 5 to 10", &["time: 5 to 10 = 09:55"]),
            ("5 to 10 pm", &["time: 5 to 10 pm = 21:55"]),
            ("five to ten, 5 past 3", &["time: five to ten = 09:55", "time: 5 past 3 = 15:05"]),
            ("three minutes to six", &["time: three minutes to six = 17:57"]),
            ("ten to noon, quarter to midnight", &["time: ten to noon = 11:50", "time: quarter to midnight = 23:45"]),
        ],
    );
    check(
        "nl",
        &[
            ("2 voor 5 euro", &["number: 2 = 2", "money: 5 euro = EUR 5"]),
            ("om 2 voor 5", &["time: 2 voor 5 = 16:58"]),
            ("5 voor 12", &["time: 5 voor 12 = 11:55"]),
        ],
    );
}

#[test]
fn evenings_end_after_midnight() {
    check(
        "en",
        &[
            ("tonight at 12", &["datetime: tonight at 12 = 2026-11-24T00:00"]),
            ("tonight at 1", &["datetime: tonight at 1 = 2026-11-24T01:00"]),
            ("tonight at 7", &["datetime: tonight at 7 = 2026-11-23T19:00"]),
        ],
    );
    check("nl", &[("vanavond om 12 uur", &["datetime: vanavond om 12 uur = 2026-11-24T00:00"])]);
}

#[test]
fn days_of_another_week() {
    check(
        "en",
        &[
            ("friday next week", &["date: friday next week = 2026-12-04"]),
            ("last week tuesday at 3", &["datetime: last week tuesday at 3 = 2026-11-17T15:00"]),
            ("next week", &["date: next week = 2026-W49"]),
        ],
    );
    check(
        "nl",
        &[
            ("volgende week vrijdag", &["date: volgende week vrijdag = 2026-12-04"]),
            ("vrijdag vorige week", &["date: vrijdag vorige week = 2026-11-20"]),
        ],
    );
}

#[test]
fn telephone_numbers_keep_their_digits_and_take_no_others() {
    check(
        "nl",
        &[
            ("bel 0612345678", &["phone: 0612345678 = 0612345678"]),
            ("0612345678 12 kaarten", &["phone: 0612345678 = 0612345678", "number: 12 = 12"]),
            ("01-02-2026 10 personen", &["date: 01-02-2026 = 2026-02-01", "number: 10 = 10"]),
            ("06-12 34 56 78", &["phone: 06-12 34 56 78 = 0612345678"]),
        ],
    );
}

#[test]
fn addresses_are_taken_whole() {
    check(
        "en",
        &[
            ("o'brien@example.com", &["email: o'brien@example.com = o'brien@example.com"]),
            ("jürgen@example.com", &["email: jürgen@example.com = jürgen@example.com"]),
        ],
    );
}
