//! A small bot for the tests of this crate: every kind of node, and no model, so
//! that nothing is understood but buttons, inputs and events.

use std::collections::BTreeMap;

use greenroom_model::document::{ConversationTest, Flow};
use greenroom_model::{Document, FlowId, PartPath};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Bot;

/// The parts of the sample.
pub(crate) fn parts() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("settings", json!({ "name": "Shop", "default_language": "en" })),
        ("flows/variables/size", json!({ "name": "Size", "type": "number" })),
        ("flows/variables/price", json!({ "name": "Price", "type": "number" })),
        ("flows/variables/customer", json!({ "name": "Customer" })),
        ("flows/variables/parcel", json!({ "name": "Parcel", "sensitive": true })),
        ("flows/variables/place", json!({ "name": "Place" })),
        ("flows/handlers/check", json!({ "name": "Check" })),
        ("flows/contexts/ordering", json!({ "name": "Ordering" })),
        ("flows/handlers/price", json!({ "name": "Price" })),
        (
            "flows/welcome",
            json!({ "name": "Welcome", "start": "hello", "triggers": [{ "system": "introduction" }], "nodes": {
                "hello": { "message": { "text": { "en": ["Hello!", "Good day!"], "nl": "Hallo!" }, "buttons": [
                    { "title": { "en": "Order" }, "action": { "goto": "to_order" } },
                    { "title": { "en": "A person" }, "action": { "goto": "person" } },
                    { "title": { "en": "Site" }, "action": { "url": "https://shop.example" } },
                ] } },
                "to_order": { "jump": { "to": { "flow": "order" }, "return": true, "next": "bye" } },
                "bye": { "message": { "text": { "en": "Bye{% if customer %}, {{ customer }}{% endif %}." } } },
                "person": { "handover": { "text": { "en": "One moment." }, "next": "bye" } },
            } }),
        ),
        (
            "flows/order",
            json!({ "name": "Order", "start": "size", "nodes": {
                "size": { "input": { "variable": "size", "ask": { "text": { "en": "What size?" } },
                    "accept": [{ "number": { "min": 1, "max": 50 } }], "retry": { "en": "1 to 50." },
                    "attempts": 2, "otherwise": "give_up", "next": "ask_price" } },
                "ask_price": { "action": { "call": "price", "contexts": { "ordering": 2 }, "on_error": "no_price", "next": "check" } },
                "check": { "branch": { "cases": [{ "when": "price > 20", "goto": "dear" }, { "when": "price > 10", "goto": "fair" }], "else": "cheap" } },
                "dear": { "message": { "text": { "en": "{{ price }}, that is dear." } } },
                "fair": { "message": { "text": { "en": "That is {{ price }}." } } },
                "cheap": { "message": { "text": { "en": "That costs next to nothing." } } },
                "no_price": { "message": { "text": { "en": "We cannot tell the price." } } },
                "give_up": { "message": { "text": { "en": "Never mind." } } },
            } }),
        ),
        (
            "flows/track",
            json!({ "name": "Track", "start": "which", "triggers": [{ "keyword": "track" }, { "link": "track" }], "nodes": {
                "which": { "input": { "variable": "parcel", "ask": { "text": { "en": "Which parcel?" } },
                    "accept": [{ "handler": { "handler": "check" } }], "next": "look" } },
                "look": { "action": { "http": { "method": "post", "url": "https://post.example/{{ parcel }}", "body": { "id": "{{ parcel }}" },
                    "into": { "place": "/place" } }, "on_error": "sorry", "next": "told" } },
                "told": { "event": { "event": "tracked", "next": "there" } },
                "there": { "message": { "text": { "en": "{{ parcel }} is in {{ place }}." }, "next": "until" } },
                "sorry": { "message": { "text": { "en": "Nobody knows." } } },
                "until": { "wait": { "events": { "arrived": "yes" }, "seconds": 60, "on_timeout": "no" } },
                "yes": { "message": { "text": { "en": "It is there!" } } },
                "no": { "message": { "text": { "en": "Not yet." } } },
            } }),
        ),
        (
            "flows/lost",
            json!({ "name": "Lost", "start": "what", "triggers": [{ "system": "not_understood" }, { "event": "paid", "node": "thanks" },
                    { "system": "not_understood", "times": 3, "node": "thanks" }, { "system": "bot_disabled", "node": "thanks" }],
                "nodes": { "what": { "message": { "text": { "en": "What?" } } }, "thanks": { "message": { "text": { "en": "Thank you." } } } } }),
        ),
    ])
}

/// The bot of these parts.
pub(crate) fn bot(parts: &BTreeMap<&'static str, Value>) -> Bot {
    let documents = parts.iter().map(|(path, value)| {
        let path: PartPath = path.parse().unwrap();
        let document = Document::from_value(&path, value.clone()).unwrap();
        (path, document)
    });
    Bot::new(documents.collect::<Vec<_>>(), BTreeMap::new()).unwrap()
}

/// The flows among these parts.
pub(crate) fn flows(parts: &BTreeMap<&'static str, Value>) -> BTreeMap<FlowId, Flow> {
    let flows = parts.iter().filter_map(|(path, value)| {
        let path: PartPath = path.parse().unwrap();
        match (path.clone(), Document::from_value(&path, value.clone()).unwrap()) {
            (PartPath::Flow(id), Document::Flow(flow)) => Some((id, flow)),
            _ => None,
        }
    });
    flows.collect()
}

/// A test of these turns.
pub(crate) fn test(turns: Value) -> ConversationTest {
    whole_test(json!({ "name": "T", "turns": turns }))
}

/// A test, written whole.
pub(crate) fn whole_test(test: Value) -> ConversationTest {
    match Document::from_value(&"tests/t".parse().unwrap(), test).unwrap() {
        Document::Test(test) => test,
        other => panic!("not a test: {other:?}"),
    }
}

/// Conversations with the sample: what leads on, and what does not.
pub(crate) fn conversations() -> impl Strategy<Value = ConversationTest> {
    let acts = proptest::sample::select(vec![
        json!({ "start": true }),
        json!({ "link": "track" }),
        json!({ "say": "track" }),
        json!({ "say": "4" }),
        json!({ "say": "99" }),
        json!({ "say": "4", "answers": { "price": { "variables": { "price": 15 } } } }),
        json!({ "say": "n1", "answers": { "check": { "valid": false } } }),
        json!({ "say": "n1", "answers": { "track/look": { "fails": "no answer" } } }),
        json!({ "press": "Order" }),
        json!({ "press": "A person" }),
        json!({ "resume": true }),
        json!({ "timeout": true }),
        json!({ "event": "arrived" }),
        json!({ "event": "paid", "with": { "customer": "Ann" } }),
        json!({ "disabled": true }),
    ]);
    proptest::collection::vec(acts, 1..12).prop_map(|turns| test(turns.into()))
}
