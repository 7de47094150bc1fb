//! What an author does with a bot: edit, train, test, plan, publish, roll back, restore.
//!
//! [`Lifecycle`] stands on any [`Store`](greenroom_store::Store). It decides
//! nothing itself: what may be published is for `greenroom-publish` to say.
//! Every act is one atomic commit, under the name of who did it.
//!
//! ```
//! use std::sync::Arc;
//! use greenroom_lifecycle::{Lifecycle, PlanRequest};
//! use greenroom_model::{Document, document::{Examples, Intent, Settings}};
//! use greenroom_store::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("ann");
//! let bot = lifecycle.create(&"box-office".parse()?, Settings::new("Box office", "en".parse()?)).await?;
//! bot.put(&"nlp/intents/tickets".parse()?, Document::Intent(Intent::new("Buy tickets"))).await?;
//! bot.put(
//!     &"nlp/examples/en/tickets".parse()?,
//!     Document::Examples(Examples::of(["two tickets please", "I want to buy tickets"])),
//! ).await?;
//!
//! // The draft has examples but no model: publishing would be refused, and says why.
//! let plan = bot.plan(&PlanRequest::full("first version")).await?;
//! assert!(plan.findings().iter().any(|finding| finding.code.as_str() == "model_missing"));
//!
//! bot.train(&Default::default(), &mut |_progress| std::ops::ControlFlow::Continue(())).await?;
//! let plan = bot.plan(&PlanRequest::full("first version")).await?;
//! let published = bot.publish(&plan).await?;
//! assert_eq!(published.number, 1);
//! # Ok(())
//! # }
//! ```

mod audit;
mod behaviour;
mod bot;
mod channels;
mod completeness;
mod draft;
mod environments;
mod error;
mod evaluation;
mod evidence;
mod garbage;
mod idempotency;
mod import;
mod jobs;
mod lifecycle;
mod merging;
mod objects;
mod out_of_scope;
mod planning;
mod plans;
mod publishing;
mod recordings;
mod reindex;
mod replaying;
mod testing;
mod training;
mod versions;

pub use audit::{
    Act, AuditEntry, AuditFault, AuditFilter, AuditFound, AuditHead, AuditLine, AuditVerifier, check_audit_export,
};
pub use bot::Bot;
pub use channels::{
    Channel, ChannelId, ChannelKind, ChannelSettings, ChannelView, Colour, DraftPreview, LauncherPosition, NewChannel,
    Origin, Origins, Secret, WebChat,
};
pub use draft::{Edited, ExpectedPart, PartConflict, PartEdit};
pub use environments::{EnvironmentSettings, LIVE, live};
pub use error::Error;
pub use evaluation::{DraftEvaluation, EvaluationOptions, EvaluationOutcome};
pub use evidence::{Effect, EvidenceOptions, EvidenceProgress};
pub use garbage::{Amount, Collected, CollectionOptions};
pub use idempotency::{IdempotencyKey, KeptPublish};
pub use import::{ImportMode, Imported};
pub use jobs::{Job, JobFailure, JobId, JobKind, JobLine, JobPulse, JobRun, JobState, JobSubject, JobWork, Jobs};
pub use lifecycle::{Clock, Lifecycle};
pub use merging::{Drift, DriftState, DriftedPart, Merged, Side};
pub use out_of_scope::OutOfScopeTexts;
pub use planning::PlanRequest;
pub use publishing::{Published, RolledBack};
pub use recordings::{Recording, SavedTest};
pub use replaying::{ReplayReport, ReplayedConversation};
pub use testing::TestReport;
pub use training::{Trained, TrainingJob, TrainingProgress, TrainingRequest};
pub use versions::{Reference, Restored, VersionEntry, VersionFilter};
