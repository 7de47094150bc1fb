//! The nodes of random flows: their content, and the ways that are still open.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::generator::{CONTEXTS, Making};

/// The variables of every bot.
pub(crate) const VARIABLES: [&str; 5] = ["one", "two", "three", "four", "five"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Input,
    Branch,
    /// A branch and an action that leads back to it, and changes what it asks.
    Loop,
    Action,
    Jump,
    Handover,
    Wait,
    Event,
    End,
}

impl Kind {
    pub(crate) fn any(making: &Making, place: usize, chance: &mut Chance) -> Self {
        use Kind::{Action, Branch, End, Event, Handover, Input, Jump, Loop, Message, Wait};
        let kinds = [Message, Message, Message, Input, Input, Input, Branch, Branch, Loop, Action, Action];
        let kind = match chance.below(16) {
            place @ 0..11 => kinds[place],
            11 => Handover,
            12 => Wait,
            13 => Event,
            14 => End,
            _ => Jump,
        };
        let can_jump = place < making.first_called || place + 1 < making.flows.len();
        if kind == Jump && !can_jump { End } else { kind }
    }

    pub(crate) fn leads_on(self) -> bool {
        !matches!(self, Self::End | Self::Jump)
    }
}

/// A way of a node that leads nowhere yet.
pub(crate) struct Way {
    from: usize,
    /// The last node that belongs to it: an open way leads past it.
    past: usize,
    /// Where in the node's JSON its target stands.
    pointer: String,
    /// Whether the node cannot do without.
    needed: bool,
}

fn way(from: usize, pointer: &str) -> Way {
    Way { from, past: from, pointer: pointer.to_owned(), needed: false }
}

fn needed(from: usize, pointer: String) -> Way {
    Way { from, past: from, pointer, needed: true }
}

/// A flow in the making.
#[derive(Default)]
pub(crate) struct Sketch {
    pub(crate) nodes: Vec<Value>,
    pub(crate) open: Vec<Way>,
}

impl Sketch {
    /// Leads one of the open ways to a node that follows them all.
    pub(crate) fn lead_from_any(&mut self, to: usize, chance: &mut Chance) {
        let way = self.open.swap_remove(chance.below(self.open.len()));
        self.lead(&way, to);
    }

    fn lead(&mut self, way: &Way, to: usize) {
        let (parent, key) = way.pointer.rsplit_once('/').unwrap();
        let parent = self.nodes[way.from].pointer_mut(parent).unwrap();
        parent[key] = json!(format!("node_{to}"));
    }

    /// Leads the ways that are open still: on, or back to what waits, or nowhere.
    pub(crate) fn close(&mut self, chance: &mut Chance) {
        let waits = |node: &Value| ["input", "wait", "handover"].iter().any(|kind| !node[kind].is_null());
        let waiting: Vec<usize> =
            self.nodes.iter().enumerate().filter(|(_, node)| waits(node)).map(|(place, _)| place).collect();
        for way in std::mem::take(&mut self.open) {
            if !way.needed && chance.one_in(2) {
                continue;
            }
            let to = if !waiting.is_empty() && chance.one_in(3) {
                *chance.pick(&waiting)
            } else {
                way.past + 1 + chance.below(self.nodes.len() - way.past - 1)
            };
            self.lead(&way, to);
        }
    }
}

/// A node (two for a loop) that will have this number, and its open ways.
pub(crate) fn node(
    making: &mut Making,
    place: usize,
    number: usize,
    kind: Kind,
    chance: &mut Chance,
) -> (Vec<Value>, Vec<Way>) {
    match kind {
        Kind::Message => message(making, number, chance),
        Kind::Input => input(making, number, chance),
        Kind::Branch => branch(number, chance),
        Kind::Loop => counting_loop(making, number, chance),
        Kind::Action => action(making, number, chance),
        Kind::Jump => (vec![jump(making, place, chance)], Vec::new()),
        Kind::Handover => {
            let text = making.bot.text("A colleague takes over");
            (vec![json!({ "handover": { "text": text } })], vec![way(number, "/handover/next")])
        }
        Kind::Wait => {
            let mut ways = vec![way(number, "/wait/on_timeout")];
            let mut content = json!({ "wait": { "seconds": 60 } });
            if !making.closed && chance.one_in(2) {
                content["wait"]["events"] = json!({ "arrived": "" });
                ways.push(needed(number, "/wait/events/arrived".to_owned()));
            }
            (vec![content], ways)
        }
        Kind::Event => {
            let data = json!({ "what": format!("{{{{ {} }}}}", chance.pick(&VARIABLES)) });
            (vec![json!({ "event": { "event": "told", "data": data } })], vec![way(number, "/event/next")])
        }
        Kind::End => (vec![json!({ "end": {} })], Vec::new()),
    }
}

