//! What ways lead to. First it is found out from which nodes a flow may come to an
//! end (the least fixed point); then ways go behind a jump with return only where
//! what it called may end. So a way never goes back to where it did not come from.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::iter::repeat_with;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Edge, Ways};

/// How a flow comes to an end from a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// It ends there.
    Here,
    /// By going on to this node.
    Through(NodeIndex),
    /// What it calls ends, and then the flow does, from the node that follows if one does.
    Called(NodeIndex, Option<NodeIndex>),
}

/// The nodes that ways lead to.
pub(super) struct Reach<'w> {
    ways: &'w Ways,
    endings: PerNode<Ending>,
    /// For each node one that leads to it, and how; none where ways begin.
    parents: PerNode<Option<(NodeIndex, Edge)>>,
}

/// What is known of some nodes, by their numbers.
struct PerNode<T>(Vec<Option<T>>);

impl<T: Copy> PerNode<T> {
    fn of(ways: &Ways) -> Self {
        Self(repeat_with(|| None).take(ways.graph.node_count()).collect())
    }

    fn get(&self, node: NodeIndex) -> Option<T> {
        self.0.get(node.index()).copied().flatten()
    }

    /// Whether something is known of it.
    fn has(&self, node: NodeIndex) -> bool {
        self.get(node).is_some()
    }

    /// Notes it, unless something is known already; whether it was noted.
    fn note(&mut self, node: NodeIndex, value: T) -> bool {
        match self.0.get_mut(node.index()) {
            Some(known @ None) => {
                *known = Some(value);
                true
            }
            _ => false,
        }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeIndex> {
        self.0.iter().enumerate().filter(|(_, known)| known.is_some()).map(|(place, _)| NodeIndex::new(place))
    }
}

/// A jump with return: the jump, what it calls, what follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) from: NodeIndex,
    pub(super) target: NodeIndex,
    pub(super) next: Option<NodeIndex>,
}

impl Ways {
    /// The nodes that ways lead to which begin at these nodes and pass by one.
    pub(super) fn reach(&self, begins: impl IntoIterator<Item = NodeIndex>, without: Option<NodeIndex>) -> Reach<'_> {
        let mut reach = Reach { ways: self, endings: self.endings(without), parents: PerNode::of(self) };
        let mut ahead = VecDeque::new();
        for begin in begins {
            if Some(begin) != without && reach.parents.note(begin, None) {
                ahead.push_back(begin);
            }
        }
        while let Some(from) = ahead.pop_front() {
            let ended = self.call(from).is_some_and(|call| reach.endings.has(call.target));
            for edge in self.graph.edges(from) {
                let (to, kind) = (edge.target(), *edge.weight());
                let is_taken = (kind != Edge::Back || ended) && Some(to) != without;
                if is_taken && reach.parents.note(to, Some((from, kind))) {
                    ahead.push_back(to);
                }
            }
        }
        reach
    }

    /// The same from a node on of which it is not known who called its flow.
    pub(super) fn reach_from_within(&self, from: NodeIndex) -> BTreeSet<NodeIndex> {
        let callers = self.callers();
        let mut begun = BTreeSet::from([from]);
        let mut ahead = vec![from];
        while let Some(begin) = ahead.pop() {
            if callers.endings.has(begin) {
                ahead.extend(callers.followers(begin).into_iter().filter(|next| begun.insert(*next)));
            }
        }
        self.reach(begun, None).nodes().collect()
    }

    /// Who may have called the flow of which node.
    pub(super) fn callers(&self) -> Callers {
        let endings = self.endings(None);
        let calls: Vec<Call> = self.graph.node_indices().filter_map(|node| self.call(node)).collect();
        let mut within: BTreeMap<NodeIndex, BTreeSet<NodeIndex>> = BTreeMap::new();
        for call in &calls {
            within.entry(call.target).or_insert_with(|| self.within(call.target, &endings));
        }
        Callers { endings, calls, within }
    }

    /// The nodes that ways lead to from what is called, on which nothing else waits meanwhile.
    fn within(&self, target: NodeIndex, endings: &PerNode<Ending>) -> BTreeSet<NodeIndex> {
        let mut within = BTreeSet::from([target]);
        let mut ahead = vec![target];
        while let Some(from) = ahead.pop() {
            let ended = self.call(from).is_some_and(|call| endings.has(call.target));
            for edge in self.graph.edges(from) {
                let is_taken = match edge.weight() {
                    Edge::On => true,
                    Edge::Back => ended,
                    Edge::Call => false,
                };
                if is_taken && within.insert(edge.target()) {
                    ahead.push(edge.target());
                }
            }
        }
        within
    }

    /// The nodes from which the flow may come to an end on ways that pass by one node.
    fn endings(&self, without: Option<NodeIndex>) -> PerNode<Ending> {
        let mut endings = PerNode::of(self);
        let mut ahead = VecDeque::new();
        for node in self.graph.node_indices() {
            let may_end = self.graph.node_weight(node).is_some_and(|place| place.may_end);
            if may_end && Some(node) != without && endings.note(node, Ending::Here) {
                ahead.push_back(node);
            }
        }
        while let Some(ended) = ahead.pop_front() {
            for edge in self.graph.edges_directed(ended, Direction::Incoming) {
                let from = edge.source();
                if Some(from) == without || endings.has(from) {
                    continue;
                }
                let ending = match edge.weight() {
                    Edge::On => Some(Ending::Through(ended)),
                    Edge::Call | Edge::Back => self.call(from).and_then(|call| {
                        let ends = endings.has(call.target) && call.next.is_none_or(|next| endings.has(next));
                        ends.then_some(Ending::Called(call.target, call.next))
                    }),
                };
                if ending.is_some_and(|ending| endings.note(from, ending)) {
                    ahead.push_back(from);
                }
            }
        }
        endings
    }

    /// The jump with return that a node is, where it is one.
    pub(super) fn call(&self, from: NodeIndex) -> Option<Call> {
        let to = |kind| self.graph.edges(from).find(|edge| *edge.weight() == kind).map(|edge| edge.target());
        Some(Call { from, target: to(Edge::Call)?, next: to(Edge::Back) })
    }
}

