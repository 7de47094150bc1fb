//! Changing a flow: its head, its nodes. Each act expects only what it changes to stand as
//! it was seen, so that two authors can work on different nodes of one flow.

use std::collections::BTreeMap;

use axum::response::Response;
use greenroom_lifecycle::{Error, ExpectedPart, PartEdit};
use greenroom_model::document::{
    ActionNode, Alternatives, BranchNode, EndNode, EventNode, Flow, HandoverNode, InputNode, Interruptions, JumpNode,
    JumpTo, MessageNode, Node, Prompt, Retries, Variable, WaitNode,
};
use greenroom_model::{Document, EventId, FlowId, NodeId, PartPath, VariableId};
use greenroom_web::{Path, Problem};
use serde::Deserialize;

use crate::edit::Refusal;
use crate::fields::Fields;
use crate::flow_page::{Chosen, FlowAt, Refused, flow_page, head_digest, node_digest, read_triggers};
use crate::form::Fault;
use crate::node_form::read_node;
use crate::viewed::{Editing, Viewed};

/// How often an act is repeated when others change other nodes of the flow meanwhile.
const REPEATS: usize = 20;

/// The part of the address that names a node.
#[derive(Debug, Deserialize)]
pub(crate) struct NodeAt {
    flow: FlowId,
    node: NodeId,
}

/// `POST …/flows/{flow}`: name, description, start, triggers.
pub(crate) async fn change_head(
    Editing(viewed): Editing,
    Path(at): Path<FlowAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let expected = fields.get("expected");
    let changed = exchange(&viewed, &at.flow, |flow| {
        let head = head_digest(flow)?.to_string();
        if head != expected {
            let stored = Flow { nodes: BTreeMap::new(), ..flow.clone() };
            return Ok(Err(moved_on("the flow's name, start or triggers", &stored, head)));
        }
        let triggers = match read_triggers(&fields) {
            Ok(triggers) => triggers,
            Err(text) => return Ok(Err(Refusal::new(text, &fields))),
        };
        flow.name = fields.trimmed("name");
        flow.description = fields.given("description");
        flow.start = fields.get("start").parse()?;
        flow.triggers = triggers;
        Ok(Ok(Vec::new()))
    });
    match changed.await? {
        Ok(()) => Ok(viewed.done(&format!("flows/{}", at.flow), "saved")),
        Err(refusal) => {
            let refused = Refused { refusal, fields: &fields, is_new_node: false };
            flow_page(&viewed, &at.flow, &Chosen::default(), Some(refused)).await
        }
    }
}

/// `POST …/flows/{flow}/delete`
pub(crate) async fn delete(Editing(viewed): Editing, Path(at): Path<FlowAt>) -> Result<Response, Problem> {
    viewed.bot.delete(&PartPath::Flow(at.flow)).await?;
    Ok(viewed.done("flows", "deleted"))
}

/// `POST …/flows/{flow}/nodes/{node}`: the form of a node.
pub(crate) async fn change_node(
    Editing(viewed): Editing,
    Path(at): Path<NodeAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let expected = fields.get("expected");
    let changed = exchange(&viewed, &at.flow, |flow| {
        let Some(node) = flow.nodes.get_mut(&at.node) else {
            return Ok(Err(gone(&at.node)));
        };
        let digest = node_digest(node)?.to_string();
        if digest != expected {
            return Ok(Err(moved_on("the node", node, digest)));
        }
        match read_node(node.kind(), &fields) {
            Ok(read) => *node = read,
            Err(text) => return Ok(Err(Refusal::new(text, &fields))),
        }
        Ok(Ok(Vec::new()))
    });
    match changed.await? {
        Ok(()) => Ok(viewed.done(&node_page(&at.flow, &at.node), "saved")),
        Err(refusal) => {
            let chosen = Chosen { node: Some(at.node.to_string()), ..Chosen::default() };
            let refused = Refused { refusal, fields: &fields, is_new_node: false };
            flow_page(&viewed, &at.flow, &chosen, Some(refused)).await
        }
    }
}

