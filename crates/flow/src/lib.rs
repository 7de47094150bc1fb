//! The flow graph of a Greenroom bot: written, checked, compiled, walked.
//!
//! - [`derive()`] tells what a part says about itself: what it refers to, and the
//!   findings of the lints. The index of a bot is put together from that.
//! - [`Graph::compile`] makes all flows of a bot ready to be walked.
//! - [`step`] takes a conversation one input further. It is pure and total: effects
//!   are data, and what is wrong with a bot is traced, never fatal.
//! - [`FlowBuilder`] writes flows in Rust, [`Condition`] is what a branch asks.
//! - [`Ways`] tells what leads where, and what every way to a node passes.
//! - With the feature `drawing`, `draw` shows a flow as SVG.
//!
//! This crate reads no clock, no files and no chance; petgraph, minijinja and
//! winnow stay inside.
//!
//! ```
//! use greenroom_flow::{FlowBuilder, Graph, Input, Session, step};
//! use greenroom_model::{Document, PartPath};
//!
//! let flow = FlowBuilder::new("Order")
//!     .on_intent("order")
//!     .input("size", "size", "en", "What size?", |input| input.option("small", ["little"]).option("large", ["big"]))
//!     .message("done", "en", "One {{ size }} one, coming up.")
//!     .build()?;
//! let path: PartPath = "flows/order".parse()?;
//! assert!(greenroom_flow::derive(&path, &Document::Flow(flow.clone())).findings.is_empty());
//!
//! let graph = Graph::compile([(path, Document::Flow(flow))]);
//! let asked = step(&graph, &Session::new(&graph, None), &Input::of_intent("one, please", "order".parse()?));
//! assert_eq!(asked.replies[0].text, "What size?");
//!
//! let served = step(&graph, &asked.session, &Input::not_understood("the big one"));
//! assert_eq!(served.replies[0].text, "One large one, coming up.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod analysis;
mod builder;
mod conditions;
mod derive;
#[cfg(feature = "drawing")]
mod drawing;
mod effect;
mod error;
mod graph;
mod input;
mod links;
mod lints;
mod patterns;
mod reply;
mod secrets;
mod session;
mod shape;
mod sources;
mod templates;
mod trace;
mod walk;

pub use analysis::{MAX_WAYS_LOOKED_AT, Ways, growing_jumps};
pub use builder::{ActionBuilder, BranchBuilder, FlowBuilder, InputBuilder, WaitBuilder};
pub use conditions::{Comparison, Condition, Literal, MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH, Operand, Pattern};
pub use derive::{FACTS_VERSION, derive};
#[cfg(feature = "drawing")]
pub use drawing::{ChangeCounts, Drawing, DrawingOptions, draw, draw_changes};
pub use effect::{Effect, Handover, HttpBody, HttpRequest};
pub use error::Error;
pub use graph::Graph;
pub use input::{CheckedAnswer, EntityValue, HandlerReply, HttpAnswer, Input};
pub use reply::{Reply, ReplyAction, ReplyButton, ReplyCard, ReplyContent, Step};
pub use secrets::{REDACTED, Secrets};
pub use session::{Awaiting, PendingAnswer, Position, Remaining, SESSION_FORMAT, Session};
pub use trace::TraceStep;
pub use walk::{MAX_NODES_PER_STEP, MAX_RETURNS, step};
