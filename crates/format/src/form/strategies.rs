//! Bundles for property tests: every kind of part, with texts that YAML likes to
//! read as something else.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::*;
use greenroom_model::{
    ContextId, Document, EntityId, EventId, FlowId, HandlerId, IntentId, Language, NodeId, PartPath, TestId, VariableId,
};
use jiff::civil::DateTime;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Number, Value};

use crate::Bundle;
use crate::yaml::tests::nasty_text;

/// A bot that can be written: names that are not blank, ranges kept.
pub(crate) fn bundle() -> impl Strategy<Value = Bundle> {
    prop::collection::vec(part(), 1..12).prop_map(|parts| Bundle { parts: parts.into_iter().collect() })
}

fn part() -> impl Strategy<Value = (PartPath, Document)> {
    prop_oneof![
        settings().prop_map(|document| (PartPath::Settings, Document::Settings(document))),
        (id("flow", FlowId::new), flow()).prop_map(|(id, flow)| (PartPath::Flow(id), Document::Flow(flow))),
        (slug(ContextId::new), name(), maybe(text())).prop_map(|(id, name, description)| (
            PartPath::Context(id),
            Document::Context(Context { name, description })
        )),
        (variable_id(), variable()).prop_map(|(id, variable)| (PartPath::Variable(id), Document::Variable(variable))),
        (slug(HandlerId::new), name(), maybe(text())).prop_map(|(id, name, description)| (
            PartPath::Handler(id),
            Document::Handler(Handler { name, description })
        )),
        (slug(IntentId::new), name(), maybe(text()))
            .prop_map(|(id, name, description)| (PartPath::Intent(id), Document::Intent(Intent { name, description }))),
        (language(), slug(IntentId::new), prop::collection::vec(example(), 0..6)).prop_map(
            |(language, id, examples)| (PartPath::Examples(language, id), Document::Examples(Examples { examples }))
        ),
        (slug(EntityId::new), entity()).prop_map(|(id, entity)| (PartPath::Entity(id), Document::Entity(entity))),
        (0..1_u64 << 53).prop_map(|seed| (PartPath::Training, Document::Training(Training { seed }))),
        (0.0..=1.0_f64).prop_map(|threshold| (PartPath::Runtime, Document::Runtime(NlpRuntime { threshold }))),
        (slug(TestId::new), test()).prop_map(|(id, test)| (PartPath::Test(id), Document::Test(test))),
    ]
}

/// Ids that YAML likes to read as something else, few enough to meet each other.
const IDS: &[&str] =
    &["a", "b", "null", "true", "no", "y", "1", "01", "1e3", "0x1f", "1_000", "12-30", "2024-01-01", "n-", "a_b"];

fn slug<T: std::fmt::Debug>(new: fn(&str) -> Result<T, greenroom_model::Error>) -> impl Strategy<Value = T> {
    select(IDS).prop_map(move |text| new(text).unwrap())
}

fn id<T: std::fmt::Debug>(
    prefix: &'static str,
    new: fn(&str) -> Result<T, greenroom_model::Error>,
) -> impl Strategy<Value = T> {
    prop_oneof![slug(new), (0..3).prop_map(move |number| new(&format!("{prefix}{number}")).unwrap())]
}

fn variable_id() -> impl Strategy<Value = VariableId> {
    select(&["a", "b", "no", "y", "on", "size", "a_b", "e1"][..]).prop_map(|text| VariableId::new(text).unwrap())
}

fn language() -> impl Strategy<Value = Language> {
    select(&["en", "nl", "no", "pt-br"][..]).prop_map(|text| Language::new(text).unwrap())
}

fn node_id() -> impl Strategy<Value = NodeId> {
    slug(NodeId::new)
}

fn text() -> impl Strategy<Value = String> {
    nasty_text()
}

fn name() -> impl Strategy<Value = String> {
    nasty_text().prop_map(|text| {
        let name: String = text.chars().take(200).collect();
        if name.trim().is_empty() { "x".to_owned() } else { name }
    })
}

fn spoken() -> impl Strategy<Value = String> {
    nasty_text().prop_map(|text| if text.trim().is_empty() { "x".to_owned() } else { text })
}

fn maybe<T: std::fmt::Debug + Clone>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(strategy)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::from)),
        (-3..3_i32).prop_map(|number| Value::from(f64::from(number))),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn localized() -> impl Strategy<Value = LocalizedText> {
    let alternatives = prop::collection::vec(text(), 1..3).prop_map(|texts| Alternatives::several(texts).unwrap());
    prop::collection::btree_map(language(), alternatives, 0..3)
}

