//! Claims about drawings, and laws on random flows.

use std::collections::BTreeMap;

use greenroom_model::document::{
    ActionNode, Alternatives, BranchNode, Button, ButtonAction, Case, EndNode, Flow, InputNode, Interruptions,
    MessageNode, Node, Prompt, Retries, Trigger, TriggerOn,
};
use greenroom_model::{Language, NodeId};
use proptest::prelude::*;

use super::{Drawing, DrawingOptions, draw};

fn node_id(number: usize) -> NodeId {
    format!("node_{number}").parse().unwrap()
}

fn english() -> Language {
    "en".parse().unwrap()
}

fn message(text: &str, next: Option<usize>) -> Node {
    let text = BTreeMap::from([(english(), Alternatives::one(text))]);
    Node::Message(MessageNode { text, next: next.map(node_id), ..MessageNode::default() })
}

fn flow_of(nodes: Vec<Node>, triggers: usize) -> Flow {
    Flow {
        name: "Test".to_owned(),
        description: None,
        triggers: (0..triggers)
            .map(|trigger| Trigger::on(TriggerOn::Intent(format!("intent_{trigger}").parse().unwrap())))
            .collect(),
        start: node_id(0),
        nodes: nodes.into_iter().enumerate().map(|(number, node)| (node_id(number), node)).collect(),
    }
}

fn any_node(targets: usize) -> impl Strategy<Value = Node> {
    let goto = move || (0..targets).prop_map(node_id);
    let text = "\\PC{0,60}";
    let button = ("\\PC{1,40}", goto()).prop_map(|(title, target)| Button {
        title: BTreeMap::from([(english(), title)]),
        action: ButtonAction::Goto(target),
    });
    let buttons = || prop::collection::vec(button.clone(), 0..4);
    prop_oneof![
        (text, buttons(), prop::option::of(goto())).prop_map(|(text, buttons, next)| {
            let text = BTreeMap::from([(english(), Alternatives::one(text))]);
            Node::Message(MessageNode { text, buttons, next, ..MessageNode::default() })
        }),
        (text, buttons(), prop::option::of(goto()), prop::option::of(goto())).prop_map(
            |(text, buttons, next, otherwise)| Node::Input(InputNode {
                variable: "size".parse().unwrap(),
                ask: Some(Prompt {
                    text: BTreeMap::from([(english(), Alternatives::one(text))]),
                    buttons,
                    ..Prompt::default()
                }),
                accept: Vec::new(),
                retry: Retries::default(),
                attempts: None,
                otherwise,
                skip_when_known: false,
                interruptions: Interruptions::default(),
                next,
            })
        ),
        (prop::collection::vec(("\\PC{0,50}", goto()), 0..5), prop::option::of(goto())).prop_map(
            |(cases, otherwise)| Node::Branch(BranchNode {
                cases: cases.into_iter().map(|(when, goto)| Case { when, goto }).collect(),
                otherwise,
            })
        ),
        (prop::option::of(goto()), prop::option::of(goto())).prop_map(|(next, on_error)| Node::Action(ActionNode {
            next,
            on_error,
            ..ActionNode::default()
        })),
        Just(Node::End(EndNode {})),
    ]
}

/// Some nodes lead to nodes that are not there.
fn any_flow() -> impl Strategy<Value = Flow> {
    (1..25_usize)
        .prop_flat_map(|count| (prop::collection::vec(any_node(count + 2), count), 0..4_usize))
        .prop_map(|(nodes, triggers)| flow_of(nodes, triggers))
}

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

fn overlap(drawing: &Drawing) -> Option<(String, String)> {
    for (place, one) in drawing.boxes.iter().enumerate() {
        for other in drawing.boxes.iter().skip(place + 1) {
            let apart_x = (one.x - other.x).abs() + 0.01 >= (one.content.width + other.content.width) / 2.0;
            let apart_y = (one.y - other.y).abs() + 0.01 >= (one.content.height + other.content.height) / 2.0;
            if !apart_x && !apart_y {
                return Some((one.content.title.clone(), other.content.title.clone()));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_flow_has_a_drawing_in_which_nothing_is_lost_or_covered(flow in any_flow()) {
        let drawing = draw(&flow, &DrawingOptions::new());
        let edges: usize = flow.nodes.values().map(|node| node.targets().len()).sum();
        prop_assert_eq!(drawing.edges.len(), edges + flow.triggers.len());
        prop_assert_eq!(overlap(&drawing), None);
        let svg = drawing.to_svg();
        let tags = elements(&svg);
        for kind in ["message", "input", "branch", "action", "end"] {
            let drawn = tags.iter().filter(|tag| tag.contains(&format!("flow-node kind-{kind}"))).count();
            prop_assert_eq!(drawn, flow.nodes.values().filter(|node| node.kind() == kind).count());
        }
        prop_assert_eq!(tags.iter().filter(|tag| tag.contains("flow-edge")).count(), drawing.edges.len());
        for drawn in &drawing.boxes {
            prop_assert!(drawn.x - drawn.content.width / 2.0 >= 0.0 && drawn.y - drawn.content.height / 2.0 >= 0.0);
            prop_assert!(drawn.x + drawn.content.width / 2.0 <= drawing.width);
            prop_assert!(drawn.y + drawn.content.height / 2.0 <= drawing.height);
        }
        prop_assert_eq!(&svg, &draw(&flow, &DrawingOptions::new()).to_svg());
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
fn a_flow_of_thousands_of_nodes_is_drawn_as_a_grid() {
    let nodes = (0..2_000).map(|number| message("hello", Some(number + 1))).collect();
    let drawing = draw(&flow_of(nodes, 0), &DrawingOptions::new());
    assert_eq!(drawing.boxes.len(), 2_001);
    assert_eq!(overlap(&drawing), None);
}

#[test]
fn a_circle_begins_on_the_left_where_the_flow_starts() {
    let nodes = vec![message("a", Some(1)), message("b", Some(2)), message("c", Some(0))];
    let mut flow = flow_of(nodes, 0);
    flow.start = node_id(1);
    let drawing = draw(&flow, &DrawingOptions::new());
    let lefts: Vec<f64> = drawing.boxes.iter().map(|drawn| drawn.x).collect();
    assert!(lefts[1] < lefts[2] && lefts[2] < lefts[0], "{lefts:?}");
}
