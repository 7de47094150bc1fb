//! Documents into a graph. Two passes: first every node gets its number, then
//! every edge finds it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use greenroom_model::document::{self, ButtonAction, Flow, JumpTo, LocalizedText, TriggerOn};
use greenroom_model::{Document, FlowId, Language, NodeId, PartPath};
use serde_json::Value;

use super::node::{Accepting, Action, Branching, Case, Destination, Input, Jumping, Kind, Node, Setting, Target};
use super::text::{Button, Buttons, Texts};
use super::{FlowIndex, FlowNodes, Graph, NodeIndex, Trigger, Triggers};
use crate::templates::Templates;
use crate::walk::payload;
use crate::walk::words;
use crate::{Condition, Pattern, Position, ReplyAction};

pub(super) fn compile(documents: impl IntoIterator<Item = (PartPath, Document)>) -> Graph {
    let mut flows = BTreeMap::new();
    let mut graph = empty();
    for document in documents {
        match document {
            (PartPath::Flow(id), Document::Flow(flow)) => {
                flows.insert(id, flow);
            }
            (PartPath::Variable(id), Document::Variable(variable)) => {
                graph.variables.insert(id.clone(), variable.value_type);
                for entity in variable.from_entities {
                    graph.filled_by.entry(entity).or_default().push(id.clone());
                }
                if !variable.default.is_null() {
                    graph.default_values.insert(id, variable.default);
                }
            }
            (PartPath::Handler(id), Document::Handler(handler)) => {
                graph.handlers.insert(id, handler.name);
            }
            (PartPath::Settings, Document::Settings(settings)) => graph.default_language = settings.default_language,
            _ => {}
        }
    }
    graph.filled_by.values_mut().for_each(|variables| variables.sort());
    number(&mut graph, &flows);
    for (number, (id, flow)) in (0_u32..).zip(&flows) {
        FlowCompiler { graph: &mut graph, id, index: FlowIndex(number) }.flow(flow);
    }
    graph
}

fn empty() -> Graph {
    Graph {
        nodes: Vec::new(),
        positions: HashMap::new(),
        triggers: Triggers::default(),
        button_targets: HashSet::new(),
        variables: BTreeMap::new(),
        default_values: BTreeMap::new(),
        filled_by: HashMap::new(),
        handlers: BTreeMap::new(),
        default_language: english(),
        templates: Templates::new(),
    }
}

#[expect(clippy::expect_used, reason = "`en` is a language tag")]
fn english() -> Language {
    Language::new("en").expect("`en` is a language tag")
}

/// The first pass: numbers in the order in which the second pass adds nodes.
fn number(graph: &mut Graph, flows: &BTreeMap<FlowId, Flow>) {
    let mut next = 0_u32;
    for (id, flow) in flows {
        let mut nodes = HashMap::with_capacity(flow.nodes.len());
        for node in flow.nodes.keys() {
            nodes.insert(node.clone(), NodeIndex(next));
            next = next.saturating_add(1);
        }
        let start =
            nodes.get(&flow.start).map_or_else(|| Target::Missing(flow.start.clone()), |node| Target::Node(*node));
        graph.positions.insert(id.clone(), FlowNodes { start, nodes });
    }
}

/// The second pass, of one flow.
struct FlowCompiler<'a> {
    graph: &'a mut Graph,
    id: &'a FlowId,
    index: FlowIndex,
}