fn settings() -> impl Strategy<Value = Settings> {
    let sessions =
        (1..525_600_u32, 1..8_760_u32, select(vec![OpenSessions::Pin, OpenSessions::Migrate, OpenSessions::Reset]))
            .prop_map(|(idle_minutes, pin_hours, on_publish)| SessionSettings { idle_minutes, pin_hours, on_publish });
    let detection = select(vec![LanguageDetection::Never, LanguageDetection::FirstText, LanguageDetection::EveryText]);
    let languages = prop::collection::btree_set(language(), 0..3);
    (name(), maybe(text()), language(), languages, detection, maybe(sessions)).prop_map(
        |(name, description, default_language, languages, detect_language, sessions)| Settings {
            name,
            description,
            default_language,
            languages,
            detect_language,
            sessions: sessions.unwrap_or_default(),
        },
    )
}

fn variable() -> impl Strategy<Value = Variable> {
    let typed = prop_oneof![
        value().prop_map(|value| (ValueType::Any, value)),
        text().prop_map(|text| (ValueType::Text, Value::from(text))),
        any::<i32>().prop_map(|number| (ValueType::Number, Value::from(number))),
        any::<bool>().prop_map(|truth| (ValueType::Boolean, Value::from(truth))),
        prop::collection::vec(value(), 0..3).prop_map(|list| (ValueType::List, Value::from(list))),
    ];
    let lifetime = prop_oneof![
        Just(Lifetime::Conversation),
        Just(Lifetime::Flow),
        (1..=1_000_u32).prop_map(Lifetime::Turns),
        Just(Lifetime::User),
    ];
    let entities = prop::collection::btree_set(slug(EntityId::new), 0..2);
    (name(), maybe(text()), typed, entities, lifetime, any::<bool>()).prop_map(
        |(name, description, (value_type, default), from_entities, lifetime, sensitive)| Variable {
            name,
            description,
            value_type,
            default,
            from_entities,
            lifetime,
            sensitive,
        },
    )
}

fn example() -> impl Strategy<Value = Example> {
    (spoken(), any::<bool>(), slug(EntityId::new), maybe(text())).prop_map(|(text, marked, entity, value)| {
        let end = u32::try_from(text.chars().count()).unwrap();
        let entities = if marked { vec![Annotation { start: 0, end, entity, value }] } else { Vec::new() };
        Example { text, entities }
    })
}

fn synonyms() -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
    prop::collection::btree_map(spoken(), prop::collection::btree_set(spoken(), 0..3), 0..3)
}

fn entity() -> impl Strategy<Value = Entity> {
    let system = select(vec![SystemEntity::Number, SystemEntity::DateTime, SystemEntity::Money]);
    let composites = select(vec![Vec::new(), vec!["{amount} from {origin:city}".to_owned()]]);
    let ways = (prop::collection::btree_set(system, 0..3), composites, any::<bool>(), maybe(0_u8..20));
    (name(), maybe(text()), synonyms(), prop::collection::vec(spoken(), 0..2), ways).prop_map(
        |(name, description, values, patterns, (system, composites, learned, one_from))| Entity {
            name,
            description,
            values,
            fuzziness: Fuzziness { one_from, ..Fuzziness::default() },
            patterns,
            system,
            composites,
            learned,
        },
    )
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let on = prop_oneof![
        slug(IntentId::new).prop_map(TriggerOn::Intent),
        slug(EventId::new).prop_map(TriggerOn::Event),
        text().prop_map(TriggerOn::Button),
        name().prop_map(TriggerOn::Keyword),
        name().prop_map(TriggerOn::Link),
        select(vec![
            SystemEvent::Introduction,
            SystemEvent::NotUnderstood,
            SystemEvent::Error,
            SystemEvent::BotDisabled,
        ])
        .prop_map(TriggerOn::System),
    ];
    (on, prop::collection::btree_set(slug(ContextId::new), 0..2), maybe(node_id()), 1..=100_u32).prop_map(
        |(on, contexts, node, times)| {
            let times = if on == TriggerOn::System(SystemEvent::NotUnderstood) { times } else { 1 };
            Trigger { on, contexts, node, times }
        },
    )
}

fn flow() -> impl Strategy<Value = Flow> {
    let nodes = prop::collection::btree_map(node_id(), node(), 0..6);
    (name(), maybe(text()), prop::collection::vec(trigger(), 0..3), node_id(), nodes)
        .prop_map(|(name, description, triggers, start, nodes)| Flow { name, description, triggers, start, nodes })
}

