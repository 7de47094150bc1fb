//! The list of flows, and making a new one.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::{ExpectedPart, PartEdit};
use greenroom_model::document::{Alternatives, Flow, MessageNode, Node, SystemEvent, Trigger, TriggerOn};
use greenroom_model::{Document, FlowId, IntentId, NodeId, PartPath, Severity};
use greenroom_web::Problem;

use crate::edit::{Refusal, save_all};
use crate::fields::Fields;
use crate::form::{Choice, Control, Form, Group};
use crate::frame::Frame;
use crate::page::Page;
use crate::viewed::{Documents, Editing, Viewed};

#[derive(Template)]
#[template(path = "flows.html")]
struct FlowsPage {
    frame: Frame,
    can_edit: bool,
    flows: Vec<ListedFlow>,
    form: Form,
}

struct ListedFlow {
    href: String,
    id: String,
    name: String,
    description: String,
    triggers: Vec<String>,
    nodes: usize,
    faults: usize,
}

/// `GET …/flows`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    list_page(&viewed, None, &Fields::default()).await
}

/// `POST …/flows`: a new flow that says one thing.
pub(crate) async fn create(Editing(viewed): Editing, fields: Fields) -> Result<Response, Problem> {
    let name = fields.trimmed("name");
    let id = FlowId::from_name(&name);
    let refusal = match new_flow(&viewed, &fields, name) {
        Ok(flow) => {
            let edit = PartEdit {
                path: PartPath::Flow(id.clone()),
                expected: ExpectedPart::Absent,
                document: Some(Document::Flow(flow)),
            };
            match save_all(&viewed, &[edit], &fields).await? {
                Ok(()) => return Ok(viewed.done(&format!("flows/{id}"), "created")),
                Err(refusal) => refusal,
            }
        }
        Err(text) => Refusal::new(text, &fields),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, list_page(&viewed, Some(refusal), &fields).await?).into_response())
}

fn new_flow(viewed: &Viewed, fields: &Fields, name: String) -> Result<Flow, String> {
    let start = NodeId::from_name("start");
    let mut message = MessageNode::default();
    if let Some(text) = fields.given("text") {
        message.text = BTreeMap::from([(viewed.settings.default_language.clone(), Alternatives::one(text))]);
    }
    let triggers = match fields.given("trigger") {
        Some(trigger) => vec![Trigger::on(read_trigger(&trigger, "")?)],
        None => Vec::new(),
    };
    let nodes = BTreeMap::from([(start.clone(), Node::Message(message))]);
    Ok(Flow { name, description: fields.given("description"), triggers, start, nodes })
}

/// What a select of triggers says: `intent:ID`, `system:…`, `event` or `button` with its value.
pub(crate) fn read_trigger(choice: &str, value: &str) -> Result<TriggerOn, String> {
    match choice.split_once(':').unwrap_or((choice, "")) {
        ("intent", id) => Ok(TriggerOn::Intent(IntentId::new(id).map_err(|error| error.to_string())?)),
        ("system", "introduction") => Ok(TriggerOn::System(SystemEvent::Introduction)),
        ("system", "not_understood") => Ok(TriggerOn::System(SystemEvent::NotUnderstood)),
        ("system", "error") => Ok(TriggerOn::System(SystemEvent::Error)),
        ("system", "bot_disabled") => Ok(TriggerOn::System(SystemEvent::BotDisabled)),
        ("keyword", _) => Ok(TriggerOn::Keyword(value.to_owned())),
        ("link", _) => Ok(TriggerOn::Link(value.to_owned())),
        ("event", _) => Ok(TriggerOn::Event(value.parse().map_err(|error: greenroom_model::Error| error.to_string())?)),
        ("button", _) if !value.is_empty() => Ok(TriggerOn::Button(value.to_owned())),
        ("button", _) => Err("a button's trigger needs the payload that the button sends".to_owned()),
        _ => Err(format!("`{choice}` is no trigger; choose one of the list")),
    }
}

