//! What the parts of a bot are called, for code outside of it that knows them by their
//! names and not by their ids, such as actions written for another framework.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use greenroom_flow::Position;
use greenroom_model::document::{Flow, Node, SystemEntity, ValueType};
use greenroom_model::{Document, EntityId, FlowId, IntentId, NodeId, PartPath, VariableId};
use serde_json::Value;

/// The names of a bot's parts; [`Bot::names`](crate::Bot::names).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    variables: BTreeMap<VariableId, NamedVariable>,
    variable_ids: HashMap<String, VariableId>,
    intents: BTreeMap<IntentId, String>,
    intent_ids: HashMap<String, IntentId>,
    entities: BTreeMap<EntityId, NamedEntity>,
    flows: BTreeMap<FlowId, NamedFlow>,
    flow_ids: HashMap<String, FlowId>,
    messages: HashMap<NodeId, Position>,
    handlers: BTreeSet<String>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedVariable {
    /// The name that people see.
    pub name: String,
    /// The type of its values.
    pub value_type: ValueType,
    /// Its value at the start of a conversation; `null`: none.
    pub default: Value,
    /// The entities that fill it wherever they are said.
    pub from_entities: BTreeSet<EntityId>,
}

/// An entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEntity {
    /// The name that people see.
    pub name: String,
    /// The system entities that it is.
    pub system: BTreeSet<SystemEntity>,
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFlow {
    /// The name that people see.
    pub name: String,
    /// Its first node.
    pub start: NodeId,
    /// What it asks for, in the order in which its first node leads there.
    pub questions: Vec<Question>,
    starts_with_message: bool,
}

/// What an input asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The variable that keeps the answer.
    pub variable: VariableId,
    /// The input.
    pub node: NodeId,
    /// Whether the input asks in words, and not in silence.
    pub has_words: bool,
    /// The condition of the last case of a branch on the way to it.
    pub when: Option<String>,
}

impl Names {
    /// Notes a part.
    pub(crate) fn add(&mut self, path: &PartPath, document: &Document) {
        match (path, document) {
            (PartPath::Variable(id), Document::Variable(variable)) => {
                self.variable_ids.entry(variable.name.clone()).or_insert_with(|| id.clone());
                let named = NamedVariable {
                    name: variable.name.clone(),
                    value_type: variable.value_type,
                    default: variable.default.clone(),
                    from_entities: variable.from_entities.clone(),
                };
                self.variables.insert(id.clone(), named);
            }
            (PartPath::Entity(id), Document::Entity(entity)) => {
                let (name, system) = (entity.name.clone(), entity.system.clone());
                self.entities.insert(id.clone(), NamedEntity { name, system });
            }
            (PartPath::Intent(id), Document::Intent(intent)) => {
                self.intents.insert(id.clone(), intent.name.clone());
                self.intent_ids.entry(intent.name.clone()).or_insert_with(|| id.clone());
            }
            (PartPath::Handler(_), Document::Handler(handler)) => {
                self.handlers.insert(handler.name.clone());
            }
            (PartPath::Flow(id), Document::Flow(flow)) => {
                for (node, _) in flow.nodes.iter().filter(|(_, node)| matches!(node, Node::Message(_))) {
                    let position = Position { flow: id.clone(), node: node.clone() };
                    self.messages.entry(node.clone()).or_insert(position);
                }
                self.flow_ids.entry(flow.name.clone()).or_insert_with(|| id.clone());
                let first = flow.nodes.get(&flow.start);
                let named = NamedFlow {
                    name: flow.name.clone(),
                    start: flow.start.clone(),
                    questions: questions(flow),
                    starts_with_message: matches!(first, Some(Node::Message(_) | Node::Branch(_))),
                };
                self.flows.insert(id.clone(), named);
            }
            _ => {}
        }
    }

    /// The variables.
    #[must_use]
    pub fn variables(&self) -> &BTreeMap<VariableId, NamedVariable> {
        &self.variables
    }

    /// The variable of a name; of several that share it the first.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&VariableId> {
        self.variable_ids.get(name)
    }

    /// The names of the intents.
    #[must_use]
    pub fn intents(&self) -> &BTreeMap<IntentId, String> {
        &self.intents
    }

    /// The intent of a name; of several that share it the first.
    #[must_use]
    pub fn intent(&self, name: &str) -> Option<&IntentId> {
        self.intent_ids.get(name)
    }

    /// The entity of a name; of several that share it the first.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&EntityId> {
        self.entities.iter().find(|(_, entity)| entity.name == name).map(|(id, _)| id)
    }

    /// The entities.
    #[must_use]
    pub fn entities(&self) -> &BTreeMap<EntityId, NamedEntity> {
        &self.entities
    }

    /// The flows.
    #[must_use]
    pub fn flows(&self) -> &BTreeMap<FlowId, NamedFlow> {
        &self.flows
    }

    /// The flow of a name; of several that share it the first.
    #[must_use]
    pub fn flow(&self, name: &str) -> Option<(&FlowId, &NamedFlow)> {
        self.flows.get_key_value(self.flow_ids.get(name)?)
    }

    /// The names of the handlers.
    #[must_use]
    pub fn handlers(&self) -> &BTreeSet<String> {
        &self.handlers
    }

    /// The names of messages that a prefix begins: ids of message nodes, names of flows that
    /// begin with a message.
    pub fn messages(&self, prefix: &str) -> BTreeSet<&str> {
        let flows = self.flows.values().filter(|flow| flow.starts_with_message).map(|flow| flow.name.as_str());
        let nodes = self.messages.keys().map(NodeId::as_str);
        flows.chain(nodes).filter(|name| name.starts_with(prefix)).collect()
    }

    /// Where the message of a name stands: the start of the flow of that name, where it begins
    /// with a message; else a message node whose id the name suggests.
    #[must_use]
    pub fn message(&self, name: &str) -> Option<Position> {
        if let Some((id, flow)) = self.flow(name)
            && flow.starts_with_message
        {
            return Some(Position { flow: id.clone(), node: flow.start.clone() });
        }
        self.messages.get(&NodeId::from_name(name)).cloned()
    }
}

