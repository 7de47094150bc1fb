//! Translations: every text of a flow in every language, side by side.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greenroom_model::document::{Button, Flow, LocalizedText, Node};
use greenroom_model::{Document, FlowId, Language, PartPath};
use greenroom_web::{Path, Problem};

use crate::edit::{Refusal, save};
use crate::fields::Fields;
use crate::flow_page::FlowAt;
use crate::form::{Fault, Form};
use crate::frame::Frame;
use crate::node_form::read_alternatives;
use crate::page::Page;
use crate::viewed::{Editing, Viewed};

#[derive(Template)]
#[template(path = "translations.html")]
struct TranslationsPage {
    frame: Frame,
    languages: Vec<Language>,
    flows: Vec<ListedFlow>,
}

struct ListedFlow {
    href: String,
    name: String,
    texts: usize,
    missing: Vec<usize>,
}

#[derive(Template)]
#[template(path = "translation.html")]
struct TranslationPage {
    frame: Frame,
    can_edit: bool,
    name: String,
    flow_href: String,
    languages: Vec<Language>,
    rows: Vec<TextRow>,
    form: Form,
}

struct TextRow {
    label: String,
    href: String,
    cells: Vec<TextCell>,
}

struct TextCell {
    field: String,
    language: Language,
    text: String,
    is_missing: bool,
    /// How many lines the text takes in about forty columns.
    lines: usize,
}

/// A text of a flow, wherever it stands.
enum Slot<'f> {
    Text(&'f mut LocalizedText),
    Title(&'f mut BTreeMap<Language, String>),
}

/// `GET …/translations`
pub(crate) async fn list(viewed: Viewed) -> Result<Response, Problem> {
    let languages = viewed.languages();
    let mut flows = Vec::new();
    for (path, (_, document)) in viewed.documents().await? {
        let (PartPath::Flow(id), Document::Flow(mut flow)) = (path, document) else { continue };
        let name = flow.name.clone();
        let slots = slots(&mut flow);
        let missing = |language| slots.iter().filter(|(.., slot)| slot.is_missing(language)).count();
        flows.push(ListedFlow {
            href: viewed.href(&format!("translations/{id}")),
            name,
            texts: slots.len(),
            missing: languages.iter().map(missing).collect(),
        });
    }
    flows.sort_by_key(|flow| flow.name.to_lowercase());
    Ok(Page(TranslationsPage { frame: viewed.frame("Translations"), languages, flows }).into_response())
}

/// `GET …/translations/{flow}`
pub(crate) async fn page(viewed: Viewed, Path(at): Path<FlowAt>) -> Result<Response, Problem> {
    let (digest, flow) = flow_of(&viewed, &at.flow).await?;
    translation_page(&viewed, &at.flow, flow, digest, None)
}

/// `POST …/translations/{flow}`
pub(crate) async fn change(
    Editing(viewed): Editing,
    Path(at): Path<FlowAt>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (digest, flow) = flow_of(&viewed, &at.flow).await?;
    let mut changed = flow.clone();
    let refusal = if digest == fields.get("expected") {
        let written = write_texts(&mut changed, &fields);
        match written {
            Ok(()) => {
                let path = PartPath::Flow(at.flow.clone());
                match save(&viewed, &path, Some(Document::Flow(changed)), &fields).await? {
                    Ok(()) => return Ok(viewed.done(&format!("translations/{}", at.flow), "saved")),
                    Err(refusal) => refusal,
                }
            }
            Err(text) => Refusal::new(text, &fields),
        }
    } else {
        let text = "Somebody else was faster: the flow was changed meanwhile. Look whether your texts still fit, then save again.";
        Refusal { fault: Fault { text: text.to_owned(), theirs: None }, expected: digest.clone() }
    };
    let mut response = translation_page(&viewed, &at.flow, flow, digest, Some((refusal, &fields)))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

async fn flow_of(viewed: &Viewed, id: &FlowId) -> Result<(String, Flow), Problem> {
    match viewed.part(&PartPath::Flow(id.clone())).await? {
        (digest, Document::Flow(flow)) => Ok((digest.to_string(), flow)),
        _ => Err(Problem::not_found("there is no such flow")),
    }
}

/// Puts what was typed into the flow's texts.
fn write_texts(flow: &mut Flow, fields: &Fields) -> Result<(), String> {
    for (name, _, mut slot) in named(slots(flow)) {
        for (language, typed) in fields.under(&name) {
            let language = language.parse().map_err(|error: greenroom_model::Error| error.to_string())?;
            slot.set(language, &typed);
        }
    }
    Ok(())
}

impl Slot<'_> {
    fn text(&self, language: &Language) -> Option<String> {
        match self {
            Self::Text(text) => text.get(language).map(|text| text.texts().join("\n---\n")),
            Self::Title(titles) => titles.get(language).cloned(),
        }
    }

    fn set(&mut self, language: Language, typed: &str) {
        match self {
            Self::Text(text) => match read_alternatives(typed) {
                Some(alternatives) => drop(text.insert(language, alternatives)),
                None => drop(text.remove(&language)),
            },
            Self::Title(titles) => match typed.trim() {
                "" => drop(titles.remove(&language)),
                typed => drop(titles.insert(language, typed.to_owned())),
            },
        }
    }

    /// Whether other languages have the text and this one does not.
    fn is_missing(&self, language: &Language) -> bool {
        match self {
            Self::Text(text) => !text.contains_key(language),
            Self::Title(titles) => !titles.contains_key(language),
        }
    }
}

/// The texts of a flow in a fixed order: the node, what it is, where it stands.
fn slots(flow: &mut Flow) -> Vec<(String, &'static str, Slot<'_>)> {
    let mut slots = Vec::new();
    for (id, node) in &mut flow.nodes {
        match node {
            Node::Message(message) => {
                slots.push((id.to_string(), "says", Slot::Text(&mut message.text)));
                add_buttons(&mut slots, id.as_str(), &mut message.buttons);
                for content in &mut message.content {
                    let what = content.kind();
                    let (texts, buttons) = content.texts_and_buttons_mut();
                    slots.extend(texts.into_iter().map(|text| (id.to_string(), what, Slot::Text(text))));
                    add_buttons(&mut slots, id.as_str(), buttons);
                }
                add_buttons(&mut slots, id.as_str(), &mut message.quick_replies);
            }
            Node::Input(input) => {
                if let Some(ask) = &mut input.ask {
                    slots.push((id.to_string(), "asks", Slot::Text(&mut ask.text)));
                    add_buttons(&mut slots, id.as_str(), &mut ask.buttons);
                    add_buttons(&mut slots, id.as_str(), &mut ask.quick_replies);
                }
                for text in input.retry.texts_mut() {
                    slots.push((id.to_string(), "before asking again", Slot::Text(text)));
                }
            }
            Node::Handover(handover) => {
                slots.push((id.to_string(), "before handing over", Slot::Text(&mut handover.text)));
            }
            Node::Branch(_) | Node::Action(_) | Node::Jump(_) | Node::Wait(_) | Node::Event(_) | Node::End(_) => {}
        }
    }
    // A text that no language has is no text that is missing anywhere.
    slots.retain(|(.., slot)| match slot {
        Slot::Text(text) => !text.is_empty(),
        Slot::Title(titles) => !titles.is_empty(),
    });
    slots
}

fn add_buttons<'f>(
    slots: &mut Vec<(String, &'static str, Slot<'f>)>,
    node: &str,
    buttons: impl IntoIterator<Item = &'f mut Button>,
) {
    slots.extend(buttons.into_iter().map(|button| (node.to_owned(), "button", Slot::Title(&mut button.title))));
}

