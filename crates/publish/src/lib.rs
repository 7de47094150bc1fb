//! Decides what may be published: the structural diff, the rules, the policy,
//! the plan and its decision.

mod change;
mod diff;
mod error;
mod evidence;
mod indexes;
mod plan;
mod policy;
mod rules;
#[cfg(test)]
mod scenario;
mod submission;
mod wording;

pub use change::{Candidate, CandidateModel, Change, Live};
pub use diff::{ChangeKind, Detail, Diff, PartChange, diff_documents};
pub use error::Error;
pub use evidence::Evidence;
pub use indexes::{Indexes, RemovedIntent};
pub use plan::{Decision, Plan, plan, plan_with};
pub use policy::Policy;
pub use rules::{Rule, standard_rules};
pub use submission::Submission;
