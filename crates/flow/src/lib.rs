//! The flow graph of a Greenroom bot: compile, lint, walk.

mod builder;
mod conditions;
mod derive;
mod error;
mod graph;
mod input;
mod lints;
mod patterns;
mod reply;
mod session;
mod shape;
mod sources;
mod templates;
mod trace;
mod walk;

pub use builder::{ActionBuilder, BranchBuilder, FlowBuilder, InputBuilder};
pub use conditions::{Comparison, Condition, Literal, MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH, Operand, Pattern};
pub use derive::{FACTS_VERSION, derive};
pub use error::Error;
pub use graph::Graph;
pub use input::{EntityValue, HandlerReply, Input};
pub use reply::{Effect, Reply, ReplyAction, ReplyButton, Step};
pub use session::{Position, SESSION_FORMAT, Session};
pub use trace::TraceStep;
pub use walk::{MAX_NODES_PER_STEP, MAX_RETURNS, step};
