//! The page of a flow: its drawing, the form of the chosen node or of the flow itself.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_flow::{DrawingOptions, draw, draw_changes};
use greenroom_lifecycle::Reference;
use greenroom_model::document::{Flow, Node, Trigger};
use greenroom_model::{Digest, Document, FlowId, Language, NodeId, PartPath, Subject, Symbol, SymbolKind};
use greenroom_web::{Path, Problem, Query};
use serde::Deserialize;

use crate::edit::Refusal;
use crate::fields::Fields;
use crate::flow_drawing::{drawn, flow_in};
use crate::flow_list::{read_trigger, trigger_choices};
use crate::form::{Choice, Control, Form, Group};
use crate::frame::{Frame, Side};
use crate::node_form::{Vocabulary, node_choices, node_groups};
use crate::page::Page;
use crate::usages::{self, UsageLink};
use crate::viewed::{Documents, Viewed};

#[derive(Template)]
#[template(path = "flow.html")]
struct FlowPage {
    frame: Frame,
    can_edit: bool,
    id: FlowId,
    name: String,
    description: String,
    here: String,
    drawing: String,
    /// Whether the drawing shows what differs from live.
    is_comparison: bool,
    /// Whether live has another state of the flow, or none.
    can_compare: bool,
    languages: Vec<Choice>,
    language: String,
    nodes: Vec<ListedNode>,
    node: Option<ShownNode>,
    form: Form,
    new_node: Form,
    findings: Vec<String>,
    usages: Vec<UsageLink>,
}

struct ListedNode {
    id: String,
    kind: &'static str,
    href: String,
    is_selected: bool,
}

struct ShownNode {
    id: NodeId,
    kind: &'static str,
    is_start: bool,
    referrers: Vec<UsageLink>,
}

/// The part of the address that names a flow.
#[derive(Debug, Deserialize)]
pub(crate) struct FlowAt {
    pub(crate) flow: FlowId,
}

/// What is chosen on the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) node: Option<String>,
    pub(crate) language: Option<String>,
    /// `live`: the drawing shows what differs from it.
    pub(crate) against: Option<String>,
}

/// What was refused, and what was typed.
pub(crate) struct Refused<'f> {
    pub(crate) refusal: Refusal,
    pub(crate) fields: &'f Fields,
    /// Whether it is the form of a new node.
    pub(crate) is_new_node: bool,
}

/// `GET …/flows/{flow}`
pub(crate) async fn page(
    viewed: Viewed,
    Path(at): Path<FlowAt>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    flow_page(&viewed, &at.flow, &chosen, None).await
}

/// The page, perhaps with a form that was refused.
pub(crate) async fn flow_page(
    viewed: &Viewed,
    id: &FlowId,
    chosen: &Chosen,
    refused: Option<Refused<'_>>,
) -> Result<Response, Problem> {
    let documents = viewed.documents().await?;
    let path = PartPath::Flow(id.clone());
    let Some((_, Document::Flow(flow))) = documents.get(&path) else {
        return Err(Problem::not_found(format!("this bot has no flow `{id}` on this side")));
    };
    let here = viewed.href(&format!("flows/{id}"));
    let node = chosen.node.as_deref().and_then(|node| flow.nodes.get_key_value(node));
    let language = chosen_language(viewed, chosen);
    let facts = greenroom_flow::derive(&path, &Document::Flow(flow.clone()));
    let marked: BTreeSet<NodeId> = facts.findings.iter().filter_map(|finding| node_of(&finding.subject)).collect();
    let findings = facts.findings.iter().filter(|finding| match node {
        Some((id, _)) => node_of(&finding.subject).as_ref() == Some(id),
        None => true,
    });
    let findings = findings.map(|finding| finding.message.clone()).collect();

    let typed = refused.as_ref().filter(|refused| !refused.is_new_node).map(|refused| refused.fields);
    let vocabulary = Vocabulary::of(&documents, flow, viewed.languages());
    let mut form = match node {
        Some((node_id, node)) => {
            Form::new(format!("{here}/nodes/{node_id}"), "Save the node", node_groups(&vocabulary, node, typed))
                .expecting(node_digest(node)?)
        }
        None => flow_form(&here, flow, &documents, typed).expecting(head_digest(flow)?),
    };
    let mut new_node = new_node_form(&here, flow, node.map(|(id, _)| id), &viewed.settings.default_language);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(Refused { refusal, fields, is_new_node }) = refused {
        if is_new_node {
            new_node = refusal.on(new_node.filled(fields));
        } else {
            form = refusal.on(form.filled(fields));
        }
    }
    let usages = usages::of(viewed, &Symbol::new(SymbolKind::Flow, id.as_str())).await?;
    let shown = match node {
        Some((node_id, node)) => Some(ShownNode {
            id: node_id.clone(),
            kind: node.kind(),
            is_start: flow.start == *node_id,
            referrers: referrers(viewed, id, flow, node_id).await?,
        }),
        None => None,
    };
    let live = match viewed.side {
        Some(Side::Draft) if viewed.live.is_some() => Some(flow_in(&viewed.bot, id, &Reference::live()).await?),
        _ => None,
    };
    // The flow is drawn as live has it or not, none where there is nothing that could be compared.
    let other = live.filter(|live| live.as_ref() != Some(flow));
    let is_comparison = chosen.against.as_deref() == Some("live") && other.is_some();
    let kept = if is_comparison { "&against=live" } else { "" };
    let drawing = {
        let before = other.clone().filter(|_| is_comparison);
        let selected = node.map(|(id, _)| id.clone());
        let (flow, here, language) = (flow.clone(), here.clone(), language.clone());
        drawn(move || {
            let mut options = DrawingOptions::new()
                .in_language(language.clone())
                .linking(|node| Some(format!("{here}?node={node}&language={language}{kept}")))
                .marking(marked);
            if let Some(node) = selected {
                options = options.selecting(node);
            }
            match before {
                Some(before) => draw_changes(before.as_ref(), Some(&flow), &options).to_svg(),
                None => draw(&flow, &options).to_svg(),
            }
        })
    };
    let drawing = drawing.await?;
    let page = FlowPage {
        frame: viewed.frame(&flow.name),
        can_edit: viewed.can_edit(),
        id: id.clone(),
        name: flow.name.clone(),
        description: flow.description.clone().unwrap_or_default(),
        drawing,
        is_comparison,
        can_compare: other.is_some(),
        languages: viewed
            .languages()
            .iter()
            .map(|language| Choice::new(language.as_str(), language.as_str()))
            .collect(),
        language: language.to_string(),
        nodes: flow
            .nodes
            .iter()
            .map(|(other, shown)| ListedNode {
                id: other.to_string(),
                kind: shown.kind(),
                href: format!("{here}?node={other}&language={language}"),
                is_selected: node.is_some_and(|(id, _)| id == other),
            })
            .collect(),
        node: shown,
        form,
        new_node,
        findings,
        usages,
        here: here.clone(),
    };
    Ok((status, Page(page)).into_response())
}

