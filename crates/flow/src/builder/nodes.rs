//! The nodes of a flow and what leads from one to the next, written in Rust.

use std::collections::BTreeMap;

use greenroom_model::document::{
    Alternatives, BranchNode, Button, ButtonAction, Case, EndNode, HandoverNode, JumpNode, JumpTo, LocalizedText,
    MessageNode, Node, Prompt,
};
use greenroom_model::{Language, NodeId};

use super::{ActionBuilder, FlowBuilder, InputBuilder, add_text};

/// Builds the cases of a branch.
#[derive(Debug, Default)]
pub struct BranchBuilder {
    cases: Vec<(String, String)>,
    otherwise: Option<String>,
}

impl FlowBuilder {
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
        let input = with(InputBuilder::new(variable, Prompt { text, ..Prompt::default() }));
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
        self.node(id, Node::Handover(HandoverNode { text, ..HandoverNode::default() }))
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

    pub(super) fn node(mut self, id: &str, node: Node) -> Self {
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
        match self.last_node().and_then(Node::way_on) {
            Some(edge) => drop(edge.get_or_insert_with(|| to.clone())),
            None => self.blame("`then` follows a node other than an end"),
        }
    }

    pub(super) fn last_node(&mut self) -> Option<&mut Node> {
        self.nodes.get_mut(self.last.as_ref()?)
    }

    fn text(&mut self, language: &str, text: String) -> LocalizedText {
        let language = self.id::<Language>(language);
        language.map(|language| (language, Alternatives::one(text))).into_iter().collect()
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
