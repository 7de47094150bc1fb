//! A conversation as tests and replays play it: no clock, nothing called, each turn to its end.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_flow::{Effect, HandlerReply, HttpBody, HttpRequest, Reply, ReplyAction, Secrets, Session};
use greenroom_model::document::{Called, ConversationTest, Turn as TestTurn, UserAct};
use greenroom_model::{EventId, VariableId};
use jiff::civil::DateTime;
use serde_json::Value;

use super::stubs::{Answers, answered};
use super::{PendingCall, PlayedStep, TEST_NOW};
use crate::{Bot, Understanding, UserInput};

/// How often one turn may call something before it is given up.
const MAX_CALLS: usize = 20;

/// A conversation under way.
pub(crate) struct Player<'b> {
    bot: &'b Bot,
    session: Session,
    now: DateTime,
    shown: Vec<Reply>,
    calls: BTreeMap<Called, usize>,
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
#[derive(Default)]
pub(crate) struct PlayedTurn {
    pub(crate) replies: Vec<Reply>,
    pub(crate) understanding: Option<Understanding>,
    pub(crate) calls: Vec<PlayedCall>,
    pub(crate) raised: Vec<EventId>,
    pub(crate) steps: Vec<PlayedStep>,
    pub(crate) secrets: Secrets,
}

/// A call that was made.
pub(crate) struct PlayedCall {
    pub(crate) called: Called,
    /// The variables that had a value then.
    pub(crate) variables: BTreeMap<VariableId, Value>,
    /// The request, where it is one.
    pub(crate) request: Option<HttpRequest>,
}

/// A turn under way.
pub(crate) struct Course {
    played: PlayedTurn,
    called: BTreeMap<Called, usize>,
    next: Option<UserInput>,
    /// What calls from outside are told of the turn, where handlers are called for real.
    live: Option<Live>,
}

