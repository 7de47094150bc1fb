//! The name of a record: a path of plain segments.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// The length that a key may have, in bytes.
pub const MAX_KEY_BYTES: usize = 512;

/// The name of a record, such as `bots/helpdesk/draft`.
///
/// One or more segments of `A–Z a–z 0–9 . _ -` joined by `/`, at most
/// [`MAX_KEY_BYTES`] long; no segment is `.` or `..`. Keys are ordered by their
/// bytes, upper case before lower case.
///
/// # Examples
/// ```
/// use greenroom_store::Key;
///
/// let bot = Key::of(&["bots", "helpdesk"])?;
/// let draft = bot.child("draft")?;
/// assert_eq!(draft.as_str(), "bots/helpdesk/draft");
/// assert!(draft.is_below(&bot));
/// # Ok::<(), greenroom_store::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// The key that this text writes.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] names the rule that the text breaks.
    pub fn new(text: &str) -> Result<Self, Error> {
        match broken_rule(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(Error::InvalidKey { text: text.chars().take(80).collect(), reason }),
        }
    }

    /// The key of these segments; none of them may hold a `/`.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] names the rule that the segments break.
    pub fn of(segments: &[&str]) -> Result<Self, Error> {
        match segments.iter().find(|segment| segment.contains('/')) {
            None => Self::new(&segments.join("/")),
            Some(segment) => {
                Err(Error::InvalidKey { text: segment.chars().take(80).collect(), reason: "one segment holds no `/`" })
            }
        }
    }

    /// The key one segment below this one.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] names the rule that the segment breaks.
    pub fn child(&self, segment: &str) -> Result<Self, Error> {
        Self::of(&self.segments().chain([segment]).collect::<Vec<_>>())
    }

    /// Whether this key lies below `prefix`, segment by segment: `a/b/c` lies
    /// below `a/b`; neither `a/b` itself nor `a/bc` does.
    #[must_use]
    pub fn is_below(&self, prefix: &Self) -> bool {
        self.0.strip_prefix(&prefix.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Its segments from the left.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Its last segment.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The text that writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn broken_rule(text: &str) -> Option<&'static str> {
    if text.len() > MAX_KEY_BYTES {
        return Some("a key is at most 512 bytes long");
    }
    text.split('/').find_map(|segment| match segment {
        "" => Some("a key has one or more segments joined by one `/`, none of them blank"),
        "." | ".." => Some("no segment is `.` or `..`"),
        _ if segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) => None,
        _ => Some("segments hold the characters A–Z a–z 0–9 . _ - only"),
    })
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_not_a_path_of_plain_segments() {
        for text in ["", "/", "a/", "/a", "a//b", "a b", "a/ü", "a/../b", ".", "a\0", "a%2f", "a\\b"] {
            assert!(Key::new(text).is_err(), "`{text}` was taken");
            assert!(serde_json::from_value::<Key>(text.into()).is_err(), "`{text}` was read");
        }
    }

    #[test]
    fn takes_512_bytes_and_no_more() {
        assert!(Key::new(&"k".repeat(MAX_KEY_BYTES)).is_ok());
        assert!(Key::new(&"k".repeat(MAX_KEY_BYTES + 1)).is_err());
    }

    #[test]
    fn a_segment_cannot_smuggle_in_another() {
        assert!(Key::of(&["bots", "a/b"]).is_err());
        assert!(Key::new("bots").unwrap().child("a/b").is_err());
        assert!(Key::of(&[]).is_err());
    }

    #[test]
    fn a_neighbour_that_begins_alike_is_not_below() {
        let prefix = Key::new("a/b").unwrap();
        assert!(Key::new("a/b/c").unwrap().is_below(&prefix));
        for text in ["a/b", "a/bc", "a/b-c", "a", "b/a/b/c"] {
            assert!(!Key::new(text).unwrap().is_below(&prefix), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_json_lead_back_to_the_key(text in "[A-Za-z0-9_-]{1,9}(/[A-Za-z0-9._-]{0,3}[A-Za-z0-9_-]){0,5}") {
            let key = Key::new(&text).unwrap();
            prop_assert_eq!(&text.parse::<Key>().unwrap(), &key);
            prop_assert_eq!(&Key::of(&key.segments().collect::<Vec<_>>()).unwrap(), &key);
            let json = serde_json::to_string(&key).unwrap();
            prop_assert_eq!(serde_json::from_str::<Key>(&json).unwrap(), key);
        }
    }
}
