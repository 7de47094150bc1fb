//! The body of a delivery: what a bot says, as the receiver of a webhook gets it.

use greenroom_flow::{ReplyAction, ReplyButton};
use serde_json::{Value, json};

use crate::door::Door;
use crate::outbox::{Letter, WrittenAnswer, WrittenInput};

/// What the receiver gets. Its `id` is the same each time that it is tried.
pub(crate) fn body(door: &Door, id: &str, letter: &Letter, answer: &WrittenAnswer) -> Value {
    let replies: Vec<Value> = answer
        .replies
        .iter()
        .filter(|reply| reply.is_for("webhook"))
        .map(|reply| {
            let shown = |buttons: &[ReplyButton]| -> Vec<Value> {
                buttons
                    .iter()
                    .map(|button| match &button.action {
                        ReplyAction::Payload(payload) => json!({ "title": button.title, "payload": payload }),
                        ReplyAction::Url(url) => json!({ "title": button.title, "url": url }),
                    })
                    .collect()
            };
            let mut told = json!({ "text": reply.text, "buttons": shown(&reply.buttons) });
            if !reply.quick_replies.is_empty() {
                told["quick_replies"] = shown(&reply.quick_replies).into();
            }
            if let Some(content) = &reply.content {
                told["content"] = json!(content);
            }
            told
        })
        .collect();
    json!({
        "id": id,
        "bot": door.bot,
        "environment": door.environment,
        "channel": door.channel.id,
        "conversation": letter.conversation,
        "in_reply_to": (letter.input != WrittenInput::Unasked).then_some(&letter.message),
        "time": answer.time,
        "replies": replies,
        "handed_over": answer.handed_over,
    })
}
