//! Numbers, amounts and times as Duckling tells them, which Rasa's actions read under
//! `additional_info`.

use greenroom_bot::RecognisedEntity;
use greenroom_model::EntityId;
use greenroom_model::document::SystemEntity;
use jiff::civil::{Date, DateTime, Time};
use jiff::{ToSpan, Zoned};
use serde_json::{Number, Value, json};

use super::words::Words;

/// What an extractor tells of an entity.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    pub(super) value: Value,
    pub(super) additional_info: Value,
}

/// What Duckling would tell of an entity; `None` where it is none of Duckling's.
pub(super) fn details(words: &Words<'_>, found: &RecognisedEntity, text: &str) -> Option<Told> {
    let system = &words.names().entities().get(&found.entity)?.system;
    if system.is_empty() {
        return None;
    }
    let now = &words.call.now;
    told(&found.value, system.iter().copied(), now).or_else(|| {
        // A learned entity has the words of the text as its value.
        let spoken: String = text.chars().skip(found.start).take(found.end.saturating_sub(found.start)).collect();
        let value =
            words.loaded().system_value(&found.entity, &spoken, &words.call.session.language, Some(now.datetime()))?;
        told(&value, system.iter().copied(), now)
    })
}

/// The value that Duckling would give an entity which has this one here.
pub(super) fn value(words: &Words<'_>, entity: &EntityId, value: &str) -> Option<Value> {
    let system = &words.names().entities().get(entity)?.system;
    told(value, system.iter().copied(), &words.call.now).map(|told| told.value)
}

/// A normalised value in Duckling's words.
fn told(value: &str, kinds: impl Iterator<Item = SystemEntity>, now: &Zoned) -> Option<Told> {
    for kind in kinds {
        let told = match kind {
            SystemEntity::Number | SystemEntity::Ordinal => number(value)
                .map(|number| Told { additional_info: json!({ "type": "value", "value": number }), value: number }),
            SystemEntity::Money => money(value),
            SystemEntity::Date | SystemEntity::Time | SystemEntity::DateTime => time(value, now),
            _ => None,
        };
        if told.is_some() {
            return told;
        }
    }
    None
}

fn number(text: &str) -> Option<Value> {
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
    }
}

