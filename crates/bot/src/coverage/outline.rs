//! The flows of a bot as coverage looks at them: nodes, the edges that their author
//! drew, triggers. A way on that is not drawn, where the flow ends, is no edge.

use std::collections::BTreeMap;

use greenroom_flow::Position;
use greenroom_model::document::{Button, ButtonAction, Flow, JumpTo, Node, SystemEvent, Trigger, TriggerOn};
use greenroom_model::{ContextId, EventId, FlowId, NodeId};

use super::EdgeKind;

/// The flows, each with its nodes and triggers.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    pub(super) flows: BTreeMap<FlowId, FlowOutline>,
}

#[derive(Debug, Clone)]
pub(super) struct FlowOutline {
    pub(super) name: String,
    pub(super) start: NodeId,
    pub(super) triggers: Vec<Trigger>,
    pub(super) nodes: BTreeMap<NodeId, NodeOutline>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct NodeOutline {
    pub(super) edges: Vec<Edge>,
    /// What pressing each button sends, as far as it leads on; by its place.
    pub(super) buttons: Vec<Press>,
    /// The conditions of a branch, in order.
    pub(super) cases: Vec<String>,
    /// How many answers an input may refuse.
    pub(super) attempts: Option<u32>,
    /// The events that it waits for, in order.
    pub(super) events: Vec<EventId>,
    /// Whether it calls a handler or sends a request, and goes on when that is answered.
    pub(super) calls: bool,
    /// The edge that is taken when the node is entered and nothing else is traced.
    pub(super) leaves_by: Option<EdgeKind>,
}

/// An edge of a node.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) kind: EdgeKind,
    /// What stands on it: a button's title, a condition, an event.
    pub(super) label: Option<String>,
    /// Where it leads, as tests spell it; none where that is decided as the conversation goes.
    pub(super) to: Option<String>,
}

/// What pressing a button sends.
#[derive(Debug, Clone)]
pub(super) enum Press {
    /// A payload, to the letter.
    Payload(String),
    /// The payload of an intent, which may carry entities.
    Intent(String),
    /// Nothing that comes back.
    Nothing,
}

impl Outline {
    pub(super) fn of<'f>(flows: impl IntoIterator<Item = (&'f FlowId, &'f Flow)>) -> Self {
        let flows = flows.into_iter().map(|(id, flow)| {
            let nodes = flow.nodes.iter().map(|(node, content)| (node.clone(), node_outline(id, content)));
            let outline = FlowOutline {
                name: flow.name.clone(),
                start: flow.start.clone(),
                triggers: flow.triggers.clone(),
                nodes: nodes.collect(),
            };
            (id.clone(), outline)
        });
        Self { flows: flows.collect() }
    }

    pub(super) fn node(&self, at: &Position) -> Option<&NodeOutline> {
        self.flows.get(&at.flow)?.nodes.get(&at.node)
    }
}

