//! `flows/…`: flows with their nodes and triggers, contexts, variables, handlers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Alternatives, LocalizedText, check_name};
use crate::{ContextId, EntityId, EventId, FlowId, HandlerId, IntentId, Language, NodeId, VariableId};

/// `flows/ID`: a piece of conversation: nodes, the edges between them, and what starts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The name that people see.
    pub name: String,
    /// What the flow is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What starts the flow; a flow without triggers is reached by jumps alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Where the flow begins, for triggers and jumps that name no node.
    pub start: NodeId,
    /// The nodes by id.
    pub nodes: BTreeMap<NodeId, Node>,
}

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<SystemEvent>,
    /// Contexts that must be active, all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    contexts: BTreeSet<ContextId>,
    /// The node to begin at; the flow's start where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
}

impl TryFrom<TriggerForm> for Trigger {
    type Error = &'static str;

    fn try_from(form: TriggerForm) -> Result<Self, Self::Error> {
        let on = match (form.intent, form.event, form.button, form.system) {
            (Some(intent), None, None, None) => TriggerOn::Intent(intent),
            (None, Some(event), None, None) => TriggerOn::Event(event),
            (None, None, Some(payload), None) => TriggerOn::Button(payload),
            (None, None, None, Some(system)) => TriggerOn::System(system),
            _ => return Err("a trigger takes one of `intent`, `event`, `button` and `system`"),
        };
        Ok(Self { on, contexts: form.contexts, node: form.node })
    }
}

impl From<Trigger> for TriggerForm {
    fn from(trigger: Trigger) -> Self {
        let mut form = Self {
            intent: None,
            event: None,
            button: None,
            system: None,
            contexts: trigger.contexts,
            node: trigger.node,
        };
        match trigger.on {
            TriggerOn::Intent(intent) => form.intent = Some(intent),
            TriggerOn::Event(event) => form.event = Some(event),
            TriggerOn::Button(payload) => form.button = Some(payload),
            TriggerOn::System(system) => form.system = Some(system),
        }
        form
    }
}

impl Trigger {
    /// A trigger that starts the flow at its beginning, whatever the contexts.
    #[must_use]
    pub fn on(on: TriggerOn) -> Self {
        Self { on, contexts: BTreeSet::new(), node: None }
    }
}

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
    /// Sets variables and contexts, calls a handler.
    Action(ActionNode),
    /// Goes to another flow.
    Jump(JumpNode),
    /// Hands the conversation over to a person.
    Handover(HandoverNode),
    /// Ends the flow.
    End(EndNode),
}

/// Says something.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageNode {
    /// The text by language.
    pub text: LocalizedText,
    /// Buttons under the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// The node that follows. Without one the flow waits where it is: for a button, or for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// A button, shown with a message or a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What stands on it, by language (a template).
    pub title: BTreeMap<Language, String>,
    /// What pressing it does.
    pub action: ButtonAction,
}

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Goes to a node of the same flow.
    Goto(NodeId),
    /// Counts as if the user had said something of this intent, with these entity values.
    Intent {
        /// The intent.
        intent: IntentId,
        /// The entities' values.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        entities: BTreeMap<EntityId, String>,
    },
    /// Sends this payload: button triggers listen to it.
    Payload(String),
    /// Opens an address; the bot hears nothing of it.
    Url(String),
}

/// What an input node asks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The question by language.
    pub text: LocalizedText,
    /// Buttons under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// Asks for a value, checks it, keeps it in a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InputNode {
    /// The variable that keeps the value.
    pub variable: VariableId,
    /// The question. Without one the node waits in silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Prompt>,
    /// What counts as an answer; the first that matches wins. None given: any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Accept>,
    /// Said when the answer does not match, before asking again.
    #[serde(default, skip_serializing_if = "LocalizedText::is_empty")]
    pub retry: LocalizedText,
    /// How many answers may fail before `otherwise` (1 to 100); no limit where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The way out when the attempts are used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<NodeId>,
    /// Goes on at once when the variable has a value already.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skip_when_known: bool,
    /// The node that follows a good answer; without one the flow ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// What counts as an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Accept {
    /// Any text that is not blank.
    Text(IntentFilter),
    /// The value of an entity.
    Entity {
        /// The entity.
        entity: EntityId,
        /// Which intents may carry it.
        #[serde(default, skip_serializing_if = "IntentFilter::is_open")]
        intents: IntentFilter,
    },
    /// An intent; the variable gets the given value.
    Intent {
        /// The intent.
        intent: IntentId,
        /// The value.
        value: Value,
    },
    /// A number, with `.` or `,` as decimal sign.
    Number {
        /// The least that is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The greatest that is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// Something of the form of an e-mail address, anywhere in the text.
    Email {},
    /// The first match of a regular expression, anywhere in the text.
    Regex {
        /// The expression (linear time, no look-around).
        pattern: String,
    },
    /// One of these values, by itself or by another way to say it.
    Options {
        /// The values, each with the other ways to say it.
        values: BTreeMap<String, BTreeSet<String>>,
    },
}

/// Which intents a rule holds for. Both empty: all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct IntentFilter {
    /// Only these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub only: BTreeSet<IntentId>,
    /// Not these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<IntentId>,
}

/// Chooses the way on by conditions: the first that holds wins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BranchNode {
    /// The cases, in order.
    pub cases: Vec<Case>,
    /// The way on when no case holds; without one the flow ends.
    #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<NodeId>,
}

/// A condition and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The condition, such as `priority == "high" and known(email)`.
    pub when: String,
    /// The node that follows when it holds.
    pub goto: NodeId,
}

