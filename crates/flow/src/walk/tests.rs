//! What a walk promises, told as conversations, and a property over random bots.

mod actions;
mod contents;
mod conversations;
mod inputs;
mod lifetimes;
mod limits;
mod random;
mod requests;
mod starts;
mod waits;

use greenroom_model::{Document, Language, PartPath};
use serde_json::{Value, json};

use crate::{EntityValue, Graph, Input, ReplyAction, Session, Step, TraceStep, step};

/// A conversation with a bot.
struct Talk {
    graph: Graph,
    session: Session,
    last: Option<Step>,
}

/// A graph of parts, given as `{ "flows/greet": { … }, … }`.
fn graph(parts: Value) -> Graph {
    let Value::Object(parts) = parts else { panic!("parts are an object") };
    Graph::compile(parts.into_iter().map(|(path, value)| {
        let path: PartPath = path.parse().unwrap_or_else(|error| panic!("{error}"));
        let document = Document::from_value(&path, value).unwrap_or_else(|error| panic!("{error}"));
        (path, document)
    }))
}

impl Talk {
    fn with(parts: Value) -> Self {
        let graph = graph(parts);
        let session = Session::new(&graph, None);
        Self { graph, session, last: None }
    }

    /// What the bot says to an input, its replies joined by ` | `.
    fn take(&mut self, input: &Input) -> String {
        let step = step(&self.graph, &self.session, input);
        self.session = step.session.clone();
        let said = step.replies.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>().join(" | ");
        self.last = Some(step);
        said
    }

    /// Says a text that is not understood.
    fn say(&mut self, text: &str) -> String {
        self.take(&Input::not_understood(text))
    }

    /// Says something of an intent.
    fn mean(&mut self, intent: &str) -> String {
        self.take(&Input::of_intent("some words", intent.parse().unwrap()))
    }

    /// Says something of an intent with entities.
    fn mean_with(&mut self, intent: Option<&str>, entities: &[(&str, &str)]) -> String {
        let entities = entities.iter().map(|(entity, value)| EntityValue::new(entity.parse().unwrap(), *value));
        let intent = intent.map(|intent| intent.parse().unwrap());
        self.take(&Input::Text { text: "some words".into(), intent, entities: entities.collect(), language: None })
    }

    fn press(&mut self, payload: &str) -> String {
        self.take(&Input::Button { payload: payload.into() })
    }

    /// The payload of a button of the last replies, by its title.
    fn payload(&self, title: &str) -> String {
        let buttons = self.last.iter().flat_map(|step| &step.replies).flat_map(|reply| &reply.buttons);
        match buttons.into_iter().find(|button| button.title == title).map(|button| button.action.clone()) {
            Some(ReplyAction::Payload(payload)) => payload,
            other => panic!("{title}: {other:?}"),
        }
    }

    fn position(&self) -> String {
        self.session.position.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
    }

    fn variable(&self, name: &str) -> Value {
        self.session.variables.get(name).cloned().unwrap_or_default()
    }

    fn faults(&self) -> String {
        let steps = self.last.iter().flat_map(|step| &step.trace);
        let faults = steps.filter_map(|step| match step {
            TraceStep::Fault { reason, .. } => Some(reason.as_str()),
            _ => None,
        });
        faults.collect::<Vec<_>>().join("; ")
    }

    fn traced(&self, wanted: impl Fn(&TraceStep) -> bool) -> bool {
        self.last.iter().flat_map(|step| &step.trace).any(wanted)
    }
}

/// A flow with this trigger, whose first node is `a`.
fn flow(trigger: Value, nodes: Value) -> Value {
    json!({ "name": "flow", "triggers": [trigger], "start": "a", "nodes": nodes })
}

fn message(text: &str) -> Value {
    json!({ "message": { "text": { "en": text } } })
}

fn message_then(text: &str, next: &str) -> Value {
    json!({ "message": { "text": { "en": text }, "next": next } })
}

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}