/// The same with the name of each text's fields in place of its node.
fn named<'f>(slots: Vec<(String, &'static str, Slot<'f>)>) -> Vec<(String, (String, &'static str), Slot<'f>)> {
    slots.into_iter().enumerate().map(|(row, (node, what, slot))| (format!("t.{row}"), (node, what), slot)).collect()
}

fn translation_page(
    viewed: &Viewed,
    id: &FlowId,
    mut flow: Flow,
    digest: String,
    refused: Option<(Refusal, &Fields)>,
) -> Result<Response, Problem> {
    let languages = viewed.languages();
    let flow_href = viewed.href(&format!("flows/{id}"));
    let name = flow.name.clone();
    let typed = refused.as_ref().map(|(_, fields)| *fields);
    let rows = named(slots(&mut flow))
        .into_iter()
        .map(|(field, (node, what), slot)| TextRow {
            label: format!("{node}: {what}"),
            href: format!("{flow_href}?node={node}"),
            cells: languages
                .iter()
                .map(|language| {
                    let field = format!("{field}.{language}");
                    let text = match typed.filter(|typed| typed.has(&field)) {
                        Some(typed) => typed.get(&field),
                        None => slot.text(language).unwrap_or_default(),
                    };
                    {
                        let lines = text.lines().map(|line| line.chars().count() / 38 + 1).sum::<usize>().clamp(1, 12);
                        TextCell {
                            is_missing: slot.is_missing(language),
                            language: language.clone(),
                            lines,
                            field,
                            text,
                        }
                    }
                })
                .collect(),
        })
        .collect();
    let form = Form::new(viewed.href(&format!("translations/{id}")), "Save the texts", Vec::new());
    let form = match refused {
        Some((refusal, _)) => refusal.on(form),
        None => form.expecting(digest),
    };
    let page = TranslationPage {
        frame: viewed.frame(format!("Translations: {name}")),
        can_edit: viewed.can_edit(),
        name,
        flow_href,
        languages,
        rows,
        form,
    };
    Ok(Page(page).into_response())
}
