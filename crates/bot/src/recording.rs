//! Conversations as they were: from a transcript to a test that plays them again.

use std::collections::BTreeMap;

use greenroom_flow::{REDACTED, Reply, ReplyAction, ReplyContent, Secrets};
use greenroom_model::document::{
    AnswersByCall, Called, ConversationTest, Expectation, ExpectedReply, ExpectedText, Given, StubbedAnswer,
    StubbedAnswers, Turn, UserAct,
};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::conversation_test::{PlayedTurn, Player, Press};
use crate::{Bot, Mismatch, StoredCall, StoredInput, StoredTurn};

/// What the calls of a turn are answered with when it is played again. Of a handler or request one of
/// whose answers was not kept, nothing is known.
fn answers(calls: &[StoredCall]) -> AnswersByCall {
    let mut answers: BTreeMap<&Called, Option<Vec<StubbedAnswer>>> = BTreeMap::new();
    for call in calls {
        let known = answers.entry(&call.called).or_insert_with(|| Some(Vec::new()));
        *known = known.take().zip(call.answer.clone()).map(|(mut known, answer)| {
            known.push(answer);
            known
        });
    }
    let known = answers.into_iter().filter_map(|(called, known)| Some((called.clone(), known?)));
    known.filter_map(|(called, known)| Some((called, StubbedAnswers::in_turn(known)?))).collect()
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
/// It plays at the time of the conversation (UTC), turn by turn. [`Bot::test_of`] makes
/// one for an author to keep.
#[must_use]
pub fn recorded_test(name: &str, turns: &[StoredTurn]) -> Option<ConversationTest> {
    let mut played = Vec::new();
    let mut shown: &[Reply] = &[];
    for turn in turns {
        if let Some(user) = act_of(&turn.input, shown) {
            let replies = turn.replies.iter().map(expected).collect();
            let understood = turn.understanding.as_ref().map(|understanding| understanding.intent.as_ref());
            let intent =
                understood.map(|intent| intent.map_or_else(|| "none".to_owned(), |intent| intent.id.to_string()));
            let expect = Expectation { replies: Some(replies), intent, ..Expectation::default() };
            let time = Some(turn.time.to_zoned(TimeZone::UTC).datetime());
            played.push(Turn { time, answers: answers(&turn.calls), ..Turn::of(user).expecting(expect) });
        }
        if !turn.replies.is_empty() {
            shown = &turn.replies;
        }
    }
    let name = if name.trim().is_empty() { "A conversation" } else { name.trim() };
    let language = turns.iter().find_map(|turn| Some(turn.understanding.as_ref()?.language.clone()));
    (!played.is_empty()).then(|| ConversationTest { language, ..ConversationTest::of(name, played) })
}

/// What is expected of a reply: its text, or what a channel gets.
fn expected(reply: &Reply) -> ExpectedReply {
    match &reply.content {
        Some(ReplyContent::Raw { channel, json }) => ExpectedReply::raw(channel, Some(json.clone())),
        _ => ExpectedReply::exactly(&reply.text),
    }
}

/// What a person did, as a test says it; none where the conversation went on by itself.
fn act_of(input: &StoredInput, shown: &[Reply]) -> Option<UserAct> {
    Some(match input {
        StoredInput::Start => UserAct::Start,
        StoredInput::Link(link) => UserAct::Link(link.clone()),
        StoredInput::Text(text) => UserAct::Say(text.clone()),
        StoredInput::Button(payload) => UserAct::Press(title_of(shown, payload)),
        StoredInput::Event(event) => UserAct::Event(event.clone(), BTreeMap::new()),
        StoredInput::Timeout(_) => UserAct::Timeout,
        StoredInput::Resume => UserAct::Resume,
        StoredInput::Disabled => UserAct::Disabled,
        StoredInput::Other => return None,
    })
}

/// The parts of a recording that lie more than so many minutes apart: each began in a new session.
#[must_use]
pub fn sessions_of(turns: &[StoredTurn], idle_minutes: u32) -> Vec<&[StoredTurn]> {
    let together =
        |one: &StoredTurn, next: &StoredTurn| next.time.duration_since(one.time).as_mins() <= i64::from(idle_minutes);
    turns.chunk_by(together).collect()
}

impl Bot {
    /// Makes a test of a conversation that this bot, or another state of it, had.
    ///
    /// The test begins with the last session of the conversation. It says a time only
    /// where the bot's answers depend on it. Calls are answered as they were then. Where a turn
    /// calls something of which no answer was kept, and the bot says something else without
    /// it, the replies are not expected, and a note says so. Values of
    /// sensitive variables are left out, with a note, in what the user says and in what
    /// the bot replies.
    #[must_use]
    pub fn test_of(&self, name: &str, turns: &[StoredTurn]) -> Option<RecordedTest> {
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
        self.leave_out_what_calls_led_to(&mut test, &mut notes);
        self.leave_out_secrets(&mut test, &mut notes);
        Some(RecordedTest { test, notes })
    }

    fn leave_out_what_calls_led_to(&self, test: &mut ConversationTest, notes: &mut Vec<String>) {
        let outcome = self.play(test);
        let played = self.played(test);
        for (place, (turn, played)) in test.turns.iter_mut().zip(&played).enumerate() {
            let called: Vec<String> = played.called().into_iter().map(ToString::to_string).collect();
            let number = place + 1;
            let differs = |other: &Mismatch| other.turn == number && other.what.starts_with("replies");
            if !called.is_empty() && outcome.mismatches.iter().any(differs) {
                turn.expect.replies = None;
                notes.push(format!(
                    "turn {number} calls `{}`, and what the bot then said does not follow from the transcript: say what is answered under `answers`, and then what the bot replies",
                    called.join("`, `")
                ));
            }
        }
    }

    /// Takes the values of sensitive variables out, those that the transcript has and
    /// those that it had left out itself.
    fn leave_out_secrets(&self, test: &mut ConversationTest, notes: &mut Vec<String>) {
        let mut secrets = Secrets::default();
        let played = self.played(test);
        // Without what the transcript left out the conversation stands still there, and
        // all that follows would count as the answer to the sensitive question.
        let mut is_as_it_was = true;
        for (place, turn) in test.turns.iter_mut().enumerate() {
            is_as_it_was &= !matches!(&turn.user, UserAct::Say(text) if text.contains(REDACTED));
            if let Some(played) = played.get(place).filter(|_| is_as_it_was) {
                secrets.extend(&played.secrets);
            }
            if let UserAct::Say(text) = &mut turn.user {
                *text = secrets.redacted(text);
                if text.contains(REDACTED) {
                    // Another text means something else.
                    turn.expect.intent = None;
                    notes.push(format!(
                        "turn {}: a sensitive value is left out; put a made-up one in the place of `{REDACTED}`",
                        place + 1
                    ));
                }
            }
            for reply in turn.expect.replies.iter_mut().flatten() {
                if let Some(raw) = &mut reply.raw {
                    let has_none = |json: &mut Value| !has_gap(json) && secrets.redacted_value(json) == *json;
                    raw.json = raw.json.take_if(has_none);
                }
                if let ExpectedText::Exactly(text) = &reply.text {
                    let shown = secrets.redacted(text);
                    // What is around the value is all that can be expected.
                    if let Some(part) = shown.contains(REDACTED).then(|| longest_part(&shown)) {
                        reply.text = ExpectedText::Contains(part);
                    }
                }
            }
        }
    }

    /// The turns as they are played, up to one that cannot be.
    fn played(&self, test: &ConversationTest) -> Vec<PlayedTurn> {
        let mut player = Player::new(self, test);
        test.turns.iter().map_while(|turn| player.play(test, turn, Press::Anything)).collect()
    }
}

/// Whether something is left out of a value.
fn has_gap(json: &Value) -> bool {
    json.to_string().contains(REDACTED)
}

/// The longest part of a text beside what is left out of it.
fn longest_part(text: &str) -> String {
    let parts = text.split(REDACTED).map(str::trim);
    parts.max_by_key(|part| part.len()).unwrap_or_default().to_owned()
}

/// The title of the button with this payload: what people read in a test.
fn title_of(shown: &[Reply], payload: &str) -> String {
    let pressed = shown
        .iter()
        .flat_map(Reply::all_buttons)
        .find(|button| matches!(&button.action, ReplyAction::Payload(own) if own == payload));
    pressed.map_or_else(|| payload.to_owned(), |button| button.title.clone())
}

#[cfg(test)]
mod tests;