/// `POST …/flows/{flow}/nodes/{node}/delete`
pub(crate) async fn delete_node(Editing(viewed): Editing, Path(at): Path<NodeAt>) -> Result<Response, Problem> {
    let deleted = exchange(&viewed, &at.flow, |flow| {
        if flow.start == at.node {
            return Ok(Err(Refusal::new(
                "the flow starts at this node; let it start at another first",
                &Fields::default(),
            )));
        }
        flow.nodes.remove(&at.node);
        Ok(Ok(Vec::new()))
    });
    match deleted.await? {
        Ok(()) => Ok(viewed.done(&format!("flows/{}", at.flow), "deleted")),
        Err(refusal) => Err(Problem::invalid(refusal.fault.text)),
    }
}

/// `POST …/flows/{flow}/nodes/{node}/start`: the flow starts there.
pub(crate) async fn start_at(Editing(viewed): Editing, Path(at): Path<NodeAt>) -> Result<Response, Problem> {
    let changed = exchange(&viewed, &at.flow, |flow| {
        if !flow.nodes.contains_key(&at.node) {
            return Ok(Err(gone(&at.node)));
        }
        flow.start = at.node.clone();
        Ok(Ok(Vec::new()))
    });
    match changed.await? {
        Ok(()) => Ok(viewed.done(&node_page(&at.flow, &at.node), "saved")),
        Err(refusal) => Err(Problem::invalid(refusal.fault.text)),
    }
}

/// `POST …/flows/{flow}/nodes`: a new node, perhaps between two others.
pub(crate) async fn add_node(
    Editing(viewed): Editing,
    Path(at): Path<FlowAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = NodeId::from_name(&fields.get("name"));
    let documents = viewed.documents().await?;
    let variable = VariableId::from_name(&fields.get("name"));
    let is_known = documents.contains_key(&PartPath::Variable(variable.clone()));
    let some_flow = documents.keys().find_map(|path| match path {
        PartPath::Flow(flow) if *flow != at.flow => Some(flow.clone()),
        _ => None,
    });
    let added = exchange(&viewed, &at.flow, |flow| {
        if fields.given("name").is_none() {
            return Ok(Err(Refusal::new("at `name`: give the node a name", &fields)));
        }
        if flow.nodes.contains_key(&id) {
            return Ok(Err(Refusal::new(
                format!("at `name`: there is a node `{id}` already; choose another name"),
                &fields,
            )));
        }
        let mut node = match new_node(&viewed, &fields, &variable, some_flow.as_ref().unwrap_or(&at.flow)) {
            Ok(node) => node,
            Err(text) => return Ok(Err(Refusal::new(text, &fields))),
        };
        if let Some(after) = fields.given("after") {
            let Some(way) = flow.nodes.get_mut(after.as_str()).and_then(Node::way_on) else {
                let text = format!(
                    "at `after`: nothing can follow `{after}` this way; connect the node by the form of `{after}`"
                );
                return Ok(Err(Refusal::new(text, &fields)));
            };
            // The new node stands between the two.
            let then = way.replace(id.clone());
            if let (Some(way), Some(then)) = (node.way_on(), then) {
                *way = Some(then);
            }
        }
        let is_input = matches!(node, Node::Input(_));
        flow.nodes.insert(id.clone(), node);
        let mut edits = Vec::new();
        if is_input && !is_known {
            let document = Document::Variable(named_variable(&fields.trimmed("name")));
            edits.push(PartEdit {
                path: PartPath::Variable(variable.clone()),
                expected: ExpectedPart::Absent,
                document: Some(document),
            });
        }
        Ok(Ok(edits))
    });
    match added.await? {
        Ok(()) => Ok(viewed.done(&node_page(&at.flow, &id), "added")),
        Err(refusal) => {
            let chosen = Chosen { node: fields.given("after"), ..Chosen::default() };
            let refused = Refused { refusal, fields: &fields, is_new_node: true };
            flow_page(&viewed, &at.flow, &chosen, Some(refused)).await
        }
    }
}

