//! A bot of our own that sells ice cream, in place of Rasa's demo bots: a thread answers for its actions.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use greenroom_model::TestId;
use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply};
use serde_json::{Value, json};

use crate::script::Script;

/// Serves the actions on a free port; where they are called.
pub(crate) fn actions() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/webhook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let answer = answer(&heard(&mut stream)).to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
        }
    });
    address
}

/// The call that a request carries.
fn heard(stream: &mut TcpStream) -> Value {
    let (mut heard, mut buffer) = (Vec::new(), [0; 65_536]);
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "a request is cut off");
        heard.extend_from_slice(&buffer[..count]);
        let Some(end) = heard.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        if let Ok(call) = serde_json::from_slice(&heard[end + 4..]) {
            return call;
        }
    }
}

/// What the actions do.
fn answer(call: &Value) -> Value {
    let slots = &call["tracker"]["slots"];
    let set = |name: &str, value: Value| json!({ "event": "slot", "name": name, "value": value });
    match call["next_action"].as_str() {
        Some("validate_order_form") if slots["scoops"].as_f64().is_some_and(|scoops| scoops > 3.0) => {
            json!({ "events": [set("scoops", Value::Null)], "responses": [{ "response": "utter_too_many" }] })
        }
        Some("validate_order_form") => json!({ "events": [], "responses": [] }),
        _ if slots["sure"] == true => {
            json!({ "events": [], "responses": [{ "text": "Here you are." }, { "text": "Bye." }] })
        }
        _ => json!({ "events": [], "responses": [{ "text": "As you like." }] }),
    }
}

/// Makes the scripts say one thing each that does not come: which script, at which turn, and what.
pub(crate) fn spoil(scripts: &mut Vec<Script>) -> Vec<(TestId, usize, String)> {
    type Spoils = fn(&mut Expectation);
    let faults: [(usize, &str, Spoils); 7] = [
        (1, "intent", |expect| expect.intent = Some("affirm".to_owned())),
        (2, "node", |expect| expect.node = Some("none".to_owned())),
        (2, "variables.active_loop", |expect| {
            expect.variables.insert("active_loop".parse().unwrap(), Value::Null);
        }),
        (3, "replies", |expect| drop(expect.replies.as_mut().unwrap().pop())),
        (3, "calls", |expect| expect.calls = Some(Vec::new())),
        (4, "replies.1", |expect| expect.replies.as_mut().unwrap()[0].buttons = Some(vec!["Yes".to_owned()])),
        (5, "replies.2", |expect| expect.replies.as_mut().unwrap()[1] = ExpectedReply::exactly("Hello.")),
    ];
    let sound = scripts.iter().find(|script| script.id.as_str() == "scripted_scoops").unwrap().test.clone();
    scripts.clear();
    let mut spoilt = Vec::new();
    for (number, (turn, what, spoil)) in faults.into_iter().enumerate() {
        let id: TestId = format!("spoilt_{number}").parse().unwrap();
        let mut test = ConversationTest { name: format!("Spoilt {number}"), ..sound.clone() };
        spoil(&mut test.turns[turn - 1].expect);
        scripts.push(Script { id: id.clone(), test });
        spoilt.push((id, turn, what.to_owned()));
    }
    spoilt
}