/// Who may have called the flow of which node.
pub(super) struct Callers {
    endings: PerNode<Ending>,
    calls: Vec<Call>,
    /// What may be passed of what is called before it ends, by where it begins.
    within: BTreeMap<NodeIndex, BTreeSet<NodeIndex>>,
}

impl Callers {
    /// What may follow when the flow of a node ends, whoever called it.
    pub(super) fn followers(&self, node: NodeIndex) -> BTreeSet<NodeIndex> {
        let mut followers = BTreeSet::new();
        let mut ended = BTreeSet::from([node]);
        let mut ahead = vec![node];
        while let Some(node) = ahead.pop() {
            let led_there = |call: &&Call| self.within.get(&call.target).is_some_and(|within| within.contains(&node));
            for call in self.calls.iter().filter(led_there) {
                match call.next {
                    Some(next) => {
                        followers.insert(next);
                    }
                    None if ended.insert(call.from) => ahead.push(call.from),
                    None => {}
                }
            }
        }
        followers
    }
}

impl Reach<'_> {
    pub(super) fn has(&self, node: NodeIndex) -> bool {
        self.parents.has(node)
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeIndex> {
        self.parents.nodes()
    }

    /// The nodes of one way to a node, in the order in which it first passes them.
    pub(super) fn way_to(&self, to: NodeIndex) -> Option<Vec<NodeIndex>> {
        let mut parent = self.parents.get(to)?;
        let mut backwards = vec![(to, Edge::On)];
        while let Some((from, edge)) = parent {
            backwards.push((from, edge));
            parent = self.parents.get(from).flatten();
        }
        let mut way = Vec::new();
        let mut seen = BTreeSet::new();
        for (node, edge) in backwards.into_iter().rev() {
            if seen.insert(node) {
                way.push(node);
            }
            if let (Edge::Back, Some(call)) = (edge, self.ways.call(node)) {
                self.pass_to_end(call.target, &mut way, &mut seen);
            }
        }
        Some(way)
    }

    /// The nodes of one way from a node to the end of its flow.
    fn pass_to_end(&self, from: NodeIndex, way: &mut Vec<NodeIndex>, seen: &mut BTreeSet<NodeIndex>) {
        let mut passed = BTreeSet::new();
        let mut ahead = vec![from];
        while let Some(node) = ahead.pop() {
            if !passed.insert(node) {
                continue;
            }
            if seen.insert(node) {
                way.push(node);
            }
            match self.endings.get(node) {
                Some(Ending::Through(next)) => ahead.push(next),
                // What is called is passed before what follows.
                Some(Ending::Called(target, next)) => ahead.extend(next.into_iter().chain([target])),
                Some(Ending::Here) | None => {}
            }
        }
    }
}