fn button() -> impl Strategy<Value = Button> {
    let action = prop_oneof![
        node_id().prop_map(ButtonAction::Goto),
        (slug(IntentId::new), prop::collection::btree_map(slug(EntityId::new), text(), 0..2))
            .prop_map(|(intent, entities)| ButtonAction::Intent { intent, entities }),
        text().prop_map(ButtonAction::Payload),
        text().prop_map(ButtonAction::Url),
    ];
    (prop::collection::btree_map(language(), text(), 0..2), action).prop_map(|(title, action)| Button { title, action })
}

fn buttons() -> impl Strategy<Value = Vec<Button>> {
    prop::collection::vec(button(), 0..3)
}

fn filter() -> impl Strategy<Value = IntentFilter> {
    let intents = || prop::collection::btree_set(slug(IntentId::new), 0..2);
    (intents(), intents()).prop_map(|(only, except)| IntentFilter { only, except })
}

fn accept() -> impl Strategy<Value = Accept> {
    prop_oneof![
        filter().prop_map(Accept::Text),
        (slug(EntityId::new), filter()).prop_map(|(entity, intents)| Accept::Entity { entity, intents }),
        (slug(IntentId::new), value()).prop_map(|(intent, value)| Accept::Intent { intent, value }),
        (maybe(-9.5..9.5_f64), maybe(1.0..9.0_f64)).prop_map(|(min, max)| Accept::Number { min, max }),
        Just(Accept::Email {}),
        Just(Accept::Phone {}),
        maybe(Just("2026-02-28".to_owned())).prop_map(|min| Accept::Date { min, max: None }),
        (slug(HandlerId::new), filter()).prop_map(|(handler, intents)| Accept::Handler { handler, intents }),
        text().prop_map(|pattern| Accept::Regex { pattern }),
        synonyms().prop_map(|values| Accept::Options { values }),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    prop_oneof![
        (localized(), buttons(), prop::collection::vec(content(), 0..3), buttons(), maybe(node_id())).prop_map(
            |(text, buttons, content, quick_replies, next)| {
                Node::Message(MessageNode { text, buttons, content, quick_replies, next })
            }
        ),
        input(),
        (
            prop::collection::vec((text(), node_id()).prop_map(|(when, goto)| Case { when, goto }), 0..3),
            maybe(node_id())
        )
            .prop_map(|(cases, otherwise)| Node::Branch(BranchNode { cases, otherwise })),
        action(),
        jump(),
        (localized(), maybe(text()), maybe(text()), maybe(node_id()))
            .prop_map(|(text, to, note, next)| Node::Handover(HandoverNode { text, to, note, next })),
        (prop::collection::btree_map(slug(EventId::new), node_id(), 1..3), maybe((1..=2_592_000_u32, node_id())))
            .prop_map(|(events, time)| {
                let (seconds, on_timeout) = time.unzip();
                Node::Wait(WaitNode { events, seconds, on_timeout })
            }),
        (slug(EventId::new), prop::collection::btree_map(text(), value(), 0..3), maybe(node_id()))
            .prop_map(|(event, data, next)| Node::Event(EventNode { event, data, next })),
        Just(Node::End(EndNode {})),
    ]
}

fn input() -> impl Strategy<Value = Node> {
    let ask = (localized(), buttons(), buttons()).prop_map(|(text, buttons, quick_replies)| Prompt {
        text,
        buttons,
        quick_replies,
    });
    let retry = prop::collection::vec(localized(), 0..3).prop_map(|mut texts| {
        // What is empty at the end is left out when it is written.
        while texts.last().is_some_and(LocalizedText::is_empty) {
            texts.pop();
        }
        Retries::several(texts)
    });
    let interruptions =
        prop_oneof![Just(Interruptions::All), Just(Interruptions::None), filter().prop_map(Interruptions::Intents)];
    (
        (variable_id(), maybe(ask), prop::collection::vec(accept(), 0..3), retry, interruptions),
        (maybe(1..=100_u32), maybe(node_id()), any::<bool>(), maybe(node_id())),
    )
        .prop_map(
            |((variable, ask, accept, retry, interruptions), (attempts, otherwise, skip_when_known, next))| {
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

/// An address: no tag may begin in it.
fn url() -> impl Strategy<Value = String> {
    text().prop_map(|text| format!("https://files.example/{}", text.replace('{', "(")))
}

fn content() -> impl Strategy<Value = Content> {
    let card = move || {
        (localized(), localized(), maybe(url()), buttons()).prop_map(|(title, subtitle, image, buttons)| Card {
            title,
            subtitle,
            image,
            buttons,
        })
    };
    let item = (localized(), localized(), maybe(url()), maybe(button()))
        .prop_map(|(title, subtitle, image, button)| ListItem { title, subtitle, image, button });
    let media = move || (url(), localized()).prop_map(|(url, text)| Media { url, text });
    prop_oneof![
        (localized(), buttons()).prop_map(|(text, buttons)| Content::Text(Said { text, buttons })),
        card().prop_map(Content::Card),
        prop::collection::vec(card(), 1..3).prop_map(|cards| Content::Carousel(CardList { cards })),
        media().prop_map(Content::Image),
        media().prop_map(Content::Video),
        (url(), localized()).prop_map(|(url, name)| Content::File(FileContent { url, name })),
        (localized(), prop::collection::vec(item, 1..3), buttons())
            .prop_map(|(title, items, buttons)| Content::List(ItemList { title, items, buttons })),
        (name(), value()).prop_map(|(channel, json)| Content::Raw(RawContent { channel, json })),
    ]
}

fn action() -> impl Strategy<Value = Node> {
    (
        prop::collection::btree_map(variable_id(), value(), 0..3),
        prop::collection::btree_set(variable_id(), 0..2),
        prop::collection::btree_map(slug(ContextId::new), 0..=1_000_u32, 0..2),
        (maybe(slug(HandlerId::new)), maybe(node_id()), maybe(node_id())),
        (prop::collection::btree_map(variable_id(), -9.5..9.5_f64, 0..2), maybe(text()), maybe(http())),
    )
        .prop_map(|(set, clear, contexts, (call, on_error, next), (increment, language, http))| {
            let http = http.filter(|_| call.is_none());
            Node::Action(ActionNode { set, increment, clear, language, contexts, call, http, on_error, next })
        })
}

fn http() -> impl Strategy<Value = HttpCall> {
    (
        (
            select(vec![HttpMethod::Get, HttpMethod::Post, HttpMethod::Put, HttpMethod::Patch, HttpMethod::Delete]),
            url(),
        ),
        prop::collection::btree_map(slug(EventId::new).prop_map(|name| name.to_string()), text(), 0..2),
        value(),
        (prop::collection::btree_map(variable_id(), Just("/a/0".to_owned()), 0..2), maybe(variable_id())),
        (maybe(100..=60_000_u32), 0..=5_u32),
    )
        .prop_map(|((method, url), headers, body, (into, status), (timeout_ms, retries))| HttpCall {
            method,
            url,
            headers,
            body,
            into,
            status,
            timeout_ms,
            retries,
        })
}

fn jump() -> impl Strategy<Value = Node> {
    let to = prop_oneof![
        (slug(FlowId::new), maybe(node_id())).prop_map(|(flow, node)| JumpTo::Flow(flow, node)),
        variable_id().prop_map(JumpTo::Variable),
    ];
    (to, any::<bool>(), maybe(node_id())).prop_map(|(to, returns, next)| Node::Jump(JumpNode { to, returns, next }))
}

fn expected_reply() -> impl Strategy<Value = ExpectedReply> {
    let text_ = prop_oneof![
        text().prop_map(ExpectedText::Exactly),
        text().prop_map(ExpectedText::Contains),
        text().prop_filter("short enough for a pattern", |text| text.len() <= 1_024).prop_map(ExpectedText::Matches),
        prop::collection::vec(text(), 1..3).prop_map(ExpectedText::OneOf),
    ];
    let any = prop::collection::vec(text(), 0..3).prop_map(|buttons| ExpectedReply {
        text: ExpectedText::Any,
        buttons: Some(buttons),
        raw: None,
    });
    let some = (text_, maybe(prop::collection::vec(text(), 0..3))).prop_map(|(text, buttons)| ExpectedReply {
        text,
        buttons,
        raw: None,
    });
    let raw = (slug(NodeId::new), maybe(value().prop_filter("null is nothing", |json| !json.is_null())))
        .prop_map(|(channel, json)| ExpectedReply::raw(channel.to_string(), json));
    prop_oneof![2 => some, 1 => any, 1 => raw]
}

fn answers() -> impl Strategy<Value = AnswersByCall> {
    let variables = prop::collection::btree_map(variable_id(), value(), 0..2);
    let way_on = (maybe((slug(FlowId::new), node_id())), prop::collection::btree_set(slug(FlowId::new), 0..2));
    let handlers = (variables, prop::collection::vec(text(), 0..2), maybe(any::<bool>()), value(), way_on).prop_map(
        |(variables, replies, valid, value, (goes_to, ends))| StubbedAnswer::Handler {
            variables,
            replies,
            valid,
            value,
            goes_to,
            ends,
        },
    );
    let requests = (any::<u16>(), value()).prop_map(|(status, body)| StubbedAnswer::Http { status, body });
    let fails = || text().prop_map(StubbedAnswer::Fails);
    let several = |one: BoxedStrategy<StubbedAnswer>| {
        prop::collection::vec(one, 1..3).prop_filter_map("one at least", StubbedAnswers::in_turn)
    };
    let of_handler = (slug(HandlerId::new).prop_map(Called::Handler), several(prop_oneof![handlers, fails()].boxed()));
    let request = (slug(FlowId::new), node_id()).prop_map(|(flow, node)| Called::Request(flow, node));
    let of_request = (request, several(prop_oneof![requests, fails()].boxed()));
    prop::collection::vec(prop_oneof![of_handler, of_request], 0..2).prop_map(|answers| answers.into_iter().collect())
}

fn expected_call() -> impl Strategy<Value = ExpectedCall> {
    let with = || prop::collection::btree_map(variable_id(), value(), 0..2);
    let of_handler = (slug(HandlerId::new), with())
        .prop_map(|(handler, with)| ExpectedCall { with, ..ExpectedCall::of(Called::Handler(handler)) });
    // A body of `null` is none: only what is looked at is written.
    let body = maybe(value().prop_filter("a body", |body| !body.is_null()));
    let of_request = (slug(FlowId::new), node_id(), with(), maybe(text()), body)
        .prop_map(|(flow, node, with, url, body)| ExpectedCall { call: Called::Request(flow, node), with, url, body });
    prop_oneof![of_handler, of_request]
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let context =
        prop_oneof![any::<bool>().prop_map(ExpectedContext::Active), any::<u32>().prop_map(ExpectedContext::Turns)];
    (
        (maybe(prop::collection::vec(expected_reply(), 0..3)), maybe(text()), maybe(text()), maybe(language())),
        prop::collection::btree_map(slug(EntityId::new), value(), 0..2),
        prop::collection::btree_map(variable_id(), value(), 0..2),
        prop::collection::btree_map(slug(ContextId::new), context, 0..2),
        maybe(any::<bool>()),
        maybe(prop::collection::vec(expected_call(), 0..2)),
        maybe(prop::collection::vec(slug(EventId::new), 0..2)),
    )
        .prop_map(
            |((replies, intent, node, language), entities, variables, contexts, handed_over, calls, raised)| {
                Expectation {
                    replies,
                    intent,
                    entities,
                    node,
                    language,
                    variables,
                    contexts,
                    handed_over,
                    calls,
                    raised,
                }
            },
        )
}

fn time() -> impl Strategy<Value = DateTime> {
    (1900..2100_i16, 1..=12_i8, 1..=28_i8, 0..24_i8, 0..60_i8)
        .prop_map(|(year, month, day, hour, minute)| jiff::civil::date(year, month, day).at(hour, minute, 0, 0))
}

fn test() -> impl Strategy<Value = ConversationTest> {
    let user = prop_oneof![
        Just(UserAct::Start),
        Just(UserAct::Timeout),
        Just(UserAct::Resume),
        Just(UserAct::Disabled),
        text().prop_map(UserAct::Link),
        text().prop_map(UserAct::Say),
        text().prop_map(UserAct::Press),
        (slug(EventId::new), prop::collection::btree_map(variable_id(), value(), 0..2))
            .prop_map(|(event, with)| UserAct::Event(event, with)),
    ];
    let turn = (user, maybe(time()), answers(), expectation()).prop_map(|(user, time, answers, expect)| Turn {
        user,
        time,
        answers,
        expect,
    });
    let given = (
        maybe(time()),
        prop::collection::btree_map(variable_id(), value(), 0..2),
        prop::collection::btree_map(slug(ContextId::new), any::<u32>(), 0..2),
    )
        .prop_map(|(time, variables, contexts)| Given { time, variables, contexts });
    (name(), maybe(language()), given, answers(), prop::collection::vec(turn, 1..4))
        .prop_map(|(name, language, given, answers, turns)| ConversationTest { name, language, given, answers, turns })
}
