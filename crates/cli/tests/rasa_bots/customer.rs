//! A scripted conversation as a customer holds it with live: message by message through the runtime.

use greenroom_flow::{Reply, ReplyAction, TraceStep};
use greenroom_model::BotId;
use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply, ExpectedText, Given, UserAct};
use greenroom_runtime::{Answer, Message, Place, Runtime};
use serde_json::Value;

/// What was not as expected at a turn, in words.
pub(crate) fn told(turn: usize, what: &str, expected: &str, found: &str) -> String {
    format!("turn {turn}, {what}: expected {expected}, found {found}")
}

/// Holds a conversation; everything that is not as scripted.
pub(crate) async fn hold(runtime: &Runtime, bot: &BotId, conversation: &str, test: &ConversationTest) -> Vec<String> {
    assert_eq!(test.given, Given::default(), "customers begin with nothing");
    let mut mismatches = Vec::new();
    let mut shown: Vec<Reply> = Vec::new();
    for (place, turn) in test.turns.iter().enumerate() {
        let number = place + 1;
        let message = match &turn.user {
            UserAct::Start => Message::start(),
            UserAct::Say(text) => Message::text(text),
            UserAct::Press(button) => match payload_of(&shown, button) {
                Some(payload) => Message::button(payload),
                None => {
                    mismatches.push(told(number, "press", button, "no such button"));
                    break;
                }
            },
            other => panic!("`{conversation}`: a customer does not do that: {other:?}"),
        };
        let message = message.by_channel("terminal");
        let answer = runtime.reply(bot, &Place::live(), conversation, &message).await.unwrap();
        if !answer.replies.is_empty() {
            shown.clone_from(&answer.replies);
        }
        mismatches.extend(compared(number, &turn.expect, &answer));
    }
    mismatches
}

/// The payload of a button that is shown, by its title or by the payload itself.
fn payload_of<'r>(shown: &'r [Reply], wanted: &str) -> Option<&'r String> {
    shown.iter().flat_map(Reply::all_buttons).find_map(|button| match &button.action {
        ReplyAction::Payload(payload) => (button.title == wanted || payload == wanted).then_some(payload),
        ReplyAction::Url(_) => None,
    })
}

/// What of an answer is not as expected.
fn compared(turn: usize, expect: &Expectation, answer: &Answer) -> Vec<String> {
    let Expectation { replies, intent, node, variables, calls, .. } = expect.clone();
    let looked_at = Expectation { replies, intent, node, variables, calls, ..Expectation::default() };
    assert_eq!(*expect, looked_at, "what else a turn expects is not compared here");
    let mut mismatches = Vec::new();
    let mut check = |what: String, fits: bool, expected: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
        if !fits {
            mismatches.push(told(turn, &what, &format!("{expected:?}"), &format!("{found:?}")));
        }
    };
    if let Some(expected) = &expect.replies {
        let texts: Vec<&str> = answer.replies.iter().map(|reply| reply.text.as_str()).collect();
        if expected.len() == answer.replies.len() {
            for (place, (expected, found)) in expected.iter().zip(&answer.replies).enumerate() {
                let found_buttons: Vec<&String> = found.all_buttons().map(|button| &button.title).collect();
                let what = format!("replies.{}", place + 1);
                check(what, reply_fits(expected, found), expected, &(&found.text, found_buttons));
            }
        } else {
            check("replies".to_owned(), false, expected, &texts);
        }
    }
    if let Some(expected) = &expect.intent {
        let intent = answer.understanding.as_ref().and_then(|understood| understood.intent.as_ref());
        let found = intent.map_or("none", |intent| intent.id.as_str());
        check("intent".to_owned(), expected == found, expected, &found);
    }
    if let Some(expected) = &expect.node {
        let found = answer.position.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        check("node".to_owned(), *expected == found, expected, &found);
    }
    for (variable, expected) in &expect.variables {
        let found = answer.variables.get(variable).unwrap_or(&Value::Null);
        check(format!("variables.{variable}"), expected == found, expected, found);
    }
    if let Some(expected) = &expect.calls {
        let called = answer.trace.iter().filter_map(|step| match step {
            TraceStep::Called { handler } => Some(handler.to_string()),
            _ => None,
        });
        let called: Vec<String> = called.collect();
        let expected: Vec<String> = expected.iter().map(|call| call.call.to_string()).collect();
        check("calls".to_owned(), called == expected, &expected, &called);
    }
    mismatches
}

fn reply_fits(expected: &ExpectedReply, found: &Reply) -> bool {
    let titles = found.all_buttons().map(|button| &button.title);
    let text = match &expected.text {
        ExpectedText::Any => true,
        ExpectedText::Exactly(text) => *text == found.text,
        ExpectedText::Contains(part) => found.text.contains(part),
        ExpectedText::OneOf(texts) => texts.contains(&found.text),
        ExpectedText::Matches(pattern) => panic!("scripts say texts, not patterns: `{pattern}`"),
    };
    text && expected.buttons.as_ref().is_none_or(|buttons| buttons.iter().eq(titles))
}
