//! Values: how they are shown, how large they may be, how they fit a variable's type.

use greenroom_model::document::ValueType;
use serde_json::{Number, Value};

/// The largest value of a variable, and the longest rendered text, in bytes.
pub(crate) const MAX_VALUE_BYTES: usize = 64 << 10;

/// The value as people read it: texts bare, `3` rather than `3.0`, lists with
/// commas, no value as nothing.
pub(super) fn shown(value: &Value) -> String {
    let mut text = String::new();
    show(&mut text, value);
    text
}

/// Writes [`shown`] to the end of a text.
pub(super) fn show(out: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => out.push_str(text),
        Value::Bool(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&whole(number).unwrap_or_else(|| number.clone()).to_string()),
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                show(out, item);
            }
        }
        Value::Object(_) => out.push_str(&value.to_string()),
    }
}

/// The value with whole numbers as integers, or `None` where it is too large.
pub(crate) fn normalized(value: Value) -> Option<Value> {
    let value = match value {
        Value::Number(number) => Value::Number(whole(&number).unwrap_or(number)),
        other => other,
    };
    (size(&value) <= MAX_VALUE_BYTES).then_some(value)
}

/// The value as one of this type: a number out of its text and back, a list of one.
pub(crate) fn fitted(value: Value, value_type: ValueType) -> Option<Value> {
    if value_type.admits(&value) {
        return Some(value);
    }
    match (value_type, value) {
        (ValueType::Text, value @ (Value::Number(_) | Value::Bool(_))) => Some(Value::String(shown(&value))),
        (ValueType::Number, Value::String(text)) => {
            let number = text.trim().parse::<f64>().ok().and_then(Number::from_f64)?;
            Some(Value::Number(whole(&number).unwrap_or(number)))
        }
        (ValueType::Boolean, Value::String(text)) => text.trim().to_lowercase().parse().ok().map(Value::Bool),
        (ValueType::List, value) => Some(Value::Array(vec![value])),
        _ => None,
    }
}

/// A float that is a whole number, as an integer. Past 2^53 a float names no single one.
fn whole(number: &Number) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT)?;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below 2^53")]
    Some(Number::from(float as i64))
}

/// About how many bytes a value takes.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| 8 + size(item)).sum(),
        Value::Object(entries) => entries.iter().map(|(key, item)| 8 + key.len() + size(item)).sum(),
    }
}
