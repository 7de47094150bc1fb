//! Random bots, most of them broken, and random conversations: a step is total,
//! bounded, repeatable, and never leaves the graph.

use std::collections::BTreeMap;

use greenroom_model::document::*;
use greenroom_model::{FlowId, NodeId};
use proptest::prelude::*;

use super::*;
use crate::{CheckedAnswer, Effect, HandlerReply, HttpAnswer, MAX_NODES_PER_STEP, MAX_RETURNS, Position, Remaining};

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

fn filter() -> impl Strategy<Value = IntentFilter> {
    let intents = || prop::collection::btree_set(id(INTENTS), 0..2);
    (intents(), intents()).prop_map(|(only, except)| IntentFilter { only, except })
}

fn url() -> impl Strategy<Value = String> {
    pick(&[
        "https://x.example/a.png",
        "https://x.example/{{ x }}/{{ n + 1 }}",
        "{{ x }}",
        "ftp://x",
        "https://x.example/{{",
    ])
    .prop_map(str::to_owned)
}

fn content() -> impl Strategy<Value = Content> {
    let buttons = || prop::collection::vec(button(), 0..2);
    let card = move || {
        (text(), text(), prop::option::of(url()), buttons()).prop_map(|(title, subtitle, image, buttons)| Card {
            title,
            subtitle,
            image,
            buttons,
        })
    };
    let item = (text(), text(), prop::option::of(button())).prop_map(|(title, subtitle, button)| ListItem {
        title,
        subtitle,
        image: None,
        button,
    });
    prop_oneof![
        (text(), buttons()).prop_map(|(text, buttons)| Content::Text(Said { text, buttons })),
        card().prop_map(Content::Card),
        prop::collection::vec(card(), 0..3).prop_map(|cards| Content::Carousel(CardList { cards })),
        (url(), text()).prop_map(|(url, text)| Content::Image(Media { url, text })),
        (url(), text()).prop_map(|(url, text)| Content::Video(Media { url, text })),
        (url(), text()).prop_map(|(url, name)| Content::File(FileContent { url, name })),
        (text(), prop::collection::vec(item, 0..3), buttons())
            .prop_map(|(title, items, buttons)| Content::List(ItemList { title, items, buttons })),
        pick(&[json!({ "a": ["{{ x }}", 1] }), json!("{{"), json!("{{ n + 1 }}")])
            .prop_map(|json| Content::Raw(RawContent { channel: "web_chat".into(), json })),
    ]
}

fn http() -> impl Strategy<Value = HttpCall> {
    let headers = prop::collection::btree_map(
        Just("x-key".to_owned()),
        pick(&["{{ x }}", "{{", "a\nb"]).prop_map(str::to_owned),
        0..2,
    );
    let into = prop::collection::btree_map(id(VARIABLES), pick(&["", "/a", "/a/0"]).prop_map(str::to_owned), 0..3);
    (
        url(),
        headers,
        pick(&[json!(null), json!({ "x": "{{ x }}" }), json!("{{ list }}")]),
        into,
        prop::option::of(id(VARIABLES)),
    )
        .prop_map(|(url, headers, body, into, status)| HttpCall {
            headers,
            body,
            into,
            status,
            ..HttpCall::get(url)
        })
}