fn node_outline(flow: &FlowId, node: &Node) -> NodeOutline {
    let mut outline = NodeOutline::default();
    let mut draw = |kind: EdgeKind, label: Option<&str>, to: Option<&NodeId>| {
        if let Some(to) = to {
            let (label, to) = (label.map(str::to_owned), Some(format!("{flow}/{to}")));
            outline.edges.push(Edge { kind, label, to });
        }
    };
    match node {
        Node::Message(message) => {
            draw(EdgeKind::Next, None, message.next.as_ref());
            outline.leaves_by = Some(EdgeKind::Next);
        }
        Node::Input(input) => {
            draw(EdgeKind::Next, None, input.next.as_ref());
            draw(EdgeKind::Otherwise, None, input.otherwise.as_ref());
            outline.attempts = input.attempts;
        }
        Node::Branch(branch) => {
            for (place, case) in branch.cases.iter().enumerate() {
                draw(EdgeKind::Case(place), Some(&case.when), Some(&case.goto));
            }
            draw(EdgeKind::Else, None, branch.otherwise.as_ref());
            outline.cases = branch.cases.iter().map(|case| case.when.clone()).collect();
            outline.leaves_by = Some(EdgeKind::Else);
        }
        Node::Action(action) => {
            draw(EdgeKind::Next, None, action.next.as_ref());
            outline.calls = action.call.is_some() || action.http.is_some();
            if action.call.is_some() || action.http.is_some() {
                draw(EdgeKind::OnError, None, action.on_error.as_ref());
            }
            outline.leaves_by = (!outline.calls).then_some(EdgeKind::Next);
        }
        Node::Jump(jump) => {
            draw(EdgeKind::Next, None, jump.next.as_ref());
            let to = match &jump.to {
                JumpTo::Flow(flow, None) => Some(flow.to_string()),
                JumpTo::Flow(flow, Some(node)) => Some(format!("{flow}/{node}")),
                JumpTo::Variable(_) => None,
            };
            outline.edges.push(Edge { kind: EdgeKind::Jump, label: None, to });
            // A jump that leads nowhere goes on, unless the error flow speaks.
            outline.leaves_by = Some(EdgeKind::Next);
        }
        Node::Handover(handover) => draw(EdgeKind::Next, None, handover.next.as_ref()),
        Node::Wait(wait) => {
            for (place, (event, to)) in wait.events.iter().enumerate() {
                draw(EdgeKind::Event(place), Some(event.as_str()), Some(to));
            }
            draw(EdgeKind::OnTimeout, None, wait.on_timeout.as_ref());
            outline.events = wait.events.keys().cloned().collect();
        }
        Node::Event(event) => {
            draw(EdgeKind::Next, None, event.next.as_ref());
            outline.leaves_by = Some(EdgeKind::Next);
        }
        Node::End(_) => {}
    }
    for (place, button) in node.buttons().into_iter().enumerate() {
        outline.add_button(flow, place, button);
    }
    outline
}

impl NodeOutline {
    fn add_button(&mut self, flow: &FlowId, place: usize, button: &Button) {
        let label = button.title.values().next().cloned();
        let (press, to) = match &button.action {
            ButtonAction::Goto(node) => (Press::Payload(format!("goto:{flow}/{node}")), Some(format!("{flow}/{node}"))),
            ButtonAction::Intent { intent, .. } => (Press::Intent(intent.to_string()), None),
            ButtonAction::Payload(payload) => (Press::Payload(payload.clone()), None),
            ButtonAction::Url(_) => (Press::Nothing, None),
        };
        if !matches!(press, Press::Nothing) {
            self.edges.push(Edge { kind: EdgeKind::Button(place), label, to });
        }
        self.buttons.push(press);
    }

    pub(super) fn has(&self, kind: EdgeKind) -> bool {
        self.edges.iter().any(|edge| edge.kind == kind)
    }
}

impl Press {
    /// Whether a payload comes of this button.
    pub(super) fn sends(&self, payload: &str) -> bool {
        match self {
            Self::Payload(own) => own == payload,
            Self::Intent(intent) => payload
                .strip_prefix("intent:")
                .and_then(|rest| rest.strip_prefix(intent.as_str()))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('{')),
            Self::Nothing => false,
        }
    }
}

/// A trigger in words.
pub(super) fn trigger_text(trigger: &Trigger) -> String {
    let on = match &trigger.on {
        TriggerOn::Intent(intent) => format!("intent {intent}"),
        TriggerOn::Event(event) => format!("event {event}"),
        TriggerOn::Button(payload) => format!("button {payload}"),
        TriggerOn::Keyword(text) => format!("keyword {text}"),
        TriggerOn::Link(link) => format!("link {link}"),
        TriggerOn::System(SystemEvent::Introduction) => "introduction".to_owned(),
        TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times > 1 => {
            format!("not_understood from time {} on", trigger.times)
        }
        TriggerOn::System(SystemEvent::NotUnderstood) => "not_understood".to_owned(),
        TriggerOn::System(SystemEvent::BotDisabled) => "bot_disabled".to_owned(),
        TriggerOn::System(SystemEvent::Error) => "error".to_owned(),
    };
    if trigger.contexts.is_empty() {
        return on;
    }
    let contexts: Vec<&str> = trigger.contexts.iter().map(ContextId::as_str).collect();
    format!("{on} in {}", contexts.join(", "))
}
