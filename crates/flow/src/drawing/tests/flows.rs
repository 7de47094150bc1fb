//! Flows that are drawn in tests.

use std::collections::BTreeMap;

use greenroom_model::document::{
    ActionNode, Alternatives, BranchNode, Button, ButtonAction, Case, EndNode, Flow, InputNode, Interruptions,
    MessageNode, Node, Prompt, Retries, Trigger, TriggerOn,
};
use greenroom_model::{Language, NodeId};
use proptest::prelude::*;

pub(super) fn node_id(number: usize) -> NodeId {
    format!("node_{number}").parse().unwrap()
}

pub(super) fn english() -> Language {
    "en".parse().unwrap()
}

pub(super) fn message(text: &str, next: Option<usize>) -> Node {
    let text = BTreeMap::from([(english(), Alternatives::one(text))]);
    Node::Message(MessageNode { text, next: next.map(node_id), ..MessageNode::default() })
}

pub(super) fn flow_of(nodes: Vec<Node>, triggers: usize) -> Flow {
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

pub(super) fn any_node(targets: usize) -> impl Strategy<Value = Node> {
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
pub(super) fn any_flow(most: usize) -> impl Strategy<Value = Flow> {
    (1..=most)
        .prop_flat_map(|count| (prop::collection::vec(any_node(count + 2), count), 0..4_usize))
        .prop_map(|(nodes, triggers)| flow_of(nodes, triggers))
}
