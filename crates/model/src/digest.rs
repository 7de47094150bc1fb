//! The name of stored bytes: their BLAKE3 hash.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The BLAKE3 hash (256 bits) of an object's stored bytes; it is the object's name.
///
/// Written as 64 lower-case hexadecimal digits.
///
/// # Examples
/// ```
/// use greenroom_model::Digest;
///
/// let digest = Digest::of(b"hello");
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// assert!(digest.to_string().starts_with("ea8f163d"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// A text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: it takes 64 lower-case hexadecimal digits")]
pub struct ParseDigestError(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest from its 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits: enough for people to tell objects apart.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short())
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_lower_hex(text.as_bytes()).ok_or_else(|| ParseDigestError(text.chars().take(80).collect()))
    }
}

/// Trees are read digest by digest, so one pass and no detour.
fn from_lower_hex(text: &[u8]) -> Option<Digest> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let text: &[u8; 64] = text.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
        *byte = value(digits[0])? << 4 | value(digits[1])?;
    }
    Some(Digest(bytes))
}

/// Takes the text as it stands in what is read, without a copy.
struct DigestVisitor;

impl Visitor<'_> for DigestVisitor {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest of 64 lower-case hexadecimal digits")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        text.parse().map_err(E::custom)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DigestVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_64_lower_case_digits() {
        let upper = Digest::of(b"a").to_string().to_uppercase();
        assert!(upper.parse::<Digest>().is_err());
        assert!("12ab".parse::<Digest>().is_err());
        let digits = Digest::of(b"a").to_string();
        assert!(format!("{digits}0").parse::<Digest>().is_err());
        for (place, wrong) in [(0, 'g'), (31, ' '), (63, '/'), (63, ':'), (1, '`')] {
            let text: String =
                digits.chars().enumerate().map(|(at, digit)| if at == place { wrong } else { digit }).collect();
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
        assert!("é".repeat(32).parse::<Digest>().is_err());
    }

    #[test]
    fn is_read_from_json_as_it_is_written_escaped_or_not() {
        let digest = Digest::of(b"a");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        assert_eq!(serde_json::from_value::<Digest>(digest.to_string().into()).unwrap(), digest);
        let first = digest.to_string().chars().next().unwrap();
        let escaped = text.replacen(first, &format!("\\u{:04x}", u32::from(first)), 1);
        assert_eq!(serde_json::from_str::<Digest>(&escaped).unwrap(), digest);
        assert!(serde_json::from_str::<Digest>("7").is_err());
    }
}
