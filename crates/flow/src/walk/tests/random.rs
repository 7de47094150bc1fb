//! Random bots, most of them broken, and random conversations: a step is total,
//! bounded, repeatable, and never leaves the graph.

use std::collections::BTreeMap;

use greenroom_model::document::*;
use greenroom_model::{FlowId, NodeId};
use proptest::prelude::*;

use super::*;
use crate::{HandlerReply, MAX_NODES_PER_STEP, MAX_RETURNS};

fn pick<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

/// A node id, now and then of a node that is not there.
fn node_id() -> impl Strategy<Value = NodeId> {
    pick(&["n0", "n1", "n2", "n3", "n4", "gone"]).prop_map(|id| id.parse().unwrap())
}

fn flow_id() -> impl Strategy<Value = FlowId> {
    pick(&["f0", "f1", "f2", "gone"]).prop_map(|id| id.parse().unwrap())
}

fn id<T: std::str::FromStr<Err = greenroom_model::Error> + std::fmt::Debug>(
    names: &'static [&'static str],
) -> impl Strategy<Value = T> {
    pick(names).prop_map(|name| name.parse().unwrap())
}

const VARIABLES: &[&str] = &["x", "y", "n", "list"];
const INTENTS: &[&str] = &["i", "j"];
const CONTEXTS: &[&str] = &["c", "d"];
const ENTITIES: &[&str] = &["e", "g"];

fn text() -> impl Strategy<Value = LocalizedText> {
    pick(&[
        "hi",
        "{{ x }}",
        "{{ x }}{{ x }}",
        "{{ unknown }}",
        "{{ n + 1 }}",
        "{% for a in list %}{{ a }}{% endfor %}",
        "{{",
        "",
    ])
    .prop_map(|text| LocalizedText::from([(language("en"), Alternatives::one(text))]))
}

fn button() -> impl Strategy<Value = Button> {
    let action = prop_oneof![
        node_id().prop_map(ButtonAction::Goto),
        id(INTENTS).prop_map(|intent| ButtonAction::Intent { intent, entities: BTreeMap::new() }),
        Just(ButtonAction::Payload("p".into())),
    ];
    action.prop_map(|action| Button { title: BTreeMap::new(), action })
}

fn accept() -> impl Strategy<Value = Accept> {
    prop_oneof![
        prop::option::of(id(INTENTS)).prop_map(|except| Accept::Text(IntentFilter {
            except: except.into_iter().collect(),
            ..Default::default()
        })),
        id(ENTITIES).prop_map(|entity| Accept::Entity { entity, intents: IntentFilter::default() }),
        id(INTENTS).prop_map(|intent| Accept::Intent { intent, value: json!(1) }),
        Just(Accept::Number { min: None, max: Some(5.0) }),
        Just(Accept::Email {}),
        pick(&["[a-z]+", "("]).prop_map(|pattern| Accept::Regex { pattern: pattern.into() }),
    ]
}

fn input() -> impl Strategy<Value = Node> {
    let says = (id(VARIABLES), prop::option::of((text(), prop::collection::vec(button(), 0..2))), text());
    let ways = (prop::option::of(1_u32..3), prop::option::of(node_id()), prop::option::of(node_id()));
    (says, prop::collection::vec(accept(), 0..3), ways, any::<bool>()).prop_map(
        |((variable, ask, retry), accept, (attempts, otherwise, next), skip_when_known)| {
            let ask = ask.map(|(text, buttons)| Prompt { text, buttons, ..Prompt::default() });
            let (retry, interruptions) = (retry.into(), Interruptions::default());
            Node::Input(InputNode {
                variable,
                ask,
                accept,
                retry,
                attempts,
                otherwise,
                skip_when_known,
                interruptions,
                next,
            })
        },
    )
}

fn action() -> impl Strategy<Value = Node> {
    let value = pick(&[
        json!("{{ x }}{{ x }}a"),
        json!("{{ n + 1 }}"),
        json!(3),
        json!(null),
        json!([1, "a"]),
        json!("{{ list }}"),
        json!("f1/n2"),
    ]);
    (
        prop::collection::btree_map(id(VARIABLES), value, 0..3),
        prop::collection::btree_set(id(VARIABLES), 0..2),
        prop::collection::btree_map(id(CONTEXTS), 0_u32..4, 0..2),
        prop::option::of(id(&["h"])),
        (prop::option::of(node_id()), prop::option::of(node_id())),
    )
        .prop_map(|(set, clear, contexts, call, (on_error, next))| {
            Node::Action(ActionNode { set, clear, contexts, call, on_error, next, ..ActionNode::default() })
        })
}