/// What tells two states of a node apart: authors edit different nodes of a flow side by side.
pub(crate) fn node_digest(node: &Node) -> Result<Digest, Problem> {
    Ok(Digest::of(&serde_json::to_vec(node).map_err(|error| Problem::internal(&error))?))
}

/// What tells two states of a flow apart, its nodes left aside.
pub(crate) fn head_digest(flow: &Flow) -> Result<Digest, Problem> {
    let head = Flow { nodes: std::collections::BTreeMap::new(), ..flow.clone() };
    Ok(Digest::of(&serde_json::to_vec(&head).map_err(|error| Problem::internal(&error))?))
}

/// What leads to a node: other nodes, triggers, jumps of other flows.
async fn referrers(viewed: &Viewed, id: &FlowId, flow: &Flow, node: &NodeId) -> Result<Vec<UsageLink>, Problem> {
    let here = viewed.href(&format!("flows/{id}"));
    let mut links: Vec<UsageLink> = flow
        .nodes
        .iter()
        .filter(|(_, other)| other.targets().iter().any(|(_, target)| *target == node))
        .map(|(other, _)| UsageLink { label: other.to_string(), href: format!("{here}?node={other}") })
        .collect();
    if flow.triggers.iter().any(|trigger| trigger.node.as_ref() == Some(node)) {
        links.push(UsageLink { label: "a trigger of this flow".to_owned(), href: here.clone() });
    }
    links.extend(usages::of(viewed, &Symbol::node(id, node)).await?);
    Ok(links)
}

/// The triggers that the flow's form describes.
pub(crate) fn read_triggers(fields: &Fields) -> Result<Vec<Trigger>, String> {
    let mut triggers = Vec::new();
    for row in fields.rows("trigger") {
        let Some(on) = fields.given(&format!("trigger.{row}.on")) else { continue };
        let value = fields.trimmed(&format!("trigger.{row}.value"));
        let fail = |name: &str| {
            let name = format!("trigger.{row}.{name}");
            move |error: greenroom_model::Error| format!("at `{name}`: {error}")
        };
        let on = read_trigger(&on, &value).map_err(|text| format!("at `trigger.{row}.value`: {text}"))?;
        let contexts = fields.get(&format!("trigger.{row}.contexts"));
        let contexts = contexts
            .split([',', ' '])
            .filter(|id| !id.is_empty())
            .map(|id| id.parse().map_err(fail("contexts")))
            .collect::<Result<_, _>>()?;
        let node = match fields.given(&format!("trigger.{row}.node")) {
            Some(node) => Some(node.parse().map_err(fail("node"))?),
            None => None,
        };
        let times = match fields.given(&format!("trigger.{row}.times")) {
            Some(typed) => typed
                .parse()
                .map_err(|_| format!("at `trigger.{row}.times`: `{typed}` is not a whole number from 1 to 100"))?,
            None => 1,
        };
        triggers.push(Trigger { on, contexts, node, times });
    }
    Ok(triggers)
}

