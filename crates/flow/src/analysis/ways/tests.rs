//! Ways against a walk that keeps the flows that wait: short, slow, obvious.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use greenroom_model::document::Flow;
use greenroom_model::{Document, FlowId, PartPath};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Ways;
use crate::Position;

type Flows = BTreeMap<FlowId, Flow>;

fn flows(documents: &[(&str, Value)]) -> Flows {
    let read = |(id, nodes): &(&str, Value)| {
        let id = FlowId::new(id).unwrap();
        let mut flow = json!({ "name": "f", "start": "a", "nodes": nodes });
        if id.as_str() == "main" || id.as_str().starts_with("on_") {
            flow["triggers"] = json!([{ "link": id.as_str() }]);
        }
        let path = PartPath::Flow(id.clone());
        match Document::from_json(&path, flow.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}: {flow}"))
        {
            Document::Flow(flow) => (id, flow),
            _ => unreachable!(),
        }
    };
    documents.iter().map(read).collect()
}

fn ways(documents: &[(&str, Value)]) -> Ways {
    Ways::of_bot(&flows(documents))
}

/// A node, spelled `flow/node`.
fn at(text: &str) -> Position {
    let (flow, node) = text.split_once('/').unwrap();
    Position { flow: flow.parse().unwrap(), node: node.parse().unwrap() }
}