fn node() -> impl Strategy<Value = Node> {
    let jump_to = prop_oneof![
        (flow_id(), prop::option::of(node_id())).prop_map(|(flow, node)| JumpTo::Flow(flow, node)),
        id(VARIABLES).prop_map(JumpTo::Variable),
    ];
    let when = pick(&["x == 1", "known(x)", "n > 3", "(", "true"]);
    let case = (when, node_id()).prop_map(|(when, goto)| Case { when: when.into(), goto });
    prop_oneof![
        3 => (text(), prop::collection::vec(button(), 0..2), prop::option::of(node_id()))
            .prop_map(|(text, buttons, next)| Node::Message(MessageNode { text, buttons, next, ..MessageNode::default() })),
        3 => input(),
        2 => (prop::collection::vec(case, 0..3), prop::option::of(node_id()))
            .prop_map(|(cases, otherwise)| Node::Branch(BranchNode { cases, otherwise })),
        3 => action(),
        2 => (jump_to, any::<bool>(), prop::option::of(node_id()))
            .prop_map(|(to, returns, next)| Node::Jump(JumpNode { to, returns, next })),
        1 => (text(), prop::option::of(node_id())).prop_map(|(text, next)| Node::Handover(HandoverNode { text, next, ..HandoverNode::default() })),
        1 => Just(Node::End(EndNode {})),
    ]
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let on = prop_oneof![
        4 => id(INTENTS).prop_map(TriggerOn::Intent),
        1 => id(&["ev"]).prop_map(TriggerOn::Event),
        1 => Just(TriggerOn::Button("p".into())),
        2 => pick(&[SystemEvent::Introduction, SystemEvent::NotUnderstood, SystemEvent::Error]).prop_map(TriggerOn::System),
    ];
    (on, prop::collection::btree_set(id(CONTEXTS), 0..2), prop::option::of(node_id()))
        .prop_map(|(on, contexts, node)| Trigger { on, contexts, node, times: 1 })
}

fn random_flow() -> impl Strategy<Value = Flow> {
    let nodes = prop::collection::vec(node(), 1..6);
    (prop::collection::vec(trigger(), 1..4), node_id(), nodes).prop_map(|(triggers, start, nodes)| Flow {
        name: "random".into(),
        description: None,
        triggers,
        start,
        nodes: nodes
            .into_iter()
            .enumerate()
            .map(|(place, node)| (format!("n{place}").parse().unwrap(), node))
            .collect(),
    })
}

fn bot() -> impl Strategy<Value = Vec<(PartPath, Document)>> {
    prop::collection::vec(random_flow(), 1..4).prop_map(|flows| {
        let mut parts: Vec<(PartPath, Document)> = flows
            .into_iter()
            .enumerate()
            .map(|(place, flow)| (format!("flows/f{place}").parse().unwrap(), Document::Flow(flow)))
            .collect();
        for (name, variable) in [
            ("x", json!({ "name": "x", "default": "f2", "from_entities": ["e"] })),
            ("n", json!({ "name": "n", "type": "number", "default": 0 })),
            ("list", json!({ "name": "list", "type": "list", "from_entities": ["e", "g"] })),
        ] {
            let path: PartPath = format!("flows/variables/{name}").parse().unwrap();
            let document = Document::from_value(&path, variable).unwrap();
            parts.push((path, document));
        }
        parts
    })
}

fn inputs() -> impl Strategy<Value = Input> {
    let entity = (id(ENTITIES), pick(&[json!("a"), json!(3), json!(null), json!(["b"])]));
    let entity = entity.prop_map(|(entity, value)| EntityValue { entity, value });
    prop_oneof![
        1 => Just(Input::Start),
        8 => (pick(&["", "hello", "3", "a@b.org", "12 and 13"]), prop::option::of(id(INTENTS)), prop::collection::vec(entity, 0..3))
            .prop_map(|(text, intent, entities)| Input::Text { text: text.into(), intent, entities, language: None }),
        3 => pick(&["p", "goto:f0/n1", "goto:f1/n0", "goto:f9/n9", "intent:i", "intent:j{\"e\":\"z\"}", "intent:{", "zzz"])
            .prop_map(|payload| Input::Button { payload: payload.into() }),
        1 => id(&["ev", "other"]).prop_map(Input::event),
        3 => prop_oneof![
            Just(Input::HandlerResult(Err("no".into()))),
            pick(VARIABLES).prop_map(|name| Input::HandlerResult(Ok(HandlerReply {
                variables: BTreeMap::from([(name.parse().unwrap(), json!("f1"))]),
                replies: vec!["done".into()],
                ..HandlerReply::default()
            }))),
        ],
        1 => Just(Input::Resume),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_step_is_total_bounded_and_stays_in_the_graph(bot in bot(), inputs in prop::collection::vec(inputs(), 1..20)) {
        let graph = Graph::compile(bot.clone());
        let again = Graph::compile(bot.into_iter().rev());
        let mut session = Session::new(&graph, None);
        for input in inputs {
            let step = step(&graph, &session, &input);
            prop_assert_eq!(&step, &crate::step(&again, &session, &input), "a step does not depend on how the graph came to be");
            session = step.session.clone();

            prop_assert!(session.position.as_ref().is_none_or(|position| graph.contains(position)));
            prop_assert!(session.returns.iter().all(|position| graph.contains(position)));
            prop_assert!(session.returns.len() <= MAX_RETURNS);
            prop_assert!(session.awaiting.is_none() || session.position.is_some());
            prop_assert!(!session.handed_over || session.position.is_some());
            prop_assert!(session.variables.values().all(|value| !value.is_null() && value.to_string().len() < 200_000));
            let entered = step.trace.iter().filter(|step| matches!(step, TraceStep::Entered { .. })).count();
            prop_assert!(entered <= MAX_NODES_PER_STEP as usize + 100, "{} nodes", entered);
            prop_assert!(step.replies.len() <= 100);
            prop_assert!(step.effects.len() <= 1);
            prop_assert!(step.replies.iter().all(|reply| !reply.text.trim().is_empty() || !reply.buttons.is_empty()));

            let json = serde_json::to_string(&step).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Step>(&json).unwrap(), &step);
        }
    }
}
