//! The ways that conversations may take: what leads to what, what every way to a
//! node passes, which ways there are. petgraph stays in here.

mod build;
mod paths;
mod reach;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::FlowId;
use greenroom_model::document::Flow;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::Position;
pub use paths::MAX_WAYS_LOOKED_AT;

/// The ways that conversations may take through the flows of a bot, or through one flow.
///
/// A way begins where a trigger begins, and takes the edges that flows have: what
/// follows a node, cases, buttons, ways out, events, the end of a time, failed
/// calls, jumps. A jump with return goes into the other flow and, where that may
/// end, on to what follows the jump: never to what follows another jump to the
/// same flow. Conditions are not looked at: every case may hold.
///
/// What is *not* a way, though a conversation may do it:
/// - **Digressions.** While a node waits, a trigger may start another flow, which
///   comes back when it ends. It is a way of its own that begins at its trigger; that
///   the conversation then goes on where it waited is no way. So [`Self::dominators`]
///   holds for each flow from its own beginning, whatever was digressed from.
/// - **Contexts.** A trigger counts whatever contexts it requires.
/// - **Payloads.** A button's edge leaves the node that shows the button, but whoever
///   may write to the bot may send the payload of any button at any time. What must
///   not be got at by that is guarded by a branch on a variable, not by a way alone.
/// - **Variables.** A jump to what a variable names may lead to any node, unless
///   [`Self::where_variables_name`] says which.
///
/// What conversations have in fact passed is counted by the `Coverage` of
/// `greenroom-bot`, from their traces.
///
/// # Examples
/// Every way to the payment asks for consent first:
/// ```
/// use greenroom_flow::{FlowBuilder, Position, Ways};
/// use greenroom_model::FlowId;
///
/// let id = FlowId::new("order")?;
/// let flow = FlowBuilder::new("Order")
///     .on_intent("order")
///     .input("consent", "agreed", "en", "May we keep your address?", |input| input.option("yes", ["sure"]))
///     .message("pay", "en", "Here you pay.")
///     .build()?;
/// let ways = Ways::of_bot([(&id, &flow)]);
///
/// let at = |node: &str| Ok::<_, greenroom_model::Error>(Position { flow: id.clone(), node: node.parse()? });
/// assert!(ways.every_way_passes(&at("pay")?, &at("consent")?));
/// assert!(!ways.every_way_passes(&at("consent")?, &at("pay")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ways {
    graph: DiGraph<Place, Edge>,
    indices: BTreeMap<Position, NodeIndex>,
    begins: BTreeSet<NodeIndex>,
    /// The place to which jumps to what a variable names lead, and that leads to what it may name.
    anywhere: NodeIndex,
}

/// A node and what happens there apart from its edges.
#[derive(Debug, Clone)]
struct Place {
    /// The node; none for the place of what variables name.
    at: Option<Position>,
    /// Whether its flow may end here.
    may_end: bool,
}

/// How one node leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// It goes on there.
    On,
    /// It goes there and waits for the end.
    Call,
    /// It goes on there when what it called has ended.
    Back,
}

