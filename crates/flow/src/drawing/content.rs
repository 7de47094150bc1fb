//! What boxes and arrows say, before anything has a place.

use std::collections::BTreeMap;

use greenroom_model::document::{
    Alternatives, Button, ButtonAction, Content as Said, Flow, JumpTo, Node, SystemEvent, Trigger, TriggerOn,
};
use greenroom_model::{Language, NodeId};

use super::DrawingOptions;
use super::text::{cut, width, wrap};

pub(super) const HEAD_SIZE: f64 = 11.0;
pub(super) const TEXT_SIZE: f64 = 13.0;
pub(super) const LABEL_SIZE: f64 = 11.0;
pub(super) const LINE: f64 = 17.0;
/// Between a box's border and its text, left and right.
pub(super) const INSET: f64 = 14.0;
const BOX_WIDTH: f64 = 208.0;
const LABEL_WIDTH: f64 = 150.0;

/// The whole drawing's content.
pub(super) struct Content {
    pub(super) label: String,
    pub(super) boxes: Vec<BoxContent>,
    pub(super) edges: Vec<EdgeContent>,
}

/// What a box is and says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BoxContent {
    /// `message`, …, `trigger`, or `missing`.
    pub(super) kind: &'static str,
    /// The first, small line: kind and id.
    pub(super) head: String,
    pub(super) lines: Vec<String>,
    /// All of it, uncut: for screen readers and as a tooltip.
    pub(super) title: String,
    pub(super) href: Option<String>,
    pub(super) is_start: bool,
    pub(super) is_selected: bool,
    pub(super) is_marked: bool,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What an arrow says, and what it connects: positions in the list of boxes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EdgeContent {
    pub(super) from: usize,
    pub(super) to: usize,
    /// `next`, `button`, `goto`, `else`, …
    pub(super) kind: &'static str,
    /// The label, cut; empty for none.
    pub(super) label: String,
    /// The label, uncut.
    pub(super) title: String,
}

impl EdgeContent {
    pub(super) fn label_width(&self) -> f64 {
        if self.label.is_empty() { 0.0 } else { width(&self.label, LABEL_SIZE) + 12.0 }
    }

    pub(super) fn label_height(&self) -> f64 {
        if self.label.is_empty() { 0.0 } else { LABEL_SIZE + 7.0 }
    }
}

/// Reads a flow.
pub(super) fn of(flow: &Flow, options: &DrawingOptions<'_>) -> Content {
    let mut boxes: Vec<BoxContent> = flow.nodes.iter().map(|(id, node)| node_box(flow, id, node, options)).collect();
    let mut places: BTreeMap<NodeId, usize> =
        flow.nodes.keys().enumerate().map(|(place, id)| (id.clone(), place)).collect();
    let mut edges = Vec::new();
    let mut connect = |boxes: &mut Vec<BoxContent>, from: usize, kind, target: &NodeId, label: String| {
        let to = *places.entry(target.clone()).or_insert_with(|| {
            boxes.push(missing_box(target));
            boxes.len() - 1
        });
        edges.push(EdgeContent { from, to, kind, label: cut(&label, LABEL_SIZE, LABEL_WIDTH), title: label });
    };
    for (from, node) in flow.nodes.values().enumerate() {
        for (kind, target, label) in out_edges(node, options.language()) {
            connect(&mut boxes, from, kind, target, label);
        }
    }
    for trigger in &flow.triggers {
        boxes.push(trigger_box(trigger));
        let from = boxes.len() - 1;
        connect(&mut boxes, from, "trigger", trigger.node.as_ref().unwrap_or(&flow.start), contexts_of(trigger));
    }
    let label = format!("Flow {}: {} nodes", flow.name, flow.nodes.len());
    Content { label, boxes, edges }
}

