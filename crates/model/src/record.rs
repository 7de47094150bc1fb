//! Records: small JSON objects that are stored with the version of their format.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::canonical::to_canonical_bytes;

/// A type that is stored as canonical JSON with the version of its format
/// beside its own fields (key `format`).
///
/// A build reads every format up to its own and refuses newer ones by name, so
/// that a downgrade never guesses.
pub trait Record: Serialize + DeserializeOwned {
    /// What it is, for people: `a version`.
    const WHAT: &'static str;

    /// The format that this build writes, from 1.
    const FORMAT: u32;

    /// The bytes to store.
    #[must_use]
    fn to_bytes(&self) -> Bytes {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("format".to_owned(), Self::FORMAT.into());
        }
        to_canonical_bytes(&value).unwrap_or_default().into()
    }

    /// The bytes to store of a record that is never named by its digest: the same
    /// content, written straight away in the order of its fields.
    #[must_use]
    fn to_plain_bytes(&self) -> Bytes {
        #[derive(Serialize)]
        struct Plain<'a, T> {
            format: u32,
            #[serde(flatten)]
            record: &'a T,
        }
        serde_json::to_vec(&Plain { format: Self::FORMAT, record: self }).unwrap_or_default().into()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`Error::Record`] where they are not such a record, [`Error::NewerFormat`]
    /// where a newer build wrote them.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let damaged = |error: serde_json::Error| Error::Record { what: Self::WHAT, reason: error.to_string() };
        let head: Head = serde_json::from_slice(bytes).map_err(damaged)?;
        if head.format > Self::FORMAT {
            return Err(Error::NewerFormat { what: Self::WHAT, found: head.format, supported: Self::FORMAT });
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        text: String,
    }

    impl Record for Note {
        const WHAT: &'static str = "a note";
        const FORMAT: u32 = 1;
    }

    #[test]
    fn both_forms_are_read_and_a_newer_format_is_refused_by_name() {
        let note = Note { text: "a".into() };
        assert_eq!(Note::from_bytes(&note.to_bytes()), Ok(note));
        let newer = Note::from_bytes(br#"{"format":2,"text":"a"}"#).unwrap_err();
        assert_eq!(newer.to_string(), "a note has format version 2, this build reads up to 1; use a newer build");
        assert_eq!(Note::from_bytes(&Note { text: "b".into() }.to_plain_bytes()), Ok(Note { text: "b".into() }));
        assert!(matches!(Note::from_bytes(b"{}"), Err(Error::Record { what: "a note", .. })));
    }
}
