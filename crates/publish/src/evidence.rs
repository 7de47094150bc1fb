//! What is known about a candidate beside its bytes: the tests that it passed.

use greenroom_model::Digest;
use serde::{Deserialize, Serialize};

/// Something that was observed of one candidate. It names the candidate that it
/// judged, so it cannot speak for another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Evidence {
    /// The bot's conversation tests were run.
    Tests {
        /// The candidate ([`Candidate::digest`](crate::Candidate::digest)).
        candidate: Digest,
        /// How many passed.
        passed: u32,
        /// How many failed.
        failed: u32,
    },
}
