//! Random bots, as their authors would write them: every kind of node, rule, trigger, context and
//! variable, several languages, and now and then what does not work.

use greenroom_model::{Document, PartPath};
use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::random_nodes::Nodes;

pub(crate) type Parts = Vec<(PartPath, Document)>;

pub(crate) const VARIABLES: [&str; 8] = ["x", "n", "t", "list", "ok", "target", "y", "blob"];
pub(crate) const INTENTS: [&str; 4] = ["i", "j", "k", "stray"];
pub(crate) const EVENTS: [&str; 3] = ["ev", "other", "stray"];
pub(crate) const KEYWORDS: [&str; 3] = ["Hello!", "stop it", "👍"];
pub(crate) const PAYLOADS: [&str; 3] = ["p", "q", "small"];
pub(crate) const TAGS: [&str; 7] = ["en", "nl", "pt", "pt-br", "en-us", "de-at", "xx"];
pub(crate) const CONTEXTS: [&str; 3] = ["c", "d", "e"];

/// A bot of one to four flows.
pub(crate) fn bot(chance: &mut Chance) -> Parts {
    let mut parts = Vec::new();
    let mut add = |path: String, value: Value| {
        let path: PartPath = path.parse().unwrap();
        let document = Document::from_value(&path, value).unwrap_or_else(|error| panic!("{error}"));
        parts.push((path, document));
    };
    let flows = 2 + chance.below(3);
    for place in 0..flows {
        add(format!("flows/f{place}"), flow(chance, place, flows));
    }
    for name in VARIABLES {
        if ["list", "n", "ok"].contains(&name) || chance.percent(97) {
            add(format!("flows/variables/{name}"), variable(chance, name));
        }
    }
    add("flows/handlers/h".to_owned(), json!({ "name": "the handler" }));
    add("nlp/entities/day".to_owned(), json!({ "name": "day", "system": ["date"] }));
    if chance.percent(80) {
        let languages = chance.some(&TAGS[1..6], 4);
        let detection = chance.pick(&["never", "first_text", "every_text"]);
        let default_language = chance.pick(&["en", "en", "nl", "pt-br"]);
        add(
            "settings".to_owned(),
            json!({ "name": "bot", "default_language": default_language, "languages": languages, "detect_language": detection }),
        );
    }
    parts
}

fn variable(chance: &mut Chance, name: &str) -> Value {
    let (value_type, defaults) = match name {
        "n" => ("number", vec![json!(0), json!(2.5), json!(null)]),
        "t" => ("text", vec![json!("small"), json!("nl"), json!(null)]),
        "list" => ("list", vec![json!(["a", 1]), json!([]), json!(null)]),
        "ok" => ("boolean", vec![json!(true), json!(false), json!(null)]),
        "target" => ("any", vec![json!("f2"), json!("f3"), json!("f1/n1"), json!("nowhere"), json!(null)]),
        "x" => ("any", vec![json!("v w"), json!(1), json!(null)]),
        _ => ("any", vec![json!(null)]),
    };
    let lifetimes = match name {
        "y" => vec![json!("flow")],
        _ => vec![json!("conversation"), json!("flow"), json!("user"), json!({ "turns": 1 }), json!({ "turns": 2 })],
    };
    let from_entities = match name {
        "x" | "y" => chance.some(&["e", "g"], 1),
        "t" | "list" => chance.some(&["e", "g"], 2),
        _ => Vec::new(),
    };
    json!({
        "name": name, "type": value_type, "default": chance.pick(&defaults), "lifetime": chance.pick(&lifetimes),
        "from_entities": from_entities, "sensitive": chance.percent(20),
    })
}

fn flow(chance: &mut Chance, place: usize, flows: usize) -> Value {
    let size = 2 + chance.below(6);
    let mut nodes = Map::new();
    for node in 0..size {
        nodes.insert(format!("n{node}"), Nodes { chance, flow: place, flows, node, size }.node());
    }
    let count = 2 + chance.below(4);
    let mut triggers: Vec<Value> = (0..count).map(|_| trigger(chance, size)).collect();
    if place == 0 && chance.percent(85) {
        triggers.push(json!({ "system": "introduction" }));
    }
    if place == 1 && chance.percent(60) {
        triggers.push(json!({ "system": "not_understood" }));
    }
    json!({ "name": "flow", "start": if chance.percent(98) { "n0" } else { "gone" }, "triggers": triggers, "nodes": nodes })
}

fn trigger(chance: &mut Chance, size: usize) -> Value {
    let mut trigger = match chance.below(20) {
        0..9 => json!({ "intent": chance.pick(&INTENTS[..3]) }),
        9..11 => json!({ "event": chance.pick(&EVENTS[..2]) }),
        11 | 12 => json!({ "button": chance.pick(&PAYLOADS) }),
        13 => json!({ "keyword": chance.pick(&KEYWORDS) }),
        14 => json!({ "link": "sale" }),
        15 => json!({ "system": "introduction" }),
        16 | 17 => json!({ "system": "not_understood", "times": 1 + chance.below(3) }),
        18 => json!({ "system": "error" }),
        _ => json!({ "system": "bot_disabled" }),
    };
    if chance.percent(30) {
        trigger["contexts"] = json!(chance.some(&CONTEXTS, 2));
    }
    if chance.percent(40) {
        trigger["node"] = if chance.percent(4) { json!("gone") } else { json!(format!("n{}", chance.below(size))) };
    }
    trigger
}
