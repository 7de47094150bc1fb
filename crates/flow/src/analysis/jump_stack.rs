//! Jumps with return that pile up: where they lead no flow ever ends, and the way
//! leads round to the jump again.
//!
//! First it is found out from which nodes a flow may come to an end (the least
//! fixed point over nodes, jumps and returns); what is not known may. Then, for
//! each jump whose target may not, whether it is reached from its own target: it
//! is where the two are strongly connected, since the jump leads to its target.
//! Both take time in proportion to the ways. petgraph stays in here.

use std::collections::{BTreeMap, HashMap};

use greenroom_model::{FlowId, FlowJump, FlowJumps, NodeId};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// A node of a flow.
type Place<'f> = (&'f FlowId, &'f NodeId);

/// The jumps with return that make ever more flows wait, in the order of flows and nodes.
///
/// Flows that are not given may end. What a variable names may end too.
///
/// # Examples
/// ```
/// use greenroom_flow::{derive, growing_jumps};
/// use greenroom_model::{Document, PartPath};
///
/// let jumps = |help_ends: &str| -> Result<usize, Box<dyn std::error::Error>> {
///     let mut flows = std::collections::BTreeMap::new();
///     for (id, nodes) in [
///         ("main", r#""a": { "jump": { "to": { "flow": "help" }, "return": true } }"#),
///         ("help", help_ends),
///     ] {
///         let path: PartPath = format!("flows/{id}").parse()?;
///         let flow = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
///         if let Some(jumps) = derive(&path, &Document::from_json(&path, flow.as_bytes())?).links.jumps {
///             flows.insert(id.parse()?, jumps);
///         }
///     }
///     Ok(growing_jumps(&flows).len())
/// };
/// assert_eq!(jumps(r#""a": { "jump": { "to": { "flow": "main" } } }"#)?, 1);
/// assert_eq!(jumps(r#""a": { "end": {} }"#)?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn growing_jumps(flows: &BTreeMap<FlowId, FlowJumps>) -> Vec<(FlowId, NodeId)> {
    let places = Places::of(flows);
    let ending = places.ending();
    let groups = places.groups(&ending);
    let mut growing = Vec::new();
    for (flow, shape) in flows {
        for (node, jump) in shape.jumps.iter().filter(|(_, jump)| jump.returns) {
            let Some(target) = target(flows, jump).and_then(|target| places.number(target)) else { continue };
            let leads_back = groups.get(target) == places.number((flow, node)).and_then(|place| groups.get(place));
            if !ending.contains(target) && leads_back {
                growing.push((flow.clone(), node.clone()));
            }
        }
    }
    growing
}

/// Where a jump leads; nothing where that is not known.
fn target<'f>(flows: &'f BTreeMap<FlowId, FlowJumps>, jump: &'f FlowJump) -> Option<Place<'f>> {
    let (flow, node) = jump.to.as_ref()?;
    let (flow, shape) = flows.get_key_value(flow)?;
    let node = node.as_ref().unwrap_or(&shape.start);
    (shape.ways.contains_key(node) || shape.jumps.contains_key(node)).then_some((flow, node))
}

/// A place among all, by its number.
type Number = NodeIndex;

/// All places, numbered, with what each leads to.
struct Places<'f> {
    numbers: HashMap<Place<'f>, Number>,
    leads: Vec<Leads>,
}

/// What a place leads to.
#[derive(Default)]
struct Leads {
    /// A flow may end here.
    ends: bool,
    /// By itself, inside its flow.
    ways: Vec<Number>,
    jump: Option<Jump>,
}

/// A jump by numbers.
struct Jump {
    /// Nothing where it is not known, which may end.
    target: Option<Number>,
    returns: bool,
    /// What follows the return, where that is known.
    next: Option<Number>,
}

/// Which places may come to an end.
struct Ending(Vec<bool>);

impl Ending {
    fn contains(&self, place: Number) -> bool {
        self.0.get(place.index()).is_some_and(|ends| *ends)
    }
}

/// The strongly connected group of each place.
struct Groups(Vec<usize>);

impl Groups {
    fn get(&self, place: Number) -> Option<usize> {
        self.0.get(place.index()).copied()
    }
}

impl<'f> Places<'f> {
    fn of(flows: &'f BTreeMap<FlowId, FlowJumps>) -> Self {
        let mut places = Self { numbers: HashMap::new(), leads: Vec::new() };
        for (flow, shape) in flows {
            for node in &shape.ends {
                places.at((flow, node)).ends = true;
            }
            for (node, ways) in &shape.ways {
                let ways = ways.iter().map(|way| places.numbered((flow, way))).collect();
                places.at((flow, node)).ways = ways;
            }
            for (node, jump) in &shape.jumps {
                let target = target(flows, jump).map(|target| places.numbered(target));
                let next = jump.next.as_ref();
                let next = next.filter(|next| shape.ways.contains_key(*next) || shape.jumps.contains_key(*next));
                let next = next.map(|next| places.numbered((flow, next)));
                places.at((flow, node)).jump = Some(Jump { target, returns: jump.returns, next });
            }
        }
        places
    }

