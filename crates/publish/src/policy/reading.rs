//! Reads a policy file strictly: each fault is named with its place and the
//! words that would do there.

use greenroom_model::{Code, Severity, from_json_strictly};
use serde_json::{Map, Value};
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

use super::{Policy, RegressionLimits, WantedEvidence};
use crate::Error;

impl Policy {
    /// Reads a policy from YAML; an empty file is the default policy.
    ///
    /// # Errors
    /// [`Error::Policy`] names the place and the fault.
    pub fn from_yaml(yaml: &str) -> Result<Self, Error> {
        let value: Value = serde_saphyr::from_str(yaml).map_err(|error| yaml_fault(&error))?;
        Self::from_value(&value)
    }

    /// Reads a policy from JSON.
    ///
    /// # Errors
    /// [`Error::Policy`] names the place and the fault.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let value: Value = from_json_strictly(json).map_err(|reason| fault("", reason))?;
        Self::from_value(&value)
    }

    fn from_value(value: &Value) -> Result<Self, Error> {
        let mut policy = Self::default();
        for (key, value) in object("", value)? {
            match key.as_str() {
                "rules" => {
                    for (code, setting) in object("rules", value)? {
                        policy.read_rule(code, setting)?;
                    }
                }
                "custom" => {
                    for (code, setting) in object("custom", value)? {
                        policy.read_custom(code, setting)?;
                    }
                }
                other => return Err(fault(other, "a policy has `rules` and `custom`")),
            }
        }
        Ok(policy)
    }

    fn read_rule(&mut self, text: &str, setting: &Value) -> Result<(), Error> {
        let place = format!("rules.{text}");
        let code = Code::from(text);
        if matches!(code, Code::Custom(_)) {
            let known: Vec<String> = Code::ALL.iter().map(|code| format!("`{code}`")).collect();
            let reason = format!(
                "there is no such code; the codes are {}, and those of your own rules stand under `custom`",
                known.join(", ")
            );
            return Err(fault(&place, reason));
        }
        if setting.is_string() {
            return self.set_severity(code, &place, setting);
        }
        for (parameter, value) in object(&place, setting)? {
            let place = format!("{place}.{parameter}");
            match (parameter.as_str(), &code) {
                ("severity", _) => self.set_severity(code.clone(), &place, value)?,
                ("minimum", Code::FewExamples) => self.few_examples_minimum = minimum(&place, value)?,
                ("only_used", Code::IntentRemoved) => {
                    let only_used = value.as_bool().ok_or_else(|| fault(&place, "it takes `true` or `false`"))?;
                    self.intent_removed_only_used = only_used;
                }
                (name, Code::EvidenceMissing) if WantedEvidence::default().set(name, true) => {
                    let wanted = value.as_bool().ok_or_else(|| fault(&place, "it takes `true` or `false`"))?;
                    self.wanted_evidence.set(name, wanted);
                }
                (name, Code::Regression) if RegressionLimits::default().set(name, 0.0) => {
                    self.regression_limits.set(name, share(&place, value)?);
                }
                _ => return Err(fault(&place, format!("`{code}` has no such setting; it has {}", settings(&code)))),
            }
        }
        Ok(())
    }

    fn read_custom(&mut self, text: &str, setting: &Value) -> Result<(), Error> {
        let place = format!("custom.{text}");
        let code = Code::from(text);
        if !matches!(code, Code::Custom(_)) {
            return Err(fault(&place, "this code is not of a rule of your own; write it under `rules`"));
        }
        let words = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !words || !text.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(fault(&place, "a code is lower-case words joined by `_`, such as `ticket_missing`"));
        }
        self.custom.insert(code, severity(&place, setting)?);
        Ok(())
    }

    fn set_severity(&mut self, code: Code, place: &str, setting: &Value) -> Result<(), Error> {
        let severity = severity(place, setting)?;
        if severity < Severity::Deny && !Self::may_lower(&code) {
            return Err(fault(
                place,
                format!("`{code}` always denies, since live would not hold together otherwise; delete the line"),
            ));
        }
        self.rules.insert(code, severity);
        Ok(())
    }
}

/// What the YAML reader says, in one line.
fn yaml_fault(error: &serde_saphyr::Error) -> Error {
    let error = error.without_snippet();
    let reason = match error {
        serde_saphyr::Error::DuplicateMappingKey { key: Some(key), .. } => format!("`{key}` is given twice; keep one"),
        other => UserMessageFormatter.format_message(other).trim_end_matches('.').replace('\n', " "),
    };
    let place = error.location().filter(|location| location.line() > 0);
    let place = place.map(|location| format!("line {}, column {}: ", location.line(), location.column()));
    fault("", format!("{}{reason}", place.unwrap_or_default()))
}

fn severity(place: &str, value: &Value) -> Result<Severity, Error> {
    match value.as_str() {
        Some("allow") => Ok(Severity::Allow),
        Some("warn") => Ok(Severity::Warn),
        Some("deny") => Ok(Severity::Deny),
        _ => Err(fault(place, "it takes `allow`, `warn` or `deny`")),
    }
}

fn minimum(place: &str, value: &Value) -> Result<usize, Error> {
    let number = value.as_u64().filter(|number| (1..=1_000).contains(number));
    number
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| fault(place, "it takes a whole number from 1 to 1000"))
}

fn share(place: &str, value: &Value) -> Result<f64, Error> {
    let share = value.as_f64().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| fault(place, "it takes a share from 0 to 1, such as 0.85"))
}

/// The settings of a rule, in words.
fn settings(code: &Code) -> &'static str {
    match code {
        Code::FewExamples => "`severity` and `minimum`",
        Code::IntentRemoved => "`severity` and `only_used`",
        Code::EvidenceMissing => "`severity`, `tests`, `scores` and `behaviour`",
        Code::Regression => "`severity`, `accuracy`, `macro_f1`, `intent_f1` and `drop`",
        _ => "`severity`",
    }
}

/// The entries of a mapping; none where the file says nothing.
fn object<'a>(place: &str, value: &'a Value) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Error> {
    let entries: Option<&Map<String, Value>> = match value {
        Value::Null => None,
        Value::Object(entries) => Some(entries),
        _ if place.matches('.').count() > 0 => {
            return Err(fault(place, "it takes `allow`, `warn` or `deny`, or a mapping with `severity`"));
        }
        _ => return Err(fault(place, "it takes a mapping, such as `rules: { untested: deny }`")),
    };
    Ok(entries.into_iter().flatten())
}

fn fault(place: &str, reason: impl Into<String>) -> Error {
    Error::Policy { place: place.to_owned(), reason: reason.into() }
}