impl Ways {
    /// The ways through a whole bot. They begin at triggers: a flow without one is
    /// reached by jumps alone.
    pub fn of_bot<'f>(flows: impl IntoIterator<Item = (&'f FlowId, &'f Flow)>) -> Self {
        build::of(&flows.into_iter().collect(), false)
    }

    /// The ways through one flow, which begin at its start and at its triggers. A jump to another
    /// flow leaves it; one with return goes on when that has ended.
    #[must_use]
    pub fn of_flow(id: &FlowId, flow: &Flow) -> Self {
        build::of(&BTreeMap::from([(id, flow)]), true)
    }

    /// The same, where variables that jumps go to name these nodes and no other.
    ///
    /// # Examples
    /// ```
    /// use greenroom_flow::{Position, Ways};
    /// use greenroom_model::{Document, FlowId, PartPath};
    ///
    /// let id = FlowId::new("menu")?;
    /// let Document::Flow(flow) = Document::from_json(&PartPath::Flow(id.clone()), br#"{ "name": "Menu", "start": "go",
    ///     "triggers": [{ "intent": "menu" }], "nodes": {
    ///         "go": { "jump": { "to": { "variable": "wanted" } } }, "one": { "end": {} }, "two": { "end": {} } } }"#)?
    /// else { unreachable!() };
    /// let one = Position { flow: id.clone(), node: "one".parse()? };
    ///
    /// let ways = Ways::of_bot([(&id, &flow)]);
    /// assert_eq!(ways.reached().len(), 3);
    /// assert_eq!(ways.where_variables_name([one]).reached().len(), 2);
    /// # Ok::<(), greenroom_model::Error>(())
    /// ```
    #[must_use]
    pub fn where_variables_name(mut self, targets: impl IntoIterator<Item = Position>) -> Self {
        let named = targets.into_iter().filter_map(|target| self.indices.get(&target).copied()).collect();
        self.lead_variables_to(named);
        self
    }

    /// The nodes at which ways begin.
    pub fn begins(&self) -> impl Iterator<Item = &Position> {
        self.begins.iter().filter_map(|index| self.position(*index))
    }

    /// The jumps to what a variable names: where one is reached, so may any node be.
    pub fn variable_jumps(&self) -> impl Iterator<Item = &Position> {
        let jumps = self.graph.neighbors_directed(self.anywhere, petgraph::Direction::Incoming);
        jumps.filter_map(|index| self.position(index))
    }

    /// The nodes that some way leads to.
    #[must_use]
    pub fn reached(&self) -> BTreeSet<&Position> {
        self.positions(self.reach(self.begins.iter().copied(), None).nodes())
    }

    /// The nodes that ways lead to from a node on, itself included; nothing where there is no
    /// such node. Where its flow ends, they go on behind each jump that may have led to it.
    #[must_use]
    pub fn reached_from(&self, from: &Position) -> BTreeSet<&Position> {
        match self.indices.get(from) {
            Some(from) => self.positions(self.reach_from_within(*from)),
            None => BTreeSet::new(),
        }
    }

    /// The nodes that every way to this node passes before, in the order in which
    /// they are passed. `None` where no way leads to it.
    ///
    /// They are the dominators of the node in the graph of all ways; jumps with
    /// return are taken as what they are, so what a called flow always passes counts too.
    #[must_use]
    pub fn dominators(&self, to: &Position) -> Option<Vec<&Position>> {
        let to = *self.indices.get(to)?;
        let mut passed = self.way_without(to, None)?;
        let mut dominators = Vec::new();
        let mut place = 0;
        while let Some(node) = passed.get(place).copied() {
            place += 1;
            if node == to {
                continue;
            }
            match self.way_without(to, Some(node)) {
                // What this way does not pass either need not be asked for.
                Some(other) => {
                    let other: BTreeSet<NodeIndex> = other.into_iter().collect();
                    let rest = passed.split_off(place);
                    passed.extend(rest.into_iter().filter(|node| other.contains(node)));
                }
                None => dominators.extend(self.position(node)),
            }
        }
        Some(dominators)
    }

    /// Whether every way to a node passes another one. It is so too where no way leads to the
    /// node, but not where there is no such node: a name that is mistyped must not hold.
    #[must_use]
    pub fn every_way_passes(&self, to: &Position, through: &Position) -> bool {
        match (self.indices.get(to), self.indices.get(through)) {
            (Some(to), Some(through)) => to == through || self.needs(*to, *through),
            _ => false,
        }
    }

    /// Whether no way leads to a node that does not pass the other.
    fn needs(&self, to: NodeIndex, through: NodeIndex) -> bool {
        !self.reach(self.begins.iter().copied(), Some(through)).has(to)
    }

    /// The nodes of a way to a node that passes by another one, where there is one.
    fn way_without(&self, to: NodeIndex, without: Option<NodeIndex>) -> Option<Vec<NodeIndex>> {
        self.reach(self.begins.iter().copied(), without).way_to(to)
    }

    fn position(&self, index: NodeIndex) -> Option<&Position> {
        self.graph.node_weight(index)?.at.as_ref()
    }

    fn positions(&self, nodes: impl IntoIterator<Item = NodeIndex>) -> BTreeSet<&Position> {
        nodes.into_iter().filter_map(|index| self.position(index)).collect()
    }
}
