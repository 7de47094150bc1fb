//! Which messages of a conversation were answered, and by which turn: it is
//! stored with the session, so that a message and its trace are one commit.
//!
//! What was said is read from the transcript. Where the transcript holds
//! something else (sensitive values are kept out of it, or a reply of an earlier
//! turn was said late), the replies stand here.

use std::collections::VecDeque;

use greenroom_flow::Reply;
use greenroom_model::Digest;
use serde::{Deserialize, Serialize};

use crate::TurnId;

/// How many messages of a conversation are known.
pub(crate) const REMEMBERED: usize = 32;

/// The messages that were answered last, the latest at the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AnsweredMessages(VecDeque<AnsweredMessage>);

/// A message that was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AnsweredMessage {
    /// The first half of the digest of its id: ids may be long.
    #[serde(rename = "m")]
    message: String,
    /// The turn that answered it.
    #[serde(rename = "t")]
    pub(crate) turn: TurnId,
    /// What was said, where the transcript says something else.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) replies: Option<Vec<Reply>>,
}

impl AnsweredMessages {
    /// Whether none is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The answer that a message got.
    pub(crate) fn find(&self, id: &str) -> Option<&AnsweredMessage> {
        let message = short(id);
        self.0.iter().rev().find(|answered| answered.message == message)
    }

    /// Notes what a message got, the first time or again with more replies; the oldest makes room.
    pub(crate) fn note(&mut self, id: &str, turn: TurnId, replies: Option<Vec<Reply>>) {
        let answered = AnsweredMessage { message: short(id), turn, replies };
        match self.0.iter_mut().find(|known| known.message == answered.message) {
            Some(known) => *known = answered,
            None => self.0.push_back(answered),
        }
        while self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
    }

    /// Adds replies that a turn came to after it was answered, where they do not stand in the transcript alone.
    pub(crate) fn add(&mut self, turn: &TurnId, more: &[Reply]) {
        let known = self.0.iter_mut().filter(|known| known.turn == *turn);
        known.filter_map(|known| known.replies.as_mut()).for_each(|replies| replies.extend_from_slice(more));
    }
}

fn short(id: &str) -> String {
    let mut digest = Digest::of(id.as_bytes()).to_string();
    digest.truncate(32);
    digest
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn turn(number: u64) -> TurnId {
        TurnId::new(Timestamp::UNIX_EPOCH, "a", number)
    }

    #[test]
    fn the_last_32_are_known_and_the_oldest_make_room() {
        let mut answered = AnsweredMessages::default();
        for number in 0..40 {
            answered.note(&format!("m{number}"), turn(number), None);
        }
        assert!(answered.find("m7").is_none());
        assert_eq!(answered.find("m8").map(|found| &found.turn), Some(&turn(8)));
        assert_eq!(answered.find("m39").map(|found| &found.turn), Some(&turn(39)));
        assert!(serde_json::to_string(&answered).unwrap().len() < 32 * 100, "a session stays small");
    }

    #[test]
    fn noting_a_message_again_does_not_push_others_out() {
        let mut answered = AnsweredMessages::default();
        answered.note("first", turn(0), None);
        for _ in 0..100 {
            answered.note("second", turn(1), Some(Vec::new()));
        }
        assert!(answered.find("first").is_some());
        assert_eq!(answered.find("second").and_then(|found| found.replies.clone()), Some(Vec::new()));
    }
}
