//! What can be said of flows without walking them.

mod jump_stack;

pub use jump_stack::growing_jumps;
