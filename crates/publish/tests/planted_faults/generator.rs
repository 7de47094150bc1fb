//! Random bots without a fault, by construction: every node hangs on an earlier
//! one, ways back lead to what waits, jumps with return lead down an order of
//! flows, and what is asked for is set. With them stands what looks like a fault
//! and is none: loops that count or switch the language, nodes that another flow
//! leads to, triggers that a context tells apart.

use serde_json::{Value, json};

use crate::bot::Bot;
use crate::chance::Chance;
use crate::nodes::{Kind, Sketch, node};

/// What a fault asks of the bot that it is planted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Needs {
    /// Nothing from outside sets variables: no handler is called, no event is heard.
    pub(crate) closed: bool,
    /// It speaks two languages at least.
    pub(crate) languages: bool,
}

/// What the flows of a bot in the making share.
pub(crate) struct Making {
    pub(crate) bot: Bot,
    pub(crate) closed: bool,
    /// The flows and how many nodes each has.
    pub(crate) flows: Vec<(String, usize)>,
    /// The flows from this place on are called with return.
    pub(crate) first_called: usize,
    /// Intents and payloads that buttons send and that something must hear.
    pub(crate) pressed: Vec<Value>,
}

/// The contexts of every bot, which its actions set.
pub(crate) const CONTEXTS: [&str; 2] = ["context_a", "context_b"];

/// The bot of a seed.
pub(crate) fn sound_bot(seed: u64, needs: Needs, most_nodes: usize) -> Bot {
    let chance = &mut Chance::of(seed, &format!("bot {needs:?}"));
    let mut bot = Bot { parts: Default::default(), languages: vec!["en"], called: Vec::new(), names: 0 };
    if needs.languages || chance.one_in(2) {
        bot.languages.push("nl");
    }
    let flows: Vec<(String, usize)> =
        (0..2 + chance.below(5)).map(|number| (format!("flow_{number}"), 3 + chance.below(most_nodes))).collect();
    let first_called = 1 + chance.below(flows.len() - 1);
    bot.called = flows[first_called..].iter().map(|(flow, _)| flow.clone()).collect();
    let mut making = Making { bot, closed: needs.closed, flows, first_called, pressed: Vec::new() };
    for place in 0..making.flows.len() {
        add_flow(&mut making, place, chance);
    }
    add_triggers(&mut making, chance);
    add_annex(&mut making, chance);
    add_context_setter(&mut making, chance);
    add_parts(&mut making, chance);
    making.bot
}

/// A flow whose every node hangs on an earlier one.
fn add_flow(making: &mut Making, place: usize, chance: &mut Chance) {
    let (flow, size) = making.flows[place].clone();
    let mut sketch = Sketch::default();
    while sketch.nodes.len() + 1 < size {
        let mut kind = Kind::any(making, place, chance);
        // Without an open way nothing could follow.
        if sketch.open.len() <= 1 && !kind.leads_on() {
            kind = Kind::Message;
        }
        let first = sketch.nodes.len();
        let (contents, ways) = node(making, place, first, kind, chance);
        if first > 0 {
            sketch.lead_from_any(first, chance);
        }
        sketch.nodes.extend(contents);
        sketch.open.extend(ways);
    }
    let last = sketch.nodes.len();
    sketch.nodes.push(json!({ "end": {} }));
    if last > 0 {
        sketch.lead_from_any(last, chance);
    }
    sketch.close(chance);
    let nodes: serde_json::Map<String, Value> =
        sketch.nodes.into_iter().enumerate().map(|(number, node)| (format!("node_{number}"), node)).collect();
    let document = json!({ "name": format!("Flow {flow}"), "start": "node_0", "nodes": nodes });
    making.bot.parts.insert(format!("flows/{flow}"), document);
}

