//! Responses as what message and input nodes say: texts with alternatives, and buttons.

use std::collections::BTreeMap;

use greenroom_model::document::{Alternatives, Button, ButtonAction, Flow, LocalizedText, MessageNode, Node};
use greenroom_model::{Document, EntityId, NodeId, PartPath};
use serde_json::Value;

use super::import::Import;
use super::markup::plain;
use super::names::display_name;
use super::report::{NOTHING_TO_DO, Named};
use super::source::{Response, SourceButton};
use super::template;

/// What a response says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Message {
    pub(super) text: LocalizedText,
    pub(super) buttons: Vec<Button>,
    /// The texts as they will be said, where no slot stands in them.
    pub(super) plain: Option<Vec<String>>,
}

/// Translates every response.
pub(super) fn translate(import: &mut Import<'_>) {
    for response in &import.project.responses {
        if let Some(message) = message(import, response) {
            import.messages.insert(response.name.name.clone(), message);
        }
    }
}

fn message(import: &mut Import<'_>, response: &Response) -> Option<Message> {
    let construct = format!("response `{}`", response.name.name);
    let mut texts = Vec::new();
    let mut plain_texts = Some(Vec::new());
    for variant in &response.variants {
        let pieces = template::pieces(&variant.text.name);
        if pieces.iter().any(|piece| matches!(piece, template::Piece::Slot(_))) {
            plain_texts = None;
        } else if let Some(texts) = &mut plain_texts {
            texts.push(pieces.iter().map(said).collect());
        }
        texts.push(template::write(&pieces, |slot| import.variable(slot, &variant.text.place).to_string()));
    }
    let mut buttons: Option<Vec<Button>> = None;
    for variant in response.variants.iter().filter(|variant| !variant.buttons.is_empty()) {
        let translated: Vec<Button> =
            variant.buttons.iter().filter_map(|button| translate_button(import, button, &construct)).collect();
        match &buttons {
            None => buttons = Some(translated),
            Some(first) if *first == translated => {}
            Some(_) => {
                let titles: Vec<&str> = variant.buttons.iter().map(|button| button.title.as_str()).collect();
                let reason = format!("its variants have different buttons; `{}` are left out", titles.join("`, `"));
                import.report.lose(&variant.text.place, construct.clone(), reason, "make a message of its own of it");
            }
        }
    }
    if buttons.is_some() && response.variants.iter().any(|variant| variant.buttons.is_empty()) {
        let reason = "some of its variants have buttons; all show them";
        import.report.lose(&response.name.place, construct, reason, "make a message of its own of those without");
    }
    let text = LocalizedText::from([(import.language.clone(), Alternatives::several(texts)?)]);
    Some(Message { text, buttons: buttons.unwrap_or_default(), plain: plain_texts })
}

fn said(piece: &template::Piece) -> &str {
    match piece {
        template::Piece::Text(text) | template::Piece::Slot(text) => text,
    }
}

fn translate_button(import: &mut Import<'_>, button: &SourceButton, construct: &str) -> Option<Button> {
    let payload = &button.payload.name;
    let action = if button.is_url {
        ButtonAction::Url(payload.clone())
    } else if let Some(intent) = payload.strip_prefix('/') {
        intent_action(import, &button.payload, intent, construct)?
    } else {
        let reason = format!("pressing `{}` counts as saying `{payload}`; here it sends that payload", button.title);
        import.report.lose(&button.payload.place, construct, reason, "let it stand for an intent");
        ButtonAction::Payload(payload.clone())
    };
    let title = template::write(&template::pieces(&button.title), |slot| {
        import.variable(slot, &button.payload.place).to_string()
    });
    Some(Button { title: BTreeMap::from([(import.language.clone(), title)]), action })
}

/// `/intent{"entity": "value"}`.
fn intent_action(import: &mut Import<'_>, payload: &Named, text: &str, construct: &str) -> Option<ButtonAction> {
    let (name, rest) = text.split_at(text.find('{').unwrap_or(text.len()));
    let name = name.trim();
    if name.is_empty() || name.contains('(') {
        let reason = format!("the payload `{}` names no intent; its button is left out", payload.name);
        import.report.lose(&payload.place, construct, reason, "add a button that does what it should");
        return None;
    }
    let named = Named { name: name.to_owned(), place: payload.place.clone() };
    let intent = import.needed_intents(&named).into_iter().next()?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let first = values.next();
    let after = rest.get(values.byte_offset()..).unwrap_or_default().trim();
    let mut entities: BTreeMap<EntityId, String> = BTreeMap::new();
    match first {
        Some(Ok(Value::Object(object))) => {
            for (entity, value) in object {
                let entity = Named { name: entity, place: payload.place.clone() };
                entities.insert(import.entity(&entity), plain(value));
            }
            if !after.is_empty() {
                let reason = format!("`{after}` behind the payload is left out, as Rasa does");
                import.report.lose(&payload.place, construct, reason, NOTHING_TO_DO);
            }
        }
        None => {}
        Some(_) => {
            let reason = format!("the entities of the payload `{}` do not read; they are left out", payload.name);
            import.report.lose(&payload.place, construct, reason, "write them as a JSON object");
        }
    }
    Some(ButtonAction::Intent { intent, entities })
}

/// Keeps the responses that no flow says, as flows of their own: custom actions say them.
pub(super) fn keep_unsaid(import: &mut Import<'_>) {
    for response in &import.project.responses {
        let name = &response.name.name;
        let Some(message) = import.messages.get(name).filter(|_| !import.said.contains(name)).cloned() else {
            continue;
        };
        let reason = "no rule, story or form says it; it was kept as a flow that nothing starts yet";
        let advice = "let the handler that says it jump there, or delete it";
        import.report.gather(&response.name.place, "response that actions say", name, reason, advice);
        let start = NodeId::from_name("say");
        let node =
            Node::Message(MessageNode { text: message.text, buttons: message.buttons, ..MessageNode::default() });
        let flow = Flow {
            name: display_name(name),
            description: None,
            triggers: Vec::new(),
            start: start.clone(),
            nodes: BTreeMap::from([(start, node)]),
        };
        let id = import.flows.give(name);
        import.parts.insert(PartPath::Flow(id), Document::Flow(flow));
    }
}
