//! Claims about drawings, and laws on random flows.

mod flows;
mod hostile;
mod measured;
mod practice;

use std::collections::BTreeSet;

use greenroom_model::Language;
use greenroom_model::document::{
    Alternatives, BranchNode, ButtonAction, Case, Flow, HttpCall, Node, Trigger, TriggerOn,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{ChangeCounts, DrawingOptions, draw, draw_changes};
use crate::FlowBuilder;
use flows::{any_flow, any_node, flow_of, message, node_id};
use measured::{fault, shared_length};
use practice::practice_flow;

/// The tags of an SVG, each with the tags around it; fails where one is not closed.
fn elements(svg: &str) -> Vec<String> {
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>') && !text.contains('"'), "text is escaped: {text}");
        assert_eq!(tag.matches('"').count() % 2, 0, "attributes are closed: {tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "tags are nested");
        } else {
            let name = tag.split([' ', '/']).next().unwrap_or_default().to_owned();
            seen.push(tag.to_owned());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "all tags are closed: {open:?}");
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_flow_has_a_drawing_in_which_nothing_is_lost_or_covered(flow in any_flow(100)) {
        let drawing = draw(&flow, &DrawingOptions::new());
        let ways: usize = flow.nodes.values().map(|node| node.targets().len()).sum();
        prop_assert_eq!(drawing.edges.len(), ways + usize::from(!flow.triggers.is_empty()));
        prop_assert_eq!(fault(&drawing), None);
        let svg = drawing.to_svg();
        let tags = elements(&svg);
        for kind in ["message", "input", "branch", "action", "end"] {
            let drawn = tags.iter().filter(|tag| tag.contains(&format!("flow-node kind-{kind}"))).count();
            prop_assert_eq!(drawn, flow.nodes.values().filter(|node| node.kind() == kind).count());
        }
        prop_assert_eq!(tags.iter().filter(|tag| tag.contains("flow-edge")).count(), drawing.edges.len());
        prop_assert_eq!(&svg, &draw(&flow, &DrawingOptions::new()).to_svg());
    }

    #[test]
    fn two_versions_in_one_picture_cover_nothing_either(before in any_flow(40), after in any_flow(40)) {
        let drawing = draw_changes(Some(&before), Some(&after), &DrawingOptions::new());
        prop_assert_eq!(fault(&drawing), None);
        elements(&drawing.to_svg());
        let there = drawing.changes().unwrap();
        let back = draw_changes(Some(&after), Some(&before), &DrawingOptions::new()).changes().unwrap();
        prop_assert_eq!((there.nodes_added, there.nodes_removed), (back.nodes_removed, back.nodes_added));
        prop_assert_eq!((there.ways_added, there.ways_removed), (back.ways_removed, back.ways_added));
        prop_assert_eq!(there.nodes_changed, back.nodes_changed);
    }

    #[test]
    fn whatever_differs_between_versions_shows(before in any_flow(12), change in any::<prop::sample::Index>(), node in any_node(14)) {
        let mut after = before.clone();
        let id = change.get(&before.nodes.keys().cloned().collect::<Vec<_>>()).clone();
        let is_same = before.nodes.get(&id) == Some(&node);
        after.nodes.insert(id, node);
        let counts = draw_changes(Some(&before), Some(&after), &DrawingOptions::new()).changes().unwrap();
        prop_assert_eq!(counts == ChangeCounts::default(), is_same, "{:?}", counts);
        let none = draw_changes(Some(&after), Some(&after), &DrawingOptions::new());
        prop_assert_eq!(none.changes(), Some(ChangeCounts::default()));
    }
}

#[test]
fn a_flow_of_a_hundred_nodes_is_readable() {
    for nodes in [40, 60, 80, 100, 150, 250] {
        let flow = practice_flow(nodes);
        assert_eq!(flow.nodes.len(), nodes);
        let drawing = draw(&flow, &DrawingOptions::new());
        assert_eq!(fault(&drawing), None);
        assert_eq!(shared_length(&drawing), 0.0, "{nodes} nodes: a line lies on one that leads elsewhere");
    }
}

/// Forty tangles of fixed seeds: that no flow at all has such lines is not promised.
#[test]
fn lines_to_different_nodes_do_not_lie_on_each_other() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let flow = any_flow(100).new_tree(&mut runner).unwrap().current();
        assert_eq!(shared_length(&draw(&flow, &DrawingOptions::new())), 0.0);
    }
}

