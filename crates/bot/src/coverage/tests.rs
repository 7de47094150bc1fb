//! Tests of coverage: each kind of edge is told apart, and counted only when it was taken.

use std::collections::BTreeSet;

use greenroom_flow::Position;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Coverage, EdgeKind};
use crate::sample::{bot, conversations, flows, parts, test};

fn covered(conversations: &[Value]) -> Coverage {
    let (bot, flows) = (bot(&parts()), flows(&parts()));
    let mut coverage = Coverage::of(&flows);
    for turns in conversations {
        coverage.count(&bot.play_through(&test(turns.clone())).steps);
    }
    coverage
}

/// The edges that were taken, as `node edge`.
fn edges(conversation: Value) -> BTreeSet<String> {
    covered(&[conversation]).edges.into_iter().map(|(at, edge)| format!("{at} {edge}")).collect()
}

fn expected<const N: usize>(edges: [&str; N]) -> BTreeSet<String> {
    edges.map(str::to_owned).into()
}

const TO_ORDER: [&str; 2] = ["welcome/hello button 1", "welcome/to_order jump"];

#[test]
fn a_button_a_jump_and_the_return_of_it_are_edges() {
    let price = json!({ "price": { "variables": { "price": 11 } } });
    let found = edges(json!([{ "start": true }, { "press": "Order" }, { "say": "4", "answers": price }]));
    let mut all = expected(TO_ORDER);
    all.extend(expected(["order/size next", "order/ask_price next", "order/check case 2", "welcome/to_order next"]));
    assert_eq!(found, all);
}

#[test]
fn the_way_out_of_an_input_is_taken_when_its_attempts_are_used_up() {
    let once = edges(json!([{ "start": true }, { "press": "Order" }, { "say": "99" }]));
    assert_eq!(once, expected(TO_ORDER));
    let twice = edges(json!([{ "start": true }, { "press": "Order" }, { "say": "99" }, { "say": "98" }]));
    let mut all = expected(TO_ORDER);
    all.extend(expected(["order/size otherwise", "welcome/to_order next"]));
    assert_eq!(twice, all);
}

#[test]
fn a_handlers_failure_and_the_else_of_a_branch_are_told_apart() {
    let failed = edges(json!([
        { "start": true }, { "press": "Order" }, { "say": "4", "answers": { "price": { "fails": "no" } } },
    ]));
    assert!(failed.contains("order/ask_price on_error") && !failed.contains("order/ask_price next"), "{failed:?}");
    let without = edges(json!([{ "start": true }, { "press": "Order" }, { "say": "4" }]));
    assert!(without.contains("order/check else") && !without.contains("order/check case 1"), "{without:?}");
}

#[test]
fn a_handover_goes_on_when_the_bot_is_resumed() {
    let handed = edges(json!([{ "start": true }, { "press": "A person" }, { "say": "hello?" }]));
    assert_eq!(handed, expected(["welcome/hello button 2"]));
    let resumed = edges(json!([{ "start": true }, { "press": "A person" }, { "resume": true }]));
    assert_eq!(resumed, expected(["welcome/hello button 2", "welcome/person next"]));
}

#[test]
fn triggers_count_by_what_set_them_off() {
    let report = covered(&[json!([{ "say": "hm" }])]).report();
    let lost = &report.flows["lost"];
    assert_eq!(lost.unreached_triggers, ["event paid", "not_understood from time 3 on", "bot_disabled"]);
    assert_eq!(report.flows["welcome"].unreached_triggers, ["introduction"]);
    assert_eq!((report.triggers.reached, report.triggers.all), (1, 7));
    assert_eq!(lost.unreached_nodes.iter().map(greenroom_model::NodeId::as_str).collect::<Vec<_>>(), ["thanks"]);
}

#[test]
fn a_report_names_what_is_left_and_adds_up() {
    let report = covered(&[json!([{ "start": true }])]).report();
    let order = &report.flows["order"];
    assert_eq!((order.nodes.reached, order.nodes.all), (0, 8));
    // size: next, otherwise; ask_price: next, on_error; check: two cases, else.
    assert_eq!((order.edges.reached, order.edges.all), (0, 7));
    let case = order.unreached_edges.iter().find(|edge| edge.edge == "case 1").unwrap();
    assert_eq!(
        (case.node.as_str(), case.label.as_deref(), case.to.as_deref()),
        ("check", Some("price > 20"), Some("order/dear"))
    );
    let welcome = &report.flows["welcome"];
    assert_eq!((welcome.nodes.reached, welcome.nodes.all), (1, 4));
    // Two buttons, jump and its next, the handover's next; the button that leads elsewhere is none.
    assert_eq!(welcome.edges.all, 5);
    assert!(
        welcome.unreached_edges.iter().any(|edge| edge.edge == "button 1" && edge.label.as_deref() == Some("Order"))
    );
    assert_eq!(report.nodes.all, 8 + 4 + 8 + 2);
    assert_eq!(report.flows.values().map(|flow| flow.edges.all).sum::<usize>(), report.edges.all);
}

