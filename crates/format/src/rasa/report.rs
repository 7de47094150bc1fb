//! What the import could not carry over, as it is found; and what has no effect
//! here, gathered by kind so that it does not bury the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Loss, LossReport};

/// A line of a file of the source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) line: Option<u32>,
}

/// A name (or another value) and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) place: Place,
}

/// The losses found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    losses: Vec<Loss>,
    gathered: BTreeMap<(Arc<str>, String, String, String), Gathered>,
}

#[derive(Debug, Default)]
struct Gathered {
    line: Option<u32>,
    /// The names of the occurrences, and how often each occurs.
    at: BTreeMap<String, usize>,
}

/// What to do where nothing was lost.
pub(super) const NOTHING_TO_DO: &str = "nothing to do";

impl Report {
    /// Notes a construct that did not carry over, or not wholly.
    pub(super) fn lose(
        &mut self,
        place: &Place,
        construct: impl Into<String>,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.losses.push(Loss {
            file: place.file.to_string(),
            line: place.line,
            construct: construct.into(),
            reason: reason.into(),
            advice: advice.into(),
        });
    }

    /// Notes one more occurrence of something that a file says often; the report has
    /// one entry of it for each file, with the names of all occurrences.
    pub(super) fn gather(&mut self, place: &Place, construct: &str, at: &str, reason: &str, advice: &str) {
        let key = (place.file.clone(), construct.to_owned(), reason.to_owned(), advice.to_owned());
        let gathered = self.gathered.entry(key).or_default();
        *gathered.at.entry(at.to_owned()).or_default() += 1;
        gathered.line = match (gathered.line, place.line) {
            (Some(first), Some(line)) => Some(first.min(line)),
            (first, line) => first.or(line),
        };
    }

    /// Everything found, in the order of the source.
    pub(super) fn into_losses(mut self) -> LossReport {
        for ((file, construct, reason, advice), gathered) in self.gathered {
            let at: Vec<String> = gathered
                .at
                .iter()
                .map(|(name, times)| match times {
                    1 => format!("`{name}`"),
                    times => format!("`{name}` ({times} times)"),
                })
                .collect();
            self.losses.push(Loss {
                file: file.to_string(),
                line: gathered.line,
                construct,
                reason: format!("{reason}; at {}", at.join(", ")),
                advice,
            });
        }
        self.losses.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        LossReport { losses: self.losses }
    }
}

impl Place {
    pub(super) fn new(file: &Arc<str>, line: u32) -> Self {
        Self { file: file.clone(), line: Some(line) }
    }

    /// The file as a whole.
    pub(super) fn file(file: &str) -> Self {
        Self { file: file.into(), line: None }
    }
}