fn flow_form(here: &str, flow: &Flow, documents: &Documents, typed: Option<&Fields>) -> Form {
    use greenroom_model::document::{SystemEvent, TriggerOn};
    let rows = Fields::rows_to_show(typed, "trigger", flow.triggers.len());
    let mut choices = trigger_choices(documents);
    if let Some(first) = choices.first_mut() {
        first.label = "(none)".to_owned();
    }
    let triggers = Group::growing("What starts it", "trigger", rows, |row| {
        let trigger = flow.triggers.get(row);
        let (on, value) = match trigger.map(|trigger| &trigger.on) {
            None => (String::new(), String::new()),
            Some(TriggerOn::Intent(intent)) => (format!("intent:{intent}"), String::new()),
            Some(TriggerOn::Event(event)) => ("event".to_owned(), event.to_string()),
            Some(TriggerOn::Button(payload)) => ("button".to_owned(), payload.clone()),
            Some(TriggerOn::System(SystemEvent::Introduction)) => ("system:introduction".to_owned(), String::new()),
            Some(TriggerOn::System(SystemEvent::NotUnderstood)) => ("system:not_understood".to_owned(), String::new()),
            Some(TriggerOn::System(SystemEvent::Error)) => ("system:error".to_owned(), String::new()),
            Some(TriggerOn::System(SystemEvent::BotDisabled)) => ("system:bot_disabled".to_owned(), String::new()),
            Some(TriggerOn::Keyword(words)) => ("keyword".to_owned(), words.clone()),
            Some(TriggerOn::Link(link)) => ("link".to_owned(), link.clone()),
        };
        let contexts: Vec<&str> = trigger.iter().flat_map(|trigger| &trigger.contexts).map(AsRef::as_ref).collect();
        let node = trigger.and_then(|trigger| trigger.node.as_ref()).map(ToString::to_string).unwrap_or_default();
        let times = trigger.map(|trigger| trigger.times).filter(|times| *times > 1);
        vec![
            Control::select(format!("trigger.{row}.on"), format!("Trigger {}", row + 1), on, choices.clone()),
            Control::text(format!("trigger.{row}.value"), "Event, payload, keyword or link", value),
            Control::number(
                format!("trigger.{row}.times"),
                "When nothing was understood: from which time in a row on",
                times.map(|times| times.to_string()).unwrap_or_default(),
            ),
            Control::text(format!("trigger.{row}.contexts"), "Only in these contexts (ids)", contexts.join(", ")),
            Control::select(
                format!("trigger.{row}.node"),
                "Begins at",
                node,
                node_choices(flow.nodes.keys(), "the start of the flow"),
            ),
        ]
    });
    let nodes = flow.nodes.keys().map(|node| Choice::new(node.as_str(), node.as_str())).collect();
    Form::new(
        here,
        "Save the flow",
        vec![
            Group::loose(vec![
                Control::text("name", "Name", &flow.name)
                    .hint("Renaming changes nothing else: whatever refers to the flow does so by its id.")
                    .required(),
                Control::text("description", "Description", flow.description.clone().unwrap_or_default()),
                Control::select("start", "Starts at", flow.start.as_str(), nodes),
            ]),
            triggers,
        ],
    )
}

fn new_node_form(here: &str, flow: &Flow, after: Option<&NodeId>, language: &Language) -> Form {
    let kinds = [
        ("message", "Message: says something"),
        ("input", "Input: asks for a value and keeps it"),
        ("branch", "Branch: goes on by conditions"),
        ("action", "Action: sets variables and contexts, calls a handler"),
        ("jump", "Jump: goes to another flow"),
        ("handover", "Handover: a person takes over"),
        ("wait", "Wait: for an event or some time"),
        ("event", "Event: tells the host that something has happened"),
        ("end", "End: ends the flow"),
    ];
    let kinds = kinds.iter().map(|(kind, label)| Choice::new(*kind, *label)).collect();
    let after = after.map(ToString::to_string).unwrap_or_default();
    Form::new(
        format!("{here}/nodes"),
        "Add the node",
        vec![Group::loose(vec![
            Control::select("kind", "Kind", "message", kinds),
            Control::text("name", "Name", "").hint("Its id follows from the name, such as ask_size.").required(),
            Control::select("after", "After the node", after, node_choices(flow.nodes.keys(), "(connect it later)")),
            Control::area("text", format!("What it says or asks ({language})"), ""),
        ])],
    )
}

fn node_of(subject: &Subject) -> Option<NodeId> {
    match subject {
        Subject::Node(_, node) => Some(node.clone()),
        _ => None,
    }
}

fn chosen_language(viewed: &Viewed, chosen: &Chosen) -> Language {
    let chosen = chosen.language.as_deref().and_then(|language| language.parse().ok());
    chosen.unwrap_or_else(|| viewed.settings.default_language.clone())
}