#[test]
fn a_way_that_leads_elsewhere_is_one_that_went_and_one_that_came() {
    let before = flow_of(vec![message("a", Some(1)), message("b", None), message("c", None)], 0);
    let mut after = before.clone();
    after.nodes.insert(node_id(0), message("a", Some(2)));
    let drawing = draw_changes(Some(&before), Some(&after), &DrawingOptions::new());
    let counts = drawing.changes().unwrap();
    assert_eq!((counts.ways_added, counts.ways_removed, counts.nodes_changed), (1, 1, 0), "{counts:?}");
    let svg = drawing.to_svg();
    assert_eq!(svg.matches("flow-edge edge-next added").count(), 1);
    assert_eq!(svg.matches("flow-edge edge-next removed").count(), 1);
    assert!(svg.contains("flow-legend"));
    assert!(!draw(&after, &DrawingOptions::new()).to_svg().contains("flow-legend"));
}

#[test]
fn a_node_that_says_something_else_is_changed_and_one_that_came_or_went_is_not() {
    let before = flow_of(vec![message("a", Some(1)), message("b", None)], 1);
    let mut after = flow_of(vec![message("A", Some(2)), message("b", None), message("c", None)], 1);
    after.nodes.remove(&node_id(1));
    let svg = draw_changes(Some(&before), Some(&after), &DrawingOptions::new()).to_svg();
    for (class, id) in [("changed", 0), ("removed", 1), ("added", 2)] {
        let node = svg.split("<g class=\"flow-node").find(|node| node.contains(&format!("node_{id}</text>")));
        assert!(node.unwrap().split('>').next().unwrap().contains(class), "{class}: {svg}");
    }
}

#[test]
fn triggers_that_came_and_went_are_told_from_those_that_stayed() {
    let mut before = flow_of(vec![message("a", None), message("b", None)], 2);
    let in_context = Trigger { contexts: ["shop".parse().unwrap()].into(), ..before.triggers[0].clone() };
    before.triggers.push(in_context.clone());
    let mut after = before.clone();
    after.triggers.retain(|trigger| *trigger != in_context);
    after.triggers.push(Trigger { node: Some(node_id(1)), ..in_context });
    let drawing = draw_changes(Some(&before), Some(&after), &DrawingOptions::new());
    let counts = drawing.changes().unwrap();
    assert_eq!((counts.ways_added, counts.ways_removed, counts.nodes_changed), (1, 1, 0), "{counts:?}");
    let svg = drawing.to_svg();
    assert!(svg.contains(">− intent intent_0<") && svg.contains(">+ intent intent_0<") && svg.contains(">in shop<"));
    assert_eq!(fault(&drawing), None);
}

#[test]
fn a_flow_that_came_or_went_as_a_whole_is_drawn_too() {
    let flow = flow_of(vec![message("a", Some(1)), message("b", None)], 1);
    let came = draw_changes(None, Some(&flow), &DrawingOptions::new()).changes().unwrap();
    let went = draw_changes(Some(&flow), None, &DrawingOptions::new()).changes().unwrap();
    assert_eq!((came.nodes_added, came.ways_added), (2, 2));
    assert_eq!((went.nodes_removed, went.ways_removed), (2, 2));
    assert!(draw_changes(None, None, &DrawingOptions::new()).to_svg().starts_with("<svg "));
}

#[test]
fn ways_that_run_together_lead_to_one_node() {
    let nodes = (0..12).map(|number| message("x", Some(if number < 11 { 11 } else { 0 }))).collect();
    let drawing = draw(&flow_of(nodes, 0), &DrawingOptions::new());
    for net in &drawing.placed.nets {
        let ends: BTreeSet<usize> = net.ways.iter().map(|way| drawing.edges[*way].to).collect();
        assert_eq!(ends.len(), 1);
    }
    assert_eq!(fault(&drawing), None);
}

