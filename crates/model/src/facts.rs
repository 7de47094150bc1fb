//! What a part says about itself alone: what it defines, what it refers to, its
//! examples, its local findings. Facts are a pure function of the part's bytes,
//! and the index of a bot is put together from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::document::{Accept, Button, ButtonAction, Flow, IntentFilter, Interruptions, JumpTo, Node, TriggerOn};
use crate::{Digest, Document, Finding, FlowId, IntentId, Language, Links, NodeId, PartPath};

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SymbolKind {
    /// An intent.
    Intent,
    /// An entity.
    Entity,
    /// A context.
    Context,
    /// A variable.
    Variable,
    /// A handler.
    Handler,
    /// A flow.
    Flow,
    /// A node of a flow, named `flow#node`.
    Node,
}

impl SymbolKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Intent, Self::Entity, Self::Context, Self::Variable, Self::Handler, Self::Flow, Self::Node];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Entity => "entity",
            Self::Context => "context",
            Self::Variable => "variable",
            Self::Handler => "handler",
            Self::Flow => "flow",
            Self::Node => "node",
        }
    }
}

/// Something that parts define and refer to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// Its id; `flow#node` for a node.
    pub name: String,
}

impl Symbol {
    /// The symbol of this kind and id.
    pub fn new(kind: SymbolKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// A node of a flow.
    #[must_use]
    pub fn node(flow: &FlowId, node: &NodeId) -> Self {
        Self { kind: SymbolKind::Node, name: format!("{flow}#{node}") }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.as_str(), self.name)
    }
}

/// Where something is used: a part, and the node where it is one of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Usage {
    /// The part.
    pub path: PartPath,
    /// The node.
    pub node: Option<NodeId>,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{}#{node}", self.path),
            None => write!(f, "{}", self.path),
        }
    }
}

impl FromStr for Usage {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('#') {
            Some((path, node)) => Self { path: path.parse()?, node: Some(node.parse()?) },
            None => Self { path: text.parse()?, node: None },
        })
    }
}

/// The examples of one intent in one language, as the index keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFacts {
    /// The language.
    pub language: Language,
    /// The intent.
    pub intent: IntentId,
    /// How many examples there are.
    pub count: usize,
    /// The normalised texts, by a short hash.
    pub texts: BTreeMap<String, String>,
}

/// What a part says about itself alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// What the part defines.
    pub defines: BTreeSet<Symbol>,
    /// What it refers to, and at which node.
    pub references: BTreeSet<(Symbol, Option<NodeId>)>,
    /// Its examples.
    pub examples: Option<ExampleFacts>,
    /// What it gives other parts and takes from them, beyond names; the flow crate tells it.
    pub links: Links,
    /// What is wrong with it, whatever the rest of the bot.
    pub findings: Vec<Finding>,
}

