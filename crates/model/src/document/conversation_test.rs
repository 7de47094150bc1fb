//! `tests/ID`: a conversation and what the bot should do at each turn.

mod answer;
mod expectation;

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use answer::{AnswersByCall, Called, StubbedAnswer, StubbedAnswers};
pub use expectation::{Expectation, ExpectedCall, ExpectedContext, ExpectedRaw, ExpectedReply, ExpectedText};

use super::check_name;
use crate::{ContextId, EventId, Language, VariableId};

/// How many turns a test may have.
const MAX_TURNS: usize = 1_000;

/// A conversation test: turns played against a bot in a new session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConversationTest {
    /// What the test shows.
    pub name: String,
    /// The language of the conversation; the bot's default where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What holds when the conversation begins.
    #[serde(default, skip_serializing_if = "Given::is_empty")]
    pub given: Given,
    /// What handlers and requests are answered with, in every turn that does not say
    /// it itself. What neither names is answered with nothing, and finds every answer
    /// of the user valid that it is to check.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: AnswersByCall,
    /// The turns, in order.
    pub turns: Vec<Turn>,
}

/// What holds when a test's conversation begins.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// The date and time where the user is; Monday, 5 January 2026, noon where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub time: Option<DateTime>,
    /// Variables that have a value already (`null`: one that has lost its default).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<VariableId, Value>,
    /// Contexts that are active, and for how many turns of the user.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<ContextId, u32>,
}

/// One turn: what the user does, and what is expected of the bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "TurnForm"))]
#[serde(try_from = "TurnForm", into = "TurnForm")]
pub struct Turn {
    /// What the user does.
    pub user: UserAct,
    /// The time from this turn on, where time has passed.
    pub time: Option<DateTime>,
    /// What is answered in this turn. Each call that is named must be made.
    pub answers: AnswersByCall,
    /// What the bot should do.
    pub expect: Expectation,
}

/// What a user does in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAct {
    /// Opens the conversation: the bot says its introduction.
    Start,
    /// Opens the conversation by a link of this name.
    Link(String),
    /// Says something.
    Say(String),
    /// Presses a button that the bot has just shown, by its title or payload.
    Press(String),
    /// The channel or an embedder sends an event, which may bring variables their values.
    Event(EventId, BTreeMap<VariableId, Value>),
    /// The time is over for which the conversation waits.
    Timeout,
    /// The person who has taken over gives the conversation back to the bot.
    Resume,
    /// Says something while the bot is switched off.
    Disabled,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct TurnForm {
    /// `true`: the user opens the conversation.
    #[serde(skip_serializing_if = "is_false")]
    start: bool,
    /// The name of a link by which the user opens the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What the user says.
    #[serde(skip_serializing_if = "Option::is_none")]
    say: Option<String>,
    /// The title or payload of a button that the user presses.
    #[serde(skip_serializing_if = "Option::is_none")]
    press: Option<String>,
    /// An event that arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
    /// Variables and the values that the event brings them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    with: BTreeMap<VariableId, Value>,
    /// `true`: the time is over for which the conversation waits.
    #[serde(skip_serializing_if = "is_false")]
    timeout: bool,
    /// `true`: the person who has taken over gives the conversation back.
    #[serde(skip_serializing_if = "is_false")]
    resume: bool,
    /// `true`: the user says something while the bot is switched off.
    #[serde(skip_serializing_if = "is_false")]
    disabled: bool,
    /// The time from this turn on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    time: Option<DateTime>,
    /// What handlers answer in this turn.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    answers: AnswersByCall,
    expect: Expectation,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl TryFrom<TurnForm> for Turn {
    type Error = &'static str;

    fn try_from(form: TurnForm) -> Result<Self, Self::Error> {
        if !form.with.is_empty() && form.event.is_none() {
            return Err("`with` is what an `event` brings; for the start of the test there is `given`");
        }
        let acts = [
            form.start.then_some(UserAct::Start),
            form.link.map(UserAct::Link),
            form.say.map(UserAct::Say),
            form.press.map(UserAct::Press),
            form.event.map(|event| UserAct::Event(event, form.with)),
            form.timeout.then_some(UserAct::Timeout),
            form.resume.then_some(UserAct::Resume),
            form.disabled.then_some(UserAct::Disabled),
        ];
        let mut acts = acts.into_iter().flatten();
        let (Some(user), None) = (acts.next(), acts.next()) else {
            return Err(
                "a turn takes one of `say`, `press`, `event`, `link`, `start: true`, `timeout: true`, `resume: true` and `disabled: true`",
            );
        };
        Ok(Self { user, time: form.time, answers: form.answers, expect: form.expect })
    }
}

impl From<Turn> for TurnForm {
    fn from(turn: Turn) -> Self {
        let mut form = Self { time: turn.time, answers: turn.answers, expect: turn.expect, ..Self::default() };
        match turn.user {
            UserAct::Start => form.start = true,
            UserAct::Link(link) => form.link = Some(link),
            UserAct::Say(text) => form.say = Some(text),
            UserAct::Press(button) => form.press = Some(button),
            UserAct::Event(event, with) => (form.event, form.with) = (Some(event), with),
            UserAct::Timeout => form.timeout = true,
            UserAct::Resume => form.resume = true,
            UserAct::Disabled => form.disabled = true,
        }
        form
    }
}

impl Given {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Turn {
    /// A turn of which nothing is expected yet.
    #[must_use]
    pub fn of(user: UserAct) -> Self {
        Self { user, time: None, answers: BTreeMap::new(), expect: Expectation::default() }
    }

    /// The same turn with what the bot should do.
    #[must_use]
    pub fn expecting(self, expect: Expectation) -> Self {
        Self { expect, ..self }
    }
}

impl ConversationTest {
    /// A test of these turns, in the bot's default language.
    pub fn of(name: impl Into<String>, turns: Vec<Turn>) -> Self {
        Self { name: name.into(), language: None, given: Given::default(), answers: BTreeMap::new(), turns }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if self.turns.is_empty() {
            return Err("at `turns`: there is none; a test that plays nothing shows nothing".to_owned());
        }
        if self.turns.len() > MAX_TURNS {
            return Err(format!("at `turns`: there are more than {MAX_TURNS}; make several tests of them"));
        }
        for (called, answers) in &self.answers {
            answers.check(called).map_err(|reason| format!("at `{reason}"))?;
        }
        for (place, turn) in self.turns.iter().enumerate() {
            for (called, answers) in &turn.answers {
                answers.check(called).map_err(|reason| format!("at `turns[{place}].{reason}"))?;
            }
            turn.expect.check().map_err(|reason| format!("at `turns[{place}].expect.{reason}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
