//! `tests/ID`: a conversation and what the bot should do at each turn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check_name;
use crate::{EventId, Language, VariableId};

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
    /// The turns, in order.
    pub turns: Vec<Turn>,
}

/// One turn: what the user does, and what is expected of the bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "TurnForm"))]
#[serde(try_from = "TurnForm", into = "TurnForm")]
pub struct Turn {
    /// What the user does.
    pub user: UserAct,
    /// What the bot should do.
    pub expect: Expectation,
}

/// What a user does in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAct {
    /// Says something.
    Say(String),
    /// Presses a button that the bot has just shown, by its title or payload.
    Press(String),
    /// The channel or an embedder sends an event.
    Event(EventId),
}

/// What the bot should do in a turn. What is left out is not looked at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// The replies' texts, all of them, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Vec<String>>,
    /// The id of the intent that was understood, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Where the conversation then waits: `flow/node`, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Variables and the values that they then have (`null`: not set).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<VariableId, Value>,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct TurnForm {
    /// What the user says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    say: Option<String>,
    /// The title or payload of a button that the user presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    press: Option<String>,
    /// An event that arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
    #[serde(default)]
    expect: Expectation,
}

impl TryFrom<TurnForm> for Turn {
    type Error = &'static str;

    fn try_from(form: TurnForm) -> Result<Self, Self::Error> {
        let user = match (form.say, form.press, form.event) {
            (Some(text), None, None) => UserAct::Say(text),
            (None, Some(button), None) => UserAct::Press(button),
            (None, None, Some(event)) => UserAct::Event(event),
            _ => return Err("a turn takes one of `say`, `press` and `event`"),
        };
        Ok(Self { user, expect: form.expect })
    }
}

impl From<Turn> for TurnForm {
    fn from(turn: Turn) -> Self {
        let mut form = Self { say: None, press: None, event: None, expect: turn.expect };
        match turn.user {
            UserAct::Say(text) => form.say = Some(text),
            UserAct::Press(button) => form.press = Some(button),
            UserAct::Event(event) => form.event = Some(event),
        }
        form
    }
}

impl ConversationTest {
    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if self.turns.is_empty() {
            return Err("at `turns`: there is none; a test that plays nothing shows nothing".to_owned());
        }
        Ok(())
    }
}
