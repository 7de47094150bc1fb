//! Every node comes back from its own form as it was.

use greenroom_model::document::{Flow, Node};
use greenroom_model::{Document, PartPath};

use super::{Vocabulary, node_groups, read_node};
use crate::fields::Fields;
use crate::form::Group;
use crate::viewed::Documents;

/// What a browser would send for a form that nobody touched.
fn sent(groups: &[Group]) -> Fields {
    let controls = groups.iter().flat_map(|group| &group.rows).flat_map(|row| &row.controls);
    let sent: Vec<(&str, &str)> = controls
        .filter(|control| !control.is_check() || control.is_checked())
        .map(|control| (control.name.as_str(), control.value.as_str()))
        .collect();
    Fields::of(&sent)
}

fn check(nodes: &str) {
    let json = format!(r#"{{ "name": "F", "start": "a", "nodes": {nodes} }}"#);
    let path: PartPath = "flows/f".parse().unwrap();
    let Document::Flow(flow) = Document::from_json(&path, json.as_bytes()).unwrap() else { panic!("a flow") };
    let vocabulary = vocabulary(&flow);
    for node in flow.nodes.values() {
        let fields = sent(&node_groups(&vocabulary, node, None));
        assert_eq!(read_node(node.kind(), &fields).as_ref(), Ok(node));
    }
}

fn vocabulary(flow: &Flow) -> Vocabulary {
    Vocabulary::of(&Documents::new(), flow, vec!["en".parse().unwrap(), "nl".parse().unwrap()])
}

#[test]
fn messages_come_back_with_alternatives_and_every_kind_of_button() {
    check(
        r#"{ "a": { "message": { "text": { "en": ["one\ntwo", "three"], "fr": "trois" }, "next": "a", "quick_replies": [{ "title": { "en": "Yes" }, "action": { "payload": "yes" } }],
            "content": [{ "card": { "title": { "en": "T" } } }, { "image": { "url": "https://x.example/a.png" } }], "buttons": [
            { "title": { "en": "Go" }, "action": { "goto": "a" } },
            { "title": { "en": "Mean", "nl": "Bedoel" }, "action": { "intent": { "intent": "rent", "entities": { "type": "e-bike" } } } },
            { "title": { "en": "Send" }, "action": { "payload": "x=1" } },
            { "title": { "en": "Open" }, "action": { "url": "https://example.org/?a=b" } }
        ] } } }"#,
    );
}

#[test]
fn inputs_come_back_with_every_kind_of_answer() {
    check(
        r#"{ "a": { "input": { "variable": "size", "ask": { "text": { "en": "What size?" }, "quick_replies": [{ "title": { "en": "S" }, "action": { "payload": "s" } }] },
            "retry": [{ "en": "Pardon?" }, { "nl": "Nog eens?" }], "interruptions": "none",
            "attempts": 3, "otherwise": "b", "skip_when_known": true, "next": "b", "accept": [
                { "entity": { "entity": "size", "intents": { "except": ["cancel"] } } },
                { "intent": { "intent": "cancel", "value": "stop" } }, { "intent": { "intent": "yes", "value": true } },
                { "intent": { "intent": "ten", "value": "10" } }, { "number": { "min": 1.5 } }, { "number": {} },
                { "email": {} }, { "phone": {} }, { "date": { "min": "2026-01-01" } },
                { "handler": { "handler": "check", "intents": { "except": ["cancel"] } } }, { "regex": { "pattern": "[A-Z]+=\\d" } },
                { "options": { "values": { "small": ["little", "tiny"], "large": [] } } }, { "text": {} }
            ] } },
            "b": { "input": { "variable": "size" } } }"#,
    );
}

#[test]
fn the_other_kinds_come_back() {
    check(
        r#"{ "a": { "branch": { "cases": [{ "when": "size == \"s\"", "goto": "b" }, { "when": "known(size)", "goto": "a" }], "else": "c" } },
            "b": { "action": { "set": { "n": 22, "s": "22", "t": "{{ n }} bikes", "l": [1, "a"], "e": "", "z": null }, "clear": ["x", "y"], "increment": { "i": 2 }, "language": "nl",
                "contexts": { "offered": 3, "done": 0 }, "call": "pay", "on_error": "a", "next": "c" } },
            "c": { "jump": { "to": { "flow": "other", "node": "x" }, "return": true, "next": "a" } },
            "d": { "jump": { "to": { "variable": "target" } } },
            "e": { "handover": { "text": { "nl": "Een mens komt." }, "to": "sales", "next": "a" } },
            "h": { "wait": { "events": { "paid": "a" }, "seconds": 5, "on_timeout": "b" } },
            "i": { "event": { "event": "done", "data": { "n": "{{ n }}" }, "next": "a" } },
            "j": { "action": { "http": { "url": "https://x.example", "into": { "n": "/n" } }, "on_error": "a" } }, "f": { "handover": {} }, "g": { "end": {} } }"#,
    );
}

#[test]
fn faults_name_the_field() {
    let fault = |kind: &str, fields: &[(&str, &str)]| read_node(kind, &Fields::of(fields)).unwrap_err();
    assert!(fault("input", &[("variable", "size"), ("attempts", "many")]).contains("at `attempts`"));
    assert!(fault("branch", &[("case.0.when", "x"), ("case.0.goto", "")]).contains("at `case.0.goto`"));
    let script = [("button.0.title.en", "x"), ("button.0.action", "url"), ("button.0.value", "javascript:alert(1)")];
    assert!(fault("message", &script).contains("at `button.0.value`"));
    assert!(matches!(read_node("end", &Fields::default()), Ok(Node::End(_))));
}
