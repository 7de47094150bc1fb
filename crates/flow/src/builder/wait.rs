//! Waits, events and richer contents, written in Rust.

use std::collections::BTreeMap;

use greenroom_model::document::{Button, ButtonAction, Content, EventNode, Node, WaitNode};
use greenroom_model::{EventId, Language, NodeId};
use serde_json::Value;

use super::FlowBuilder;
use crate::Error;

/// Builds a wait: for events, for some time, or for whichever comes first.
#[derive(Debug, Default)]
pub struct WaitBuilder {
    wait: WaitNode,
    fault: Option<Error>,
}

impl WaitBuilder {
    /// Goes to a node when this event arrives.
    #[must_use]
    pub fn event(mut self, event: &str, goto: &str) -> Self {
        match (event.parse::<EventId>(), goto.parse::<NodeId>()) {
            (Ok(event), Ok(goto)) => drop(self.wait.events.insert(event, goto)),
            (Err(error), _) | (_, Err(error)) => drop(self.fault.get_or_insert(Error::Id(error))),
        }
        self
    }

    /// Goes on after so many seconds (1 to 2,592,000): to the node added next, or where `then` says.
    #[must_use]
    pub fn seconds(mut self, seconds: u32) -> Self {
        self.wait.seconds = Some(seconds);
        self
    }
}

impl FlowBuilder {
    /// Adds a wait. When its time is over, the node added next follows.
    #[must_use]
    pub fn wait(self, id: &str, with: impl FnOnce(WaitBuilder) -> WaitBuilder) -> Self {
        let WaitBuilder { wait, fault } = with(WaitBuilder::default());
        match fault {
            Some(fault) => self.failed(fault),
            None => {
                let goes_on = wait.seconds.is_some();
                let built = self.node(id, Node::Wait(wait));
                if goes_on { built } else { built.stop() }
            }
        }
    }

    /// Adds a node that tells the host of an event, with values beside it; a text is a template.
    #[must_use]
    pub fn event<'d>(mut self, id: &str, event: &str, data: impl IntoIterator<Item = (&'d str, Value)>) -> Self {
        let Some(event) = self.id(event) else { return self };
        let data: BTreeMap<String, Value> = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        self.node(id, Node::Event(EventNode { event, data, next: None }))
    }

    /// Says more in the last message: a card, a picture, a list.
    #[must_use]
    pub fn content(mut self, content: Content) -> Self {
        match self.last_node() {
            Some(Node::Message(message)) => message.content.push(content),
            _ => self.blame("`content` follows a message"),
        }
        self
    }

    /// Offers an answer under the last message or input, until the user says something.
    #[must_use]
    pub fn quick_reply(mut self, language: &str, title: impl Into<String>, action: ButtonAction) -> Self {
        let Some(language) = self.id::<Language>(language) else { return self };
        let replies = match self.last_node() {
            Some(Node::Message(message)) => &mut message.quick_replies,
            Some(Node::Input(input)) => &mut input.ask.get_or_insert_default().quick_replies,
            _ => {
                self.blame("a quick reply follows a message or an input");
                return self;
            }
        };
        replies.push(Button { title: BTreeMap::from([(language, title.into())]), action });
        self
    }

    /// Says whom the last handover is to, and what the person should know; both are templates.
    #[must_use]
    pub fn handing_to(mut self, to: impl Into<String>, note: impl Into<String>) -> Self {
        match self.last_node() {
            Some(Node::Handover(handover)) => {
                handover.to = Some(to.into());
                handover.note = Some(note.into());
            }
            _ => self.blame("`handing_to` follows a handover"),
        }
        self
    }
}
