//! Flows written in Rust: a builder that reads like the conversation.

mod action;
mod input;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use greenroom_model::document::{
    Alternatives, BranchNode, Button, ButtonAction, Case, EndNode, Flow, HandoverNode, JumpNode, JumpTo, LocalizedText,
    MessageNode, Node, Prompt, SystemEvent, Trigger, TriggerOn,
};
use greenroom_model::{Document, FlowId, Language, NodeId, PartPath, Severity};

use crate::{Error, lints};

pub use action::ActionBuilder;
pub use input::InputBuilder;

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

/// Builds the cases of a branch.
#[derive(Debug, Default)]
pub struct BranchBuilder {
    cases: Vec<(String, String)>,
    otherwise: Option<String>,
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

    /// Adds a message; the text is a template.
    #[must_use]
    pub fn message(mut self, id: &str, language: &str, text: impl Into<String>) -> Self {
        let text = self.text(language, text.into());
        self.node(id, Node::Message(MessageNode { text, ..MessageNode::default() }))
    }

    /// Adds a question that waits for an answer and keeps it in a variable. With
    /// no rule of what it takes, it takes any text.
    #[must_use]
    pub fn input(
        mut self,
        id: &str,
        variable: &str,
        language: &str,
        question: impl Into<String>,
        with: impl FnOnce(InputBuilder) -> InputBuilder,
    ) -> Self {
        let text = self.text(language, question.into());
        let Some(variable) = self.id(variable) else { return self };
        let input = with(InputBuilder::new(variable, Prompt { text, buttons: Vec::new() }));
        match input.finish() {
            Ok(input) => self.node(id, Node::Input(input)),
            Err(error) => self.failed(error),
        }
    }

    /// Adds a branch. When no case holds, it goes to `otherwise`, or to the node added next.
    #[must_use]
    pub fn branch(mut self, id: &str, with: impl FnOnce(BranchBuilder) -> BranchBuilder) -> Self {
        let built = with(BranchBuilder::default());
        let mut cases = Vec::with_capacity(built.cases.len());
        for (when, goto) in built.cases {
            let Some(goto) = self.id(&goto) else { return self };
            cases.push(Case { when, goto });
        }
        let otherwise = built.otherwise.and_then(|node| self.id(&node));
        self.node(id, Node::Branch(BranchNode { cases, otherwise }))
    }

    /// Adds an action: sets variables and contexts, calls a handler.
    #[must_use]
    pub fn action(self, id: &str, with: impl FnOnce(ActionBuilder) -> ActionBuilder) -> Self {
        match with(ActionBuilder::default()).finish() {
            Ok(action) => self.node(id, Node::Action(action)),
            Err(error) => self.failed(error),
        }
    }

    /// Adds a jump to the start of another flow, without return.
    #[must_use]
    pub fn jump(mut self, id: &str, flow: &str) -> Self {
        let Some(flow) = self.id(flow) else { return self };
        self.node(id, Node::Jump(JumpNode { to: JumpTo::Flow(flow, None), returns: false, next: None }))
    }

    /// Adds a jump to the start of another flow that comes back to the node added next.
    #[must_use]
    pub fn jump_and_return(mut self, id: &str, flow: &str) -> Self {
        let Some(flow) = self.id(flow) else { return self };
        self.node(id, Node::Jump(JumpNode { to: JumpTo::Flow(flow, None), returns: true, next: None }))
    }

    /// Adds a jump to what a variable names: `flow`, or `flow/node`.
    #[must_use]
    pub fn jump_to_variable(mut self, id: &str, variable: &str) -> Self {
        let Some(variable) = self.id(variable) else { return self };
        self.node(id, Node::Jump(JumpNode { to: JumpTo::Variable(variable), returns: false, next: None }))
    }

    /// Adds a handover to a person; the node added next follows when the bot is resumed.
    #[must_use]
    pub fn handover(mut self, id: &str, language: &str, text: impl Into<String>) -> Self {
        let text = self.text(language, text.into());
        self.node(id, Node::Handover(HandoverNode { text, next: None }))
    }

    /// Adds an end.
    #[must_use]
    pub fn end(self, id: &str) -> Self {
        self.node(id, Node::End(EndNode {}))
    }