fn node_box(flow: &Flow, id: &NodeId, node: &Node, options: &DrawingOptions<'_>) -> BoxContent {
    let language = options.language();
    let (text, buttons) = says(node, language);
    let mut lines = wrap(&text, TEXT_SIZE, BOX_WIDTH - 2.0 * INSET, 2);
    let buttons: Vec<String> = buttons.iter().map(|button| format!("[{}]", title_of(button, language))).collect();
    if !buttons.is_empty() {
        lines.push(cut(&buttons.join(" "), TEXT_SIZE, BOX_WIDTH - 2.0 * INSET));
    }
    let is_start = flow.start == *id;
    let head = format!("{}{} · {id}", if is_start { "start · " } else { "" }, node.kind());
    let mut title = format!("{} {id}", node.kind());
    for more in [text, buttons.join(" ")] {
        if !more.is_empty() {
            title = format!("{title}: {more}");
        }
    }
    BoxContent {
        kind: node.kind(),
        head: cut(&head, HEAD_SIZE, BOX_WIDTH - 2.0 * INSET),
        height: height_of(lines.len()),
        lines,
        title,
        href: options.link(id),
        is_start,
        is_selected: options.selects(id),
        is_marked: options.marks(id),
        width: BOX_WIDTH,
    }
}

fn missing_box(id: &NodeId) -> BoxContent {
    BoxContent {
        kind: "missing",
        head: "does not exist".to_owned(),
        lines: vec![cut(id.as_str(), TEXT_SIZE, BOX_WIDTH - 2.0 * INSET)],
        title: format!("node {id} does not exist"),
        href: None,
        is_start: false,
        is_selected: false,
        is_marked: true,
        width: BOX_WIDTH,
        height: height_of(1),
    }
}

fn trigger_box(trigger: &Trigger) -> BoxContent {
    let (head, text) = match &trigger.on {
        TriggerOn::Intent(intent) => ("when the user means", intent.to_string()),
        TriggerOn::Event(event) => ("on the event", event.to_string()),
        TriggerOn::Button(payload) => ("on the button", payload.clone()),
        TriggerOn::System(SystemEvent::Introduction) => ("when", "a conversation begins".to_owned()),
        TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times > 1 => {
            ("when", format!("nothing was understood {} times", trigger.times))
        }
        TriggerOn::System(SystemEvent::NotUnderstood) => ("when", "nothing was understood".to_owned()),
        TriggerOn::System(SystemEvent::Error) => ("when", "something failed".to_owned()),
        TriggerOn::System(SystemEvent::BotDisabled) => ("when", "the bot is switched off".to_owned()),
        TriggerOn::Keyword(words) => ("when the user says", words.clone()),
        TriggerOn::Link(link) => ("on the link", link.clone()),
    };
    let line = cut(&text, TEXT_SIZE, BOX_WIDTH - 2.0 * INSET);
    BoxContent {
        kind: "trigger",
        head: head.to_owned(),
        width: (width(&line, TEXT_SIZE).max(width(head, HEAD_SIZE)) + 2.0 * INSET).ceil(),
        height: height_of(1),
        lines: vec![line],
        title: format!("{head} {text}"),
        href: None,
        is_start: false,
        is_selected: false,
        is_marked: false,
    }
}

fn height_of(lines: usize) -> f64 {
    20.0 + HEAD_SIZE + lines as f64 * LINE
}

