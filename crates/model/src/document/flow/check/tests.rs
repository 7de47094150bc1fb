//! What a flow may not be, each with the words that say so.

use serde_json::{Value, json};

use crate::{Document, PartPath};

/// What is said of a flow whose node `a` is this.
fn node(node: Value) -> String {
    flow(json!({ "name": "f", "start": "a", "nodes": { "a": node } }))
}

fn flow(flow: Value) -> String {
    let path: PartPath = "flows/f".parse().unwrap();
    Document::from_value(&path, flow).map_or_else(|error| error.to_string(), |_| "fine".to_owned())
}

fn buttons(count: usize) -> Value {
    vec![json!({ "title": { "en": "B" }, "action": { "payload": "p" } }); count].into()
}

#[test]
fn every_kind_of_content_has_a_form() {
    let said = node(json!({ "message": {
        "text": { "en": "Look" },
        "content": [
            { "text": { "text": { "en": ["a", "b"] }, "buttons": [] } },
            { "card": { "title": { "en": "T" }, "subtitle": { "en": "S" }, "image": "https://x.example/{{ id }}.png" } },
            { "carousel": { "cards": [{ "title": { "en": "T" } }] } },
            { "image": { "url": "https://x.example/a.png", "text": { "en": "a" } } },
            { "video": { "url": "http://x.example/{{ language }}.mp4" } },
            { "file": { "url": "https://x.example/a.pdf", "name": { "en": "Terms" } } },
            { "list": { "items": [{ "title": { "en": "T" }, "button": { "title": {}, "action": { "goto": "a" } } }] } },
            { "raw": { "channel": "web_chat", "json": { "any": ["{{ x }}"] } } },
        ],
        "quick_replies": [{ "title": { "en": "Yes" }, "action": { "payload": "yes" } }],
    } }));
    assert_eq!(said, "fine");
}

#[test]
fn how_much_there_may_be_is_bounded() {
    let items = |count: usize| vec![json!({ "title": { "en": "T" } }); count];
    let texts = vec!["text"; 101];
    let options: Value =
        (0..1_001).map(|number| (number.to_string(), json!([]))).collect::<serde_json::Map<_, _>>().into();
    for (fault, expected) in [
        (
            node(json!({ "message": { "buttons": buttons(10_000) } })),
            "at `nodes.a.message.buttons`: there are 10000, at most 100 are possible; nobody reads so many; ask in two steps",
        ),
        (node(json!({ "message": { "quick_replies": buttons(101) } })), "message.quick_replies`: there are 101"),
        (
            node(json!({ "message": { "content": [{ "card": { "title": {}, "buttons": buttons(101) } }] } })),
            "content[0].card.buttons`",
        ),
        (node(json!({ "message": { "content": [{ "carousel": { "cards": [] } }] } })), "a carousel has one at least"),
        (node(json!({ "message": { "content": [{ "carousel": { "cards": items(51) } }] } })), "at most 50"),
        (node(json!({ "message": { "content": [{ "list": { "items": items(101) } }] } })), "content[0].list.items`"),
        (node(json!({ "message": { "text": { "en": texts } } })), "message.text.en`: there are 101"),
        (node(json!({ "input": { "variable": "x", "attempts": 0 } })), "input.attempts`: it takes 1 to 100"),
        (
            node(
                json!({ "input": { "variable": "x", "accept": [{ "email": {} }, { "options": { "values": options } }] } }),
            ),
            "accept[1].options.values`: there are 1001",
        ),
        (node(json!({ "action": { "contexts": { "c": 1_001 } } })), "action.contexts.c`: it takes 0 to 1000 turns"),
        (node(json!({ "wait": { "events": { "paid": "a" }, "seconds": 0 } })), "wait.seconds`"),
    ] {
        assert!(fault.contains(expected), "{expected}: {fault}");
    }
    let nodes: serde_json::Map<_, _> = (0..10_001).map(|id| (format!("n{id}"), json!({ "end": {} }))).collect();
    assert!(flow(json!({ "name": "f", "start": "n0", "nodes": nodes })).contains("at `nodes`: there are 10001"));
}