/// What can start a flow, for a select.
pub(crate) fn trigger_choices(documents: &Documents) -> Vec<Choice> {
    let mut choices = vec![
        Choice::new("", "Nothing: other flows jump to it"),
        Choice::new("system:introduction", "A conversation begins"),
        Choice::new("system:not_understood", "Nothing was understood"),
        Choice::new("system:error", "Something failed"),
        Choice::new("system:bot_disabled", "The bot is switched off"),
        Choice::new("keyword", "A keyword (below)"),
        Choice::new("link", "A conversation begins by a link (its name below)"),
        Choice::new("event", "An event (named below)"),
        Choice::new("button", "A button's payload (below)"),
    ];
    for (path, (_, document)) in documents {
        if let (PartPath::Intent(id), Document::Intent(intent)) = (path, document) {
            choices.push(Choice::new(format!("intent:{id}"), format!("The user means: {}", intent.name)));
        }
    }
    choices
}

/// A trigger in words.
pub(crate) fn trigger_text(trigger: &Trigger) -> String {
    let on = match &trigger.on {
        TriggerOn::Intent(intent) => intent.to_string(),
        TriggerOn::Event(event) => format!("event {event}"),
        TriggerOn::Button(payload) => format!("button {payload}"),
        TriggerOn::System(SystemEvent::Introduction) => "a conversation begins".to_owned(),
        TriggerOn::Keyword(words) => format!("keyword {words}"),
        TriggerOn::Link(link) => format!("link {link}"),
        TriggerOn::System(SystemEvent::NotUnderstood) if trigger.times > 1 => {
            format!("nothing was understood {} times", trigger.times)
        }
        TriggerOn::System(SystemEvent::NotUnderstood) => "nothing was understood".to_owned(),
        TriggerOn::System(SystemEvent::Error) => "something failed".to_owned(),
        TriggerOn::System(SystemEvent::BotDisabled) => "the bot is switched off".to_owned(),
    };
    if trigger.contexts.is_empty() {
        on
    } else {
        let contexts: Vec<&str> = trigger.contexts.iter().map(AsRef::as_ref).collect();
        format!("{on} (in {})", contexts.join(", "))
    }
}

async fn list_page(viewed: &Viewed, refusal: Option<Refusal>, fields: &Fields) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let mut flows: Vec<ListedFlow> = documents
        .iter()
        .filter_map(|(path, (_, document))| match (path, document) {
            (PartPath::Flow(id), Document::Flow(flow)) => {
                let facts = greenroom_flow::derive(path, document);
                Some(ListedFlow {
                    href: viewed.href(&format!("flows/{id}")),
                    id: id.to_string(),
                    name: flow.name.clone(),
                    description: flow.description.clone().unwrap_or_default(),
                    triggers: flow.triggers.iter().map(trigger_text).collect(),
                    nodes: flow.nodes.len(),
                    faults: facts.findings.iter().filter(|finding| finding.severity != Severity::Allow).count(),
                })
            }
            _ => None,
        })
        .collect();
    flows.sort_by_key(|flow| flow.name.to_lowercase());
    let mut choices = trigger_choices(&documents);
    // What needs a further text is for the flow's own page.
    choices.retain(|choice| choice.value != "event" && choice.value != "button");
    let mut form = Form::new(
        viewed.href("flows"),
        "Add the flow",
        vec![Group::loose(vec![
            Control::text("name", "Name", "").required(),
            Control::text("description", "Description (may be left out)", ""),
            Control::select("trigger", "What starts it", "", choices),
            Control::area("text", format!("What it says first ({})", viewed.settings.default_language), ""),
        ])],
    );
    if let Some(refusal) = refusal {
        form = refusal.on(form.filled(fields));
    }
    let page = FlowsPage { frame: viewed.frame("Flows"), can_edit: viewed.can_edit(), flows, form };
    Ok(Page(page).into_response())
}