fn message(making: &mut Making, number: usize, chance: &mut Chance) -> (Vec<Value>, Vec<Way>) {
    let text = match chance.below(3) {
        0 => format!("You said {{{{ {} }}}}", chance.pick(&VARIABLES)),
        1 => format!("{{% if {} %}}Again{{% endif %}} hello", chance.pick(&VARIABLES)),
        _ => "Hello".to_owned(),
    };
    let mut content = json!({ "text": making.bot.text(&text) });
    let mut ways = vec![way(number, "/message/next")];
    let mut buttons = Vec::new();
    for place in 0..chance.below(3) {
        let action = match chance.below(5) {
            0 => json!({ "url": "https://example.org" }),
            1 => {
                let intent = making.bot.intent();
                making.pressed.push(json!({ "intent": intent }));
                json!({ "intent": { "intent": intent } })
            }
            2 => {
                let payload = making.bot.fresh("Pressed ");
                let heard_as = if chance.one_in(2) { "button" } else { "keyword" };
                making.pressed.push(json!({ heard_as: payload }));
                json!({ "payload": payload })
            }
            _ => {
                ways.push(needed(number, format!("/message/buttons/{place}/action/goto")));
                json!({ "goto": "" })
            }
        };
        buttons.push(json!({ "title": making.bot.text("Button"), "action": action }));
    }
    if !buttons.is_empty() {
        content["buttons"] = json!(buttons);
    }
    if chance.one_in(5) {
        let card = json!({ "title": making.bot.text("Card"), "image": "https://example.org/a.png" });
        content["content"] = json!([{ "card": card }]);
    }
    (vec![json!({ "message": content })], ways)
}

fn input(making: &mut Making, number: usize, chance: &mut Chance) -> (Vec<Value>, Vec<Way>) {
    let accept = match chance.below(8) {
        0 => json!([]),
        1 => json!([{ "options": { "values": { "large": ["big"], "small": [] } } }]),
        2 => json!([{ "email": {} }]),
        3 => json!([{ "regex": { "pattern": "[0-9]{4} ?[A-Z]{2}" } }]),
        4 => json!([{ "number": { "min": 1, "max": 9 } }, { "date": {} }]),
        5 => json!([{ "entity": { "entity": "item" } }]),
        6 => json!([{ "phone": {} }, { "text": {} }]),
        _ => json!([{ "intent": { "intent": making.bot.intent(), "value": true } }]),
    };
    let mut content = json!({
        "variable": chance.pick(&VARIABLES),
        "ask": { "text": making.bot.text("What do you want?") },
        "retry": making.bot.text("Please say it again"),
        "accept": accept,
    });
    let mut ways = vec![way(number, "/input/next")];
    if accept[0]["options"].is_object() && chance.one_in(2) {
        let button = json!({ "title": making.bot.text("Large"), "action": { "payload": "Large!" } });
        content["ask"]["buttons"] = json!([button]);
    }
    if chance.one_in(2) {
        content["attempts"] = json!(1 + chance.below(3));
        ways.push(way(number, "/input/otherwise"));
        if chance.one_in(3) {
            content["interruptions"] = json!("none");
        }
    }
    if chance.one_in(4) {
        content["skip_when_known"] = json!(true);
    }
    (vec![json!({ "input": content })], ways)
}

