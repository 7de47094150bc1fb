//! What an import could not carry over, said so that somebody can act on it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One construct of the source that did not carry over, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// The file, relative to what was imported, with `/` between folders.
    pub file: String,
    /// The line in it, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What the source calls it, such as `slot mapping` or `column`.
    pub construct: String,
    /// Why it did not carry over.
    pub reason: String,
    /// What to do about it.
    pub advice: String,
}

/// Everything that an import could not carry over. As a text, one line each:
/// `file:line: construct: reason; advice`.
///
/// # Examples
/// ```
/// use greenroom_format::{Loss, LossReport};
///
/// let mut report = LossReport::default();
/// report.losses.push(Loss {
///     file: "faq.csv".to_owned(),
///     line: Some(1),
///     construct: "column `answer`".to_owned(),
///     reason: "only `intent` and `text` are read".to_owned(),
///     advice: "put the answers into flows".to_owned(),
/// });
/// assert_eq!(
///     report.to_string(),
///     "faq.csv:1: column `answer`: only `intent` and `text` are read; put the answers into flows\n"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossReport {
    /// The losses, in the order of the source.
    pub losses: Vec<Loss>,
}

impl LossReport {
    /// Whether everything carried over.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// How many constructs did not carry over.
    #[must_use]
    pub fn len(&self) -> usize {
        self.losses.len()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}: {}; {}", self.construct, self.reason, self.advice)
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.losses.iter().try_for_each(|loss| writeln!(f, "{loss}"))
    }
}
