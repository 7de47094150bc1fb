//! A conversation test whose handlers are called for real: it stops at each call and
//! goes on with the answer, so that whoever plays it decides how calls are made.

use std::collections::BTreeMap;

use greenroom_flow::{HandlerReply, Session};
use greenroom_model::VariableId;
use greenroom_model::document::ConversationTest;
use jiff::civil::DateTime;
use serde_json::Value;

use super::player::{Course, Player};
use super::{Mismatch, PlayedStep, Playthrough, TestOutcome, compare, wording};
use crate::{Bot, Understanding, UserInput};

/// A call of a handler that a test has come to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PendingCall {
    /// The name under which the bot declares the handler.
    pub handler: String,
    /// The how-manieth call of its turn it is, from 1.
    pub number: usize,
    /// The conversation as it is, with the variables that the handler gets.
    pub session: Session,
    /// The variables as they were before the turn.
    pub before: BTreeMap<VariableId, Value>,
    /// What the user did in the turn.
    pub input: UserInput,
    /// What the bot made of it, where it was a text.
    pub understanding: Option<Understanding>,
    /// The answer of the user that the handler is to check, where it is called for that.
    pub answer: Option<String>,
    /// The date and time where the user is.
    pub now: DateTime,
}

/// A test that is played with handlers called for real; made by [`Bot::play_live`].
///
/// # Examples
/// ```
/// use greenroom_bot::Bot;
/// use greenroom_flow::{FlowBuilder, HandlerReply};
/// use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply, Settings, Turn, UserAct};
/// use greenroom_model::{Document, PartPath};
///
/// let flow = FlowBuilder::new("Time").on_introduction().action("ask", |action| action.call("clock")).build()?;
/// let settings = Settings::new("Clock", "en".parse()?);
/// let parts = [(PartPath::Settings, Document::Settings(settings)), ("flows/time".parse()?, Document::Flow(flow))];
/// let bot = Bot::new(parts, Default::default())?;
/// let expect = Expectation { replies: Some(vec![ExpectedReply::exactly("Noon.")]), ..Default::default() };
/// let test = ConversationTest::of("Tells the time", vec![Turn::of(UserAct::Start).expecting(expect)]);
///
/// let mut play = bot.play_live(&test);
/// while let Some(call) = play.next_call() {
///     assert_eq!(call.handler, "clock");
///     play.answer(Ok(HandlerReply { replies: vec!["Noon.".to_owned()], ..HandlerReply::default() }));
/// }
/// assert!(play.finish().outcome.passed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LivePlay<'t> {
    bot: &'t Bot,
    test: &'t ConversationTest,
    player: Player<'t>,
    /// The turn that comes next or is under way, from 0.
    turn: usize,
    course: Option<Course>,
    mismatches: Vec<Mismatch>,
    steps: Vec<PlayedStep>,
    is_over: bool,
}

impl std::fmt::Debug for LivePlay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LivePlay").field("turn", &self.turn).finish_non_exhaustive()
    }
}

impl<'t> LivePlay<'t> {
    fn new(bot: &'t Bot, test: &'t ConversationTest) -> Self {
        let player = Player::new(bot, test);
        Self { bot, test, player, turn: 0, course: None, mismatches: Vec::new(), steps: Vec::new(), is_over: false }
    }

    /// Plays on until a handler is to be called; `None`: the test is at its end. Before it
    /// plays on, the call is to be [answered](Self::answer).
    pub fn next_call(&mut self) -> Option<PendingCall> {
        while !self.is_over {
            let Some(expected) = self.test.turns.get(self.turn) else { break };
            let mut course = match self.course.take() {
                Some(course) => course,
                None => match self.player.begin_live(expected) {
                    Some(course) => course,
                    None => {
                        let left = self.test.turns.len() - self.turn - 1;
                        let shown = self.player.shown();
                        self.mismatches.push(wording::cannot(self.turn + 1, &expected.user, shown, left));
                        break;
                    }
                },
            };
            if let Some(call) = self.player.advance_live(&mut course, self.test, expected) {
                self.course = Some(course);
                return Some(call);
            }
            let played = self.player.end(course);
            let (number, session) = (self.turn + 1, self.player.session());
            let scene = compare::Scene { bot: self.bot, number, played: &played, session };
            self.mismatches.extend(compare::compare(&scene, expected));
            self.steps.extend(played.steps);
            self.turn += 1;
        }
        self.is_over = true;
        None
    }

    /// Says what the handler answered that was asked for last, or why it failed.
    pub fn answer(&mut self, result: Result<HandlerReply, String>) {
        if let Some(course) = &mut self.course {
            course.answered(result);
        }
    }

    /// What the test showed, as far as it was played.
    #[must_use]
    pub fn finish(self) -> Playthrough {
        Playthrough { outcome: TestOutcome { mismatches: self.mismatches }, steps: self.steps }
    }
}

impl Bot {
    /// Begins to play a test as [`play_through`](Self::play_through) does, but for handlers: what
    /// the test says of their answers does not count, whoever plays it answers them. Requests are
    /// still answered by the test.
    #[must_use]
    pub fn play_live<'t>(&'t self, test: &'t ConversationTest) -> LivePlay<'t> {
        LivePlay::new(self, test)
    }
}