impl Facts {
    /// What the structure of a document tells. Conditions, templates and the
    /// shape of a flow's graph take more: the flow crate adds what they tell.
    ///
    /// # Examples
    /// ```
    /// use greenroom_model::{Document, Facts, PartPath};
    ///
    /// let path: PartPath = "flows/greet".parse()?;
    /// let flow = Document::from_json(&path, br#"{
    ///     "name": "greet", "start": "hi", "triggers": [{ "intent": "greet" }],
    ///     "nodes": { "hi": { "message": { "text": { "en": "Hello" } } } }
    /// }"#)?;
    /// let facts = Facts::of_structure(&path, &flow);
    /// let (symbol, _) = facts.references.first().ok_or("no reference")?;
    /// assert_eq!(symbol.to_string(), "intent `greet`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_structure(path: &PartPath, document: &Document) -> Self {
        let mut facts = Self::default();
        match (path, document) {
            (PartPath::Flow(id), Document::Flow(flow)) => facts.add_flow(id, flow),
            (PartPath::Context(id), _) => facts.define(SymbolKind::Context, id.as_str()),
            (PartPath::Variable(id), Document::Variable(variable)) => {
                facts.define(SymbolKind::Variable, id.as_str());
                for entity in &variable.from_entities {
                    facts.refer(SymbolKind::Entity, entity.as_str(), None);
                }
            }
            (PartPath::Handler(id), _) => facts.define(SymbolKind::Handler, id.as_str()),
            (PartPath::Intent(id), _) => facts.define(SymbolKind::Intent, id.as_str()),
            (PartPath::Entity(id), Document::Entity(entity)) => {
                facts.define(SymbolKind::Entity, id.as_str());
                for part in entity.composite_parts() {
                    facts.refer(SymbolKind::Entity, part.as_str(), None);
                }
            }
            (PartPath::Examples(language, intent), Document::Examples(examples)) => {
                let texts = examples.examples.iter().map(|example| {
                    let text = example.normalized();
                    (Digest::of(text.as_bytes()).to_string()[..24].to_owned(), text)
                });
                facts.examples = Some(ExampleFacts {
                    language: language.clone(),
                    intent: intent.clone(),
                    count: examples.examples.len(),
                    texts: texts.collect(),
                });
                facts.refer(SymbolKind::Intent, intent.as_str(), None);
            }
            _ => {}
        }
        facts
    }

    /// Notes that the part defines something.
    pub fn define(&mut self, kind: SymbolKind, name: &str) {
        self.defines.insert(Symbol::new(kind, name));
    }

    /// Notes that the part refers to something, perhaps at one of its nodes.
    pub fn refer(&mut self, kind: SymbolKind, name: &str, at: Option<&NodeId>) {
        self.references.insert((Symbol::new(kind, name), at.cloned()));
    }

    fn add_flow(&mut self, id: &FlowId, flow: &Flow) {
        self.define(SymbolKind::Flow, id.as_str());
        for node in flow.nodes.keys() {
            self.defines.insert(Symbol::node(id, node));
        }
        for trigger in &flow.triggers {
            if let TriggerOn::Intent(intent) = &trigger.on {
                let at = trigger.node.as_ref().unwrap_or(&flow.start);
                self.refer(SymbolKind::Intent, intent.as_str(), Some(at));
            }
            for context in &trigger.contexts {
                self.refer(SymbolKind::Context, context.as_str(), None);
            }
        }
        for (at, node) in &flow.nodes {
            self.add_node(at, node);
        }
    }

    fn add_node(&mut self, at: &NodeId, node: &Node) {
        let here = Some(at);
        self.add_buttons(at, &node.buttons());
        match node {
            Node::Input(input) => {
                self.refer(SymbolKind::Variable, input.variable.as_str(), here);
                for accept in &input.accept {
                    self.add_accept(at, accept);
                }
                if let Interruptions::Intents(filter) = &input.interruptions {
                    self.add_filter(at, filter);
                }
            }
            Node::Action(action) => {
                let http = action.http.iter().flat_map(|http| http.into.keys().chain(&http.status));
                for variable in action.set.keys().chain(action.increment.keys()).chain(&action.clear).chain(http) {
                    self.refer(SymbolKind::Variable, variable.as_str(), here);
                }
                for context in action.contexts.keys() {
                    self.refer(SymbolKind::Context, context.as_str(), here);
                }
                if let Some(handler) = &action.call {
                    self.refer(SymbolKind::Handler, handler.as_str(), here);
                }
            }
            Node::Jump(jump) => match &jump.to {
                JumpTo::Flow(flow, None) => self.refer(SymbolKind::Flow, flow.as_str(), here),
                JumpTo::Flow(flow, Some(target)) => {
                    self.references.insert((Symbol::node(flow, target), here.cloned()));
                }
                JumpTo::Variable(variable) => self.refer(SymbolKind::Variable, variable.as_str(), here),
            },
            Node::Message(_) | Node::Branch(_) | Node::Handover(_) | Node::Wait(_) | Node::Event(_) | Node::End(_) => {}
        }
    }

    fn add_accept(&mut self, at: &NodeId, accept: &Accept) {
        match accept {
            Accept::Text(filter) => self.add_filter(at, filter),
            Accept::Entity { entity, intents } => {
                self.refer(SymbolKind::Entity, entity.as_str(), Some(at));
                self.add_filter(at, intents);
            }
            Accept::Intent { intent, .. } => self.refer(SymbolKind::Intent, intent.as_str(), Some(at)),
            Accept::Handler { handler, intents } => {
                self.refer(SymbolKind::Handler, handler.as_str(), Some(at));
                self.add_filter(at, intents);
            }
            Accept::Number { .. }
            | Accept::Date { .. }
            | Accept::Email {}
            | Accept::Phone {}
            | Accept::Regex { .. }
            | Accept::Options { .. } => {}
        }
    }

    fn add_buttons(&mut self, at: &NodeId, buttons: &[&Button]) {
        for button in buttons {
            if let ButtonAction::Intent { intent, entities } = &button.action {
                self.refer(SymbolKind::Intent, intent.as_str(), Some(at));
                for entity in entities.keys() {
                    self.refer(SymbolKind::Entity, entity.as_str(), Some(at));
                }
            }
        }
    }

    fn add_filter(&mut self, at: &NodeId, filter: &IntentFilter) {
        for intent in filter.only.iter().chain(&filter.except) {
            self.refer(SymbolKind::Intent, intent.as_str(), Some(at));
        }
    }
}
