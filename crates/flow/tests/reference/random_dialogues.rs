//! Random inputs, each chosen in sight of the conversation: mostly what it waits for, often what
//! it does not.

use greenroom_flow::{
    Awaiting, CheckedAnswer, EntityValue, HandlerReply, HttpAnswer, Input, Reply, ReplyAction, ReplyButton, Session,
};
use greenroom_model::document::{Accept, InputNode, Node, TriggerOn};
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::chance::Chance;
use crate::random_bots::{EVENTS, INTENTS, KEYWORDS, PAYLOADS, TAGS, VARIABLES};

/// What a person and a runtime remember of a conversation.
#[derive(Default)]
pub(crate) struct Seen {
    /// Payloads of the buttons that the last replies show, and of all before.
    shown: Vec<String>,
    older: Vec<String>,
}

impl Seen {
    pub(crate) fn remember(&mut self, replies: &[Reply]) {
        let buttons = replies.iter().flat_map(Reply::all_buttons);
        let payloads = buttons.filter_map(|ReplyButton { action, .. }| match action {
            ReplyAction::Payload(payload) => Some(payload.clone()),
            ReplyAction::Url(_) => None,
        });
        let shown: Vec<String> = payloads.collect();
        if !replies.is_empty() {
            self.older.append(&mut self.shown);
            self.shown = shown;
        }
    }
}

/// What happens next in a conversation.
pub(crate) fn input(chance: &mut Chance, bot: &Bot, session: &Session, seen: &Seen) -> Input {
    if !session.started && chance.percent(70) {
        return if chance.percent(80) {
            Input::Start
        } else {
            Input::Link { link: chance.pick(&["sale", "none"]).to_owned() }
        };
    }
    if session.handed_over && chance.percent(60) {
        return Input::Resume;
    }
    if chance.percent(12) {
        return anything(chance, session, seen);
    }
    match &session.awaiting {
        Some(Awaiting::Handler(_)) if chance.percent(75) => return handler_result(chance),
        Some(Awaiting::Answer(_)) if chance.percent(75) => return checked(chance),
        Some(Awaiting::Http {}) if chance.percent(75) => return http_result(chance),
        _ => {}
    }
    if !seen.shown.is_empty() && chance.percent(35) {
        return Input::Button { payload: chance.pick(&seen.shown) };
    }
    match session.position.as_ref().and_then(|at| bot.node(at)) {
        Some(Node::Input(input)) if chance.percent(70) => answer(chance, input),
        Some(Node::Wait(wait)) if chance.percent(60) => {
            let events: Vec<_> = wait.events.keys().cloned().collect();
            match session.timers.keys().copied().collect::<Vec<_>>().as_slice() {
                timers @ [_, ..] if events.is_empty() || chance.percent(50) => {
                    Input::Timeout { number: chance.pick(timers) }
                }
                _ if events.is_empty() => Input::Timeout { number: 1 },
                _ => Input::event(chance.pick(&events)),
            }
        }
        _ => start(chance, bot),
    }
}

/// What starts a flow, in most cases.
fn start(chance: &mut Chance, bot: &Bot) -> Input {
    let triggers = bot.triggers(|on| !matches!(on, TriggerOn::System(_) | TriggerOn::Link(_)));
    let triggers: Vec<_> = triggers.into_iter().map(|(_, trigger)| trigger.on.clone()).collect();
    match (!triggers.is_empty() && chance.percent(85)).then(|| chance.pick(&triggers)) {
        Some(TriggerOn::Intent(intent)) => text(chance, "some words", Some(intent.as_str())),
        Some(TriggerOn::Event(event)) => Input::Event { event, variables: some_values(chance) },
        Some(TriggerOn::Button(payload)) => Input::Button { payload },
        Some(TriggerOn::Keyword(words)) => text(chance, &words.to_uppercase(), None),
        _ => {
            let intent = chance.pick(&INTENTS[..3]);
            text(chance, "some words", Some(intent))
        }
    }
}

/// An answer to a question, that fits it or not.
fn answer(chance: &mut Chance, input: &InputNode) -> Input {
    if input.accept.is_empty() || chance.percent(15) {
        let words = chance.pick(&["blue", "nl", "f1/n1", "3", "true", " "]);
        return text(chance, words, None);
    }
    match chance.pick(&input.accept) {
        Accept::Text(_) | Accept::Handler { .. } | Accept::Entity { .. } => {
            let intent = chance.percent(40).then(|| chance.pick(&INTENTS));
            text(chance, "well then", intent)
        }
        Accept::Intent { intent, .. } => text(chance, "yes", Some(intent.as_str())),
        Accept::Number { .. } => {
            let words =
                chance.pick(&["3", "we are 4.", "2,5", "12 and 13", "1.000", "1234", "-2", "three", "0,125", "+7"]);
            text(chance, words, None)
        }
        Accept::Date { .. } => {
            let words = chance.pick(&[
                "on 2026-05-04",
                "5/6/2026",
                "24.12.2026!",
                "31.04.2026",
                "2026-01-02",
                "5-5-2026",
                "2026-05-04 or 2026-06-05",
                "soon",
            ]);
            text(chance, words, None)
        }
        Accept::Email {} => {
            let words = chance.pick(&["a@b.org", "mine is a.b@c.example!", "no"]);
            text(chance, words, None)
        }
        Accept::Phone {} => {
            let words = chance.pick(&["0031612345678", "+31-612345678", "555-1234.", "12345", "5551234 or 5554321"]);
            text(chance, words, None)
        }
        Accept::Regex { .. } => {
            let words = chance.pick(&["what about this", "12", "no"]);
            text(chance, words, None)
        }
        Accept::Options { .. } => {
            let words = chance.pick(&["Small!", "a BIG one", "very  small please", "little or big", "12", "none"]);
            text(chance, words, None)
        }
    }
}

