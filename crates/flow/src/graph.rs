//! All flows of a bot, compiled for walking: targets resolved to numbers,
//! conditions and templates read, triggers in maps.

mod awaited;
mod compile;
mod content;
mod language;
mod node;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use greenroom_model::document::{LanguageDetection, Lifetime, SystemEvent, ValueType};
use greenroom_model::{ContextId, Document, EntityId, EventId, FlowId, HandlerId, IntentId, Language, NodeId};
use greenroom_model::{PartPath, VariableId};
use serde_json::Value;

use crate::templates::Templates;
use crate::{Position, Secrets, Session};

pub(crate) use content::{Card, Content};
pub(crate) use node::{
    Accepting, Action, Asking, Branching, Destination, HandingOver, Input, Jumping, Kind, Message, Node, Raising,
    Requesting, Setting, Target, Waiting,
};
pub(crate) use text::{Buttons, Pressing, Texts, in_language};

/// All flows of a bot, compiled for walking.
///
/// Compiling is total: a condition, template, pattern or target that does not
/// work is kept as such, and the walk names it in its trace and passes by.
///
/// # Examples
/// ```
/// use greenroom_flow::{Graph, Input, Session, step};
/// use greenroom_model::{Document, PartPath};
///
/// let path: PartPath = "flows/greet".parse()?;
/// let flow = Document::from_json(&path, br#"{
///     "name": "Greeting", "start": "hi", "triggers": [{ "intent": "greet" }],
///     "nodes": { "hi": { "message": { "text": { "en": "Good evening!" } } } }
/// }"#)?;
/// let graph = Graph::compile([(path, flow)]);
///
/// let session = Session::new(&graph, None);
/// let step = step(&graph, &session, &Input::of_intent("hello", "greet".parse()?));
/// assert_eq!(step.replies[0].text, "Good evening!");
/// # Ok::<(), greenroom_model::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Graph {
    nodes: Vec<Node>,
    positions: HashMap<FlowId, FlowNodes>,
    triggers: Triggers,
    button_targets: HashSet<NodeIndex>,
    variables: BTreeMap<VariableId, Declared>,
    default_values: BTreeMap<VariableId, Value>,
    /// The sensitive ones among the variables.
    sensitive: Vec<VariableId>,
    filled_by: HashMap<EntityId, Vec<VariableId>>,
    handlers: BTreeMap<HandlerId, String>,
    default_language: Language,
    /// The languages that the bot speaks; `None`: its settings are not known.
    languages: Option<BTreeSet<Language>>,
    detect_language: LanguageDetection,
    /// The entities that are dates.
    dates: HashSet<EntityId>,
    templates: Templates,
}

/// What the walk asks of a variable.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Declared {
    pub(crate) value_type: ValueType,
    pub(crate) lifetime: Lifetime,
    pub(crate) is_sensitive: bool,
}

/// The number of a flow in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FlowIndex(u32);

/// The number of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeIndex(u32);

/// Where a flow begins, and its nodes.
#[derive(Debug, Clone)]
struct FlowNodes {
    start: Target,
    nodes: HashMap<NodeId, NodeIndex>,
}

/// What starts flows; each list in the order of flow ids, then as written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Triggers {
    pub(crate) intents: HashMap<IntentId, Vec<Trigger>>,
    pub(crate) events: HashMap<EventId, Vec<Trigger>>,
    pub(crate) buttons: HashMap<String, Vec<Trigger>>,
    /// As [`keyword`](crate::walk::keyword) gives them.
    pub(crate) keywords: HashMap<String, Vec<Trigger>>,
    pub(crate) links: HashMap<String, Vec<Trigger>>,
    system: BTreeMap<SystemEvent, Vec<Trigger>>,
}

/// A trigger of a flow.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub(crate) flow: FlowId,
    pub(crate) contexts: BTreeSet<ContextId>,
    pub(crate) to: Target,
    /// From the how-manieth time in a row on it fits.
    pub(crate) times: u32,
}

impl Graph {
    /// Compiles the flows, variables, handlers and settings among a bot's parts, and
    /// notes which entities are dates; other parts are passed over.
    pub fn compile(documents: impl IntoIterator<Item = (PartPath, Document)>) -> Self {
        compile::compile(documents)
    }

    /// The language of a conversation that names none.
    #[must_use]
    pub fn default_language(&self) -> &Language {
        &self.default_language
    }

    /// Whether there is such a node.
    #[must_use]
    pub fn contains(&self, position: &Position) -> bool {
        self.find(position).is_some()
    }

