//! Which ways there are between two nodes, the shortest first: a best-first search (A*).
//! How far it is at least is told by the way back from the target, on which nobody
//! asks who called.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::reach::Callers;
use super::{Edge, Ways};
use crate::{MAX_RETURNS, Position};

/// How many beginnings of ways are looked at when ways are searched; what is found until then is given.
pub const MAX_WAYS_LOOKED_AT: usize = 100_000;

/// The last step of a beginning of a way.
struct Step {
    node: NodeIndex,
    /// The step before.
    before: Option<usize>,
    /// The jumps that wait for an end, by their number.
    waiting: usize,
    /// How many nodes the beginning has.
    length: usize,
}

/// Jumps that wait for an end: the latest, and what waits behind it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Waiting {
    call: NodeIndex,
    behind: usize,
}

/// A search for ways.
struct Search<'w> {
    ways: &'w Ways,
    /// How many nodes follow each node at least on a way to where the search ends; none where no way leads there.
    ahead: BTreeMap<NodeIndex, usize>,
    steps: Vec<Step>,
    /// By number, which begins with 1: 0 is nothing; each with how many wait.
    waiting: Vec<(Waiting, usize)>,
    numbers: HashMap<Waiting, usize>,
    /// Who called the flow in which ways begin, where that is not known; none where nobody did.
    callers: Option<Callers>,
    /// The steps to go on from, by how long a way through them is at least.
    open: BinaryHeap<Reverse<(usize, usize)>>,
}

impl Ways {
    /// At most so many ways from one node to another, the shortest first; each with both its
    /// ends. No way goes round: it passes a node twice only where a flow is called twice.
    ///
    /// Where the flow of `from` ends, ways go on behind each jump that may have led to
    /// it. After [`MAX_WAYS_LOOKED_AT`] beginnings of ways the search is given up.
    ///
    /// # Examples
    /// ```
    /// use greenroom_flow::{FlowBuilder, Position, Ways};
    /// use greenroom_model::FlowId;
    ///
    /// let id = FlowId::new("order")?;
    /// let flow = FlowBuilder::new("Order")
    ///     .input("age", "age", "en", "How old are you?", |input| input.number(0, 120).attempts(2, "person"))
    ///     .message("done", "en", "Thank you.").end("bye")
    ///     .handover("person", "en", "A colleague helps you.")
    ///     .build()?;
    /// let ways = Ways::of_flow(&id, &flow);
    /// let at = |node: &str| Ok::<_, greenroom_model::Error>(Position { flow: id.clone(), node: node.parse()? });
    /// assert_eq!(ways.paths(&at("age")?, &at("bye")?, 9), [[&at("age")?, &at("done")?, &at("bye")?]]);
    /// assert!(ways.paths(&at("person")?, &at("bye")?, 9).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn paths(&self, from: &Position, to: &Position, most: usize) -> Vec<Vec<&Position>> {
        let (Some(from), Some(to)) = (self.indices.get(from), self.indices.get(to)) else { return Vec::new() };
        self.search([*from], *to, most, Some(self.callers()))
    }

    /// At most so many ways to a node from where ways begin, the shortest first. Else as [`Self::paths`].
    #[must_use]
    pub fn paths_to(&self, to: &Position, most: usize) -> Vec<Vec<&Position>> {
        let Some(to) = self.indices.get(to) else { return Vec::new() };
        self.search(self.begins.iter().copied(), *to, most, None)
    }

    fn may_end(&self, node: NodeIndex) -> bool {
        self.graph.node_weight(node).is_some_and(|place| place.may_end)
    }

    fn search(
        &self,
        from: impl IntoIterator<Item = NodeIndex>,
        to: NodeIndex,
        most: usize,
        callers: Option<Callers>,
    ) -> Vec<Vec<&Position>> {
        let mut search = Search {
            ways: self,
            ahead: self.least_ahead(to),
            steps: Vec::new(),
            waiting: Vec::new(),
            numbers: HashMap::new(),
            callers,
            open: BinaryHeap::new(),
        };
        for node in from {
            search.go(None, node, 0);
        }
        let mut found: Vec<Vec<&Position>> = Vec::new();
        while let Some(Reverse((_, step))) = search.open.pop().filter(|_| found.len() < most) {
            if search.node(step) == Some(to) {
                let way = search.way(step);
                if !found.contains(&way) {
                    found.push(way);
                }
            } else if search.steps.len() < MAX_WAYS_LOOKED_AT {
                search.extend(step);
            }
        }
        found
    }

    /// How many nodes follow each node at least on a way to this one, whoever called.
    fn least_ahead(&self, to: NodeIndex) -> BTreeMap<NodeIndex, usize> {
        let mut least = BTreeMap::new();
        let mut open = BinaryHeap::from([Reverse((0, to))]);
        let mut has_returned = false;
        while let Some(Reverse((distance, node))) = open.pop() {
            if least.contains_key(&node) {
                continue;
            }
            least.insert(node, distance);
            // What variables name is no node of the way.
            let further = distance + usize::from(node != self.anywhere);
            for edge in self.graph.edges_directed(node, Direction::Incoming) {
                open.push(Reverse((further, edge.source())));
                if *edge.weight() == Edge::Back && !has_returned {
                    // This is the nearest node that follows any end.
                    has_returned = true;
                    let ends = self.graph.node_indices().filter(|node| self.may_end(*node));
                    open.extend(ends.map(|end| Reverse((further, end))));
                }
            }
        }
        least
    }
}