/// What a node says or does, in one text, and its buttons.
fn says<'n>(node: &'n Node, language: Option<&Language>) -> (String, Vec<&'n Button>) {
    let text = match node {
        Node::Message(message) => {
            let text = in_language(&message.text, language);
            let contents = message.content.iter().map(|content| content_in_words(content, language));
            std::iter::once(text).chain(contents).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        Node::Input(input) => match &input.ask {
            Some(ask) => in_language(&ask.text, language),
            None => format!("waits for {}", input.variable),
        },
        Node::Branch(branch) => match branch.cases.len() {
            1 => "one case".to_owned(),
            cases => format!("{cases} cases"),
        },
        Node::Action(action) => {
            let sets = action.set.iter().map(|(variable, value)| format!("{variable} = {value}"));
            let increments = action.increment.iter().map(|(variable, by)| format!("{variable} + {by}"));
            let clears = action.clear.iter().map(|variable| format!("clear {variable}"));
            let contexts = action.contexts.iter().map(|(context, turns)| match turns {
                0 => format!("end context {context}"),
                turns => format!("context {context} for {turns}"),
            });
            let calls = action.call.iter().map(|handler| format!("call {handler}"));
            let language = action.language.iter().map(|language| format!("speak {language}"));
            let http = action.http.iter().map(|http| format!("{} {}", http.method.as_str(), http.url));
            let all = sets.chain(increments).chain(clears).chain(language).chain(contexts).chain(calls).chain(http);
            all.collect::<Vec<_>>().join("; ")
        }
        Node::Jump(jump) => {
            let target = match &jump.to {
                JumpTo::Flow(flow, Some(node)) => format!("to {flow}/{node}"),
                JumpTo::Flow(flow, None) => format!("to {flow}"),
                JumpTo::Variable(variable) => format!("to what {variable} names"),
            };
            if jump.returns { format!("{target}, and back") } else { target }
        }
        Node::Handover(handover) => match &handover.to {
            Some(to) => format!("to {to}: {}", in_language(&handover.text, language)),
            None => in_language(&handover.text, language),
        },
        Node::Wait(wait) => {
            let events = wait.events.keys().map(ToString::to_string);
            let time = wait.seconds.map(|seconds| format!("{seconds} seconds"));
            format!("for {}", events.chain(time).collect::<Vec<_>>().join(" or "))
        }
        Node::Event(event) => format!("tells of {}", event.event),
        Node::End(_) => String::new(),
    };
    (text, node.buttons())
}

/// A content in one text.
fn content_in_words(content: &Said, language: Option<&Language>) -> String {
    let texts = content.texts().into_iter().map(|(_, text)| in_language(text, language));
    let texts = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    match content {
        Said::Text(_) => texts,
        other if texts.is_empty() => other.kind().to_owned(),
        other => format!("{}: {texts}", other.kind()),
    }
}

/// The arrows that leave a node: the key's word, the target, what stands on it.
fn out_edges<'n>(node: &'n Node, language: Option<&Language>) -> Vec<(&'static str, &'n NodeId, String)> {
    let mut titles = node
        .buttons()
        .into_iter()
        .filter(|button| matches!(button.action, ButtonAction::Goto(_)))
        .map(|button| title_of(button, language));
    let mut cases = match node {
        Node::Branch(branch) => branch.cases.iter().map(|case| case.when.clone()).collect(),
        Node::Wait(wait) => wait.events.keys().map(|event| format!("on {event}")).collect(),
        _ => Vec::new(),
    }
    .into_iter();
    // Targets come in the documents' order: buttons, then the other keys.
    node.targets()
        .into_iter()
        .map(|(key, target)| {
            let label = match (key, node) {
                ("button", _) => titles.next().unwrap_or_default(),
                ("goto" | "event", _) => cases.next().unwrap_or_default(),
                ("otherwise", Node::Input(input)) => match input.attempts {
                    Some(1) => "after 1 attempt".to_owned(),
                    Some(attempts) => format!("after {attempts} attempts"),
                    None => "otherwise".to_owned(),
                },
                ("else", _) => "else".to_owned(),
                ("on_error", _) => "on error".to_owned(),
                ("on_timeout", _) => "when time is over".to_owned(),
                ("next", Node::Jump(_)) => "on return".to_owned(),
                ("next", Node::Handover(_)) => "when resumed".to_owned(),
                _ => String::new(),
            };
            (key, target, label)
        })
        .collect()
}

fn contexts_of(trigger: &Trigger) -> String {
    let contexts: Vec<&str> = trigger.contexts.iter().map(greenroom_model::ContextId::as_str).collect();
    if contexts.is_empty() { String::new() } else { format!("in {}", contexts.join(", ")) }
}

fn in_language(text: &BTreeMap<Language, Alternatives>, language: Option<&Language>) -> String {
    let chosen = language.and_then(|language| text.get(language)).or_else(|| text.values().next());
    chosen.map(|alternatives| alternatives.choose(0).to_owned()).unwrap_or_default()
}

fn title_of(button: &Button, language: Option<&Language>) -> String {
    let chosen = language.and_then(|language| button.title.get(language)).or_else(|| button.title.values().next());
    chosen.cloned().unwrap_or_default()
}
