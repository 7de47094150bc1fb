//! The flow graph of a Greenroom bot: compile, lint, walk.

mod derive;
mod graph;
mod input;
mod reply;
mod session;
mod trace;
mod walk;

pub use derive::{FACTS_VERSION, derive};
pub use graph::Graph;
pub use input::{EntityValue, HandlerReply, Input};
pub use reply::{Effect, Reply, ReplyAction, ReplyButton, Step};
pub use session::{Position, SESSION_FORMAT, Session};
pub use trace::TraceStep;
pub use walk::step;