/// Sets variables and contexts, calls a handler: in this order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionNode {
    /// Variables and their new values; a text is a template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<VariableId, Value>,
    /// Variables that lose their value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clear: BTreeSet<VariableId>,
    /// Contexts and for how many turns they last; 0 ends one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<ContextId, u32>,
    /// A handler to call; the flow goes on when it has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<HandlerId>,
    /// The way on when the handler fails; `next` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<NodeId>,
    /// The node that follows; without one the flow ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Goes to another flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JumpNode {
    /// Where to.
    pub to: JumpTo,
    /// Comes back, to `next`, when the other flow ends.
    #[serde(default, rename = "return", skip_serializing_if = "is_false")]
    pub returns: bool,
    /// The node that follows the return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Where a jump goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "JumpToForm"))]
#[serde(try_from = "JumpToForm", into = "JumpToForm")]
pub enum JumpTo {
    /// A flow, at a node of it or at its start.
    Flow(FlowId, Option<NodeId>),
    /// The flow (`flow` or `flow/node`) that a variable names.
    Variable(VariableId),
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct JumpToForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flow: Option<FlowId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
    /// A variable that names the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variable: Option<VariableId>,
}

impl TryFrom<JumpToForm> for JumpTo {
    type Error = &'static str;

    fn try_from(form: JumpToForm) -> Result<Self, Self::Error> {
        match (form.flow, form.node, form.variable) {
            (Some(flow), node, None) => Ok(Self::Flow(flow, node)),
            (None, None, Some(variable)) => Ok(Self::Variable(variable)),
            _ => Err("a jump takes `flow` (and perhaps `node`), or `variable`"),
        }
    }
}

impl From<JumpTo> for JumpToForm {
    fn from(to: JumpTo) -> Self {
        match to {
            JumpTo::Flow(flow, node) => Self { flow: Some(flow), node, variable: None },
            JumpTo::Variable(variable) => Self { flow: None, node: None, variable: Some(variable) },
        }
    }
}

/// Hands the conversation over to a person; the bot is silent until it is resumed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HandoverNode {
    /// Said before handing over.
    #[serde(skip_serializing_if = "LocalizedText::is_empty")]
    pub text: LocalizedText,
    /// The node that follows when the bot is resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NodeId>,
}

/// Ends the flow: back to the flow that jumped here with return, else the conversation waits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndNode {}

/// `flows/contexts/ID`: a mark on the conversation that lasts some turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The name that people see.
    pub name: String,
    /// What it marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `flows/variables/ID`: a value that the conversation keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name that people see.
    pub name: String,
    /// What it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type of its values.
    #[serde(default, rename = "type", skip_serializing_if = "ValueType::is_any")]
    pub value_type: ValueType,
    /// Its value at the start of a conversation.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub default: Value,
    /// Entities whose value it takes whenever one is recognised.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub from_entities: BTreeSet<EntityId>,
}

/// The type of a variable's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Any JSON value.
    #[default]
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List,
}

/// `flows/handlers/ID`: code of the embedder that flows may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// The name under which the embedder registers it.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `serde` asks by reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl IntentFilter {
    /// Whether it lets every intent through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.only.is_empty() && self.except.is_empty()
    }

    /// Whether it lets this intent (or none at all) through.
    #[must_use]
    pub fn lets(&self, intent: Option<&IntentId>) -> bool {
        match intent {
            Some(intent) => (self.only.is_empty() || self.only.contains(intent)) && !self.except.contains(intent),
            None => self.only.is_empty(),
        }
    }
}

impl ValueType {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }

    /// Whether a value is of this type; `null` (not set) is of every type.
    #[must_use]
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null)
            | (Self::Any, _)
            | (Self::Text, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::List, Value::Array(_)) => true,
            (Self::Text | Self::Number | Self::Boolean | Self::List, _) => false,
        }
    }
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
            Self::End(_) => "end",
        }
    }

    /// The nodes of the same flow that it may lead to, with the key that names each.
    #[must_use]
    pub fn targets(&self) -> Vec<(&'static str, &NodeId)> {
        let mut targets = Vec::new();
        let mut add = |key, node| {
            if let Some(node) = node {
                targets.push((key, node));
            }
        };
        match self {
            Self::Message(message) => {
                message.buttons.iter().for_each(|button| add("button", button.goto()));
                add("next", message.next.as_ref());
            }
            Self::Input(input) => {
                input.ask.iter().flat_map(|ask| &ask.buttons).for_each(|button| add("button", button.goto()));
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
            Self::End(_) => {}
        }
        targets
    }
}

impl Button {
    fn goto(&self) -> Option<&NodeId> {
        match &self.action {
            ButtonAction::Goto(node) => Some(node),
            ButtonAction::Intent { .. } | ButtonAction::Payload(_) | ButtonAction::Url(_) => None,
        }
    }
}

impl Flow {
    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        for (id, node) in &self.nodes {
            match node {
                Node::Input(InputNode { attempts: Some(attempts), .. }) if !(1..=100).contains(attempts) => {
                    return Err(format!("at `nodes.{id}.input.attempts`: it takes 1 to 100"));
                }
                Node::Action(action) => {
                    if let Some((context, _)) = action.contexts.iter().find(|(_, turns)| **turns > 1_000) {
                        return Err(format!("at `nodes.{id}.action.contexts.{context}`: it takes 0 to 1000 turns"));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Context {
    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}

impl Variable {
    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if !self.value_type.admits(&self.default) {
            return Err(format!("at `default`: {} is not of the variable's type", self.default));
        }
        Ok(())
    }
}

impl Handler {
    pub(super) fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}
