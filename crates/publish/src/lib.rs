//! Decides what may be published: the structural diff, the rules, the policy,
//! the plan and its decision.
//!
//! A publish moves a pointer; whether it may is set arithmetic on digests and on
//! facts derived from the parts. The caller gathers them, [`plan()`] judges: it
//! has no clock and no I/O, so equal arguments give an equal plan. What is wrong
//! with the bot is a finding, never an error.
//!
//! ```
//! use std::collections::BTreeMap;
//! use greenroom_publish::{Acknowledged, Candidate, Change, Decision, Diff, Indexes, Policy, diff_documents, plan};
//! use greenroom_model::{Code, Digest, Document, Scope, TrainingData};
//!
//! let path = "nlp/examples/en/order".parse()?;
//! let examples = Document::from_json(&path, br#"{ "examples": ["a pizza please"] }"#)?;
//! let data = TrainingData { examples: Digest::of(b"the directory of examples"), training: None };
//! let change = Change {
//!     bot: "pizza".parse()?,
//!     environment: "live".parse()?,
//!     scope: Scope::Full,
//!     candidate: Candidate {
//!         tree: Digest::of(b"the tree"),
//!         index: Digest::of(b"its index"),
//!         nlp: Some(Digest::of(b"the directory nlp/")),
//!         data: BTreeMap::from([("en".parse()?, data)]),
//!         models: BTreeMap::new(), // nobody has trained it
//!     },
//!     live: None,
//!     diff: Diff { parts: vec![diff_documents(&path, None, Some(&examples))] },
//!     acknowledged: Acknowledged::default(),
//!     agreed_elsewhere: BTreeMap::new(), // no other environment
//!     own_policy: None,                  // the bot's own judges
//! };
//! let plan = plan(&change, &Indexes::default(), &[], &Policy::default(), "the first version");
//! assert_eq!(plan.decision(), Decision::Deny);
//! assert_eq!(plan.findings()[0].code, Code::ModelMissing);
//! # Ok::<(), greenroom_model::Error>(())
//! ```

mod change;
mod diff;
mod error;
mod evidence;
mod indexes;
mod plan;
mod policy;
mod release_notes;
mod rules;
mod submission;
mod wording;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod scenario;

pub use change::{Acknowledged, Candidate, CandidateModel, Change, Live};
pub use diff::{ChangeKind, Detail, Diff, PartChange, diff_documents};
pub use error::Error;
pub use evidence::{Behaviour, ChangedUtterance, Evidence, Scores};
pub use indexes::{Indexes, RemovedIntent};
pub use plan::{Decision, Plan, plan, plan_with};
pub use policy::{Policy, RegressionLimits, WantedEvidence};
pub use release_notes::propose_release_notes;
pub use rules::{Rule, standard_rules};
pub use submission::Submission;
