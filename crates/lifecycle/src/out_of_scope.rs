//! Texts that should be refused, as an evaluation's job takes them: few enough that its record,
//! which is written each second while the job runs, stays small.

use serde::{Deserialize, Serialize};

use crate::Error;

/// Texts that no intent means: at most [`MOST`](Self::MOST), and together at most
/// [`MOST_BYTES`](Self::MOST_BYTES). Repetitions count as often as they stand there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct OutOfScopeTexts(Vec<String>);

impl OutOfScopeTexts {
    /// How many there may be.
    pub const MOST: usize = 10_000;

    /// How many bytes they may have together: 512 KiB.
    pub const MOST_BYTES: usize = 512 << 10;

    /// Takes these texts; blank ones are left out.
    ///
    /// # Errors
    /// [`Error::TooManyTexts`], [`Error::TextsTooLong`].
    pub fn new(mut texts: Vec<String>) -> Result<Self, Error> {
        texts.retain(|text| !text.trim().is_empty());
        if texts.len() > Self::MOST {
            return Err(Error::TooManyTexts { found: texts.len(), limit: Self::MOST });
        }
        let bytes = texts.iter().map(String::len).sum();
        if bytes > Self::MOST_BYTES {
            return Err(Error::TextsTooLong { found: bytes, limit: Self::MOST_BYTES });
        }
        Ok(Self(texts))
    }

    /// The texts.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<String>> for OutOfScopeTexts {
    type Error = Error;

    fn try_from(texts: Vec<String>) -> Result<Self, Error> {
        Self::new(texts)
    }
}

impl From<OutOfScopeTexts> for Vec<String> {
    fn from(texts: OutOfScopeTexts) -> Self {
        texts.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_told_with_its_limit() {
        let texts = |number: usize, bytes: usize| OutOfScopeTexts::new(vec!["x".repeat(bytes); number]);
        assert_eq!(texts(OutOfScopeTexts::MOST, 2).unwrap().as_slice().len(), OutOfScopeTexts::MOST);
        let many = texts(OutOfScopeTexts::MOST + 1, 2).unwrap_err();
        assert_eq!((many.code(), many.to_string().contains("10001 out-of-scope texts")), ("too_many_texts", true));
        assert!(texts(1, OutOfScopeTexts::MOST_BYTES).is_ok());
        let long = texts(2, OutOfScopeTexts::MOST_BYTES / 2 + 1).unwrap_err();
        assert_eq!((long.code(), long.to_string().contains("at most 524288")), ("texts_too_long", true));
    }

    #[test]
    fn blank_texts_are_no_texts() {
        assert!(OutOfScopeTexts::new(vec![" \t".to_owned(); OutOfScopeTexts::MOST + 1]).unwrap().is_empty());
    }
}