#[test]
fn all_that_there_is_can_be_reached() {
    let with_price = |price: f64| json!([{ "start": true }, { "press": "Order" }, { "say": "4", "answers": { "price": { "variables": { "price": price } } } }]);
    let coverage = covered(&[
        with_price(30.0),
        with_price(15.0),
        with_price(5.0),
        json!([{ "start": true }, { "press": "Order" }, { "say": "4", "answers": { "price": { "fails": "no" } } }]),
        json!([{ "start": true }, { "press": "Order" }, { "say": "x" }, { "say": "y" }]),
        json!([{ "start": true }, { "press": "A person" }, { "resume": true }, { "say": "?" }, { "event": "paid" }]),
        json!([{ "say": "?" }, { "say": "?" }, { "say": "?" }, { "disabled": true }]),
        json!([{ "link": "track" }, { "say": "1" }, { "event": "arrived" }]),
        json!([{ "say": "track" }, { "say": "1" }, { "timeout": true }]),
        json!([{ "say": "track" }, { "say": "1", "answers": { "track/look": { "fails": "no answer" } } }]),
    ]);
    let report = coverage.report();
    assert!(report.flows.values().all(super::FlowCoverage::is_whole), "{report:#?}");
    assert!((report.edges.share() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn a_conversation_with_another_state_of_the_bot_counts_only_what_there_is() {
    let mut fewer = parts();
    fewer.remove("flows/order");
    let flows = flows(&fewer);
    let mut coverage = Coverage::of(&flows);
    coverage.count(&bot(&parts()).play_through(&test(json!([{ "start": true }, { "press": "Order" }]))).steps);
    let report = coverage.report();
    assert_eq!((report.nodes.all, report.nodes.reached), (14, 2));
    let hello = Position { flow: "welcome".parse().unwrap(), node: "hello".parse().unwrap() };
    assert!(coverage.has_node(&hello) && coverage.has_edge(&hello, EdgeKind::Button(0)));
    assert!(!coverage.has_edge(&hello, EdgeKind::Button(1)));
}

#[test]
fn waits_requests_and_events_are_told_apart() {
    let arrived = edges(json!([{ "link": "track" }, { "say": "1" }, { "event": "arrived" }]));
    let all =
        ["which next", "look next", "told next", "there next", "until event 1"].map(|edge| format!("track/{edge}"));
    assert_eq!(arrived, all.into());
    let late = edges(json!([{ "link": "track" }, { "say": "1" }, { "timeout": true }]));
    assert!(late.contains("track/until on_timeout") && !late.contains("track/until event 1"), "{late:?}");
    let failed = edges(json!([{ "link": "track" }, { "say": "1", "answers": { "track/look": { "status": 500 } } }]));
    assert_eq!(failed, expected(["track/which next", "track/look on_error"]));
    let refused = edges(json!([{ "link": "track" }, { "say": "1", "answers": { "check": { "valid": false } } }]));
    assert_eq!(refused, expected([]));
}

proptest! {
    #[test]
    fn an_edge_is_taken_only_between_nodes_that_are_entered(conversation in conversations()) {
        let (bot, flows) = (bot(&parts()), flows(&parts()));
        let mut coverage = Coverage::of(&flows);
        coverage.count(&bot.play_through(&conversation).steps);
        for (at, kind) in &coverage.edges {
            prop_assert!(coverage.nodes.contains(at), "{at} {kind}");
            let edge = coverage.outline.node(at).unwrap().edges.iter().find(|edge| edge.kind == *kind);
            let to = edge.and_then(|edge| edge.to.clone()).unwrap();
            // A jump names its flow alone.
            let reached = |node: &Position| node.to_string() == to || node.flow.as_str() == to;
            prop_assert!(coverage.nodes.iter().any(reached), "{at} {kind} to {to}");
        }
        // All but the first node of a conversation are come to by an edge or a trigger.
        let come_to = coverage.edges.len() + coverage.triggers.len();
        prop_assert!(coverage.nodes.is_empty() || come_to > 0);
    }
}