#[test]
fn a_button_that_leads_out_of_the_flow_says_where() {
    let flow = FlowBuilder::new("Out")
        .message("ask", "en", "Well?")
        .intent_button("en", "Order", "order")
        .button("en", "Site", ButtonAction::Url("https://example.com".to_owned()))
        .jump_and_return("away", "payment")
        .build()
        .unwrap();
    let svg = draw(&flow, &DrawingOptions::new()).to_svg();
    for text in ["Order → intent order", "Site → https://", "→ flow payment, and back"] {
        assert!(svg.contains(text), "{text}: {svg}");
    }
}

#[test]
fn what_authors_type_is_escaped_everywhere() {
    let planted = "<script>alert(\"1\")</script>&'\u{1}";
    let mut flow = flow_of(vec![message(planted, None)], 0);
    flow.name = planted.to_owned();
    flow.triggers.push(Trigger::on(TriggerOn::Button(planted.to_owned())));
    let branch = BranchNode { cases: vec![Case { when: planted.to_owned(), goto: node_id(0) }], otherwise: None };
    flow.nodes.insert(node_id(1), Node::Branch(branch));
    let options = DrawingOptions::new().linking(|_| Some(format!("/x?{planted}")));
    let svg = draw(&flow, &options).to_svg();
    assert!(elements(&svg).iter().all(|tag| !tag.starts_with("script") && !tag.contains("style=")));
    assert!(svg.contains("&lt;script&gt;"));
    assert!(!svg.contains('\u{1}'));
}

#[test]
fn an_edge_to_a_node_that_is_not_there_ends_in_a_box_that_says_so() {
    let svg = draw(&flow_of(vec![message("hi", Some(7))], 0), &DrawingOptions::new()).to_svg();
    assert!(svg.contains("node node_7 does not exist"), "{svg}");
}

#[test]
fn selected_and_marked_nodes_show() {
    let flow = flow_of(vec![message("one", Some(1)), message("two", None)], 1);
    let options = DrawingOptions::new().selecting(node_id(0)).marking([node_id(1)]);
    let svg = draw(&flow, &options.linking(|node| Some(format!("?node={node}")))).to_svg();
    assert!(svg.contains("flow-node kind-message start selected"), "{svg}");
    assert!(svg.contains("flow-node kind-message marked"), "{svg}");
    assert_eq!(svg.matches("aria-current").count(), 1);
    // A group, not an image: an image would hide the links from readers.
    assert!(svg.contains("role=\"group\""));
    assert!(draw(&flow, &DrawingOptions::new()).to_svg().contains("role=\"img\""));
}

#[test]
fn a_language_is_shown_where_the_text_has_it() {
    let mut flow = flow_of(vec![message("good morning", None)], 0);
    let dutch: Language = "nl".parse().unwrap();
    if let Some(Node::Message(node)) = flow.nodes.get_mut(&node_id(0)) {
        node.text.insert(dutch.clone(), Alternatives::one("goedemorgen"));
    }
    let drawn = |language: Language| draw(&flow, &DrawingOptions::new().in_language(language)).to_svg();
    assert!(drawn(dutch).contains("goedemorgen"));
    assert!(drawn("fr".parse().unwrap()).contains("good morning"));
}

#[test]
fn a_circle_begins_on_the_left_where_the_flow_starts() {
    let nodes = vec![message("a", Some(1)), message("b", Some(2)), message("c", Some(0))];
    let mut flow = flow_of(nodes, 0);
    flow.start = node_id(1);
    let drawing = draw(&flow, &DrawingOptions::new());
    let lefts: Vec<f64> = drawing.placed.boxes.iter().map(|(left, _)| *left).collect();
    assert!(lefts[1] < lefts[2] && lefts[2] < lefts[0], "{lefts:?}");
}