fn add_triggers(making: &mut Making, chance: &mut Chance) {
    let intent = making.bot.intent();
    making.bot.add_trigger("flow_0", json!({ "intent": intent }));
    making.bot.add_trigger("flow_0", json!({ "system": "introduction" }));
    for (place, (flow, size)) in making.flows.clone().into_iter().enumerate() {
        let least = usize::from(place < making.first_called);
        for _ in 0..least + chance.below(3) {
            let mut trigger = any_trigger(making, chance);
            if chance.one_in(3) {
                trigger["node"] = json!(format!("node_{}", chance.below(size)));
            }
            if chance.one_in(4) {
                // The same again, in a context of its own.
                let mut other = trigger.clone();
                other["contexts"] = json!([chance.pick(&CONTEXTS)]);
                making.bot.add_trigger(&flow, other);
            }
            making.bot.add_trigger(&flow, trigger);
        }
    }
    for trigger in std::mem::take(&mut making.pressed) {
        let flow = making.bot.any_flow(chance);
        making.bot.add_trigger(&flow, trigger);
    }
    if chance.one_in(2) {
        let flow = making.bot.any_flow(chance);
        making.bot.add_trigger(&flow, json!({ "system": "not_understood" }));
        making.bot.add_trigger(&flow, json!({ "system": "not_understood", "times": 3 }));
    }
}

/// A trigger on what no other trigger hears.
fn any_trigger(making: &mut Making, chance: &mut Chance) -> Value {
    let closed = making.closed;
    let bot = &mut making.bot;
    match chance.below(5) {
        0 => json!({ "keyword": bot.fresh("Word ") }),
        1 => json!({ "button": bot.fresh("payload_") }),
        2 => json!({ "link": bot.fresh("link_") }),
        3 if !closed => json!({ "event": bot.fresh("event_") }),
        _ => json!({ "intent": bot.intent() }),
    }
}

/// Two nodes that nothing in their flow leads to, but a jump of another one.
fn add_annex(making: &mut Making, chance: &mut Chance) {
    let from = making.bot.any_main_flow(chance);
    let into = making.bot.any_flow(chance);
    if from == into || chance.one_in(2) {
        return;
    }
    let hello = json!({ "message": { "text": making.bot.text("Annex"), "next": "annex_end" } });
    making.bot.add(&into, "annex", hello);
    making.bot.add(&into, "annex_end", json!({ "end": {} }));
    making.bot.attach(&from, json!({ "jump": { "to": { "flow": into, "node": "annex" } } }), chance);
}

fn add_context_setter(making: &mut Making, chance: &mut Chance) {
    for context in CONTEXTS {
        making.bot.parts.insert(format!("flows/contexts/{context}"), json!({ "name": context }));
        let flow = making.bot.any_flow(chance);
        making.bot.attach(&flow, json!({ "action": { "contexts": { context: 1 + chance.below(5) } } }), chance);
    }
}

/// Settings, entities, variables and handlers. Each variable has a value from somewhere.
fn add_parts(making: &mut Making, chance: &mut Chance) {
    let bot = &mut making.bot;
    let mut settings = json!({ "name": "Sound", "default_language": "en" });
    if bot.languages.len() > 1 {
        settings["languages"] = json!(bot.languages[1..]);
    }
    bot.parts.insert("settings".to_owned(), settings);
    let item = json!({ "name": "Item", "values": { "apple": ["apples"], "pear": [] } });
    bot.parts.insert("nlp/entities/item".to_owned(), item);
    bot.parts.insert("nlp/entities/code".to_owned(), json!({ "name": "Code", "patterns": ["[A-Z]{3}-[0-9]+"] }));
    bot.parts.insert("flows/handlers/ask_stock".to_owned(), json!({ "name": "Ask the stock" }));
    for variable in crate::nodes::VARIABLES {
        let document = match chance.below(3) {
            0 => json!({ "name": variable, "from_entities": [chance.pick(&["item", "code"])] }),
            1 => json!({ "name": variable, "default": "first" }),
            _ => {
                let flow = bot.any_flow(chance);
                bot.attach(&flow, json!({ "action": { "set": { variable: "given" } } }), chance);
                json!({ "name": variable })
            }
        };
        bot.parts.insert(format!("flows/variables/{variable}"), document);
    }
    bot.parts.insert("flows/variables/count".to_owned(), json!({ "name": "Count", "type": "number", "default": 0 }));
}