fn accept() -> impl Strategy<Value = Accept> {
    prop_oneof![
        pick(&[None, Some("2026-01-02".to_owned())]).prop_map(|min| Accept::Date { min, max: None }),
        Just(Accept::Phone {}),
        (id(&["h", "k"]), filter()).prop_map(|(handler, intents)| Accept::Handler { handler, intents }),
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
    let says = (
        id(VARIABLES),
        prop::option::of((text(), prop::collection::vec(button(), 0..2))),
        prop::collection::vec(text(), 0..3),
    );
    let interruptions =
        prop_oneof![Just(Interruptions::All), Just(Interruptions::None), filter().prop_map(Interruptions::Intents)];
    let ways = (prop::option::of(1_u32..3), prop::option::of(node_id()), prop::option::of(node_id()));
    (says, prop::collection::vec(accept(), 0..3), ways, any::<bool>(), interruptions).prop_map(
        |((variable, ask, retry), accept, (attempts, otherwise, next), skip_when_known, interruptions)| {
            let ask = ask.map(|(text, buttons)| Prompt { text, buttons, ..Prompt::default() });
            let retry = Retries::several(retry);
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
        (
            prop::collection::btree_map(id(VARIABLES), pick(&[1.0, -0.5, 1e308]), 0..2),
            prop::option::of(pick(&["nl", "{{ x }}", "xx-unknown", "{{"]).prop_map(str::to_owned)),
            prop::option::of(http()),
        ),
    )
        .prop_map(|(set, clear, contexts, call, (on_error, next), (increment, language, http))| {
            let call = call.filter(|_| http.is_none());
            Node::Action(ActionNode { set, increment, clear, language, contexts, call, http, on_error, next })
        })
}

fn node() -> impl Strategy<Value = Node> {
    let jump_to = prop_oneof![
        (flow_id(), prop::option::of(node_id())).prop_map(|(flow, node)| JumpTo::Flow(flow, node)),
        id(VARIABLES).prop_map(JumpTo::Variable),
    ];
    let buttons = || prop::collection::vec(button(), 0..2);
    let when = pick(&["x == 1", "known(x)", "n > 3", "(", "true"]);
    let case = (when, node_id()).prop_map(|(when, goto)| Case { when: when.into(), goto });
    prop_oneof![
        3 => (text(), buttons(), prop::collection::vec(content(), 0..3), buttons(), prop::option::of(node_id()))
            .prop_map(|(text, buttons, content, quick_replies, next)| {
                Node::Message(MessageNode { text, buttons, content, quick_replies, next })
            }),
        2 => (prop::collection::btree_map(id(&["ev", "other"]), node_id(), 0..3), prop::option::of(1_u32..100), prop::option::of(node_id()))
            .prop_map(|(events, seconds, on_timeout)| Node::Wait(WaitNode { events, seconds, on_timeout })),
        1 => (id(&["ev", "told"]), pick(&[json!("{{ x }}"), json!(1), json!("{{")]), prop::option::of(node_id()))
            .prop_map(|(event, data, next)| Node::Event(EventNode { event, data: [("key".to_owned(), data)].into(), next })),
        3 => input(),
        2 => (prop::collection::vec(case, 0..3), prop::option::of(node_id()))
            .prop_map(|(cases, otherwise)| Node::Branch(BranchNode { cases, otherwise })),
        3 => action(),
        2 => (jump_to, any::<bool>(), prop::option::of(node_id()))
            .prop_map(|(to, returns, next)| Node::Jump(JumpNode { to, returns, next })),
        1 => (text(), prop::option::of(pick(&["sales", "{{ x }}"]).prop_map(str::to_owned)), prop::option::of(node_id()))
            .prop_map(|(text, to, next)| Node::Handover(HandoverNode { text, note: to.clone(), to, next })),
        1 => Just(Node::End(EndNode {})),
    ]
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let on = prop_oneof![
        4 => id(INTENTS).prop_map(TriggerOn::Intent),
        1 => id(&["ev"]).prop_map(TriggerOn::Event),
        1 => Just(TriggerOn::Button("p".into())),
        1 => Just(TriggerOn::Keyword("Hello!".into())),
        1 => Just(TriggerOn::Link("sale".into())),
        3 => pick(&[SystemEvent::Introduction, SystemEvent::NotUnderstood, SystemEvent::Error, SystemEvent::BotDisabled])
            .prop_map(TriggerOn::System),
    ];
    (on, prop::collection::btree_set(id(CONTEXTS), 0..2), prop::option::of(node_id()), 1_u32..4)
        .prop_map(|(on, contexts, node, times)| Trigger { on, contexts, node, times })
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
            ("n", json!({ "name": "n", "type": "number", "default": 0, "lifetime": { "turns": 2 } })),
            ("y", json!({ "name": "y", "lifetime": "flow", "sensitive": true, "from_entities": ["g"] })),
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
            (pick(&["f0", "f1", "f9"]), pick(&["n0", "n1", "n9"]), pick(&["f0", "f1", "f9"]), any::<bool>()).prop_map(
                |(flow, node, ends, goes)| {
                    let to = Position { flow: flow.parse().unwrap(), node: node.parse().unwrap() };
                    Input::HandlerResult(Ok(HandlerReply {
                        ends: [ends.parse().unwrap()].into(),
                        goes_to: goes.then_some(to),
                        ..HandlerReply::default()
                    }))
                }
            ),
        ],
        2 => Just(Input::Resume),
        1 => Just(Input::Link { link: "sale".into() }),
        1 => Just(Input::Disabled),
        3 => (1_u64..4).prop_map(|number| Input::Timeout { number }),
        1 => id(VARIABLES).prop_map(|variable| Input::Event {
            event: "ev".parse().unwrap(),
            variables: [(variable, json!("f1"))].into(),
        }),
        2 => Just(Input::Event {
            event: "ev".parse().unwrap(),
            variables: [("y".parse().unwrap(), json!("s3cr3t/n1"))].into(),
        }),
        2 => prop_oneof![
            Just(Input::HttpResult(Err("no answer".into()))),
            pick(&[200_u16, 204, 404, 500]).prop_map(|status| {
                Input::HttpResult(Ok(HttpAnswer { status, body: json!({ "a": [3] }) }))
            }),
        ],
        2 => any::<bool>().prop_map(|valid| Input::HandlerResult(Ok(HandlerReply {
            answer: Some(CheckedAnswer { valid, value: json!(null) }),
            ..HandlerReply::default()
        }))),
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
            let trace = serde_json::to_string(&step.trace).unwrap();
            prop_assert!(!trace.contains("s3cr3t"), "{}", trace);
            let said = step.secrets.redacted(&serde_json::to_string(&step.replies).unwrap());
            prop_assert!(!said.contains("s3cr3t/n1"));
            let begun = step.effects.iter().filter(|effect| matches!(effect, Effect::Call { .. } | Effect::Http(_) | Effect::Handover(_)));
            prop_assert!(begun.count() <= 1, "what is called is waited for");
            prop_assert!(step.effects.len() <= 101);
            let places = || session.position.iter().chain(&session.returns);
            prop_assert!(session.timers.values().all(|place| places().any(|other| other == place)));
            prop_assert!(session.timers.keys().all(|number| *number <= session.calls));
            prop_assert!(session.lifetimes.keys().all(|variable| session.variables.contains_key(variable)));
            let has_flow = |flow: &FlowId| places().any(|place| place.flow == *flow);
            prop_assert!(session.lifetimes.values().all(|remaining| !matches!(remaining, Remaining::Flow(flow) if !has_flow(flow))));
            prop_assert!(step.replies.iter().all(|reply| !reply.is_blank()));

            let json = serde_json::to_string(&step).unwrap();
            let read = serde_json::from_str::<Step>(&json).unwrap();
            prop_assert_eq!(&Step { secrets: step.secrets.clone(), ..read }, &step);
        }
    }
}
