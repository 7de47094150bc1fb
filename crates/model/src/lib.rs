//! What a Greenroom bot is made of: ids, documents, canonical bytes, digests,
//! the parts tree, the index of its facts, versions and findings.
//!
//! A bot is a tree of content-addressed *parts*. Equal content has equal bytes
//! and an equal digest, so a diff, a version and a publish are arithmetic on
//! digests. This crate is pure: no I/O, no clock, no async. What a tree
//! algorithm needs and lacks it asks for (see [`Objects`]).
//!
//! ```
//! use greenroom_model::{Document, MemoryObjects, PartPath, tree};
//!
//! let path: PartPath = "nlp/intents/greet".parse()?;
//! let intent = Document::from_json(&path, br#"{ "name": "Greeting" }"#)?;
//!
//! let mut objects = MemoryObjects::new();
//! let part = objects.insert(intent.to_bytes(&path)?);
//! let (root, written) = tree::empty();
//! written.0.into_iter().for_each(|(_, bytes)| { objects.insert(bytes); });
//!
//! let mut edits = tree::Edits::new();
//! edits.set(&path.segments(), Some(part));
//! let (edited, _written) = tree::apply(&objects, &root, &edits).map_err(|_| "objects are missing")?;
//! assert_ne!(root, edited);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
mod digest;
pub mod document;
mod error;
mod facts;
mod finding;
mod id;
pub mod index;
mod links;
mod objects;
mod path;
mod record;
#[cfg(feature = "schema")]
pub mod schema;
mod scope;
pub mod tree;
mod version;

pub use canonical::{from_json_strictly, to_canonical_bytes};
pub use digest::{Digest, ParseDigestError};
pub use document::{Document, MAX_DOCUMENT_BYTES};
pub use error::Error;
pub use facts::{ExampleFacts, Facts, Symbol, SymbolKind, Usage};
pub use finding::{Code, Finding, Severity, Subject};
pub use id::{
    BotId, ContextId, EntityId, EnvironmentId, EventId, FlowId, HandlerId, IntentId, Language, MAX_ID_BYTES, NodeId,
    TestId, VariableId,
};
pub use links::{FlowJump, FlowJumps, Link, LinkKind, Links, TriggerLink};
pub use objects::{Interrupt, MemoryObjects, Objects, Written};
pub use path::PartPath;
pub use record::Record;
pub use scope::{Scope, Selection};
pub use version::{Content, Draft, Environment, Origin, TakenBack, TrainedModel, TrainingData, Version};