    fn number(&self, place: Place<'f>) -> Option<Number> {
        self.numbers.get(&place).copied()
    }

    /// The number of a place, a new one where it has none.
    fn numbered(&mut self, place: Place<'f>) -> Number {
        let next = Number::new(self.leads.len());
        let number = *self.numbers.entry(place).or_insert(next);
        if number == next {
            self.leads.push(Leads::default());
        }
        number
    }

    fn at(&mut self, place: Place<'f>) -> &mut Leads {
        let number = self.numbered(place);
        &mut self.leads[number.index()]
    }

    /// The places from which the flow may come to an end, or wait for anything.
    fn ending(&self) -> Ending {
        // For each place those that have to be looked at again when it turns out to end.
        let mut watchers: Vec<Vec<Number>> = vec![Vec::new(); self.leads.len()];
        for (number, leads) in self.leads.iter().enumerate() {
            let jump = leads.jump.iter().flat_map(|jump| jump.target.into_iter().chain(jump.next));
            for watched in leads.ways.iter().copied().chain(jump) {
                watchers[watched.index()].push(Number::new(number));
            }
        }
        let mut ending = Ending(vec![false; self.leads.len()]);
        let mut ahead: Vec<Number> = (0..self.leads.len()).map(Number::new).collect();
        while let Some(place) = ahead.pop() {
            if !ending.contains(place) && self.leads[place.index()].ends_by(&ending) {
                ending.0[place.index()] = true;
                ahead.extend(&watchers[place.index()]);
            }
        }
        ending
    }

    /// Which places lead to each other: by edges, into jumps, and past jumps with return whose
    /// target may end.
    fn groups(&self, ending: &Ending) -> Groups {
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(self.leads.len(), self.leads.len());
        for _ in &self.leads {
            graph.add_node(());
        }
        for (number, leads) in self.leads.iter().enumerate() {
            let from = Number::new(number);
            for way in &leads.ways {
                graph.add_edge(from, *way, ());
            }
            let Some(jump) = &leads.jump else { continue };
            let past = jump.next.filter(|_| jump.returns && jump.target.is_none_or(|target| ending.contains(target)));
            for to in jump.target.into_iter().chain(past) {
                graph.add_edge(from, to, ());
            }
        }
        let mut groups = Groups(vec![0; self.leads.len()]);
        for (group, places) in kosaraju_scc(&graph).into_iter().enumerate() {
            for place in places {
                groups.0[place.index()] = group;
            }
        }
        groups
    }
}

