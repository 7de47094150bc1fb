//! The rules of publishing, one file each.

use greenroom_model::{Code, Finding};

use crate::Submission;

/// A rule: looks at a submission and says what it finds.
///
/// # Contract
/// A rule is pure: equal submissions give equal findings. Each finding's code is
/// one of [`Rule::codes`] (`Code::Custom` for an embedder's), and its severity is
/// the rule's default; the policy then has the last word.
pub trait Rule: Send + Sync {
    /// The codes that its findings may have.
    fn codes(&self) -> &[Code];

    /// What it finds, in any order; nothing where all is well.
    fn check(&self, submission: &Submission<'_>) -> Vec<Finding>;
}

/// The rules of this crate.
#[must_use]
pub fn standard_rules() -> &'static [&'static dyn Rule] {
    &[]
}