/// The inputs, in the order in which the first node leads to them.
fn questions(flow: &Flow) -> Vec<Question> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ahead: Vec<(&NodeId, Option<&str>)> = vec![(&flow.start, None)];
    while let Some((id, when)) = ahead.pop() {
        let Some(node) = flow.nodes.get(id).filter(|_| seen.insert(id)) else { continue };
        let mut next: Vec<(&NodeId, Option<&str>)> = Vec::new();
        match node {
            Node::Input(input) => {
                let when = when.map(str::to_owned);
                let (variable, has_words) = (input.variable.clone(), input.ask.is_some());
                found.push(Question { variable, node: id.clone(), has_words, when });
                next.extend(input.next.iter().chain(&input.otherwise).map(|node| (node, None)));
            }
            Node::Branch(branch) => {
                next.extend(branch.cases.iter().map(|case| (&case.goto, Some(case.when.as_str()))));
                next.extend(branch.otherwise.iter().map(|node| (node, when)));
            }
            Node::Action(action) => next.extend(action.next.iter().chain(&action.on_error).map(|node| (node, when))),
            Node::Message(message) => next.extend(message.next.iter().map(|node| (node, when))),
            Node::Jump(jump) => next.extend(jump.next.iter().map(|node| (node, when))),
            Node::Event(event) => next.extend(event.next.iter().map(|node| (node, when))),
            _ => {}
        }
        ahead.extend(next.into_iter().rev());
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(parts: &[(&str, Value)]) -> Names {
        let mut names = Names::default();
        for (path, part) in parts {
            let path: PartPath = path.parse().unwrap();
            names.add(&path, &Document::from_value(&path, part.clone()).unwrap());
        }
        names
    }

    #[test]
    fn questions_come_in_the_order_in_which_they_are_asked() {
        let ask = json!({ "ask": { "text": { "en": "?" } }, "variable": "size", "next": "check" });
        let form = json!({ "name": "pizza_form", "start": "begin", "nodes": {
            "begin": { "action": { "clear": ["x"], "next": "which" } },
            "which": { "branch": { "cases": [
                { "when": "not known(size)", "goto": "z_ask_size" },
                { "when": "not known(crust)", "goto": "request_crust" },
            ], "else": "done" } },
            "request_crust": { "action": { "set": { "x": "crust" }, "next": "a_ask_crust" } },
            "a_ask_crust": { "input": { "variable": "crust", "next": "check" } },
            "z_ask_size": { "input": ask },
            "check": { "action": { "call": "validate", "next": "which" } },
            "done": { "message": { "text": { "en": "done" } } },
        } });
        let names = names(&[("flows/pizza_form", form), ("flows/handlers/validate", json!({ "name": "validate" }))]);
        let (_, flow) = names.flow("pizza_form").unwrap();
        let asked: Vec<_> = flow.questions.iter().map(|asked| (asked.variable.as_str(), asked.has_words)).collect();
        assert_eq!(asked, [("size", true), ("crust", false)]);
        assert_eq!(flow.questions[1].when.as_deref(), Some("not known(crust)"));
        assert_eq!(names.message("done").unwrap().to_string(), "pizza_form/done");
        assert_eq!(names.message("pizza_form"), None, "it begins with no message");
        assert!(names.handlers().contains("validate"));
    }

    #[test]
    fn a_flow_of_the_name_goes_before_a_node_and_the_first_of_a_name_wins() {
        let says = |name: &str, node: &str| json!({ "name": name, "start": node, "nodes": { node: { "message": { "text": { "en": "x" } } } } });
        let names = names(&[
            ("flows/a", says("greets", "utter_hi")),
            ("flows/b", says("utter_hi", "say")),
            ("flows/variables/person", json!({ "name": "PERSON" })),
            ("flows/variables/person_2", json!({ "name": "PERSON" })),
        ]);
        assert_eq!(names.message("utter_hi").unwrap().to_string(), "b/say");
        assert_eq!(names.message("greets").unwrap().to_string(), "a/utter_hi");
        assert_eq!(names.message("nobody"), None);
        assert_eq!(names.messages("utter_").len(), 1);
        assert_eq!(names.variable("PERSON").unwrap().as_str(), "person");
        assert_eq!(names.variable("person"), None);
    }
}
