//! Requests, and handlers that check answers.

use super::*;
use crate::{Awaiting, CheckedAnswer, Effect, HandlerReply, HttpAnswer, HttpBody, HttpRequest};

fn lookup(http: Value) -> Talk {
    Talk::with(json!({
        "flows/f": flow(json!({ "intent": "go" }), json!({
            "a": { "action": { "http": http, "on_error": "c", "next": "b" } },
            "b": message("{{ name }} has {{ orders }}."), "c": message("Failed with {{ status }}."),
        })),
        "flows/variables/id": { "name": "id", "default": "a/../b" },
        "flows/variables/key": { "name": "key", "default": "secret", "sensitive": true },
        "flows/variables/name": { "name": "name", "default": "nobody" },
        "flows/variables/orders": { "name": "orders", "type": "list", "default": [1] },
        "flows/variables/status": { "name": "status", "type": "number" },
    }))
}

fn request(talk: &Talk) -> HttpRequest {
    let effects = talk.last.as_ref().unwrap().effects.clone();
    let [Effect::Http(request)] = effects.as_slice() else { panic!("{effects:?}: {}", talk.faults()) };
    request.clone()
}

fn customers() -> Talk {
    lookup(json!({ "method": "post", "url": "https://api.example/customers/{{ id }}?q={{ id }}",
        "headers": { "X-Key": "{{ key }}" }, "body": { "deep": [{ "name": "{{ name }}", "orders": "{{ orders }}" }] },
        "into": { "name": "/customer/name", "orders": "/customer/orders/0", "id": "/customer/none" },
        "status": "status", "timeout_ms": 500, "retries": 2 }))
}

fn answer(status: u16, body: Value) -> Input {
    Input::HttpResult(Ok(HttpAnswer { status, body }))
}

#[test]
fn a_request_is_data_and_its_answer_fills_variables() {
    let mut talk = customers();
    assert_eq!(talk.mean("go"), "");
    let request = request(&talk);
    assert_eq!((request.number, request.method.as_str(), request.timeout_ms, request.retries), (1, "POST", 500, 2));
    assert_eq!(request.url, "https://api.example/customers/a%2F..%2Fb?q=a%2F..%2Fb");
    assert_eq!(request.headers["X-Key"], "secret");
    assert_eq!(request.body, Some(HttpBody::Json(json!({ "deep": [{ "name": "nobody", "orders": [1] }] }))));
    assert_eq!((talk.position().as_str(), &talk.session.awaiting), ("f/a", &Some(Awaiting::Http {})));
    let trace = serde_json::to_string(&talk.last.as_ref().unwrap().trace).unwrap();
    assert!(trace.contains("customers/{{ id }}") && !trace.contains("secret"), "{trace}");

    let said = talk.take(&answer(201, json!({ "customer": { "name": "Ann", "orders": [[7, 8]] } })));
    assert_eq!(said, "Ann has 7, 8.");
    assert_eq!((talk.variable("status"), talk.variable("id")), (json!(201), Value::Null));
    assert_eq!(talk.take(&answer(200, json!({}))), "", "too late");
}

#[test]
fn a_request_that_fails_goes_its_own_way_and_changes_nothing_else() {
    for (input, said) in [
        (answer(404, json!({ "customer": { "name": "Ann" } })), "Failed with 404."),
        (answer(300, json!(null)), "Failed with 300."),
        (Input::HttpResult(Err("timed out".into())), "Failed with 0."),
    ] {
        let mut talk = customers();
        talk.mean("go");
        assert_eq!(talk.take(&input), said);
        assert_eq!(talk.variable("name"), json!("nobody"));
    }
}

#[test]
fn a_request_that_cannot_be_made_is_not_sent() {
    for (http, reason) in [
        (json!({ "url": "https://api.example/{{ unknown }}" }), "`unknown`"),
        (json!({ "url": "https://api.example/{{ dots }}/x" }), "step of its path"),
        (json!({ "url": "https://api.example", "headers": { "X": "{{ lines }}" } }), "line break"),
        (json!({ "url": "https://api.example", "body": { "a": "{{" } }), "does not work"),
    ] {
        let mut talk = lookup(http);
        talk.session.variables.insert("dots".parse().unwrap(), json!(".."));
        talk.session.variables.insert("lines".parse().unwrap(), json!("a\r\nHost: evil"));
        assert_eq!(talk.mean("go"), "Failed with .");
        assert!(talk.last.as_ref().unwrap().effects.is_empty());
        assert!(
            talk.traced(|step| matches!(step, TraceStep::RequestFailed { reason: why } if why.contains(reason))),
            "{reason}: {:?}",
            talk.last
        );
    }
}

