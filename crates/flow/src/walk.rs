//! The walk: one input through the graph.

use crate::{Graph, Input, Session, Step};

/// Takes a conversation one input further: pure and total.
#[must_use]
pub fn step(graph: &Graph, session: &Session, input: &Input) -> Step {
    let _ = (graph, input);
    Step { session: session.clone(), replies: Vec::new(), effects: Vec::new(), trace: Vec::new() }
}
