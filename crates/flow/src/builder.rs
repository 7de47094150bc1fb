//! Flows written in Rust: a builder that reads like the conversation.

mod action;
mod input;
mod nodes;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use greenroom_model::document::{Alternatives, Flow, LocalizedText, Node, SystemEvent, Trigger, TriggerOn};
use greenroom_model::{Document, FlowId, Language, NodeId, PartPath, Severity};

use crate::{Error, lints};

pub use action::ActionBuilder;
pub use input::InputBuilder;
pub use nodes::BranchBuilder;
pub use wait::WaitBuilder;

/// Builds a [`Flow`]. Nodes follow each other in the order in which they are
/// added, unless [`then`](Self::then) or [`stop`](Self::stop) says otherwise; the
/// first is the start. Whatever is wrong is told by [`build`](Self::build).
///
/// # Examples
/// ```
/// use greenroom_flow::FlowBuilder;
///
/// let flow = FlowBuilder::new("Order")
///     .on_intent("order")
///     .message("hello", "en", "Gladly!")
///     .input("size", "size", "en", "What size?", |input| {
///         input.option("small", ["little"]).option("large", ["big"]).retry("en", "Small or large?")
///     })
///     .branch("dear", |branch| branch.case("size == \"large\"", "warn"))
///     .message("done", "en", "One {{ size }} one, coming up.")
///     .stop()
///     .message("warn", "en", "That one is dear.")
///     .then("done")
///     .build()?;
/// assert_eq!(flow.start.as_str(), "hello");
/// assert_eq!(flow.nodes.len(), 5);
/// # Ok::<(), greenroom_flow::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FlowBuilder {
    name: String,
    description: Option<String>,
    triggers: Vec<Trigger>,
    start: Option<NodeId>,
    nodes: BTreeMap<NodeId, Node>,
    last: Option<NodeId>,
    /// Whether the next node is to follow the last one.
    continues: bool,
    /// The first fault.
    fault: Option<Error>,
}

impl FlowBuilder {
    /// A flow of this name, without nodes yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            triggers: Vec::new(),
            start: None,
            nodes: BTreeMap::new(),
            last: None,
            continues: false,
            fault: None,
        }
    }

    /// Says what the flow is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Starts the flow when the user says something of this intent.
    #[must_use]
    pub fn on_intent(mut self, intent: &str) -> Self {
        let intent = self.id(intent).map(TriggerOn::Intent);
        self.on(intent)
    }

    /// Starts the flow when this event arrives.
    #[must_use]
    pub fn on_event(mut self, event: &str) -> Self {
        let event = self.id(event).map(TriggerOn::Event);
        self.on(event)
    }

    /// Starts the flow when a button with this payload is pressed.
    #[must_use]
    pub fn on_button(self, payload: &str) -> Self {
        self.on(Some(TriggerOn::Button(payload.to_owned())))
    }

    /// Starts the flow when a conversation begins.
    #[must_use]
    pub fn on_introduction(self) -> Self {
        self.on(Some(TriggerOn::System(SystemEvent::Introduction)))
    }

    /// Starts the flow when nothing else takes what the user said.
    #[must_use]
    pub fn on_not_understood(self) -> Self {
        self.on(Some(TriggerOn::System(SystemEvent::NotUnderstood)))
    }

    /// Starts the flow when that happens for the `times`th time in a row, and later (2 to 100).
    #[must_use]
    pub fn on_not_understood_again(mut self, times: u32) -> Self {
        self.triggers.push(Trigger { times, ..Trigger::on(TriggerOn::System(SystemEvent::NotUnderstood)) });
        self
    }

    /// Starts the flow when the user says this and nothing else.
    #[must_use]
    pub fn on_keyword(self, keyword: &str) -> Self {
        self.on(Some(TriggerOn::Keyword(keyword.to_owned())))
    }

    /// Starts the flow when a conversation begins by a link of this name.
    #[must_use]
    pub fn on_link(self, link: &str) -> Self {
        self.on(Some(TriggerOn::Link(link.to_owned())))
    }

    /// Starts the flow when the user says something while the bot is switched off.
    #[must_use]
    pub fn on_bot_disabled(self) -> Self {
        self.on(Some(TriggerOn::System(SystemEvent::BotDisabled)))
    }

    /// Starts the flow when another one fails.
    #[must_use]
    pub fn on_error(self) -> Self {
        self.on(Some(TriggerOn::System(SystemEvent::Error)))
    }

    /// Lets the last trigger fit only while this context is active (with others, if said again).
    #[must_use]
    pub fn in_context(mut self, context: &str) -> Self {
        let context = self.id(context);
        match (self.triggers.last_mut(), context) {
            (Some(trigger), Some(context)) => {
                trigger.contexts.insert(context);
            }
            (None, _) => self.blame("`in_context` follows a trigger, such as `on_intent`"),
            (Some(_), None) => {}
        }
        self
    }

    /// Lets the last trigger begin at this node, not at the start.
    #[must_use]
    pub fn at(mut self, node: &str) -> Self {
        let node = self.id(node);
        match self.triggers.last_mut() {
            Some(trigger) => trigger.node = node,
            None => self.blame("`at` follows a trigger, such as `on_intent`"),
        }
        self
    }

    /// Starts the flow at this node, not at the first.
    #[must_use]
    pub fn start(mut self, node: &str) -> Self {
        self.start = self.id(node);
        self
    }

    /// The flow.
    ///
    /// # Errors
    /// [`Error::Id`] for what is not an id, [`Error::Flow`] for a node given
    /// twice, an edge that leads nowhere, a condition or template that does not
    /// parse, and whatever else a lint refuses.
    pub fn build(self) -> Result<Flow, Error> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let fault = |reason: String| Error::Flow { flow: self.name.clone(), reason };
        let Some(start) = self.start else {
            return Err(fault("it has no node; add one, such as a message".to_owned()));
        };
        let flow = Flow {
            name: self.name.clone(),
            description: self.description,
            triggers: self.triggers,
            start,
            nodes: self.nodes,
        };
        // The id is not known here; what it matters for (jumps inside a flow) the builder does not make.
        let path = PartPath::Flow(FlowId::from_name(&flow.name));
        let document = Document::Flow(flow);
        document.to_bytes(&path)?;
        let findings = lints::findings(&path, &document);
        if let Some(finding) = findings.iter().find(|finding| finding.severity == Severity::Deny) {
            return Err(fault(finding.message.clone()));
        }
        match document {
            Document::Flow(flow) => Ok(flow),
            other => Err(fault(format!("it became a part of kind {}", other.kind()))),
        }
    }

    fn on(mut self, on: Option<TriggerOn>) -> Self {
        self.triggers.extend(on.map(Trigger::on));
        self
    }

    fn id<T: FromStr<Err = greenroom_model::Error>>(&mut self, text: &str) -> Option<T> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.fault.get_or_insert(Error::Id(error));
                None
            }
        }
    }

    fn blame(&mut self, reason: impl Display) {
        let fault = Error::Flow { flow: self.name.clone(), reason: reason.to_string() };
        self.fault.get_or_insert(fault);
    }

    fn failed(mut self, error: Error) -> Self {
        self.fault.get_or_insert(error);
        self
    }
}

/// A text in a language, beside those that are there.
fn add_text(texts: &mut LocalizedText, language: Language, text: String) {
    let mut alternatives = texts.remove(&language).map(|there| there.texts().to_vec()).unwrap_or_default();
    alternatives.push(text);
    if let Some(alternatives) = Alternatives::several(alternatives) {
        texts.insert(language, alternatives);
    }
}

/// Texts as a set.
fn set_of<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    texts.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests;