fn shown<'p>(positions: impl IntoIterator<Item = &'p Position>) -> String {
    positions.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn message(next: &str) -> Value {
    json!({ "message": { "text": {}, "next": next } })
}

fn call(flow: &str, next: Option<&str>) -> Value {
    json!({ "jump": { "to": { "flow": flow }, "return": true, "next": next } })
}

fn end() -> Value {
    json!({ "end": {} })
}

/// Two flows that ask for consent in a third one.
fn shop() -> Vec<(&'static str, Value)> {
    vec![
        ("main", json!({ "a": call("consent", Some("b")), "b": message("pay"), "pay": end() })),
        ("on_refund", json!({ "a": message("b"), "b": call("consent", Some("c")), "c": end() })),
        ("consent", json!({ "a": message("ask"), "ask": { "input": { "variable": "x", "next": "z" } }, "z": end() })),
    ]
}

#[test]
fn every_way_to_a_node_passes_what_the_flows_that_it_calls_pass() {
    let ways = ways(&shop());
    assert_eq!(shown(ways.dominators(&at("main/pay")).unwrap()), "main/a consent/a consent/ask consent/z main/b");
    assert!(ways.every_way_passes(&at("main/pay"), &at("consent/ask")));
    assert!(!ways.every_way_passes(&at("consent/ask"), &at("main/a")), "refunds ask for it too");
    assert!(ways.every_way_passes(&at("on_refund/c"), &at("on_refund/a")), "nobody returns to where he was not");
    assert!(!ways.every_way_passes(&at("main/pay"), &at("main/gone")));
    assert!(!ways.every_way_passes(&at("main/gone"), &at("main/a")));
}

#[test]
fn a_way_past_the_question_is_found() {
    let mut documents = shop();
    documents[0].1["a"] = json!({ "branch": { "cases": [{ "when": "known(x)", "goto": "b" }], "else": "c" } });
    documents[0].1["c"] = call("consent", Some("b"));
    let ways = ways(&documents);
    assert!(!ways.every_way_passes(&at("main/pay"), &at("consent/ask")));
    let paths = ways.paths_to(&at("main/pay"), 9);
    let paths: Vec<String> = paths.into_iter().map(shown).collect();
    assert_eq!(paths, ["main/a main/b main/pay", "main/a main/c consent/a consent/ask consent/z main/b main/pay"]);
}

#[test]
fn what_never_ends_is_never_come_back_from() {
    let ways = ways(&[
        ("main", json!({ "a": call("loop", Some("b")), "b": end() })),
        ("loop", json!({ "a": { "input": { "variable": "x", "next": "b" } }, "b": message("a") })),
    ]);
    assert_eq!(shown(ways.reached()), "loop/a loop/b main/a");
    assert_eq!(ways.dominators(&at("main/b")), None);
    assert!(ways.paths_to(&at("main/b"), 9).is_empty());
}

#[test]
fn flows_may_call_themselves() {
    let ways = ways(&[(
        "main",
        json!({
            "a": { "branch": { "cases": [{ "when": "x", "goto": "z" }], "else": "b" } },
            "b": call("main", Some("c")), "c": message("z"), "z": end(),
        }),
    )]);
    assert_eq!(shown(ways.dominators(&at("main/c")).unwrap()), "main/a main/b main/z");
    assert_eq!(
        ways.paths_to(&at("main/c"), 1).into_iter().map(shown).collect::<Vec<_>>(),
        ["main/a main/b main/a main/z main/c"]
    );
}

#[test]
fn the_shortest_ways_are_found_among_however_many() {
    // Forty times two ways on: more than a million million.
    let mut nodes = serde_json::Map::new();
    for number in 0..40 {
        let name = if number == 0 { "a".to_owned() } else { format!("n{number}") };
        let cases = json!([{ "when": "x", "goto": format!("side{number}") }]);
        let next = format!("n{}", number + 1);
        nodes.insert(name, json!({ "branch": { "cases": cases, "else": next } }));
        nodes.insert(format!("side{number}"), message(&next));
    }
    nodes.insert("n40".to_owned(), end());
    let ways = ways(&[("main", Value::Object(nodes))]);
    let paths = ways.paths_to(&at("main/n40"), 3);
    assert_eq!(paths.iter().map(Vec::len).collect::<Vec<_>>(), [41, 42, 42]);
    assert_eq!(ways.dominators(&at("main/n40")).unwrap().len(), 40);
}

#[test]
fn from_a_node_on_ways_go_behind_every_call_that_may_have_led_there() {
    let ways = ways(&shop());
    assert_eq!(shown(ways.reached_from(&at("consent/z"))), "consent/z main/b main/pay on_refund/c");
    let paths = ways.paths(&at("consent/ask"), &at("main/pay"), 9);
    assert_eq!(paths.into_iter().map(shown).collect::<Vec<_>>(), ["consent/ask consent/z main/b main/pay"]);
    assert_eq!(shown(ways.reached_from(&at("main/b"))), "main/b main/pay");
    assert!(ways.reached_from(&at("main/gone")).is_empty());
}

#[test]
fn a_variable_may_name_any_node_unless_it_is_said_which() {
    let documents = [
        ("main", json!({ "a": message("b"), "b": { "jump": { "to": { "variable": "v" } } }, "c": end() })),
        ("other", json!({ "a": message("b"), "b": { "jump": { "to": { "variable": "v" } } }, "c": end() })),
    ];
    let ways = ways(&documents);
    assert_eq!(shown(ways.variable_jumps().collect::<BTreeSet<_>>()), "main/b other/b");
    assert!(!ways.every_way_passes(&at("other/b"), &at("other/a")));
    assert_eq!(ways.paths(&at("main/a"), &at("other/b"), 1)[0].len(), 3);
    let ways = ways.where_variables_name([at("other/a"), at("main/c")]);
    assert!(ways.every_way_passes(&at("other/b"), &at("other/a")));
    assert!(ways.every_way_passes(&at("main/c"), &at("main/b")));
    assert_eq!(ways.dominators(&at("other/c")), None);
    let through = ways.paths_to(&at("main/c"), 9).into_iter().map(shown).collect::<Vec<_>>();
    assert_eq!(through, ["main/a main/b main/c", "main/a main/b other/a other/b main/c"]);
}

#[test]
fn alone_a_flow_begins_at_its_start_and_jumps_leave_it() {
    let flows = flows(&[(
        "help",
        json!({ "a": call("faq", Some("b")), "b": { "jump": { "to": { "flow": "menu" }, "next": "c" } }, "c": end() }),
    )]);
    let (id, flow) = flows.first_key_value().unwrap();
    assert_eq!(shown(Ways::of_flow(id, flow).reached()), "help/a help/b");
    assert_eq!(Ways::of_bot([(id, flow)]).begins().count(), 0);
}

#[test]
fn buttons_events_timeouts_and_failures_are_ways() {
    let ways = ways(&[(
        "main",
        json!({
            "a": { "message": { "text": {}, "buttons": [{ "title": {}, "action": { "goto": "b" } }] } },
            "b": { "wait": { "events": { "e": "c" }, "seconds": 5, "on_timeout": "d" } },
            "c": { "action": { "call": "h", "on_error": "f", "next": "d" } },
            "d": { "action": { "set": {}, "on_error": "g" } },
            "f": end(), "g": end(),
        }),
    )]);
    assert_eq!(shown(ways.reached()), "main/a main/b main/c main/d main/f");
}

/// A node of a random flow: what it is, and two numbers of nodes or flows.
fn node() -> impl Strategy<Value = (u8, u8, u8)> {
    (0..8_u8, 0..5_u8, 0..5_u8)
}

/// Flows that jump to themselves and to later ones.
fn random_flows() -> impl Strategy<Value = Flows> {
    vec(vec(node(), 1..5), 1..4).prop_map(|contents| {
        let names = ["main", "on_two", "three"];
        let many = contents.len();
        let documents: Vec<(&str, Value)> = contents
            .iter()
            .enumerate()
            .map(|(place, nodes)| {
                let name = |number: u8| ["a", "b", "c", "d"][usize::from(number) % nodes.len()];
                let later = |number: u8| {
                    let from = (place + 1).min(many - 1);
                    names[from + usize::from(number) % (many - from)]
                };
                let content = |(kind, one, other): &(u8, u8, u8)| match kind {
                    0..=2 => message(name(*one)),
                    3 => json!({ "branch": { "cases": [{ "when": "x", "goto": name(*one) }], "else": name(*other) } }),
                    4 => json!({ "branch": { "cases": [{ "when": "x", "goto": name(*one) }] } }),
                    5 if place + 1 < many => call(later(*one), (*other < 4).then(|| name(*other))),
                    6 => json!({ "jump": { "to": { "flow": later(*one) }, "next": name(*other) } }),
                    _ => end(),
                };
                let nodes: Vec<(&str, Value)> = nodes
                    .iter()
                    .enumerate()
                    .map(|(number, node)| (["a", "b", "c", "d"][number], content(node)))
                    .collect();
                (names[place], Value::Object(nodes.into_iter().map(|(id, node)| (id.to_owned(), node)).collect()))
            })
            .collect();
        flows(&documents)
    })
}

/// A node and the jumps that wait, the latest last.
type State = (Position, Vec<Position>);

/// How many nodes the shortest way to each state takes, on ways that begin anywhere and avoid one node.
fn walked(flows: &Flows, without: Option<&Position>) -> BTreeMap<State, usize> {
    let begins = flows.iter().filter(|(_, flow)| !flow.triggers.is_empty());
    let begins = begins.map(|(id, flow)| (Position { flow: id.clone(), node: flow.start.clone() }, Vec::new()));
    walked_from(flows, begins.collect(), without)
}

fn walked_from(flows: &Flows, begins: Vec<State>, without: Option<&Position>) -> BTreeMap<State, usize> {
    let mut ahead: VecDeque<(State, usize)> = begins.into_iter().map(|state| (state, 1)).collect();
    let mut walked = BTreeMap::new();
    while let Some((state, length)) = ahead.pop_front() {
        if Some(&state.0) == without || walked.contains_key(&state) {
            continue;
        }
        walked.insert(state.clone(), length);
        ahead.extend(onward(flows, &state).into_iter().map(|state| (state, length + 1)));
    }
    walked
}

fn onward(flows: &Flows, (position, waiting): &State) -> Vec<State> {
    use greenroom_model::document::{JumpTo, Node};
    let here = |node: &greenroom_model::NodeId| Position { flow: position.flow.clone(), node: node.clone() };
    let ended = || {
        let mut waiting = waiting.clone();
        while let Some(jump) = waiting.pop() {
            if let Node::Jump(content) = &flows[&jump.flow].nodes[&jump.node]
                && let Some(next) = &content.next
            {
                return vec![(Position { flow: jump.flow.clone(), node: next.clone() }, waiting)];
            }
        }
        Vec::new()
    };
    match &flows[&position.flow].nodes[&position.node] {
        Node::Jump(jump) => {
            let JumpTo::Flow(flow, _) = &jump.to else { unreachable!() };
            let to = Position { flow: flow.clone(), node: flows[flow].start.clone() };
            let mut waiting = waiting.clone();
            waiting.extend(jump.returns.then(|| position.clone()));
            vec![(to, waiting)]
        }
        Node::End(_) => ended(),
        node => {
            let mut ways: Vec<State> =
                node.targets().into_iter().map(|(_, target)| (here(target), waiting.clone())).collect();
            if matches!(node, Node::Branch(branch) if branch.otherwise.is_none()) {
                ways.extend(ended());
            }
            ways
        }
    }
}

fn nodes_of(states: &BTreeMap<State, usize>) -> BTreeSet<&Position> {
    states.keys().map(|(node, _)| node).collect()
}

proptest! {
    #[test]
    fn ways_are_those_of_a_walk_that_keeps_what_waits(flows in random_flows()) {
        let ways = Ways::of_bot(&flows);
        let all = walked(&flows, None);
        prop_assert_eq!(ways.reached(), nodes_of(&all));
        let nodes: Vec<Position> = ways.indices.keys().cloned().collect();
        let mut needed: BTreeMap<&Position, BTreeSet<&Position>> = BTreeMap::new();
        for without in &nodes {
            let left = walked(&flows, Some(without));
            let left = nodes_of(&left);
            for lost in nodes_of(&all).into_iter().filter(|node| !left.contains(node) && *node != without) {
                needed.entry(lost).or_default().insert(without);
            }
        }
        for node in &nodes {
            let reached = nodes_of(&all).contains(node);
            let found = ways.dominators(node).map(|nodes| nodes.into_iter().collect::<BTreeSet<_>>());
            prop_assert_eq!(&found, &reached.then(|| needed.get(node).cloned().unwrap_or_default()), "{}", node);

            let paths = ways.paths_to(node, 20);
            let shortest = all.iter().filter(|((at, _), _)| at == node).map(|(_, length)| *length).min();
            prop_assert_eq!(paths.first().map(Vec::len), shortest, "{}", node);
            prop_assert!(paths.is_sorted_by_key(Vec::len));
            prop_assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len());
            for path in &paths {
                prop_assert!(found.iter().flatten().all(|needed| path.contains(needed)));
            }
        }
        // What comes after a node in any walk is among what is reached from it.
        for state in all.keys() {
            let later = walked_from(&flows, vec![state.clone()], None);
            prop_assert!(nodes_of(&later).is_subset(&ways.reached_from(&state.0)), "{}", state.0);
        }
    }
}