#[test]
fn a_request_that_lacks_a_value_is_not_sent() {
    let url = "https://api.example/customers/{{ status }}";
    for http in [
        json!({ "url": url, "method": "delete" }),
        json!({ "url": "https://api.example", "headers": { "X": "for {{ status }}, {{ name | upper }}" } }),
    ] {
        let mut talk = lookup(http);
        assert_eq!(talk.mean("go"), "Failed with .");
        let is_told = |step: &TraceStep| matches!(step, TraceStep::RequestFailed { reason } if reason == "the variable `status` has no value");
        assert!(talk.traced(is_told), "{:?}", talk.last);
    }
    let mut talk = lookup(json!({ "url": "https://api.example/?s={{ status | default('') }}" }));
    talk.mean("go");
    assert_eq!(request(&talk).url, "https://api.example/?s=");
}

#[test]
fn a_text_is_sent_as_it_is() {
    let mut talk = lookup(json!({ "method": "put", "url": "https://api.example", "body": "name={{ name }}" }));
    talk.mean("go");
    assert_eq!(request(&talk).body, Some(HttpBody::Text("name=nobody".into())));
}

#[test]
fn a_user_who_does_not_wait_gives_the_request_up() {
    let mut talk = customers();
    talk.mean("go");
    talk.say("hello?");
    assert!(talk.faults().contains("has not been answered"));
    assert_eq!(talk.take(&answer(200, json!({}))), "");
    assert!(talk.traced(|step| matches!(step, TraceStep::Ignored { .. })));
    // A result of the wrong kind is no answer.
    let mut talk = customers();
    talk.mean("go");
    assert_eq!(talk.take(&Input::HandlerResult(Ok(HandlerReply::default()))), "");
    assert_eq!(talk.session.awaiting, Some(Awaiting::Http {}));
}

fn checking(extra: Value) -> Talk {
    let mut node = json!({ "variable": "code", "ask": { "text": { "en": "Code?" } }, "retry": { "en": "No." }, "next": "ok",
        "accept": [{ "regex": { "pattern": "^FREE$" } }, { "handler": { "handler": "check" } }], "attempts": 2, "otherwise": "out" });
    node.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    Talk::with(json!({
        "flows/ask": flow(json!({ "intent": "ask" }), json!({
            "a": { "input": node }, "ok": message("Got {{ code }}."), "out": message("Enough."),
        })),
        "flows/other": flow(json!({ "intent": "other" }), json!({ "a": message("Other.") })),
        "flows/handlers/check": { "name": "codes.check" },
        "flows/variables/code": { "name": "code", "type": "text" },
    }))
}

fn verdict(valid: bool, value: Value) -> Input {
    Input::HandlerResult(Ok(HandlerReply { answer: Some(CheckedAnswer { valid, value }), ..HandlerReply::default() }))
}

#[test]
fn a_handler_says_whether_an_answer_is_valid_and_what_it_is_worth() {
    let mut talk = checking(json!({}));
    talk.mean("ask");
    assert_eq!(talk.say("FREE"), "Got FREE.", "an earlier rule asks no handler");
    talk.mean("ask");
    assert_eq!(talk.say(" abc "), "");
    let effects = talk.last.as_ref().unwrap().effects.clone();
    let [Effect::Call { name, answer, number, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((name.as_str(), answer.as_deref(), *number), ("codes.check", Some("abc"), 1));
    assert_eq!(talk.position(), "ask/a");
    assert_eq!(talk.take(&verdict(true, json!("ABC-1"))), "Got ABC-1.");
    talk.mean("ask");
    talk.say("xyz");
    assert_eq!(talk.take(&verdict(true, Value::Null)), "Got xyz.");
}

#[test]
fn an_answer_that_a_handler_refuses_counts_as_an_attempt() {
    for refusal in [
        verdict(false, Value::Null),
        Input::HandlerResult(Ok(HandlerReply::default())),
        Input::HandlerResult(Err("no route".into())),
        verdict(true, json!({ "not": "a text" })),
    ] {
        let mut talk = checking(json!({}));
        talk.mean("ask");
        talk.say("one");
        assert_eq!(talk.take(&refusal), "No. | Code?");
        talk.say("two");
        assert_eq!(talk.take(&refusal), "Enough.");
    }
}

#[test]
fn what_a_handler_refuses_may_start_another_flow() {
    let mut talk = checking(json!({}));
    talk.mean("ask");
    talk.mean("other");
    assert_eq!(talk.take(&verdict(false, Value::Null)), "Other. | Code?");
    let mut talk = checking(json!({ "interruptions": "none" }));
    talk.mean("ask");
    talk.mean("other");
    assert_eq!(talk.take(&verdict(false, Value::Null)), "No. | Code?");
}

#[test]
fn a_second_answer_takes_the_place_of_one_that_is_being_checked() {
    let mut talk = checking(json!({}));
    talk.mean("ask");
    talk.say("one");
    talk.say("two");
    let Some(Awaiting::Answer(pending)) = &talk.session.awaiting else { panic!("{:?}", talk.session) };
    assert_eq!(pending.text, "two");
    assert_eq!(talk.take(&verdict(true, Value::Null)), "Got two.");
}