/// `USD 12.50`.
fn money(text: &str) -> Option<Told> {
    let (code, amount) = text.split_once(' ')?;
    if code.len() != 3 || !code.chars().all(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    let value = number(amount)?;
    let unit = if code == "USD" { "$" } else { code };
    Some(Told { additional_info: json!({ "type": "value", "value": value, "unit": unit }), value })
}

/// A day, a week, a month, a year, some days, a time, a moment.
fn time(text: &str, now: &Zoned) -> Option<Told> {
    if let Some((from, to)) = text.split_once('/') {
        let (from, to) = (instant(from, now)?, instant(to, now)?);
        // Duckling's intervals end before the end that they name.
        let end = to.at.checked_add(to.length()).ok()?;
        let (from, to) = (json!({ "value": from.iso(now)?, "grain": from.grain }), (to.grain, end));
        let to = json!({ "value": iso(to.1, now)?, "grain": to.0 });
        let value = json!({ "from": from["value"], "to": to["value"] });
        let interval = json!({ "type": "interval", "from": from, "to": to });
        let mut info = interval.clone();
        info["values"] = json!([interval]);
        return Some(Told { value, additional_info: info });
    }
    let instant = instant(text, now)?;
    let value = json!({ "type": "value", "value": instant.iso(now)?, "grain": instant.grain });
    let mut info = value.clone();
    info["values"] = json!([value]);
    Some(Told { value: value["value"].clone(), additional_info: info })
}

/// The beginning of a time, and how exactly it is meant.
struct Instant {
    at: DateTime,
    grain: &'static str,
}

impl Instant {
    fn length(&self) -> jiff::Span {
        match self.grain {
            "year" => 1.year(),
            "month" => 1.month(),
            "week" => 1.week(),
            "day" => 1.day(),
            _ => 0.minutes(),
        }
    }

    fn iso(&self, now: &Zoned) -> Option<String> {
        iso(self.at, now)
    }
}

fn iso(at: DateTime, now: &Zoned) -> Option<String> {
    let zoned = at.to_zoned(now.time_zone().clone()).ok()?;
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S.000%:z").to_string())
}

fn instant(text: &str, now: &Zoned) -> Option<Instant> {
    let begins = |at: Date, grain| Some(Instant { at: at.at(0, 0, 0, 0), grain });
    if let Some((year, week)) = text.split_once("-W") {
        let (year, week): (i16, i8) = (year.parse().ok()?, week.parse().ok()?);
        let monday = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday).ok()?;
        return begins(monday.date(), "week");
    }
    if text.contains('T') {
        return Some(Instant { at: text.parse().ok()?, grain: "minute" });
    }
    if text.contains(':') {
        let time: Time = text.parse().ok()?;
        let today = now.date().to_datetime(time);
        let at = if today > now.datetime() { today } else { today.checked_add(1.day()).ok()? };
        return Some(Instant { at, grain: "minute" });
    }
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year] if year.len() == 4 => begins(Date::new(year.parse().ok()?, 1, 1).ok()?, "year"),
        [year, month] => begins(Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?, "month"),
        [_, _, _] => begins(text.parse().ok()?, "day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check(value: &str, kind: SystemEntity, expected: Option<(Value, Value)>) {
        let now = date(2026, 1, 5).at(12, 0, 0, 0).in_tz("America/New_York").unwrap();
        let found = told(value, [kind].into_iter(), &now);
        assert_eq!(found.map(|told| (told.value, told.additional_info)), expected, "{value}");
    }

    #[test]
    fn numbers_and_amounts_are_numbers() {
        check("21", SystemEntity::Number, Some((json!(21), json!({ "type": "value", "value": 21 }))));
        check("3.5", SystemEntity::Number, Some((json!(3.5), json!({ "type": "value", "value": 3.5 }))));
        let dollars = json!({ "type": "value", "value": 100, "unit": "$" });
        check("USD 100", SystemEntity::Money, Some((json!(100), dollars)));
        let euros = json!({ "type": "value", "value": 12.5, "unit": "EUR" });
        check("EUR 12.50", SystemEntity::Money, Some((json!(12.5), euros)));
        check("a hundred", SystemEntity::Money, None);
        check("100", SystemEntity::Email, None);
    }

    #[test]
    fn times_are_instants_with_a_grain_where_the_customer_is() {
        for (said, at, grain) in [
            ("2026-01-06", "2026-01-06T00:00:00.000-05:00", "day"),
            ("2025-12", "2025-12-01T00:00:00.000-05:00", "month"),
            ("2026-W03", "2026-01-12T00:00:00.000-05:00", "week"),
            ("2025", "2025-01-01T00:00:00.000-05:00", "year"),
            ("2026-07-06T17:30", "2026-07-06T17:30:00.000-04:00", "minute"),
            ("17:30", "2026-01-05T17:30:00.000-05:00", "minute"),
            ("09:15", "2026-01-06T09:15:00.000-05:00", "minute"),
        ] {
            let told = json!({ "type": "value", "value": at, "grain": grain });
            let mut info = told.clone();
            info["values"] = json!([told]);
            check(said, SystemEntity::Date, Some((json!(at), info)));
        }
        for nonsense in ["2026-13", "25:00", "soon", "", "2026-01-06/soon"] {
            check(nonsense, SystemEntity::Time, None);
        }
    }

    #[test]
    fn some_days_are_an_interval_that_ends_before_the_next_day() {
        let (from, to) = ("2026-01-10T00:00:00.000-05:00", "2026-01-12T00:00:00.000-05:00");
        let interval = json!({
            "type": "interval", "from": { "value": from, "grain": "day" }, "to": { "value": to, "grain": "day" },
        });
        let mut info = interval.clone();
        info["values"] = json!([interval]);
        let expected = Some((json!({ "from": from, "to": to }), info));
        check("2026-01-10/2026-01-11", SystemEntity::Date, expected);
    }
}