fn new_node(viewed: &Viewed, fields: &Fields, variable: &VariableId, flow: &FlowId) -> Result<Node, String> {
    let language = viewed.settings.default_language.clone();
    let text: BTreeMap<_, _> =
        fields.given("text").map(|text| (language, Alternatives::one(text))).into_iter().collect();
    Ok(match fields.get("kind").as_str() {
        "message" => Node::Message(MessageNode { text, ..MessageNode::default() }),
        "input" => Node::Input(InputNode {
            variable: variable.clone(),
            ask: (!text.is_empty()).then(|| Prompt { text, ..Prompt::default() }),
            accept: Vec::new(),
            retry: Retries::default(),
            attempts: None,
            otherwise: None,
            skip_when_known: false,
            interruptions: Interruptions::default(),
            next: None,
        }),
        "branch" => Node::Branch(BranchNode::default()),
        "action" => Node::Action(ActionNode::default()),
        "jump" => Node::Jump(JumpNode { to: JumpTo::Flow(flow.clone(), None), returns: false, next: None }),
        "handover" => Node::Handover(HandoverNode { text, ..HandoverNode::default() }),
        "wait" => Node::Wait(WaitNode { seconds: Some(60), ..WaitNode::default() }),
        "event" => {
            let event = EventId::from_name(&fields.trimmed("name"));
            Node::Event(EventNode { event, data: BTreeMap::new(), next: None })
        }
        "end" => Node::End(EndNode {}),
        other => return Err(format!("at `kind`: `{other}` is no kind of node; choose one of the list")),
    })
}

fn named_variable(name: &str) -> Variable {
    Variable { name: name.to_owned(), ..Variable::default() }
}

/// Changes a flow as it stands now, again when others change other things of it meanwhile.
/// The change may ask for further edits, all or none.
async fn exchange(
    viewed: &Viewed,
    id: &FlowId,
    mut change: impl FnMut(&mut Flow) -> Result<Result<Vec<PartEdit>, Refusal>, Problem>,
) -> Result<Result<(), Refusal>, Problem> {
    let path = PartPath::Flow(id.clone());
    let mut repeats = 0;
    loop {
        let draft = viewed.bot.draft().await?;
        let (digest, document) = viewed.bot.get(&draft, &path).await?;
        let Document::Flow(mut flow) = document else { return Err(Problem::not_found("there is no such flow")) };
        let mut edits = match change(&mut flow)? {
            Ok(edits) => edits,
            Err(refusal) => return Ok(Err(refusal)),
        };
        edits.push(PartEdit::put(path.clone(), Document::Flow(flow)).expecting(ExpectedPart::Digest(digest)));
        match viewed.bot.edit(&edits).await {
            Ok(_) => return Ok(Ok(())),
            Err(Error::PartConflict(_)) if repeats < REPEATS => repeats += 1,
            Err(Error::Model(error)) => return Ok(Err(Refusal::new(error.to_string(), &Fields::default()))),
            Err(error) => return Err(error.into()),
        }
    }
}

fn moved_on(what: &str, stored: &impl serde::Serialize, digest: String) -> Refusal {
    let theirs = serde_json::to_string_pretty(stored).unwrap_or_default();
    let text = format!("Somebody else was faster: {what} was changed meanwhile.");
    Refusal { fault: Fault { text, theirs: Some(theirs) }, expected: digest }
}

fn gone(node: &NodeId) -> Refusal {
    Refusal::new(format!("the node `{node}` was deleted meanwhile"), &Fields::default())
}

fn node_page(flow: &FlowId, node: &NodeId) -> String {
    format!("flows/{flow}?node={node}")
}
