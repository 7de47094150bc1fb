//! Conversations as they were: from a transcript to a test that plays them again.

use std::collections::BTreeMap;

use greenroom_flow::{Reply, ReplyAction};
use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply, Given, Turn, UserAct};
use greenroom_model::{EventId, Language};
use jiff::civil::DateTime;
use serde::Serialize;

use crate::Bot;

/// One turn as it was: what a person did, and what the bot said.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedTurn {
    /// What the person did; none where the conversation went on by itself.
    pub act: Option<RecordedAct>,
    /// The date and time where the person was.
    pub time: DateTime,
    /// The language of the conversation, where the transcript tells it.
    pub language: Option<Language>,
    /// The intent that was understood, `none` where none was; nothing where nothing was said.
    pub intent: Option<String>,
    /// What the bot said.
    pub replies: Vec<Reply>,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedAct {
    /// Opened the conversation.
    Start,
    /// Said something.
    Say(String),
    /// Pressed a button: its payload.
    Press(String),
    /// The channel sent an event.
    Event(EventId),
}

/// A test that was made of a conversation, and what its author should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordedTest {
    /// The test.
    pub test: ConversationTest,
    /// What could not be taken over, and what to do about it.
    pub notes: Vec<String>,
}

/// The test that plays a conversation again and expects what was understood and said;
/// none where nobody did anything.
///
/// It plays at the time of the conversation, turn by turn. [`Bot::test_of`] makes
/// one for an author to keep.
#[must_use]
pub fn recorded_test(name: &str, turns: &[RecordedTurn]) -> Option<ConversationTest> {
    let mut played = Vec::new();
    let mut shown: &[Reply] = &[];
    for recorded in turns {
        let user = recorded.act.as_ref().map(|act| match act {
            RecordedAct::Start => UserAct::Start,
            RecordedAct::Say(text) => UserAct::Say(text.clone()),
            RecordedAct::Press(payload) => UserAct::Press(title_of(shown, payload)),
            RecordedAct::Event(event) => UserAct::Event(event.clone()),
        });
        if let Some(user) = user {
            let replies = recorded.replies.iter().map(|reply| ExpectedReply::exactly(&reply.text)).collect();
            let intent = recorded.intent.clone();
            let expect = Expectation { replies: Some(replies), intent, ..Expectation::default() };
            played.push(Turn { time: Some(recorded.time), ..Turn::of(user).expecting(expect) });
        }
        if !recorded.replies.is_empty() {
            shown = &recorded.replies;
        }
    }
    let name = if name.trim().is_empty() { "A conversation" } else { name.trim() };
    let language = turns.iter().find_map(|turn| turn.language.clone());
    (!played.is_empty()).then(|| ConversationTest { language, ..ConversationTest::of(name, played) })
}

/// The parts of a recording that lie more than so many minutes apart: each began in a new session.
#[must_use]
pub fn sessions_of(turns: &[RecordedTurn], idle_minutes: u32) -> Vec<&[RecordedTurn]> {
    let apart = |one: &RecordedTurn, next: &RecordedTurn| {
        next.time.duration_since(one.time).as_mins() <= i64::from(idle_minutes)
    };
    turns.chunk_by(apart).collect()
}

impl Bot {
    /// Makes a test of a conversation that this bot, or another state of it, had.
    ///
    /// The test begins with the last session of the conversation. It says a time only
    /// where the bot's answers depend on it. What a handler answered stands in no
    /// transcript: where a turn calls one and the bot says something else without its
    /// answer, the replies are not expected, and a note says so.
    #[must_use]
    pub fn test_of(&self, name: &str, turns: &[RecordedTurn]) -> Option<RecordedTest> {
        let last = sessions_of(turns, self.settings().sessions.idle_minutes).pop()?;
        let recorded = recorded_test(name, last)?;
        let first = recorded.turns.first().and_then(|turn| turn.time);
        let mut timeless = recorded.clone();
        timeless.turns.iter_mut().for_each(|turn| turn.time = None);
        let mut at_its_time = timeless.clone();
        at_its_time.given = Given { time: first, ..Given::default() };
        let failures = |test: &ConversationTest| self.play(test).mismatches.len();
        let mut test = if failures(&at_its_time) < failures(&timeless) { at_its_time } else { timeless };
        let mut notes = Vec::new();
        self.leave_out_what_handlers_said(&mut test, &mut notes);
        Some(RecordedTest { test, notes })
    }

    fn leave_out_what_handlers_said(&self, test: &mut ConversationTest, notes: &mut Vec<String>) {
        let calls = self.calls_of(test);
        let outcome = self.play(test);
        for (number, turn) in test.turns.iter_mut().enumerate() {
            let Some(handlers) = calls.get(&number).filter(|handlers| !handlers.is_empty()) else { continue };
            let differs = outcome.mismatches.iter().any(|other| other.turn == number + 1 && other.what.starts_with("repl"));
            if differs {
                turn.expect.replies = None;
                let handlers = handlers.join("`, `");
                notes.push(format!(
                    "turn {} calls `{handlers}`, whose answer is not in the transcript: say it under `answers` and then what the bot replies",
                    number + 1
                ));
            }
        }
    }

    /// The handlers that each turn calls, by its place.
    fn calls_of(&self, test: &ConversationTest) -> BTreeMap<usize, Vec<String>> {
        let mut player = crate::conversation_test::Player::new(self, test);
        let mut calls = BTreeMap::new();
        for (number, turn) in test.turns.iter().enumerate() {
            let Some(played) = player.play(test, turn, crate::conversation_test::Press::Anything) else { break };
            calls.insert(number, played.called().into_iter().map(ToString::to_string).collect());
        }
        calls
    }
}

/// The title of the button with this payload: what people read in a test.
fn title_of(shown: &[Reply], payload: &str) -> String {
    let pressed = shown
        .iter()
        .flat_map(|reply| &reply.buttons)
        .find(|button| matches!(&button.action, ReplyAction::Payload(own) if own == payload));
    pressed.map_or_else(|| payload.to_owned(), |button| button.title.clone())
}

#[cfg(test)]
mod tests;
