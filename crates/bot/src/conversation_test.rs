//! Playing a bot's conversation tests against it.

mod compare;
mod live;
mod player;
mod stubs;
mod unknown;
mod wording;

use greenroom_flow::{Position, TraceStep};
use greenroom_model::IntentId;
use greenroom_model::document::ConversationTest;
use jiff::civil::DateTime;
use serde::Serialize;

use crate::{Bot, UserInput};
pub use live::{LivePlay, PendingCall};
pub(crate) use player::{PlayedTurn, Player, Press};

/// When a test is played that gives no time: Monday, 5 January 2026, at noon. So
/// `tomorrow` is the same day in each run.
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
    /// What was looked at: `replies` (how many), `replies.N` (one of them, from 1),
    /// `intent`, `entities.ID`, `node`, `language`, `variables.ID`, `contexts.ID`,
    /// `handed_over`, `calls`, `raised`, `answers.CALL`, `press` or `timeout`.
    pub what: String,
    /// What the test expects.
    pub expected: String,
    /// What the bot did.
    pub found: String,
    /// What the test's author can do about it.
    pub help: String,
}

/// A test that was played: what it showed, and all that the bot did.
#[derive(Debug, Clone, PartialEq)]
pub struct Playthrough {
    /// What was not as expected.
    pub outcome: TestOutcome,
    /// Every input of the conversation and how the bot came to its answer, in
    /// order; a turn in which something is called has several.
    pub steps: Vec<PlayedStep>,
}

/// One input of a conversation, and how the bot came to its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedStep {
    /// The input.
    pub input: UserInput,
    /// The intent that was understood.
    pub intent: Option<IntentId>,
    /// The node that waited when it came.
    pub waited_at: Option<Position>,
    /// How the bot came to its answer.
    pub trace: Vec<TraceStep>,
}

impl TestOutcome {
    /// Whether all was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Bot {
    /// Plays a test in a new session and tells everything that is not as it expects.
    ///
    /// No handler is called and no request sent: each is answered with what the test
    /// says, or else with nothing. Where the test presses a button that is not shown,
    /// it ends there.
    ///
    /// # Examples
    /// ```
    /// use greenroom_bot::Bot;
    /// use greenroom_flow::FlowBuilder;
    /// use greenroom_model::document::{ConversationTest, Expectation, ExpectedReply, Settings, Turn, UserAct};
    /// use greenroom_model::{Document, PartPath};
    ///
    /// let flow = FlowBuilder::new("Welcome").on_introduction().message("hello", "en", "Good evening!").build()?;
    /// let settings = Settings::new("Doorman", "en".parse()?);
    /// let parts = [(PartPath::Settings, Document::Settings(settings)), ("flows/welcome".parse()?, Document::Flow(flow))];
    /// let bot = Bot::new(parts, Default::default())?;
    ///
    /// let expect = Expectation { replies: Some(vec![ExpectedReply::exactly("Good morning!")]), ..Default::default() };
    /// let test = ConversationTest::of("Greets", vec![Turn::of(UserAct::Start).expecting(expect)]);
    /// let outcome = bot.play(&test);
    /// assert!(!outcome.passed());
    /// assert_eq!(outcome.mismatches[0].found, "\"Good evening!\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn play(&self, test: &ConversationTest) -> TestOutcome {
        self.play_through(test).outcome
    }

    /// The same, with all that the bot did: what [`Coverage`](crate::Coverage) counts.
    #[must_use]
    pub fn play_through(&self, test: &ConversationTest) -> Playthrough {
        let mut player = Player::new(self, test);
        let (mut mismatches, mut steps) = (Vec::new(), Vec::new());
        for (position, expected) in test.turns.iter().enumerate() {
            let Some(played) = player.play(test, expected, Press::OnlyShown) else {
                let left = test.turns.len() - position - 1;
                mismatches.push(wording::cannot(position + 1, &expected.user, player.shown(), left));
                break;
            };
            let scene = compare::Scene { bot: self, number: position + 1, played: &played, session: player.session() };
            mismatches.extend(compare::compare(&scene, expected));
            steps.extend(played.steps);
        }
        Playthrough { outcome: TestOutcome { mismatches }, steps }
    }
}

#[cfg(test)]
mod tests;
