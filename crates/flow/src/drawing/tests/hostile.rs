//! Flows that are made to be too much.

use std::collections::BTreeMap;

use greenroom_model::document::{Alternatives, BranchNode, Button, ButtonAction, Case, Flow, MessageNode, Node};

use super::flows::{english, flow_of, message, node_id};
use super::measured::fault;
use crate::drawing::{DrawingOptions, draw};

fn button(target: usize) -> Button {
    let title = BTreeMap::from([(english(), format!("Button {target}"))]);
    Button { title, action: ButtonAction::Goto(node_id(target)) }
}

fn with_buttons(buttons: usize, targets: usize) -> Node {
    let buttons = (0..buttons).map(|number| button(1 + number % targets)).collect();
    Node::Message(MessageNode { buttons, ..MessageNode::default() })
}

#[test]
fn ten_thousand_buttons_share_a_last_row() {
    let nodes = std::iter::once(with_buttons(10_000, 20)).chain((0..20).map(|_| message("x", None))).collect();
    let drawing = draw(&flow_of(nodes, 0), &DrawingOptions::new());
    assert_eq!(drawing.boxes[0].rows.len(), 30);
    assert_eq!(drawing.boxes[0].rows[29].text, "and 9971 more");
    assert_eq!(drawing.edges.len(), 29 + 20);
    assert_eq!(fault(&drawing), None);
}

#[test]
fn ten_thousand_buttons_to_nodes_that_do_not_exist_are_drawn() {
    let drawing = draw(&flow_of(vec![with_buttons(10_000, 10_000)], 0), &DrawingOptions::new());
    assert_eq!((drawing.boxes.len(), drawing.edges.len()), (10_001, 10_000));
    assert!(drawing.to_svg().len() < 12_000_000);
}

#[test]
fn ten_thousand_nodes_are_drawn_as_a_grid() {
    let nodes = (0..10_000).map(|number| message("hello", Some(number + 1))).collect();
    let drawing = draw(&flow_of(nodes, 1), &DrawingOptions::new());
    assert_eq!(drawing.boxes.len(), 10_002);
    assert!(drawing.to_svg().len() < 12_000_000);
}

#[test]
fn ways_beyond_twenty_thousand_are_counted_not_drawn() {
    let cases = |from: usize| {
        (0..30).map(move |case| Case { when: format!("x == {case}"), goto: node_id((from * 7 + case) % 1_000) })
    };
    let branch = |from| Node::Branch(BranchNode { cases: cases(from).collect(), otherwise: None });
    let drawing = draw(&flow_of((0..1_000).map(branch).collect(), 0), &DrawingOptions::new());
    assert_eq!((drawing.edges.len(), drawing.left_out), (20_000, 10_000));
    assert!(drawing.to_svg().contains("10000 further ways are not drawn"));
}

#[test]
fn a_text_of_a_megabyte_is_cut() {
    let long = "word ".repeat(200_000);
    let mut flow = flow_of(vec![message(&long, Some(1)), message(&"x".repeat(1_000_000), None)], 1);
    flow.name = long.clone();
    let branch = BranchNode { cases: vec![Case { when: long.clone(), goto: node_id(0) }], otherwise: Some(node_id(1)) };
    flow.nodes.insert(node_id(2), Node::Branch(branch));
    let titled = Button { title: BTreeMap::from([(english(), long.clone())]), action: ButtonAction::Url(long.clone()) };
    let many = MessageNode {
        text: BTreeMap::from([(english(), Alternatives::one(long))]),
        buttons: vec![titled],
        ..MessageNode::default()
    };
    flow.nodes.insert(node_id(3), Node::Message(many));
    let drawing = draw(&flow, &DrawingOptions::new());
    assert!(drawing.to_svg().len() < 20_000, "{}", drawing.to_svg().len());
    assert_eq!(fault(&drawing), None);
}

#[test]
fn a_thousand_nodes_that_all_lead_back_are_drawn() {
    let nodes = (0..1_000).map(|number| with_next(number % 500 + 1, Some(number / 2))).collect();
    let flow: Flow = flow_of(nodes, 1);
    let drawing = draw(&flow, &DrawingOptions::new());
    assert_eq!(drawing.edges.len(), 2_001);
}

fn with_next(target: usize, next: Option<usize>) -> Node {
    Node::Message(MessageNode { buttons: vec![button(target)], next: next.map(node_id), ..MessageNode::default() })
}
