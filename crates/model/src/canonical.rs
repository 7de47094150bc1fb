//! Canonical bytes: what is stored and hashed. JSON by RFC 8785 (sorted keys,
//! shortest numbers), read back strictly: a key given twice is an error.

use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The canonical bytes of a value.
///
/// # Errors
/// What serde_json says of a value that JSON cannot hold (a number that is not
/// finite, a key that is not a text).
pub fn to_canonical_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(value)
}

/// Reads JSON strictly: a repeated key, trailing text or nesting beyond
/// serde_json's limit is an error.
///
/// # Errors
/// A sentence that says where in the document (`nodes.start.message`) or at
/// which line and column the fault is.
pub fn from_json_strictly<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = StrictValue.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    from_value(value)
}

/// Reads a typed document out of a JSON value, naming the place of a fault.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error.path().to_string();
        let reason = error.into_inner();
        if place == "." { reason.to_string() } else { format!("at `{place}`: {reason}") }
    })
}

/// A [`Value`] whose objects name each key once.
struct StrictValue;

impl<'de> DeserializeSeed<'de> for StrictValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(Self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Self)?;
            if object.contains_key(&key) {
                return Err(serde::de::Error::custom(format!("`{key}` is given twice; keep one")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_given_twice_is_an_error() {
        let error = from_json_strictly::<Value>(br#"{"a":{"b":1,"b":2}}"#).unwrap_err();
        assert!(error.starts_with("`b` is given twice"), "{error}");
    }

    #[test]
    fn canonical_bytes_do_not_depend_on_order_or_spelling() {
        let one: Value = from_json_strictly(br#"{"b": 1.0, "a": 0.30}"#).unwrap();
        let other: Value = from_json_strictly(br#"{"a":3e-1,"b":1}"#).unwrap();
        assert_eq!(to_canonical_bytes(&one).unwrap(), to_canonical_bytes(&other).unwrap());
    }

    #[test]
    fn deep_nesting_is_refused_not_overflowed() {
        let deep = "[".repeat(100_000);
        assert!(from_json_strictly::<Value>(deep.as_bytes()).is_err());
    }
}