impl FlowCompiler<'_> {
    fn flow(&mut self, flow: &Flow) {
        for trigger in &flow.triggers {
            let to = self.target(Some(trigger.node.as_ref().unwrap_or(&flow.start)));
            let compiled = Trigger { flow: self.id.clone(), contexts: trigger.contexts.clone(), to };
            let triggers = &mut self.graph.triggers;
            match &trigger.on {
                TriggerOn::Intent(intent) => triggers.intents.entry(intent.clone()).or_default().push(compiled),
                TriggerOn::Event(event) => triggers.events.entry(event.clone()).or_default().push(compiled),
                TriggerOn::Button(payload) => triggers.buttons.entry(payload.clone()).or_default().push(compiled),
                TriggerOn::System(event) => triggers.system.entry(*event).or_default().push(compiled),
                TriggerOn::Keyword(_) | TriggerOn::Link(_) => {}
            }
        }
        for (id, node) in &flow.nodes {
            let position = Position { flow: self.id.clone(), node: id.clone() };
            let kind = self.kind(node);
            self.graph.nodes.push(Node { position, flow: self.index, kind });
        }
    }

    fn kind(&mut self, node: &document::Node) -> Kind {
        match node {
            document::Node::Message(message) => Kind::Message {
                text: self.texts(&message.text),
                buttons: self.buttons(&message.buttons),
                next: self.target(message.next.as_ref()),
            },
            document::Node::Input(input) => Kind::Input(Box::new(self.input(input))),
            document::Node::Branch(branch) => Kind::Branch(Branching {
                cases: branch.cases.iter().map(|case| self.case(case)).collect(),
                otherwise: self.target(branch.otherwise.as_ref()),
            }),
            document::Node::Action(action) => Kind::Action(Box::new(Action {
                set: action.set.iter().map(|(variable, value)| (variable.clone(), self.setting(value))).collect(),
                clear: action.clear.clone(),
                contexts: action.contexts.clone(),
                call: action.call.clone(),
                on_error: self.target(action.on_error.as_ref()),
                next: self.target(action.next.as_ref()),
            })),
            document::Node::Jump(jump) => Kind::Jump(Jumping {
                to: self.destination(&jump.to),
                returns: jump.returns,
                next: self.target(jump.next.as_ref()),
            }),
            document::Node::Handover(handover) => {
                Kind::Handover { text: self.texts(&handover.text), next: self.target(handover.next.as_ref()) }
            }
            document::Node::Event(event) => Kind::Action(Box::new(Action {
                set: Vec::new(),
                clear: BTreeSet::new(),
                contexts: BTreeMap::new(),
                call: None,
                on_error: Target::Nothing,
                next: self.target(event.next.as_ref()),
            })),
            document::Node::Wait(_) | document::Node::End(_) => Kind::End,
        }
    }

    fn input(&mut self, input: &document::InputNode) -> Input {
        Input {
            variable: input.variable.clone(),
            ask: input.ask.as_ref().map(|ask| (self.texts(&ask.text), self.buttons(&ask.buttons))),
            accept: input.accept.iter().map(accepting).collect(),
            retry: input.retry.texts().first().map(|text| self.texts(text)).unwrap_or_default(),
            attempts: input.attempts,
            otherwise: self.target(input.otherwise.as_ref()),
            skip_when_known: input.skip_when_known,
            next: self.target(input.next.as_ref()),
        }
    }

    fn case(&self, case: &document::Case) -> Case {
        Case {
            source: case.when.as_str().into(),
            when: case.when.parse::<Condition>().map_err(|error| error.to_string()),
            goto: self.target(Some(&case.goto)),
        }
    }

    fn setting(&mut self, value: &Value) -> Setting {
        match value {
            Value::String(source) => Setting::Template(self.graph.templates.compile(source)),
            other => Setting::Value(other.clone()),
        }
    }

    fn destination(&self, to: &JumpTo) -> Destination {
        match to {
            JumpTo::Variable(variable) => Destination::Variable(variable.clone()),
            JumpTo::Flow(flow, node) => {
                let name = match node {
                    Some(node) => format!("{flow}/{node}"),
                    None => flow.to_string(),
                };
                self.graph.find_named(&name).map_or(Destination::Missing(name), Destination::Node)
            }
        }
    }

    fn target(&self, node: Option<&NodeId>) -> Target {
        match node {
            None => Target::Nothing,
            Some(node) => match self.graph.positions.get(self.id).and_then(|flow| flow.nodes.get(node)) {
                Some(index) => Target::Node(*index),
                None => Target::Missing(node.clone()),
            },
        }
    }

    fn texts(&mut self, text: &LocalizedText) -> Texts {
        let templates = &mut self.graph.templates;
        let compiled = text.iter().map(|(language, alternatives)| {
            let alternatives = alternatives.texts().iter().map(|text| templates.compile(text)).collect();
            (language.clone(), alternatives)
        });
        Texts(compiled.collect())
    }

    fn buttons(&mut self, buttons: &[document::Button]) -> Buttons {
        Buttons(buttons.iter().map(|button| self.button(button)).collect())
    }

    fn button(&mut self, button: &document::Button) -> Button {
        let title = button.title.iter();
        let title = title.map(|(language, title)| (language.clone(), self.graph.templates.compile(title))).collect();
        let mut is_goto = false;
        let action = match &button.action {
            ButtonAction::Goto(node) => {
                is_goto = true;
                if let Some(target) = self.target(Some(node)).node() {
                    self.graph.button_targets.insert(target);
                }
                ReplyAction::Payload(payload::goto(self.id, node))
            }
            ButtonAction::Intent { intent, entities } => ReplyAction::Payload(payload::intent(intent, entities)),
            ButtonAction::Payload(payload) => ReplyAction::Payload(payload.clone()),
            ButtonAction::Url(url) => ReplyAction::Url(url.clone()),
        };
        Button { title, action, is_goto }
    }
}

fn accepting(accept: &document::Accept) -> Accepting {
    match accept {
        document::Accept::Text(filter) => Accepting::Text(filter.clone()),
        document::Accept::Entity { entity, intents } => {
            Accepting::Entity { entity: entity.clone(), intents: intents.clone() }
        }
        document::Accept::Intent { intent, value } => {
            Accepting::Intent { intent: intent.clone(), value: value.clone() }
        }
        document::Accept::Number { min, max } => Accepting::Number { min: *min, max: *max },
        document::Accept::Email {} => Accepting::Email,
        document::Accept::Date { .. } | document::Accept::Phone {} | document::Accept::Handler { .. } => {
            Accepting::Broken("is not known".to_owned())
        }
        document::Accept::Regex { pattern } => Pattern::new(pattern)
            .map_or_else(|reason| Accepting::Broken(format!("`{pattern}`: {reason}")), Accepting::Regex),
        document::Accept::Options { values } => {
            let spoken = values.iter().flat_map(|(value, others)| {
                std::iter::once(value).chain(others).map(move |text| (words(text), value.clone()))
            });
            Accepting::Options(spoken.collect())
        }
    }
}