    /// Says the last node's text in another language too, or in other words.
    #[must_use]
    pub fn also(mut self, language: &str, text: impl Into<String>) -> Self {
        let Some(language) = self.id::<Language>(language) else { return self };
        let texts = match self.last_node() {
            Some(Node::Message(message)) => &mut message.text,
            Some(Node::Input(input)) => &mut input.ask.get_or_insert_default().text,
            Some(Node::Handover(handover)) => &mut handover.text,
            _ => {
                self.blame("`also` follows a message, an input or a handover");
                return self;
            }
        };
        add_text(texts, language, text.into());
        self
    }

    /// Adds a button to the last message or input, in one language.
    #[must_use]
    pub fn button(mut self, language: &str, title: impl Into<String>, action: ButtonAction) -> Self {
        let Some(language) = self.id::<Language>(language) else { return self };
        let buttons = match self.last_node() {
            Some(Node::Message(message)) => &mut message.buttons,
            Some(Node::Input(input)) => &mut input.ask.get_or_insert_default().buttons,
            _ => {
                self.blame("a button follows a message or an input");
                return self;
            }
        };
        buttons.push(Button { title: BTreeMap::from([(language, title.into())]), action });
        self
    }

    /// Adds a button that goes to a node of the flow.
    #[must_use]
    pub fn goto_button(mut self, language: &str, title: impl Into<String>, node: &str) -> Self {
        let Some(node) = self.id(node) else { return self };
        self.button(language, title, ButtonAction::Goto(node))
    }

    /// Adds a button that counts as something of this intent.
    #[must_use]
    pub fn intent_button(mut self, language: &str, title: impl Into<String>, intent: &str) -> Self {
        let Some(intent) = self.id(intent) else { return self };
        self.button(language, title, ButtonAction::Intent { intent, entities: BTreeMap::new() })
    }

    /// Lets this node follow the last one.
    #[must_use]
    pub fn then(mut self, node: &str) -> Self {
        if let Some(node) = self.id(node) {
            self.lead_last_to(&node);
        }
        self.continues = false;
        self
    }

    /// Lets nothing follow the last node: the flow ends there.
    #[must_use]
    pub fn stop(mut self) -> Self {
        self.continues = false;
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

    fn node(mut self, id: &str, node: Node) -> Self {
        let Some(id) = self.id::<NodeId>(id) else { return self };
        if self.nodes.contains_key(&id) {
            self.blame(format!("the node `{id}` is given twice; give the second one another id"));
            return self;
        }
        if self.continues {
            self.lead_last_to(&id);
        }
        self.start.get_or_insert_with(|| id.clone());
        self.continues = !matches!(node, Node::End(_) | Node::Jump(JumpNode { returns: false, .. }));
        self.nodes.insert(id.clone(), node);
        self.last = Some(id);
        self
    }

    /// Leads the last node's edge to a node, where it leads nowhere yet.
    fn lead_last_to(&mut self, to: &NodeId) {
        let edge = match self.last_node() {
            Some(Node::Message(message)) => &mut message.next,
            Some(Node::Input(input)) => &mut input.next,
            Some(Node::Branch(branch)) => &mut branch.otherwise,
            Some(Node::Action(action)) => &mut action.next,
            Some(Node::Jump(jump)) => &mut jump.next,
            Some(Node::Handover(handover)) => &mut handover.next,
            Some(Node::End(_)) | None => {
                self.blame("`then` follows a node other than an end");
                return;
            }
        };
        edge.get_or_insert_with(|| to.clone());
    }

    fn last_node(&mut self) -> Option<&mut Node> {
        self.nodes.get_mut(self.last.as_ref()?)
    }

    fn text(&mut self, language: &str, text: String) -> LocalizedText {
        let language = self.id::<Language>(language);
        language.map(|language| (language, Alternatives::one(text))).into_iter().collect()
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

impl BranchBuilder {
    /// Goes to a node when a condition holds; the first case that holds wins.
    #[must_use]
    pub fn case(mut self, when: impl Into<String>, goto: &str) -> Self {
        self.cases.push((when.into(), goto.to_owned()));
        self
    }

    /// Goes to a node when no case holds.
    #[must_use]
    pub fn otherwise(mut self, goto: &str) -> Self {
        self.otherwise = Some(goto.to_owned());
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
