//! User names: short, plain, safe in keys, URLs and logs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// The longest user name, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// The name that a user signs in with: 1–64 of `a–z 0–9 . _ -`, beginning with
/// a letter or a digit.
///
/// # Examples
/// ```
/// use greenroom_identity::UserName;
///
/// let ann: UserName = "ann.admin".parse()?;
/// assert_eq!(ann.as_str(), "ann.admin");
/// assert!("Ann".parse::<UserName>().is_err());
/// # Ok::<(), greenroom_identity::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UserName(String);

impl UserName {
    /// The name as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn broken_rule(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > MAX_NAME_BYTES {
        return Some("it is longer than 64 characters");
    }
    if !text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')) {
        return Some("only a–z, 0–9, `.`, `_` and `-` are allowed; any other spelling belongs into the display name");
    }
    if !text.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return Some("it must begin with a lower-case letter or a digit");
    }
    None
}

impl FromStr for UserName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match broken_rule(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(Error::InvalidUserName { text: text.chars().take(80).collect(), reason }),
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserName({})", self.0)
    }
}

impl<'de> Deserialize<'de> for UserName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_plain_lower_case_name() {
        let too_long = "a".repeat(65);
        for text in ["", ".", "..", ".a", "-a", "Ann", "a b", "a/b", "ü", "a\0", "a\n", &too_long] {
            assert!(text.parse::<UserName>().is_err(), "`{text}` was taken");
            assert!(serde_json::from_value::<UserName>(text.into()).is_err(), "`{text}` was read");
        }
        for text in ["a", "0", "ann.b-c_d", &too_long[1..]] {
            assert_eq!(text.parse::<UserName>().unwrap().as_str(), text);
        }
    }
}
