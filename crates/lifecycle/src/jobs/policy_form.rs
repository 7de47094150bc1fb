//! How a request's own policy stands in a job's record: as the policy file writes it.

use greenroom_publish::Policy;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub(crate) fn serialize<S: Serializer>(policy: &Option<Policy>, serializer: S) -> Result<S::Ok, S::Error> {
    let form = policy.as_ref().map(|policy| serde_json::from_slice::<Value>(&policy.to_bytes())).transpose();
    form.map_err(S::Error::custom)?.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Policy>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        Some(form) => Policy::from_json(form.to_string().as_bytes()).map(Some).map_err(D::Error::custom),
        None => Ok(None),
    }
}