fn text(chance: &mut Chance, words: &str, intent: Option<&str>) -> Input {
    let count = if chance.percent(60) { 0 } else { 1 + chance.below(3) };
    Input::Text {
        text: words.to_owned(),
        intent: intent.map(|intent| intent.parse().unwrap()),
        entities: (0..count).map(|_| entity(chance)).collect(),
        language: chance.percent(30).then(|| chance.pick(&TAGS).parse().unwrap()),
    }
}

fn entity(chance: &mut Chance) -> EntityValue {
    let (entity, values) = match chance.below(3) {
        0 => ("day", vec![json!("2026-05-04"), json!("2026-03-02T17:30"), json!("soon"), json!(3)]),
        1 => ("e", vec![json!("a"), json!(3), json!("f1/n0"), json!(null)]),
        _ => ("g", vec![json!("large"), json!("5"), json!("nl"), json!(2.0)]),
    };
    EntityValue { entity: entity.parse().unwrap(), value: chance.pick(&values) }
}

fn some_values(chance: &mut Chance) -> std::collections::BTreeMap<greenroom_model::VariableId, Value> {
    if chance.percent(60) {
        return std::collections::BTreeMap::new();
    }
    let names = chance.some(&["x", "y", "n", "t", "ok", "target", "ghost"], 3);
    let value = |chance: &mut Chance| {
        chance.pick(&[json!("f1"), json!(7), json!("true"), json!(null), json!("f0/n0"), json!("word"), json!(1.5)])
    };
    names.into_iter().map(|name| (name.parse().unwrap(), value(chance))).collect()
}

fn handler_result(chance: &mut Chance) -> Input {
    if chance.percent(20) {
        return Input::HandlerResult(Err("it is down".to_owned()));
    }
    let replies = chance.pick(&[vec![], vec!["done".to_owned()], vec!["one".to_owned(), " ".to_owned()]]);
    let messages = match chance.percent(15) {
        true => vec![Reply { quick_replies: vec![button("more", "p")], ..Reply::text("said so") }],
        false => Vec::new(),
    };
    Input::HandlerResult(Ok(HandlerReply {
        variables: some_values(chance),
        replies,
        messages,
        ..HandlerReply::default()
    }))
}

fn checked(chance: &mut Chance) -> Input {
    let Input::HandlerResult(Ok(mut reply)) = handler_result(chance) else {
        return Input::HandlerResult(Err("it is down".to_owned()));
    };
    let value = chance.pick(&[json!(null), json!("better"), json!(9)]);
    reply.answer = chance.percent(90).then_some(CheckedAnswer { valid: chance.percent(65), value });
    Input::HandlerResult(Ok(reply))
}

fn http_result(chance: &mut Chance) -> Input {
    if chance.percent(20) {
        return Input::HttpResult(Err("no answer".to_owned()));
    }
    let body = chance.pick(&[
        json!({ "a": [3, "w"], "b": "text", "c": 2.5 }),
        json!("plain"),
        json!(null),
        json!({ "b": "4" }),
    ]);
    Input::HttpResult(Ok(HttpAnswer { status: chance.pick(&[200, 200, 201, 299, 300, 404, 500]), body }))
}

/// Anything at all: unasked, late, stale, forged.
fn anything(chance: &mut Chance, session: &Session, seen: &Seen) -> Input {
    match chance.below(12) {
        0 => Input::Start,
        1 => Input::Link { link: chance.pick(&["sale", "none"]).to_owned() },
        2 => Input::Event { event: chance.pick(&EVENTS).parse().unwrap(), variables: some_values(chance) },
        3 => handler_result(chance),
        4 => http_result(chance),
        5 => checked(chance),
        6 => Input::Timeout { number: chance.below(4) as u64 + session.calls.saturating_sub(2) },
        7 => Input::Resume,
        8 => Input::Disabled,
        9 if !seen.older.is_empty() => Input::Button { payload: chance.pick(&seen.older) },
        9 | 10 => {
            let forged = [
                "goto:f0/n1",
                "goto:f1/n0",
                "goto:f1",
                "goto:nowhere/n0",
                "intent:",
                "intent:i{",
                "intent:j{\"e\":\"z\"}",
                "what?",
            ];
            let payloads: Vec<&str> = forged.into_iter().chain(PAYLOADS).collect();
            Input::Button { payload: chance.pick(&payloads).to_owned() }
        }
        _ => {
            let words: Vec<&str> =
                ["", "hm", "stop  it", "Hello"].into_iter().chain(KEYWORDS).chain([VARIABLES[0]]).collect();
            let words = chance.pick(&words);
            let intent = chance.percent(30).then(|| chance.pick(&INTENTS));
            text(chance, words, intent)
        }
    }
}

fn button(title: &str, payload: &str) -> ReplyButton {
    ReplyButton { title: title.to_owned(), action: ReplyAction::Payload(payload.to_owned()) }
}
