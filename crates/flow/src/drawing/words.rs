//! What nodes, ways and triggers say, in words.

use std::collections::BTreeMap;

use greenroom_model::document::{
    Accept, Alternatives, Button, ButtonAction, Content as Said, JumpTo, Node, SystemEvent, Trigger, TriggerOn,
};
use greenroom_model::{ContextId, Language, NodeId};

use super::text::one_line;

/// No more of a message's contents, or of an action's entries, are told than this.
const MAX_TOLD: usize = 8;

/// A way out of a node, or a button that leads out of the flow.
pub(super) struct Exit<'n> {
    /// The key's word: `button`, `goto`, `next`, …
    pub(super) kind: &'static str,
    /// What stands on it; of a plain way on nothing.
    pub(super) label: String,
    /// None: it leads out of the flow.
    pub(super) to: Option<&'n NodeId>,
}

impl Exit<'_> {
    /// Whether it is taken when something did not go well.
    pub(super) fn is_failure(&self, node: &Node) -> bool {
        self.kind == "on_error" || self.kind == "otherwise" && matches!(node, Node::Input(_))
    }
}

/// What a node says or does, in one text.
pub(super) fn says(node: &Node, language: Option<&Language>) -> String {
    let text = match node {
        Node::Message(message) => {
            let text = in_language(&message.text, language);
            let contents = message.content.iter().take(MAX_TOLD).map(|content| content_in_words(content, language));
            joined(std::iter::once(text).chain(contents), " · ")
        }
        Node::Input(input) => match &input.ask {
            Some(ask) => in_language(&ask.text, language),
            None => "waits in silence".to_owned(),
        },
        Node::Branch(_) | Node::End(_) => String::new(),
        Node::Action(action) => {
            let sets = action.set.iter().map(|(variable, value)| format!("{variable} = {}", short_json(value)));
            let increments = action.increment.iter().map(|(variable, by)| format!("{variable} + {by}"));
            let clears = action.clear.iter().map(|variable| format!("clear {variable}"));
            let contexts = action.contexts.iter().map(|(context, turns)| match turns {
                0 => format!("end context {context}"),
                turns => format!("context {context} for {turns}"),
            });
            let calls = action.call.iter().map(|handler| format!("call {handler}"));
            let language = action.language.iter().map(|language| format!("speak {}", one_line(language)));
            let http = action.http.iter().map(|http| format!("{} {}", http.method.as_str(), one_line(&http.url)));
            // What happens outside is told first: it is what the node is there for.
            let all = http.chain(calls).chain(sets).chain(increments).chain(clears).chain(language).chain(contexts);
            joined(all.take(MAX_TOLD), "; ")
        }
        Node::Jump(jump) => {
            let target = match &jump.to {
                JumpTo::Flow(flow, Some(node)) => format!("→ flow {flow}/{node}"),
                JumpTo::Flow(flow, None) => format!("→ flow {flow}"),
                JumpTo::Variable(variable) => format!("→ the flow that {variable} names"),
            };
            if jump.returns { format!("{target}, and back") } else { target }
        }
        Node::Handover(handover) => {
            let to = handover.to.iter().map(|to| format!("to {}", one_line(to)));
            joined(to.chain([in_language(&handover.text, language)]), ": ")
        }
        Node::Wait(wait) => {
            let events = wait.events.keys().take(MAX_TOLD).map(ToString::to_string);
            let time = wait.seconds.map(|seconds| format!("{seconds} seconds"));
            format!("for {}", events.chain(time).collect::<Vec<_>>().join(" or "))
        }
        Node::Event(event) => format!("tells of {}", event.event),
    };
    one_line(&text)
}

