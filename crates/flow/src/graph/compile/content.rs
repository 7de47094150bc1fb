//! What messages and questions say: texts, buttons, cards and the like.

use greenroom_model::document::{self, ButtonAction, LocalizedText};

use super::FlowCompiler;
use crate::ReplyAction;
use crate::graph::content::{Card, Content};
use crate::graph::node::Message;
use crate::graph::text::{Button, Buttons, Pressing, Texts};
use crate::templates::{Address, Shape};
use crate::walk::payload;

impl FlowCompiler<'_> {
    pub(super) fn message(&mut self, message: &document::MessageNode) -> Message {
        let mut contents = Vec::with_capacity(1 + message.content.len());
        if !message.text.is_empty() || !message.buttons.is_empty() {
            contents.push(Content::Text { text: self.texts(&message.text), buttons: self.buttons(&message.buttons) });
        }
        contents.extend(message.content.iter().map(|content| self.content(content)));
        Message {
            contents,
            quick_replies: self.buttons(&message.quick_replies),
            has_goto: message.all_buttons().any(|button| button.goto().is_some()),
            next: self.target(message.next.as_ref()),
        }
    }

    fn content(&mut self, content: &document::Content) -> Content {
        match content {
            document::Content::Text(said) => {
                Content::Text { text: self.texts(&said.text), buttons: self.buttons(&said.buttons) }
            }
            document::Content::Card(card) => Content::Card(self.card(card)),
            document::Content::Carousel(list) => {
                Content::Carousel(list.cards.iter().map(|card| self.card(card)).collect())
            }
            document::Content::Image(media) => {
                Content::Image { url: self.address(&media.url), text: self.texts(&media.text) }
            }
            document::Content::Video(media) => {
                Content::Video { url: self.address(&media.url), text: self.texts(&media.text) }
            }
            document::Content::File(file) => {
                Content::File { url: self.address(&file.url), name: self.texts(&file.name) }
            }
            document::Content::List(list) => Content::List {
                title: self.texts(&list.title),
                items: list.items.iter().map(|item| self.item(item)).collect(),
                buttons: self.buttons(&list.buttons),
            },
            document::Content::Raw(raw) => Content::Raw {
                channel: raw.channel.clone(),
                json: Shape::compile(&raw.json, &mut self.graph.templates),
            },
        }
    }

    fn card(&mut self, card: &document::Card) -> Card {
        Card {
            title: self.texts(&card.title),
            subtitle: self.texts(&card.subtitle),
            image: card.image.as_deref().map(|image| self.address(image)),
            buttons: self.buttons(&card.buttons),
        }
    }

    fn item(&mut self, item: &document::ListItem) -> Card {
        Card {
            title: self.texts(&item.title),
            subtitle: self.texts(&item.subtitle),
            image: item.image.as_deref().map(|image| self.address(image)),
            buttons: self.buttons(item.button.as_slice()),
        }
    }

    pub(super) fn texts(&mut self, text: &LocalizedText) -> Texts {
        let templates = &mut self.graph.templates;
        let compiled = text.iter().map(|(language, alternatives)| {
            let alternatives = alternatives.texts().iter().map(|text| templates.compile(text)).collect();
            (language.clone(), alternatives)
        });
        Texts(compiled.collect())
    }

    pub(super) fn buttons(&mut self, buttons: &[document::Button]) -> Buttons {
        Buttons(buttons.iter().map(|button| self.button(button)).collect())
    }

    fn button(&mut self, button: &document::Button) -> Button {
        let title = button.title.iter();
        let title = title.map(|(language, title)| (language.clone(), self.graph.templates.compile(title))).collect();
        let action = match &button.action {
            ButtonAction::Goto(node) => {
                if let Some(target) = self.target(Some(node)).node() {
                    self.graph.button_targets.insert(target);
                }
                ReplyAction::Payload(payload::goto(self.id, node))
            }
            ButtonAction::Intent { intent, entities } => ReplyAction::Payload(payload::intent(intent, entities)),
            ButtonAction::Payload(payload) => ReplyAction::Payload(payload.clone()),
            ButtonAction::Url(url) if url.contains("{{") => {
                let address = Address::compile_link(url, &mut self.graph.templates);
                return Button { title, action: Pressing::Opens(address) };
            }
            ButtonAction::Url(url) => ReplyAction::Url(url.clone()),
        };
        Button { title, action: Pressing::Always(action) }
    }
}
