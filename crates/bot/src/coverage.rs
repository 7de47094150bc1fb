//! What conversations reach of a bot's flows: nodes, edges and triggers.

mod outline;
mod report;
mod trail;

use std::collections::{BTreeSet, HashSet};

use greenroom_flow::Position;
use greenroom_model::FlowId;
use greenroom_model::document::Flow;
use serde::{Deserialize, Serialize};

use crate::PlayedStep;
use outline::Outline;
pub use report::{CoverageReport, FlowCoverage, Reached, UnreachedEdge};

/// What conversations reach of a bot's flows.
///
/// Made of the flows of one state of a bot, it counts what conversations with that
/// state pass: each node, each edge that its author drew, each trigger.
///
/// # Examples
/// ```
/// use greenroom_bot::{Bot, Coverage};
/// use greenroom_flow::FlowBuilder;
/// use greenroom_model::document::{ConversationTest, Settings, Turn, UserAct};
/// use greenroom_model::{Document, FlowId, PartPath};
///
/// let id = FlowId::new("ticket")?;
/// let flow = FlowBuilder::new("Ticket")
///     .on_introduction()
///     .input("age", "age", "en", "How old are you?", |input| input.number(0, 120).attempts(2, "person"))
///     .message("done", "en", "Thank you.").end("bye")
///     .handover("person", "en", "A colleague helps you.")
///     .build()?;
/// let settings = Settings::new("Box office", "en".parse()?);
/// let parts = [
///     (PartPath::Settings, Document::Settings(settings)),
///     (PartPath::Flow(id.clone()), Document::Flow(flow.clone())),
/// ];
/// let bot = Bot::new(parts, Default::default())?;
///
/// let turns = [UserAct::Start, UserAct::Say("I am 44".into())].map(Turn::of).to_vec();
/// let mut coverage = Coverage::of([(&id, &flow)]);
/// coverage.count(&bot.play_through(&ConversationTest::of("A number", turns)).steps);
/// let report = coverage.report();
/// assert_eq!(report.flows[&id].unreached_nodes, ["person"].map(|node| node.parse().unwrap()));
/// assert_eq!(report.flows[&id].unreached_edges[0].edge, "otherwise");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Coverage {
    outline: Outline,
    nodes: BTreeSet<Position>,
    edges: HashSet<(Position, EdgeKind)>,
    /// Triggers by their flow and their place in it.
    triggers: BTreeSet<(FlowId, usize)>,
}

/// Which of a node's ways on an edge is. Buttons, cases and events are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EdgeKind {
    /// The node that follows.
    Next,
    /// A button that is pressed.
    Button(usize),
    /// A case of a branch whose condition holds.
    Case(usize),
    /// The way on when no case holds.
    Else,
    /// The way out when all attempts are used up.
    Otherwise,
    /// The way on when a call or a request fails.
    OnError,
    /// An event that is waited for, by its place among those of the node.
    Event(usize),
    /// The way on when the time is over.
    OnTimeout,
    /// A jump's target.
    Jump,
}

impl Coverage {
    /// Nothing reached yet of these flows.
    pub fn of<'f>(flows: impl IntoIterator<Item = (&'f FlowId, &'f Flow)>) -> Self {
        Self { outline: Outline::of(flows), nodes: BTreeSet::new(), edges: HashSet::new(), triggers: BTreeSet::new() }
    }

    /// Counts what one conversation passes, from its beginning. What the flows do not
    /// have, since the conversation was with another state of the bot, is passed over.
    pub fn count(&mut self, conversation: &[PlayedStep]) {
        let trail = trail::follow(&self.outline, conversation);
        self.nodes.extend(trail.nodes);
        self.edges.extend(trail.edges);
        self.triggers.extend(trail.triggers);
    }

    /// Whether a conversation entered the node.
    #[must_use]
    pub fn has_node(&self, node: &Position) -> bool {
        self.nodes.contains(node)
    }

    /// Whether a conversation took the edge.
    #[must_use]
    pub fn has_edge(&self, from: &Position, edge: EdgeKind) -> bool {
        self.edges.contains(&(from.clone(), edge))
    }

    /// What was reached and what was not, per flow and in all.
    #[must_use]
    pub fn report(&self) -> CoverageReport {
        report::report(self)
    }
}

#[cfg(test)]
mod tests;