    /// Whether values of this variable are to be kept out of transcripts and logs.
    #[must_use]
    pub fn is_sensitive(&self, variable: &VariableId) -> bool {
        self.variables.get(variable).is_some_and(|declared| declared.is_sensitive)
    }

    /// Whether the conversation waits for a value that is to be kept out of transcripts and
    /// logs: then so is whatever the user says.
    #[must_use]
    pub fn asks_for_sensitive(&self, session: &Session) -> bool {
        let waiting = session.position.as_ref().and_then(|position| self.find(position));
        matches!(waiting.map(|index| &self.node(index).kind), Some(Kind::Input(input)) if self.is_sensitive(&input.variable))
    }

    /// The values that the person's next conversation begins with
    /// ([`Session::of_user`]): those of variables with the lifetime `user`.
    #[must_use]
    pub fn kept_for_user(&self, session: &Session) -> BTreeMap<VariableId, Value> {
        let kept = session.variables.iter().filter(|(variable, value)| self.keeps_for_user(variable, value));
        kept.map(|(variable, value)| (variable.clone(), value.clone())).collect()
    }

    pub(crate) fn keeps_for_user(&self, variable: &VariableId, value: &Value) -> bool {
        self.variables.get(variable).is_some_and(|declared| {
            declared.lifetime == Lifetime::User && !value.is_null() && declared.value_type.admits(value)
        })
    }

    /// What these values of sensitive variables must not be written down as.
    #[must_use]
    pub fn secrets_of(&self, variables: &BTreeMap<VariableId, Value>) -> Secrets {
        let mut secrets = Secrets::default();
        variables.iter().filter(|(variable, _)| self.is_sensitive(variable)).for_each(|(_, value)| secrets.add(value));
        secrets
    }

    /// The variables but for the sensitive ones, for what is written down of a conversation.
    #[must_use]
    pub fn without_sensitive(&self, variables: &BTreeMap<VariableId, Value>) -> BTreeMap<VariableId, Value> {
        let open = variables.iter().filter(|(variable, _)| !self.is_sensitive(variable));
        open.map(|(variable, value)| (variable.clone(), value.clone())).collect()
    }

    pub(crate) fn default_values(&self) -> &BTreeMap<VariableId, Value> {
        &self.default_values
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.templates
    }

    pub(crate) fn triggers(&self) -> &Triggers {
        &self.triggers
    }

    pub(crate) fn find(&self, position: &Position) -> Option<NodeIndex> {
        self.positions.get(&position.flow)?.nodes.get(&position.node).copied()
    }

    /// The node that a text names: `flow`, at its start, or `flow/node`.
    pub(crate) fn find_named(&self, text: &str) -> Option<NodeIndex> {
        match text.split_once('/') {
            Some((flow, node)) => self.positions.get(flow)?.nodes.get(node).copied(),
            None => self.positions.get(text)?.start.node(),
        }
    }

    pub(crate) fn node(&self, index: NodeIndex) -> &Node {
        #[expect(clippy::indexing_slicing, reason = "an index is made by the graph that it is used with")]
        &self.nodes[index.0 as usize]
    }

    /// Whether a button of the bot leads to a node; only to such a node may a payload lead.
    pub(crate) fn is_button_target(&self, node: NodeIndex) -> bool {
        self.button_targets.contains(&node)
    }

    /// What the bot declares of a variable; `None` where it declares none such.
    pub(crate) fn declared(&self, variable: &VariableId) -> Option<Declared> {
        self.variables.get(variable).copied()
    }

    /// The variables whose values are to be kept out of what is written down.
    pub(crate) fn sensitive_variables(&self) -> &[VariableId] {
        &self.sensitive
    }

    /// Whether an entity is a day.
    pub(crate) fn is_date(&self, entity: &EntityId) -> bool {
        self.dates.contains(entity)
    }

    /// The variables that an entity fills.
    pub(crate) fn filled_by(&self, entity: &EntityId) -> &[VariableId] {
        self.filled_by.get(entity).map_or(&[], Vec::as_slice)
    }

    /// The name under which an embedder knows a handler.
    pub(crate) fn handler_name<'a>(&'a self, handler: &'a HandlerId) -> &'a str {
        self.handlers.get(handler).map_or(handler.as_str(), String::as_str)
    }
}

impl Triggers {
    pub(crate) fn system(&self, event: SystemEvent) -> &[Trigger] {
        self.system.get(&event).map_or(&[], Vec::as_slice)
    }
}

/// A graph is shared between threads.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Graph>();
};