/// What a node keeps an answer in, and what it takes as one.
pub(super) fn takes(node: &Node) -> Option<String> {
    let Node::Input(input) = node else { return None };
    let kinds = input.accept.iter().take(MAX_TOLD).map(|accept| match accept {
        Accept::Text(_) => "text".to_owned(),
        Accept::Entity { entity, .. } => entity.to_string(),
        Accept::Intent { intent, .. } => intent.to_string(),
        Accept::Number { .. } => "a number".to_owned(),
        Accept::Date { .. } => "a date".to_owned(),
        Accept::Email {} => "an e-mail address".to_owned(),
        Accept::Phone {} => "a phone number".to_owned(),
        Accept::Regex { .. } => "a pattern".to_owned(),
        Accept::Options { values } => {
            values.keys().take(MAX_TOLD).map(|value| one_line(value)).collect::<Vec<_>>().join(" / ")
        }
        Accept::Handler { handler, .. } => format!("what {handler} takes"),
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    Some(if kinds.is_empty() {
        format!("{} = any text", input.variable)
    } else {
        format!("{} = {kinds}", input.variable)
    })
}

/// The ways out of a node, in the order in which they are tried, and what its buttons do beside.
pub(super) fn exits<'n>(node: &'n Node, language: Option<&Language>) -> Vec<Exit<'n>> {
    let mut exits: Vec<Exit<'n>> = node.buttons().into_iter().map(|button| button_exit(button, language)).collect();
    let mut add = |kind: &'static str, label: String, to: Option<&'n NodeId>| {
        exits.extend(to.map(|to| Exit { kind, label, to: Some(to) }));
    };
    match node {
        Node::Message(message) => add("next", "then".to_owned(), message.next.as_ref()),
        Node::Input(input) => {
            add("next", "answered".to_owned(), input.next.as_ref());
            let label = match input.attempts {
                Some(1) => "otherwise, after 1 attempt".to_owned(),
                Some(attempts) => format!("otherwise, after {attempts} attempts"),
                None => "otherwise".to_owned(),
            };
            add("otherwise", label, input.otherwise.as_ref());
        }
        Node::Branch(branch) => {
            branch.cases.iter().for_each(|case| add("goto", one_line(&case.when), Some(&case.goto)));
            add("else", "else".to_owned(), branch.otherwise.as_ref());
        }
        Node::Action(action) => {
            add("next", "then".to_owned(), action.next.as_ref());
            add("on_error", "on error".to_owned(), action.on_error.as_ref());
        }
        Node::Jump(jump) => add("next", "on return".to_owned(), jump.next.as_ref()),
        Node::Handover(handover) => add("next", "when resumed".to_owned(), handover.next.as_ref()),
        Node::Wait(wait) => {
            wait.events.iter().for_each(|(event, node)| add("event", format!("on {event}"), Some(node)));
            add("on_timeout", "when time is over".to_owned(), wait.on_timeout.as_ref());
        }
        Node::Event(event) => add("next", "then".to_owned(), event.next.as_ref()),
        Node::End(_) => {}
    }
    exits
}

fn button_exit<'n>(button: &'n Button, language: Option<&Language>) -> Exit<'n> {
    let title = language.and_then(|language| button.title.get(language)).or_else(|| button.title.values().next());
    let title = title.map(|title| one_line(title)).unwrap_or_default();
    let out = |to: String| if title.is_empty() { format!("→ {to}") } else { format!("{title} → {to}") };
    let (label, to) = match &button.action {
        ButtonAction::Goto(node) => (title, Some(node)),
        ButtonAction::Intent { intent, .. } => (out(format!("intent {intent}")), None),
        ButtonAction::Payload(payload) => (out(format!("payload {}", one_line(payload))), None),
        ButtonAction::Url(url) => (out(one_line(url)), None),
    };
    Exit { kind: "button", label, to }
}

/// What a trigger listens to, and in which contexts.
pub(super) fn trigger_in_words(trigger: &Trigger) -> (String, Option<String>) {
    let on = match &trigger.on {
        TriggerOn::Intent(intent) => format!("intent {intent}"),
        TriggerOn::Event(event) => format!("event {event}"),
        TriggerOn::Button(payload) => format!("button {}", one_line(payload)),
        TriggerOn::System(SystemEvent::Introduction) => "a conversation begins".to_owned(),
        TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times > 1 => {
            format!("not understood, {} times", trigger.times)
        }
        TriggerOn::System(SystemEvent::NotUnderstood) => "not understood".to_owned(),
        TriggerOn::System(SystemEvent::Error) => "something failed".to_owned(),
        TriggerOn::System(SystemEvent::BotDisabled) => "the bot is switched off".to_owned(),
        TriggerOn::Keyword(words) => format!("keyword «{}»", one_line(words)),
        TriggerOn::Link(link) => format!("link {}", one_line(link)),
    };
    let contexts: Vec<&str> = trigger.contexts.iter().take(MAX_TOLD).map(ContextId::as_str).collect();
    (on, (!contexts.is_empty()).then(|| format!("in {}", contexts.join(" and "))))
}

/// A content in one text.
fn content_in_words(content: &Said, language: Option<&Language>) -> String {
    let texts = content.texts().into_iter().take(MAX_TOLD).map(|(_, text)| in_language(text, language));
    let texts = joined(texts, ", ");
    match content {
        Said::Text(_) => texts,
        other if texts.is_empty() => other.kind().to_owned(),
        other => format!("{}: {texts}", other.kind()),
    }
}

fn in_language(text: &BTreeMap<Language, Alternatives>, language: Option<&Language>) -> String {
    let chosen = language.and_then(|language| text.get(language)).or_else(|| text.values().next());
    chosen.map(|alternatives| one_line(alternatives.choose(0))).unwrap_or_default()
}

fn short_json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("\"{}\"", one_line(text)),
        serde_json::Value::Array(list) => format!("a list of {}", list.len()),
        serde_json::Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

fn joined(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}
