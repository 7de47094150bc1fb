//! A conversation as tests and replays play it: no clock, no handlers, each turn to its end.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_flow::{Effect, HandlerReply, Reply, ReplyAction, Session};
use greenroom_model::document::{ConversationTest, StubbedAnswer, StubbedAnswers, Turn as TestTurn, UserAct};
use greenroom_model::{HandlerId, VariableId};
use jiff::civil::DateTime;
use serde_json::Value;

use super::{PlayedStep, TEST_NOW};
use crate::{Bot, Understanding, UserInput};

/// How often one turn may call handlers before it is given up.
const MAX_CALLS: usize = 20;

/// A conversation under way.
pub(crate) struct Player<'b> {
    bot: &'b Bot,
    session: Session,
    now: DateTime,
    shown: Vec<Reply>,
    calls: BTreeMap<HandlerId, usize>,
    steps: Vec<PlayedStep>,
}

/// Whether a button can be pressed that the last turn has not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// No: the turn is not played.
    OnlyShown,
    /// Yes: what names it is sent as its payload.
    Anything,
}

/// What a turn came to.
pub(crate) struct PlayedTurn {
    pub(crate) replies: Vec<Reply>,
    pub(crate) understanding: Option<Understanding>,
    pub(crate) calls: Vec<PlayedCall>,
    pub(crate) steps: Vec<PlayedStep>,
}

/// A handler that was called, and the variables that had a value then.
pub(crate) struct PlayedCall {
    pub(crate) handler: HandlerId,
    pub(crate) variables: BTreeMap<VariableId, Value>,
}

/// What handlers answer: in this turn, and in the whole conversation.
pub(crate) struct Answers<'t> {
    pub(crate) turn: &'t BTreeMap<HandlerId, StubbedAnswers>,
    pub(crate) test: &'t BTreeMap<HandlerId, StubbedAnswers>,
}

impl<'b> Player<'b> {
    /// A conversation that begins as the test says.
    pub(crate) fn new(bot: &'b Bot, test: &ConversationTest) -> Self {
        let mut session = bot.session(test.language.clone());
        for (variable, value) in &test.given.variables {
            match value {
                Value::Null => drop(session.variables.remove(variable)),
                value => drop(session.variables.insert(variable.clone(), value.clone())),
            }
        }
        let active = test.given.contexts.iter().filter(|(_, turns)| **turns > 0);
        session.contexts.extend(active.map(|(context, turns)| (context.clone(), *turns)));
        let now = test.given.time.unwrap_or(TEST_NOW);
        Self { bot, session, now, shown: Vec::new(), calls: BTreeMap::new(), steps: Vec::new() }
    }

    /// Plays a turn; `None` where it presses a button that is not shown and must be.
    pub(crate) fn play(&mut self, test: &ConversationTest, turn: &TestTurn, press: Press) -> Option<PlayedTurn> {
        let input = self.input(&turn.user, press)?;
        self.now = turn.time.unwrap_or(self.now);
        Some(self.take(input, &Answers { turn: &turn.answers, test: &test.answers }))
    }

    /// Whether the button is shown, where the user presses one.
    pub(crate) fn can(&self, user: &UserAct) -> bool {
        self.input(user, Press::OnlyShown).is_some()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// What the bot said last.
    pub(crate) fn shown(&self) -> &[Reply] {
        &self.shown
    }

    pub(crate) fn into_steps(self) -> Vec<PlayedStep> {
        self.steps
    }

    fn input(&self, user: &UserAct, press: Press) -> Option<UserInput> {
        Some(match user {
            UserAct::Start => UserInput::Start,
            UserAct::Say(text) => UserInput::Text(text.clone()),
            UserAct::Event(event) => UserInput::Event(event.clone()),
            UserAct::Resume => UserInput::Resume,
            UserAct::Press(button) => match payload_of(&self.shown, button) {
                Some(payload) => UserInput::Button(payload),
                None if press == Press::Anything => UserInput::Button(button.clone()),
                None => return None,
            },
        })
    }

    /// Takes an input, answers the handlers that it leads to, and goes on until the conversation waits.
    fn take(&mut self, input: UserInput, answers: &Answers<'_>) -> PlayedTurn {
        let mut played = PlayedTurn { replies: Vec::new(), understanding: None, calls: Vec::new(), steps: Vec::new() };
        let mut called_in_turn = BTreeMap::new();
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let turn = self.bot.turn_at(&self.session, &input, Some(self.now));
            let waited_at = self.session.position.take();
            let intent = turn.understanding.as_ref().and_then(|understanding| understanding.intent.as_ref());
            let intent = intent.map(|intent| intent.id.clone());
            played.steps.push(PlayedStep { input, intent, waited_at, trace: turn.trace });
            self.session = turn.session;
            played.replies.extend(turn.replies);
            played.understanding = played.understanding.or(turn.understanding);
            for effect in turn.effects {
                let Effect::Call { handler, variables, .. } = effect else { continue };
                if played.calls.len() < MAX_CALLS {
                    let in_turn: &mut usize = called_in_turn.entry(handler.clone()).or_default();
                    let in_test = self.calls.entry(handler.clone()).or_default();
                    next = Some(UserInput::HandlerResult(answers.to(&handler, *in_turn, *in_test)));
                    *in_turn += 1;
                    *in_test += 1;
                }
                played.calls.push(PlayedCall { handler, variables });
            }
        }
        // A turn without an answer leaves the buttons where they are.
        if !played.replies.is_empty() {
            self.shown.clone_from(&played.replies);
        }
        self.steps.extend(played.steps.iter().cloned());
        played
    }
}

impl Answers<'_> {
    /// The answer to a call: what the turn says, else what the test says, else nothing.
    fn to(&self, handler: &HandlerId, call_of_turn: usize, call_of_test: usize) -> Result<HandlerReply, String> {
        let answer = match self.turn.get(handler) {
            Some(answers) => answers.to_call(call_of_turn),
            None => self.test.get(handler).and_then(|answers| answers.to_call(call_of_test)),
        };
        match answer {
            None => Ok(HandlerReply::default()),
            Some(StubbedAnswer::Fails(reason)) => Err(reason.clone()),
            Some(StubbedAnswer::Answers { variables, replies }) => {
                Ok(HandlerReply { variables: variables.clone(), replies: replies.clone() })
            }
        }
    }
}

impl PlayedTurn {
    /// The handlers that were called.
    pub(crate) fn called(&self) -> BTreeSet<&HandlerId> {
        self.calls.iter().map(|call| &call.handler).collect()
    }
}

fn payload_of(shown: &[Reply], wanted: &str) -> Option<String> {
    let payloads = shown.iter().flat_map(|reply| &reply.buttons).filter_map(|button| match &button.action {
        ReplyAction::Payload(payload) => Some((button, payload)),
        ReplyAction::Url(_) => None,
    });
    let mut by_title = payloads.clone().filter(|(button, _)| button.title == wanted);
    let mut by_payload = payloads.filter(|(_, payload)| *payload == wanted);
    by_title.next().or_else(|| by_payload.next()).map(|(_, payload)| payload.clone())
}
