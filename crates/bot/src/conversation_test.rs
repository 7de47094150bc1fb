//! Playing a bot's conversation tests against it.

use greenroom_flow::{CheckedAnswer, Effect, HandlerReply, HttpAnswer, Reply, ReplyAction, Session};
use greenroom_model::document::{ConversationTest, Turn as TestTurn, UserAct};
use jiff::civil::DateTime;
use serde::Serialize;
use serde_json::Value;

use crate::{Bot, Turn, UserInput};

/// How often one turn may call handlers before the test gives up on it.
const MAX_CALLS: usize = 20;

/// When every test is played: Monday, 5 January 2026, at noon. So `tomorrow` is the same day in
/// each run.
pub const TEST_NOW: DateTime = DateTime::constant(2026, 1, 5, 12, 0, 0, 0);

/// What playing a test showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestOutcome {
    /// What was not as expected; empty: the test passed.
    pub mismatches: Vec<Mismatch>,
}

/// One expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The turn, from 1.
    pub turn: usize,
    /// What was looked at: `replies`, `intent`, `node`, `variables.ID` or `press`.
    pub what: String,
    /// What the test expects.
    pub expected: String,
    /// What the bot did.
    pub found: String,
}

impl TestOutcome {
    /// Whether all was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Bot {
    /// Plays a test in a new session. Handlers are not called and requests not sent: each
    /// counts as answered with nothing, and each answer to be checked as valid.
    #[must_use]
    pub fn play(&self, test: &ConversationTest) -> TestOutcome {
        let mut session = self.session(test.language.clone());
        let mut shown: Vec<Reply> = Vec::new();
        let mut mismatches = Vec::new();
        for (position, expected) in test.turns.iter().enumerate() {
            let input = match &expected.user {
                UserAct::Say(text) => UserInput::Text(text.clone()),
                UserAct::Event(event) => UserInput::Event(event.clone()),
                UserAct::Press(button) => match payload_of(&shown, button) {
                    Some(payload) => UserInput::Button(payload),
                    None => {
                        mismatches.push(Mismatch {
                            turn: position + 1,
                            what: "press".to_owned(),
                            expected: format!("a button `{button}`"),
                            found: format!("buttons {:?}", titles(&shown)),
                        });
                        break;
                    }
                },
            };
            let turn = self.turn_without_handlers(&session, &input);
            compare(position + 1, expected, &turn, &mut mismatches);
            session = turn.session;
            shown = turn.replies;
        }
        TestOutcome { mismatches }
    }

    fn turn_without_handlers(&self, session: &Session, input: &UserInput) -> Turn {
        let mut turn = self.turn_at(session, input, Some(TEST_NOW));
        for _ in 0..MAX_CALLS {
            let answered = turn.effects.iter().find_map(|effect| match effect {
                Effect::Call { answer, .. } => {
                    // An answer to be checked counts as valid.
                    let answer = answer.as_ref().map(|_| CheckedAnswer { valid: true, value: Value::Null });
                    Some(UserInput::HandlerResult(Ok(HandlerReply { answer, ..HandlerReply::default() })))
                }
                Effect::Http(_) => Some(UserInput::HttpResult(Ok(HttpAnswer { status: 200, body: Value::Null }))),
                _ => None,
            });
            let Some(answered) = answered else { break };
            let next = self.turn(&turn.session, &answered);
            turn.session = next.session;
            turn.effects = next.effects;
            turn.replies.extend(next.replies);
            turn.trace.extend(next.trace);
            turn.secrets.extend(&next.secrets);
        }
        turn
    }
}

fn titles(shown: &[Reply]) -> Vec<&str> {
    shown.iter().flat_map(Reply::all_buttons).map(|button| button.title.as_str()).collect()
}

fn payload_of(shown: &[Reply], wanted: &str) -> Option<String> {
    shown.iter().flat_map(Reply::all_buttons).find_map(|button| match &button.action {
        ReplyAction::Payload(payload) if button.title == wanted || payload == wanted => Some(payload.clone()),
        ReplyAction::Payload(_) | ReplyAction::Url(_) => None,
    })
}

fn compare(number: usize, test: &TestTurn, turn: &Turn, mismatches: &mut Vec<Mismatch>) {
    let mut check = |what: &str, expected: String, found: String| {
        if expected != found {
            mismatches.push(Mismatch { turn: number, what: what.to_owned(), expected, found });
        }
    };
    if let Some(replies) = &test.expect.replies {
        let found: Vec<&str> = turn.replies.iter().map(|reply| reply.text.as_str()).collect();
        check("replies", format!("{replies:?}"), format!("{found:?}"));
    }
    if let Some(intent) = &test.expect.intent {
        let found = turn.understanding.as_ref().and_then(|understanding| understanding.intent.as_ref());
        check("intent", intent.clone(), found.map_or_else(|| "none".to_owned(), |intent| intent.id.to_string()));
    }
    if let Some(node) = &test.expect.node {
        let found = turn.session.position.as_ref();
        let found = found.map_or_else(|| "none".to_owned(), |at| format!("{}/{}", at.flow, at.node));
        check("node", node.clone(), found);
    }
    for (variable, value) in &test.expect.variables {
        let found = turn.session.variables.get(variable).unwrap_or(&Value::Null);
        check(&format!("variables.{variable}"), value.to_string(), found.to_string());
    }
}
