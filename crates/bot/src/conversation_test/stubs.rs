//! What calls are answered with in a test, in place of handlers and services.

use greenroom_flow::{CheckedAnswer, HandlerReply, HttpAnswer, Position};
use greenroom_model::document::{AnswersByCall, Called, StubbedAnswer};
use serde_json::Value;

use crate::UserInput;

/// What calls are answered with: in this turn, and in the whole conversation.
pub(super) struct Answers<'t> {
    pub(super) turn: &'t AnswersByCall,
    pub(super) test: &'t AnswersByCall,
}

impl Answers<'_> {
    /// The answer to a call: what the turn says, else what the test says.
    pub(super) fn to(&self, called: &Called, call_of_turn: usize, call_of_test: usize) -> Option<&StubbedAnswer> {
        match self.turn.get(called) {
            Some(answers) => answers.to_call(call_of_turn),
            None => self.test.get(called).and_then(|answers| answers.to_call(call_of_test)),
        }
    }
}

/// What goes in as the answer to a call; nothing said of it: an empty one.
pub(super) fn answered(called: &Called, answer: Option<&StubbedAnswer>, is_check: bool) -> UserInput {
    match (called, answer) {
        (Called::Handler(_), Some(StubbedAnswer::Fails(reason))) => UserInput::HandlerResult(Err(reason.clone())),
        (Called::Handler(_), Some(StubbedAnswer::Handler { variables, replies, valid, value, goes_to, ends })) => {
            let checked = CheckedAnswer { valid: valid.unwrap_or(true), value: value.clone() };
            UserInput::HandlerResult(Ok(HandlerReply {
                variables: variables.clone(),
                replies: replies.clone(),
                answer: is_check.then_some(checked),
                goes_to: goes_to.clone().map(|(flow, node)| Position { flow, node }),
                ends: ends.clone(),
                ..HandlerReply::default()
            }))
        }
        (Called::Handler(_), _) => {
            let answer = is_check.then_some(CheckedAnswer { valid: true, value: Value::Null });
            UserInput::HandlerResult(Ok(HandlerReply { answer, ..HandlerReply::default() }))
        }
        (Called::Request(..), Some(StubbedAnswer::Fails(reason))) => UserInput::HttpResult(Err(reason.clone())),
        (Called::Request(..), Some(StubbedAnswer::Http { status, body })) => {
            UserInput::HttpResult(Ok(HttpAnswer { status: *status, body: body.clone() }))
        }
        (Called::Request(..), _) => UserInput::HttpResult(Ok(HttpAnswer { status: 200, body: Value::Null })),
    }
}