impl<'w> Search<'w> {
    fn node(&self, step: usize) -> Option<NodeIndex> {
        self.steps.get(step).map(|step| step.node)
    }

    /// Goes on from a step to a node, unless it was there already.
    fn go(&mut self, before: Option<usize>, node: NodeIndex, waiting: usize) {
        let Some(ahead) = self.ahead.get(&node).copied() else { return };
        // What variables name has no place of its own: it may be passed again.
        let mut earlier = before.filter(|_| node != self.ways.anywhere);
        while let Some(step) = earlier.and_then(|step| self.steps.get(step)) {
            if step.node == node && step.waiting == waiting {
                return;
            }
            earlier = step.before;
        }
        let length = before.and_then(|step| self.steps.get(step)).map_or(0, |step| step.length);
        let length = length + usize::from(node != self.ways.anywhere);
        self.steps.push(Step { node, before, waiting, length });
        self.open.push(Reverse((length + ahead, self.steps.len() - 1)));
    }

    fn extend(&mut self, at: usize) {
        let Some((node, waiting)) = self.steps.get(at).map(|step| (step.node, step.waiting)) else { return };
        let ways = self.ways;
        for edge in ways.graph.edges(node) {
            match edge.weight() {
                Edge::On => self.go(Some(at), edge.target(), waiting),
                Edge::Call => {
                    if let Some(waiting) = self.wait(node, waiting) {
                        self.go(Some(at), edge.target(), waiting);
                    }
                }
                // One gets there when what is called has ended.
                Edge::Back => {}
            }
        }
        if ways.may_end(node) {
            self.end(at, node, waiting);
        }
    }

    /// The flow ends, and so do those behind it that nothing follows.
    fn end(&mut self, at: usize, mut ended: NodeIndex, mut waiting: usize) {
        while let Some((Waiting { call, behind }, _)) = waiting.checked_sub(1).and_then(|place| self.waiting.get(place))
        {
            (waiting, ended) = (*behind, *call);
            if let Some(next) = self.ways.call(ended).and_then(|call| call.next) {
                return self.go(Some(at), next, waiting);
            }
        }
        let followers = self.callers.as_ref().map(|callers| callers.followers(ended));
        for next in followers.unwrap_or_default() {
            self.go(Some(at), next, 0);
        }
    }

    /// The number of what waits when a jump waits too; none where too many would.
    fn wait(&mut self, call: NodeIndex, behind: usize) -> Option<usize> {
        let waiting = Waiting { call, behind };
        if let Some(number) = self.numbers.get(&waiting) {
            return Some(*number);
        }
        let depth = behind.checked_sub(1).and_then(|place| self.waiting.get(place)).map_or(0, |(_, depth)| *depth) + 1;
        if depth > MAX_RETURNS {
            return None;
        }
        self.waiting.push((waiting, depth));
        self.numbers.insert(waiting, self.waiting.len());
        Some(self.waiting.len())
    }

    fn way(&self, last: usize) -> Vec<&'w Position> {
        let mut way = Vec::new();
        let mut at = Some(last);
        while let Some(step) = at.and_then(|at| self.steps.get(at)) {
            way.extend(self.ways.position(step.node));
            at = step.before;
        }
        way.reverse();
        way
    }
}