/// The turn as handlers see it.
struct Live {
    input: UserInput,
    before: BTreeMap<VariableId, Value>,
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
        Self { bot, session, now, shown: Vec::new(), calls: BTreeMap::new() }
    }

    /// Plays a turn; `None` where it presses a button that is not shown and must be, or
    /// waits for the end of a time that nothing waits for.
    pub(crate) fn play(&mut self, test: &ConversationTest, turn: &TestTurn, press: Press) -> Option<PlayedTurn> {
        let input = self.input(&turn.user, press)?;
        self.now = turn.time.unwrap_or(self.now);
        Some(self.take(input, &Answers { turn: &turn.answers, test: &test.answers }))
    }

    /// Whether the user can do that: a button is shown, a time is waited for.
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

    fn input(&self, user: &UserAct, press: Press) -> Option<UserInput> {
        Some(match user {
            UserAct::Start => UserInput::Start,
            UserAct::Link(link) => UserInput::Link(link.clone()),
            UserAct::Say(text) => UserInput::Text(text.clone()),
            UserAct::Event(event, with) if with.is_empty() => UserInput::Event(event.clone()),
            UserAct::Event(event, with) => UserInput::EventWith(event.clone(), with.clone()),
            UserAct::Timeout => UserInput::Timeout(self.timer()?),
            UserAct::Resume => UserInput::Resume,
            UserAct::Disabled => UserInput::Disabled,
            UserAct::Press(button) => match payload_of(&self.shown, button) {
                Some(payload) => UserInput::Button(payload),
                None if press == Press::Anything => UserInput::Button(button.clone()),
                None => return None,
            },
        })
    }

    /// The timer of the node that waits, else the one that began first.
    fn timer(&self) -> Option<u64> {
        let timers = &self.session.timers;
        let of_this_node = timers.iter().find(|(_, at)| self.session.position.as_ref() == Some(at));
        of_this_node.or_else(|| timers.first_key_value()).map(|(number, _)| *number)
    }

    /// Takes an input, answers the calls that it leads to, and goes on until the conversation waits.
    fn take(&mut self, input: UserInput, answers: &Answers<'_>) -> PlayedTurn {
        let mut course = Course::new(input, None);
        while self.advance(&mut course, answers).is_some() {
            // Every call has its answer in the test, so this is not reached.
            course.next = Some(UserInput::HandlerResult(Ok(HandlerReply::default())));
        }
        self.end(course)
    }

    /// The turn begins, with handlers that are not answered by the test; as in [`play`](Self::play).
    pub(crate) fn begin_live(&mut self, turn: &TestTurn) -> Option<Course> {
        let input = self.input(&turn.user, Press::OnlyShown)?;
        self.now = turn.time.unwrap_or(self.now);
        Some(Course::new(input.clone(), Some(Live { input, before: self.session.variables.clone() })))
    }

    /// The turn goes on until somebody must answer a call.
    pub(crate) fn advance_live(
        &mut self,
        course: &mut Course,
        test: &ConversationTest,
        turn: &TestTurn,
    ) -> Option<PendingCall> {
        self.advance(course, &Answers { turn: &turn.answers, test: &test.answers })
    }

    /// Goes on until the conversation waits, or a call needs an answer from outside: then the
    /// course is to be given one as its next input.
    fn advance(&mut self, course: &mut Course, answers: &Answers<'_>) -> Option<PendingCall> {
        while let Some(input) = course.next.take() {
            let played = &mut course.played;
            let turn = self.bot.turn_at(&self.session, &input, Some(self.now));
            let waited_at = self.session.position.take();
            let intent = turn.understanding.as_ref().and_then(|understanding| understanding.intent.as_ref());
            let intent = intent.map(|intent| intent.id.clone());
            played.steps.push(PlayedStep { input, intent, waited_at, trace: turn.trace });
            self.session = turn.session;
            played.replies.extend(turn.replies);
            played.secrets.extend(&turn.secrets);
            played.understanding = played.understanding.take().or(turn.understanding);
            let mut pending = None;
            for effect in turn.effects {
                let (call, checks) = match effect {
                    Effect::Call { handler, name, variables, answer, .. } => {
                        let call = PlayedCall { called: Called::Handler(handler), variables, request: None };
                        (call, Some((name, answer)))
                    }
                    Effect::Http(request) => {
                        // The node that sent it waits for the answer.
                        let Some(at) = self.session.position.clone() else { continue };
                        let called = Called::Request(at.flow, at.node);
                        let variables = self.session.variables.clone();
                        (PlayedCall { called, variables, request: Some(request) }, None)
                    }
                    Effect::Event { event, .. } => {
                        played.raised.push(event);
                        continue;
                    }
                    Effect::Timer { .. } | Effect::Handover(_) => continue,
                };
                if played.calls.len() < MAX_CALLS {
                    match (&course.live, checks) {
                        (Some(live), Some((handler, answer))) => {
                            pending = Some(PendingCall {
                                handler,
                                number: played.calls.len() + 1,
                                session: self.session.clone(),
                                before: live.before.clone(),
                                input: live.input.clone(),
                                understanding: played.understanding.clone(),
                                answer,
                                now: self.now,
                            });
                        }
                        (_, checks) => {
                            let is_check = checks.is_some_and(|(_, answer)| answer.is_some());
                            let in_turn: &mut usize = course.called.entry(call.called.clone()).or_default();
                            let in_test = self.calls.entry(call.called.clone()).or_default();
                            let answer = answers.to(&call.called, *in_turn, *in_test);
                            course.next = Some(answered(&call.called, answer, is_check));
                            *in_turn += 1;
                            *in_test += 1;
                        }
                    }
                }
                played.calls.push(call);
            }
            if pending.is_some() {
                return pending;
            }
        }
        None
    }

    /// The turn is at its end.
    pub(crate) fn end(&mut self, course: Course) -> PlayedTurn {
        let played = course.played;
        // A turn without an answer leaves the buttons where they are.
        if !played.replies.is_empty() {
            self.shown.clone_from(&played.replies);
        }
        played
    }
}

impl Course {
    fn new(input: UserInput, live: Option<Live>) -> Self {
        Self { played: PlayedTurn::default(), called: BTreeMap::new(), next: Some(input), live }
    }

    /// Goes on with what a handler answered.
    pub(crate) fn answered(&mut self, result: Result<HandlerReply, String>) {
        self.next = Some(UserInput::HandlerResult(result));
    }
}

impl PlayedTurn {
    /// What was called.
    pub(crate) fn called(&self) -> BTreeSet<&Called> {
        self.calls.iter().map(|call| &call.called).collect()
    }
}

impl PlayedCall {
    /// The body of the request, where it is one and has one.
    pub(crate) fn body(&self) -> Option<Value> {
        match self.request.as_ref()?.body.as_ref()? {
            HttpBody::Text(text) => Some(Value::String(text.clone())),
            HttpBody::Json(json) => Some(json.clone()),
        }
    }

    /// The address of the request, where it is one.
    pub(crate) fn url(&self) -> Option<&str> {
        Some(&self.request.as_ref()?.url)
    }
}

fn payload_of(shown: &[Reply], wanted: &str) -> Option<String> {
    let payloads = || {
        shown.iter().flat_map(Reply::all_buttons).filter_map(|button| match &button.action {
            ReplyAction::Payload(payload) => Some((button, payload)),
            ReplyAction::Url(_) => None,
        })
    };
    let by_title = payloads().find(|(button, _)| button.title == wanted);
    by_title.or_else(|| payloads().find(|(_, payload)| *payload == wanted)).map(|(_, payload)| payload.clone())
}