#[test]
fn an_action_says_clearly_where_it_asks_and_what_it_keeps() {
    let http = |http: Value| node(json!({ "action": { "http": http } }));
    assert_eq!(
        http(
            json!({ "method": "post", "url": "https://api.example/v1/{{ id }}?q={{ text }}", "headers": { "X-Key": "{{ key }}" },
            "body": { "who": "{{ name }}" }, "into": { "customer": "/data/0/name~1first", "all": "" }, "status": "status",
            "timeout_ms": 5_000, "retries": 2 })
        ),
        "fine"
    );
    for (fault, expected) in [
        (http(json!({ "url": "ftp://x.example" })), "action.http.url`: `ftp://x.example` does not begin with"),
        (http(json!({ "url": "{{ base }}/x" })), "does not begin with"),
        (http(json!({ "url": "https://{{ host }}/x" })), "needs a host that is written out"),
        (http(json!({ "url": "https://me@host.example/x" })), "without user name"),
        (http(json!({ "url": "https://x.example", "headers": { "a b": "" } })), "`a b` is not the name of a header"),
        (
            http(json!({ "url": "https://x.example", "into": { "x": "name" } })),
            "http.into.x`: `name` is not a JSON pointer",
        ),
        (http(json!({ "url": "https://x.example", "into": { "x": "/a~2" } })), "is not a JSON pointer"),
        (http(json!({ "url": "https://x.example", "timeout_ms": 1 })), "100 to 60000 milliseconds"),
        (http(json!({ "url": "https://x.example", "retries": 6 })), "0 to 5"),
        (http(json!({ "url": "https://x.example", "method": "GET" })), "unknown variant `GET`"),
        (
            node(json!({ "action": { "call": "h", "http": { "url": "https://x.example" } } })),
            "calls a handler or sends a request, not both",
        ),
    ] {
        assert!(fault.contains(expected), "{expected}: {fault}");
    }
}

#[test]
fn a_wait_waits_for_something() {
    assert_eq!(node(json!({ "wait": { "events": { "paid": "a" } } })), "fine");
    assert_eq!(node(json!({ "wait": { "seconds": 60, "on_timeout": "a" } })), "fine");
    assert!(node(json!({ "wait": {} })).contains("waits for nothing"));
    assert!(node(json!({ "wait": { "events": { "paid": "a" }, "on_timeout": "a" } })).contains("give `seconds`"));
    assert!(node(json!({ "wait": { "until": 3 } })).contains("unknown field `until`"));
}

#[test]
fn a_date_is_bounded_by_days() {
    let date = |min: &str| node(json!({ "input": { "variable": "x", "accept": [{ "date": { "min": min } }] } }));
    assert_eq!(date("2026-11-24"), "fine");
    for day in ["24-11-2026", "2026-13-01", "2026-11-32", "2026-1-01", "", "tomorrow", "+026-11-24"] {
        assert!(date(day).contains("accept[0].date.min`: it takes a day such as"), "{day}: {}", date(day));
    }
}

#[test]
fn a_trigger_is_one_thing() {
    let trigger = |trigger: Value| flow(json!({ "name": "f", "start": "a", "nodes": {}, "triggers": [trigger] }));
    for fine in [
        json!({ "keyword": "stop" }),
        json!({ "link": "summer-sale" }),
        json!({ "system": "bot_disabled" }),
        json!({ "system": "not_understood", "times": 3 }),
    ] {
        assert_eq!(trigger(fine.clone()), "fine", "{fine}");
    }
    for (fault, expected) in [
        (json!({ "keyword": "stop", "intent": "stop" }), "takes one of"),
        (json!({}), "takes one of"),
        (json!({ "intent": "stop", "times": 2 }), "goes with `system: not_understood` alone"),
        (json!({ "system": "not_understood", "times": 0 }), "1 to 100"),
        (json!({ "keyword": " " }), "at `triggers[0]`: a keyword or link takes 1 to 1024 bytes"),
    ] {
        assert!(trigger(fault.clone()).contains(expected), "{fault}: {}", trigger(fault.clone()));
    }
}

#[test]
fn a_variable_lasts_as_long_as_it_says() {
    let path: PartPath = "flows/variables/x".parse().unwrap();
    let check = |lifetime: Value| {
        Document::from_value(&path, json!({ "name": "x", "lifetime": lifetime, "sensitive": true })).map_or_else(
            |error| error.to_string(),
            |document| document.to_value(&path).unwrap()["lifetime"].to_string(),
        )
    };
    assert_eq!(check(json!("flow")), "\"flow\"");
    assert_eq!(check(json!("user")), "\"user\"");
    assert_eq!(check(json!("conversation")), "null", "what is the default is not written");
    assert_eq!(check(json!({ "turns": 3 })), r#"{"turns":3}"#);
    assert!(check(json!({ "turns": 0 })).contains("at `lifetime.turns`: it takes 1 to 1000 turns"));
}
