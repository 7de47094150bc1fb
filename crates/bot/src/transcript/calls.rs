//! What a call was answered with, as far as a replay needs it.

use greenroom_flow::{HandlerReply, Session};
use greenroom_model::document::StubbedAnswer;

use super::StoredCall;
use crate::{Bot, UserInput};

/// Larger answers, in bytes of JSON, are not kept.
const MAX_ANSWER_BYTES: usize = 16 * 1_024;

impl Bot {
    /// What a transcript keeps of an answer to what this session awaits: a handler's variables,
    /// texts and way on, and of a request's answer what the flow takes from it. `None` where the input
    /// answers nothing.
    #[must_use]
    pub fn call_of(&self, session: &Session, input: &UserInput) -> Option<StoredCall> {
        let called = self.graph().awaited(session)?;
        let answer = match input {
            UserInput::HandlerResult(Ok(reply)) => of_handler(reply),
            UserInput::HttpResult(Ok(answer)) => {
                let taken = self.graph().taken(session, answer);
                StubbedAnswer::Http { status: taken.status, body: taken.body }
            }
            UserInput::HandlerResult(Err(reason)) | UserInput::HttpResult(Err(reason)) => {
                StubbedAnswer::Fails(reason.clone())
            }
            _ => return None,
        };
        let size = serde_json::to_string(&answer).map_or(usize::MAX, |json| json.len());
        Some(StoredCall { called, answer: (size <= MAX_ANSWER_BYTES).then_some(answer) })
    }
}

/// A handler's answer. Of what is more than a text its text is kept.
fn of_handler(reply: &HandlerReply) -> StubbedAnswer {
    let messages = reply.messages.iter().map(|message| &message.text);
    let replies = reply.replies.iter().chain(messages).filter(|text| !text.trim().is_empty()).cloned().collect();
    let (valid, value) = match &reply.answer {
        Some(answer) => (Some(answer.valid), answer.value.clone()),
        None => (None, serde_json::Value::Null),
    };
    let goes_to = reply.goes_to.as_ref().map(|place| (place.flow.clone(), place.node.clone()));
    StubbedAnswer::Handler {
        variables: reply.variables.clone(),
        replies,
        valid,
        value,
        goes_to,
        ends: reply.ends.clone(),
    }
}
