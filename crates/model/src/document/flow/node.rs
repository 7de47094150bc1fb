//! The nodes of a flow: what they are called, where they lead, their buttons.

use serde::{Deserialize, Serialize};

use super::{
    ActionNode, BranchNode, Button, EndNode, EventNode, HandoverNode, InputNode, JumpNode, MessageNode, WaitNode,
};
use crate::document::{Alternatives, LocalizedText};
use crate::{Language, NodeId};

/// A step of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Says something.
    Message(MessageNode),
    /// Asks for a value, checks it, keeps it in a variable.
    Input(InputNode),
    /// Chooses the way on by conditions.
    Branch(BranchNode),
    /// Sets variables, contexts and the language, calls a handler or an HTTP service.
    Action(ActionNode),
    /// Goes to another flow.
    Jump(JumpNode),
    /// Hands the conversation over to a person.
    Handover(HandoverNode),
    /// Waits for an event or for some time to pass.
    Wait(WaitNode),
    /// Tells the host that something has happened.
    Event(EventNode),
    /// Ends the flow.
    End(EndNode),
}

/// A text in one language, as [`LocalizedText`].
impl From<(Language, &str)> for MessageNode {
    fn from((language, text): (Language, &str)) -> Self {
        Self { text: LocalizedText::from([(language, Alternatives::one(text))]), ..Self::default() }
    }
}

impl Node {
    /// The word for its kind, as documents spell it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Input(_) => "input",
            Self::Branch(_) => "branch",
            Self::Action(_) => "action",
            Self::Jump(_) => "jump",
            Self::Handover(_) => "handover",
            Self::Wait(_) => "wait",
            Self::Event(_) => "event",
            Self::End(_) => "end",
        }
    }

    /// Every button that it shows, in the order of the document.
    #[must_use]
    pub fn buttons(&self) -> Vec<&Button> {
        match self {
            Self::Message(message) => message.all_buttons().collect(),
            Self::Input(input) => {
                input.ask.iter().flat_map(|ask| ask.buttons.iter().chain(&ask.quick_replies)).collect()
            }
            Self::Branch(_)
            | Self::Action(_)
            | Self::Jump(_)
            | Self::Handover(_)
            | Self::Wait(_)
            | Self::Event(_)
            | Self::End(_) => Vec::new(),
        }
    }

    /// Every button that it shows, to be changed.
    pub fn buttons_mut(&mut self) -> Vec<&mut Button> {
        match self {
            Self::Message(message) => message.all_buttons_mut().collect(),
            Self::Input(input) => {
                input.ask.iter_mut().flat_map(|ask| ask.buttons.iter_mut().chain(&mut ask.quick_replies)).collect()
            }
            Self::Branch(_)
            | Self::Action(_)
            | Self::Jump(_)
            | Self::Handover(_)
            | Self::Wait(_)
            | Self::Event(_)
            | Self::End(_) => Vec::new(),
        }
    }

    /// The nodes of the same flow that it may lead to, with the key that names each: buttons
    /// first (`button`), then the other keys, such as `next`.
    #[must_use]
    pub fn targets(&self) -> Vec<(&'static str, &NodeId)> {
        let mut targets: Vec<(&'static str, &NodeId)> =
            self.buttons().into_iter().filter_map(Button::goto).map(|node| ("button", node)).collect();
        let mut add = |key, node: Option<_>| targets.extend(node.map(|node| (key, node)));
        match self {
            Self::Message(message) => add("next", message.next.as_ref()),
            Self::Input(input) => {
                add("otherwise", input.otherwise.as_ref());
                add("next", input.next.as_ref());
            }
            Self::Branch(branch) => {
                branch.cases.iter().for_each(|case| add("goto", Some(&case.goto)));
                add("else", branch.otherwise.as_ref());
            }
            Self::Action(action) => {
                add("on_error", action.on_error.as_ref());
                add("next", action.next.as_ref());
            }
            Self::Jump(jump) => add("next", jump.next.as_ref()),
            Self::Handover(handover) => add("next", handover.next.as_ref()),
            Self::Wait(wait) => {
                wait.events.values().for_each(|node| add("event", Some(node)));
                add("on_timeout", wait.on_timeout.as_ref());
            }
            Self::Event(event) => add("next", event.next.as_ref()),
            Self::End(_) => {}
        }
        targets
    }

    /// Where it says what follows it, where one thing does.
    pub fn way_on(&mut self) -> Option<&mut Option<NodeId>> {
        match self {
            Self::Message(message) => Some(&mut message.next),
            Self::Input(input) => Some(&mut input.next),
            Self::Branch(branch) => Some(&mut branch.otherwise),
            Self::Action(action) => Some(&mut action.next),
            Self::Jump(jump) => Some(&mut jump.next),
            Self::Handover(handover) => Some(&mut handover.next),
            Self::Wait(wait) => Some(&mut wait.on_timeout),
            Self::Event(event) => Some(&mut event.next),
            Self::End(_) => None,
        }
    }
}