impl Leads {
    /// Whether a flow may end here, by what is known to end.
    fn ends_by(&self, ending: &Ending) -> bool {
        let may_end = |place: Option<Number>| place.is_none_or(|place| ending.contains(place));
        self.ends
            || self.ways.iter().any(|way| ending.contains(*way))
            || self.jump.as_ref().is_some_and(|jump| may_end(jump.target) && (!jump.returns || may_end(jump.next)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use greenroom_model::{Document, PartPath};
    use proptest::collection::{btree_map, btree_set};
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn growing(flows: &[(&str, &str)]) -> Vec<String> {
        let mut shapes = BTreeMap::new();
        for (id, nodes) in flows {
            let path: PartPath = format!("flows/{id}").parse().unwrap();
            let flow = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
            let document = Document::from_json(&path, flow.as_bytes()).unwrap();
            shapes.extend(crate::derive(&path, &document).links.jumps.map(|jumps| (id.parse().unwrap(), jumps)));
        }
        growing_jumps(&shapes).into_iter().map(|(flow, node)| format!("{flow}/{node}")).collect()
    }

    const MAIN: (&str, &str) = (
        "main",
        r#""a": { "input": { "variable": "x", "next": "b" } },
           "b": { "jump": { "to": { "flow": "help" }, "return": true, "next": "a" } }"#,
    );

    #[test]
    fn finds_jumps_round_that_never_end() {
        assert_eq!(growing(&[MAIN, ("help", r#""a": { "jump": { "to": { "flow": "main" } } }"#)]), ["main/b"]);
        let both = ("help", r#""a": { "jump": { "to": { "flow": "main" }, "return": true } }"#);
        assert_eq!(growing(&[MAIN, both]), ["help/a", "main/b"]);
        assert_eq!(
            growing(&[("main", r#""a": { "jump": { "to": { "flow": "main" }, "return": true } }"#)]),
            ["main/a"]
        );
    }

    #[test]
    fn flows_that_may_end_are_fine() {
        for help in [
            r#""a": { "end": {} }"#,
            r#""a": { "jump": { "to": { "variable": "v" } } }"#,
            r#""a": { "jump": { "to": { "flow": "elsewhere" } } }"#,
            r#""a": { "branch": { "cases": [{ "when": "x", "goto": "b" }] } }, "b": { "jump": { "to": { "flow": "main" } } }"#,
        ] {
            assert_eq!(growing(&[MAIN, ("help", help)]), [""; 0], "{help}");
        }
    }

    #[test]
    fn a_loop_without_return_grows_nothing() {
        let main = ("main", r#""a": { "jump": { "to": { "flow": "help" } } }"#);
        assert_eq!(growing(&[main, ("help", r#""a": { "jump": { "to": { "flow": "main" } } }"#)]), [""; 0]);
    }

    /// The same, short, slow and obvious: over all flows again and again, and one search for each jump.
    fn slow(flows: &BTreeMap<FlowId, FlowJumps>) -> Vec<(FlowId, NodeId)> {
        let ending = ending(flows);
        let may_end = |place: Option<Place<'_>>| place.is_none_or(|place| ending.contains(&place));
        let mut growing = Vec::new();
        for (flow, shape) in flows {
            for (node, jump) in shape.jumps.iter().filter(|(_, jump)| jump.returns) {
                let target = target(flows, jump);
                if !may_end(target) && leads_to(flows, &ending, target, (flow, node)) {
                    growing.push((flow.clone(), node.clone()));
                }
            }
        }
        growing
    }

    /// The nodes from which the flow may come to an end, or wait for anything.
    fn ending(flows: &BTreeMap<FlowId, FlowJumps>) -> BTreeSet<Place<'_>> {
        let mut ending: BTreeSet<Place<'_>> = BTreeSet::new();
        for (flow, shape) in flows {
            ending.extend(shape.ends.iter().map(|node| (flow, node)));
        }
        loop {
            let before = ending.len();
            for (flow, shape) in flows {
                for (node, ways) in &shape.ways {
                    if ways.iter().any(|way| ending.contains(&(flow, way))) {
                        ending.insert((flow, node));
                    }
                }
                for (node, jump) in &shape.jumps {
                    let after = |next: &NodeId| {
                        let known = shape.ways.contains_key(next) || shape.jumps.contains_key(next);
                        !known || ending.contains(&(flow, next))
                    };
                    let ends = target(flows, jump).is_none_or(|target| ending.contains(&target));
                    if ends && (!jump.returns || jump.next.as_ref().is_none_or(after)) {
                        ending.insert((flow, node));
                    }
                }
            }
            if ending.len() == before {
                return ending;
            }
        }
    }

    /// Whether a way leads from a place to another: by edges, into jumps, and past
    /// jumps with return whose target may end.
    fn leads_to(
        flows: &BTreeMap<FlowId, FlowJumps>,
        ending: &BTreeSet<Place<'_>>,
        from: Option<Place<'_>>,
        to: Place<'_>,
    ) -> bool {
        let mut seen = BTreeSet::new();
        let mut ahead: Vec<Place<'_>> = from.into_iter().collect();
        while let Some(place) = ahead.pop() {
            if place == to {
                return true;
            }
            if !seen.insert(place) {
                continue;
            }
            let (flow, node) = place;
            let Some(shape) = flows.get(flow) else { continue };
            ahead.extend(shape.ways.get(node).into_iter().flatten().map(|way| (flow, way)));
            if let Some(jump) = shape.jumps.get(node) {
                let target = target(flows, jump);
                ahead.extend(target);
                if jump.returns && target.is_none_or(|target| ending.contains(&target)) {
                    ahead.extend(jump.next.as_ref().map(|next| (flow, next)));
                }
            }
        }
        false
    }

    fn node() -> impl Strategy<Value = NodeId> {
        (0..4_u8).prop_map(|number| NodeId::new(&format!("n{number}")).unwrap())
    }

    fn shape() -> impl Strategy<Value = FlowJumps> {
        let to = option::weighted(0.9, ((0..5_u8).prop_map(flow), option::of(node())));
        let jump =
            (to, any::<bool>(), option::of(node())).prop_map(|(to, returns, next)| FlowJump { to, returns, next });
        (
            node(),
            btree_map(node(), btree_set(node(), 0..3), 0..4),
            btree_set(node(), 0..2),
            btree_map(node(), jump, 0..3),
        )
            .prop_map(|(start, ways, ends, jumps)| FlowJumps { start, ways, ends, jumps })
    }

    fn flow(number: u8) -> FlowId {
        FlowId::new(&format!("f{number}")).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_jumps_found_are_those_of_a_slow_search(flows in btree_map((0..5_u8).prop_map(flow), shape(), 0..5)) {
            prop_assert_eq!(growing_jumps(&flows), slow(&flows));
        }
    }

    #[test]
    fn long_ways_round_take_no_longer_for_each_step() {
        // The slow search takes minutes.
        let flows = 20_000;
        let name = |number: usize| FlowId::new(&format!("f{number}")).unwrap();
        let at = || NodeId::new("n").unwrap();
        let round = (0..flows).map(|number| {
            let to = Some((name((number + 1) % flows), None));
            let jumps = BTreeMap::from([(at(), FlowJump { to, returns: number % 2 == 0, next: None })]);
            (name(number), FlowJumps { start: at(), ways: BTreeMap::new(), ends: BTreeSet::new(), jumps })
        });
        assert_eq!(growing_jumps(&round.collect()).len(), flows / 2);
    }
}
