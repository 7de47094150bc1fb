//! What can be said of flows without walking them.

mod jump_stack;
mod ways;

pub use jump_stack::growing_jumps;
pub use ways::{MAX_WAYS_LOOKED_AT, Ways};