/// Conditions of which none takes what a later one would.
fn conditions(chance: &mut Chance) -> Vec<String> {
    let variable = *chance.pick(&VARIABLES);
    let other = *chance.pick(&VARIABLES);
    let all = match chance.below(5) {
        0 => {
            vec![format!("{variable} == \"a\""), format!("{variable} in [\"b\", \"c\"]"), format!("known({variable})")]
        }
        1 => vec![format!("{variable} > 10"), format!("{variable} > 5"), format!("{variable} > 1 or {other}")],
        2 => vec![
            format!("matches({variable}, \"^a\")"),
            format!("{variable} == {other} and language == \"en\""),
            format!("not known({variable})"),
        ],
        3 => vec![format!("{variable} and not {other}"), format!("{variable}")],
        _ => vec![format!("{variable} != \"x\""), format!("{other} == 3")],
    };
    let many = 1 + chance.below(all.len());
    let mut all = all;
    if other == variable {
        all.truncate(1);
        // `x and not x` never holds.
        if all[0].contains("and not") {
            all = vec![format!("{variable}")];
        }
    }
    all.truncate(many);
    all
}

fn branch(number: usize, chance: &mut Chance) -> (Vec<Value>, Vec<Way>) {
    let conditions = conditions(chance);
    let ways = (0..conditions.len()).map(|case| needed(number, format!("/branch/cases/{case}/goto")));
    let mut ways: Vec<Way> = ways.collect();
    ways.push(way(number, "/branch/else"));
    let cases: Vec<Value> = conditions.iter().map(|when| json!({ "when": when, "goto": "" })).collect();
    (vec![json!({ "branch": { "cases": cases } })], ways)
}

/// It goes round until it has counted enough, or speaks another language.
fn counting_loop(making: &Making, number: usize, chance: &mut Chance) -> (Vec<Value>, Vec<Way>) {
    let back = format!("node_{number}");
    let (when, action) = match chance.below(3) {
        0 if making.bot.languages.len() > 1 => ("language == \"nl\"", json!({ "language": "nl", "next": back })),
        1 => ("known(one)", json!({ "set": { "one": "now" }, "next": back })),
        _ => ("count >= 3", json!({ "increment": { "count": 1 }, "next": back })),
    };
    let cases = json!([{ "when": when, "goto": "" }]);
    let branch = json!({ "branch": { "cases": cases, "else": format!("node_{}", number + 1) } });
    let out = Way { past: number + 1, ..needed(number, "/branch/cases/0/goto".to_owned()) };
    (vec![branch, json!({ "action": action })], vec![out])
}

fn action(making: &Making, number: usize, chance: &mut Chance) -> (Vec<Value>, Vec<Way>) {
    let mut content = json!({});
    let mut ways = vec![way(number, "/action/next")];
    match chance.below(6) {
        0 => content["increment"] = json!({ "count": 2 }),
        1 => content["clear"] = json!([chance.pick(&VARIABLES)]),
        2 => content["contexts"] = json!({ *chance.pick(&CONTEXTS): chance.below(4) }),
        3 => {
            content["http"] =
                json!({ "url": "https://example.org/stock", "into": { *chance.pick(&VARIABLES): "/left" } });
            ways.push(way(number, "/action/on_error"));
        }
        4 if !making.closed => {
            content["call"] = json!("ask_stock");
            ways.push(way(number, "/action/on_error"));
        }
        _ => {
            let text = format!("{{{{ {} }}}} more", chance.pick(&VARIABLES));
            content["set"] = json!({ *chance.pick(&VARIABLES): text });
        }
    }
    (vec![json!({ "action": content })], ways)
}

/// A jump down the order of flows, or, from a flow that nothing comes back to and without
/// return, to any.
fn jump(making: &Making, place: usize, chance: &mut Chance) -> Value {
    let is_main = place < making.first_called;
    let returns = chance.one_in(2);
    let first = if is_main { making.first_called } else { place + 1 };
    let target = if is_main && !returns {
        let others: Vec<usize> = (0..making.flows.len()).filter(|other| *other != place).collect();
        *chance.pick(&others)
    } else {
        first + chance.below(making.flows.len() - first)
    };
    let (flow, size) = &making.flows[target];
    let mut to = json!({ "flow": flow });
    if chance.one_in(3) {
        to["node"] = json!(format!("node_{}", chance.below(*size)));
    }
    json!({ "jump": { "to": to, "return": returns } })
}
