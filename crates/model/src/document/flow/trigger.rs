//! What starts a flow, and where.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{ContextId, EventId, IntentId, NodeId};

/// What starts a flow, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "TriggerForm"))]
#[serde(try_from = "TriggerForm", into = "TriggerForm")]
pub struct Trigger {
    /// What happens.
    pub on: TriggerOn,
    /// Contexts that must be active, all of them.
    pub contexts: BTreeSet<ContextId>,
    /// The node to begin at; the flow's start where none is named.
    pub node: Option<NodeId>,
    /// From the how-manieth time in a row on it fits (1 to 100): for
    /// [`SystemEvent::NotUnderstood`] alone, elsewhere 1. Among those that fit the highest wins.
    pub times: u32,
}

/// What can start a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TriggerOn {
    /// The user says something of this intent.
    Intent(IntentId),
    /// The channel or an embedder sends this event.
    Event(EventId),
    /// The user presses a button with this payload, wherever it was shown.
    Button(String),
    /// The user says this and nothing else; case, signs and blanks do not matter.
    Keyword(String),
    /// The conversation begins by a link of this name.
    Link(String),
    /// The system needs an answer.
    System(SystemEvent),
}

/// What the system asks of the bot by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SystemEvent {
    /// A conversation begins.
    Introduction,
    /// No intent was understood and no node took the text.
    NotUnderstood,
    /// Something failed while the bot answered.
    Error,
    /// The bot is switched off: all that it still says.
    BotDisabled,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct TriggerForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<IntentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
    /// The payload of a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    button: Option<String>,
    /// What the user says, and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyword: Option<String>,
    /// The name of a link by which a conversation begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<SystemEvent>,
    /// For `not_understood`: from the how-manieth time in a row on (1 to 100).
    #[serde(default = "once", skip_serializing_if = "is_once")]
    times: u32,
    /// Contexts that must be active, all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    contexts: BTreeSet<ContextId>,
    /// The node to begin at; the flow's start where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_once(times: &u32) -> bool {
    *times == 1
}

impl TryFrom<TriggerForm> for Trigger {
    type Error = &'static str;

    fn try_from(form: TriggerForm) -> Result<Self, Self::Error> {
        let mut given = [
            form.intent.map(TriggerOn::Intent),
            form.event.map(TriggerOn::Event),
            form.button.map(TriggerOn::Button),
            form.keyword.map(TriggerOn::Keyword),
            form.link.map(TriggerOn::Link),
            form.system.map(TriggerOn::System),
        ]
        .into_iter()
        .flatten();
        let (Some(on), None) = (given.next(), given.next()) else {
            return Err("a trigger takes one of `intent`, `event`, `button`, `keyword`, `link` and `system`");
        };
        if !(1..=100).contains(&form.times) {
            return Err("`times` takes 1 to 100");
        }
        if form.times > 1 && on != TriggerOn::System(SystemEvent::NotUnderstood) {
            return Err("`times` counts what was not understood in a row; it goes with `system: not_understood` alone");
        }
        Ok(Self { on, contexts: form.contexts, node: form.node, times: form.times })
    }
}

impl From<Trigger> for TriggerForm {
    fn from(trigger: Trigger) -> Self {
        let mut form = Self {
            intent: None,
            event: None,
            button: None,
            keyword: None,
            link: None,
            system: None,
            times: trigger.times,
            contexts: trigger.contexts,
            node: trigger.node,
        };
        match trigger.on {
            TriggerOn::Intent(intent) => form.intent = Some(intent),
            TriggerOn::Event(event) => form.event = Some(event),
            TriggerOn::Button(payload) => form.button = Some(payload),
            TriggerOn::Keyword(words) => form.keyword = Some(words),
            TriggerOn::Link(link) => form.link = Some(link),
            TriggerOn::System(system) => form.system = Some(system),
        }
        form
    }
}

impl Trigger {
    /// A trigger that starts the flow at its beginning, whatever the contexts.
    #[must_use]
    pub fn on(on: TriggerOn) -> Self {
        Self { on, contexts: BTreeSet::new(), node: None, times: 1 }
    }
}
