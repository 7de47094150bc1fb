//! The one error of this crate: a policy or a stored plan that cannot be read.
//! What is wrong with a bot is never an error here; it is a finding.

use greenroom_model::Digest;

/// Why a policy or a stored plan could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A policy file says something that it cannot say.
    #[error("policy: {place}{reason}", place = at(.place))]
    Policy {
        /// Where in the file, such as `rules.few_examples.minimum`; empty for the file as a whole.
        place: String,
        /// What is wrong there, and what to write instead.
        reason: String,
    },
    /// Stored bytes are not the plan that their digest names.
    #[error("stored plan `{digest}` is damaged: {reason}; make the plan anew")]
    DamagedPlan {
        /// The digest under which the plan is stored.
        digest: Digest,
        /// How the damage showed.
        reason: String,
    },
    /// A plan was stored by a newer build.
    #[error(
        "the plan has format version {found}, this build reads up to {supported}; use a newer build or make the plan anew"
    )]
    NewerPlan {
        /// The version that the plan claims.
        found: u32,
        /// The newest version that this build reads.
        supported: u32,
    },
}

fn at(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("at `{place}`: ") }
}
