//! How the edits of a hotfix stand in a job's record: each with the document as its part's file has it.

use greenroom_model::{Digest, Document, PartPath};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{ExpectedPart, PartEdit};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEdit {
    path: PartPath,
    expected: Expectation,
    /// None deletes the part.
    document: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expectation {
    Any,
    Absent,
    Digest(Digest),
}

pub(crate) fn serialize<S: Serializer>(edits: &[PartEdit], serializer: S) -> Result<S::Ok, S::Error> {
    let stored = |edit: &PartEdit| -> Result<StoredEdit, greenroom_model::Error> {
        let expected = match edit.expected {
            ExpectedPart::Any => Expectation::Any,
            ExpectedPart::Absent => Expectation::Absent,
            ExpectedPart::Digest(digest) => Expectation::Digest(digest),
        };
        let document = edit.document.as_ref().map(|document| document.to_value(&edit.path)).transpose()?;
        Ok(StoredEdit { path: edit.path.clone(), expected, document })
    };
    let edits: Vec<StoredEdit> = edits.iter().map(stored).collect::<Result<_, _>>().map_err(S::Error::custom)?;
    edits.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PartEdit>, D::Error> {
    let read = |stored: StoredEdit| -> Result<PartEdit, greenroom_model::Error> {
        let StoredEdit { path, expected, document } = stored;
        let expected = match expected {
            Expectation::Any => ExpectedPart::Any,
            Expectation::Absent => ExpectedPart::Absent,
            Expectation::Digest(digest) => ExpectedPart::Digest(digest),
        };
        let document = document.map(|value| Document::from_json(&path, value.to_string().as_bytes())).transpose()?;
        Ok(PartEdit { path, expected, document })
    };
    let stored = Vec::<StoredEdit>::deserialize(deserializer)?;
    stored.into_iter().map(read).collect::<Result<_, _>>().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PlanRequest;

    #[test]
    fn a_hotfix_is_the_same_after_it_stood_in_a_record() {
        let path: PartPath = "nlp/intents/hours".parse().unwrap();
        let document = Document::from_json(&path, br#"{ "name": "Hours" }"#).unwrap();
        let edits = vec![
            PartEdit::put(path.clone(), document).expecting(ExpectedPart::Digest(Digest::of(b"before"))),
            PartEdit::delete("flows/old".parse().unwrap()),
            PartEdit::delete("flows/none".parse().unwrap()).expecting(ExpectedPart::Absent),
        ];
        let request = PlanRequest::hotfix(edits, "a name");
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<PlanRequest>(&stored).unwrap(), request);
    }

    #[test]
    fn a_request_of_an_older_record_has_no_edits() {
        let stored = r#"{ "scope": "full", "environment": "live", "notes": "" }"#;
        assert_eq!(serde_json::from_str::<PlanRequest>(stored).unwrap(), PlanRequest::full(""));
    }
}
