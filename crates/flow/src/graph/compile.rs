//! Documents into a graph. Two passes: first every node gets its number, then
//! every edge finds it.

mod content;

use std::collections::{BTreeMap, HashMap, HashSet};

use greenroom_model::document::{self, Flow, JumpTo, LanguageDetection, SystemEntity, TriggerOn};
use greenroom_model::{Document, FlowId, Language, NodeId, PartPath};
use serde_json::Value;

use super::node::{
    Accepting, Action, Asking, Branching, Case, Destination, HandingOver, Input, Jumping, Kind, Node, Raising,
    Requesting, Setting, Target, Waiting,
};
use super::{Declared, FlowIndex, FlowNodes, Graph, NodeIndex, Trigger, Triggers};
use crate::templates::{Address, Shape, Template, Templates};
use crate::walk::{keyword, words};
use crate::{Condition, Pattern, Position};

pub(super) fn compile(documents: impl IntoIterator<Item = (PartPath, Document)>) -> Graph {
    let mut flows = BTreeMap::new();
    let mut graph = empty();
    for document in documents {
        match document {
            (PartPath::Flow(id), Document::Flow(flow)) => {
                flows.insert(id, flow);
            }
            (PartPath::Variable(id), Document::Variable(variable)) => {
                let declared = Declared {
                    value_type: variable.value_type,
                    lifetime: variable.lifetime,
                    is_sensitive: variable.sensitive,
                };
                graph.variables.insert(id.clone(), declared);
                if variable.sensitive {
                    graph.sensitive.push(id.clone());
                }
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
            (PartPath::Settings, Document::Settings(settings)) => {
                graph.languages = Some(settings.all_languages().cloned().collect());
                graph.default_language = settings.default_language;
                graph.detect_language = settings.detect_language;
            }
            (PartPath::Entity(id), Document::Entity(entity)) if is_date(&entity) => {
                graph.dates.insert(id);
            }
            _ => {}
        }
    }
    graph.sensitive.sort();
    graph.filled_by.values_mut().for_each(|variables| variables.sort());
    number(&mut graph, &flows);
    for (number, (id, flow)) in (0_u32..).zip(&flows) {
        FlowCompiler { graph: &mut graph, id, index: FlowIndex(number) }.flow(flow);
    }
    graph
}

fn is_date(entity: &document::Entity) -> bool {
    entity.system.iter().any(|kind| matches!(kind, SystemEntity::Date | SystemEntity::DateTime))
}

fn empty() -> Graph {
    Graph {
        nodes: Vec::new(),
        positions: HashMap::new(),
        triggers: Triggers::default(),
        button_targets: HashSet::new(),
        variables: BTreeMap::new(),
        default_values: BTreeMap::new(),
        sensitive: Vec::new(),
        filled_by: HashMap::new(),
        handlers: BTreeMap::new(),
        default_language: english(),
        languages: None,
        detect_language: LanguageDetection::Never,
        dates: HashSet::new(),
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
            let (contexts, times) = (trigger.contexts.clone(), trigger.times);
            let compiled = Trigger { flow: self.id.clone(), contexts, to, times };
            let triggers = &mut self.graph.triggers;
            match &trigger.on {
                TriggerOn::Intent(intent) => triggers.intents.entry(intent.clone()).or_default().push(compiled),
                TriggerOn::Event(event) => triggers.events.entry(event.clone()).or_default().push(compiled),
                TriggerOn::Button(payload) => triggers.buttons.entry(payload.clone()).or_default().push(compiled),
                TriggerOn::System(event) => triggers.system.entry(*event).or_default().push(compiled),
                TriggerOn::Keyword(text) => triggers.keywords.entry(keyword(text)).or_default().push(compiled),
                TriggerOn::Link(link) => triggers.links.entry(link.clone()).or_default().push(compiled),
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
            document::Node::Message(message) => Kind::Message(Box::new(self.message(message))),
            document::Node::Input(input) => Kind::Input(Box::new(self.input(input))),
            document::Node::Branch(branch) => Kind::Branch(Branching {
                cases: branch.cases.iter().map(|case| self.case(case)).collect(),
                otherwise: self.target(branch.otherwise.as_ref()),
            }),
            document::Node::Action(action) => Kind::Action(Box::new(self.action(action))),
            document::Node::Jump(jump) => Kind::Jump(Jumping {
                to: self.destination(&jump.to),
                returns: jump.returns,
                next: self.target(jump.next.as_ref()),
            }),
            document::Node::Handover(handover) => Kind::Handover(Box::new(HandingOver {
                text: self.texts(&handover.text),
                to: self.template(handover.to.as_deref()),
                note: self.template(handover.note.as_deref()),
                next: self.target(handover.next.as_ref()),
            })),
            document::Node::Wait(wait) => Kind::Wait(Box::new(Waiting {
                events: wait.events.iter().map(|(event, to)| (event.clone(), self.target(Some(to)))).collect(),
                seconds: wait.seconds,
                on_timeout: self.target(wait.on_timeout.as_ref()),
            })),
            document::Node::Event(event) => Kind::Event(Box::new(Raising {
                event: event.event.clone(),
                data: event.data.iter().map(|(key, value)| (key.clone(), self.setting(value))).collect(),
                next: self.target(event.next.as_ref()),
            })),
            document::Node::End(_) => Kind::End,
        }
    }

    fn action(&mut self, action: &document::ActionNode) -> Action {
        Action {
            set: action.set.iter().map(|(variable, value)| (variable.clone(), self.setting(value))).collect(),
            increment: action.increment.clone(),
            clear: action.clear.clone(),
            language: self.template(action.language.as_deref()),
            contexts: action.contexts.clone(),
            call: action.call.clone(),
            http: action.http.as_ref().map(|http| self.request(http)),
            on_error: self.target(action.on_error.as_ref()),
            next: self.target(action.next.as_ref()),
        }
    }

    fn request(&mut self, http: &document::HttpCall) -> Requesting {
        let url = self.address(&http.url);
        let templates = &mut self.graph.templates;
        let headers = http.headers.iter().map(|(name, value)| (name.clone(), templates.compile(value))).collect();
        Requesting {
            method: http.method,
            source: http.url.as_str().into(),
            url,
            headers,
            body: (!http.body.is_null()).then(|| Shape::compile(&http.body, templates)),
            into: http.into.clone(),
            status: http.status.clone(),
            timeout_ms: http.timeout_ms.unwrap_or(document::HttpCall::DEFAULT_TIMEOUT_MS),
            retries: http.retries,
        }
    }

    fn input(&mut self, input: &document::InputNode) -> Input {
        Input {
            variable: input.variable.clone(),
            ask: input.ask.as_ref().map(|ask| Asking {
                text: self.texts(&ask.text),
                buttons: self.buttons(&ask.buttons),
                quick_replies: self.buttons(&ask.quick_replies),
            }),
            accept: input.accept.iter().map(accepting).collect(),
            retry: input.retry.texts().iter().map(|text| self.texts(text)).collect(),
            attempts: input.attempts,
            otherwise: self.target(input.otherwise.as_ref()),
            skip_when_known: input.skip_when_known,
            interruptions: input.interruptions.clone(),
            next: self.target(input.next.as_ref()),
        }
    }

    fn address(&mut self, source: &str) -> Address {
        Address::compile(source, &mut self.graph.templates)
    }

    fn template(&mut self, source: Option<&str>) -> Option<Template> {
        source.map(|source| self.graph.templates.compile(source))
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
        document::Accept::Date { min, max } => Accepting::Date { min: min.clone(), max: max.clone() },
        document::Accept::Phone {} => Accepting::Phone,
        document::Accept::Handler { handler, intents } => {
            Accepting::Handler { handler: handler.clone(), intents: intents.clone() }
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
