//! What a message shows, by `docs/flows.md`, "Message": contents, each with a text that stands for it.

use greenroom_flow::{Position, Reply, ReplyAction, ReplyButton, ReplyCard, ReplyContent};
use greenroom_model::document::{Button, ButtonAction, Card, Content, ListItem, LocalizedText};
use serde_json::Value;

use crate::interpreter::Conversation;
use crate::texts;

impl Conversation<'_> {
    pub(crate) fn text_and_buttons(
        &self,
        at: &Position,
        text: &LocalizedText,
        buttons: &[Button],
        quick: &[Button],
    ) -> Reply {
        Reply {
            text: self.localized(text),
            buttons: self.buttons(at, buttons),
            quick_replies: self.buttons(at, quick),
            content: None,
        }
    }

    /// A content as a reply; nothing where its address or its values do not work.
    pub(crate) fn content(&self, at: &Position, content: &Content) -> Option<Reply> {
        let reply = |text: String, buttons: Vec<ReplyButton>, content| {
            Some(Reply { text, buttons, quick_replies: Vec::new(), content: Some(content) })
        };
        let shown_as = |text: &str, url: &str| match text {
            "" => url.to_owned(),
            text => format!("{text}: {url}"),
        };
        match content {
            Content::Text(said) => Some(self.text_and_buttons(at, &said.text, &said.buttons, &[])),
            Content::Card(card) => {
                let card = self.card(at, card);
                reply(words(&card), card.buttons.clone(), ReplyContent::Card(card))
            }
            Content::Carousel(list) => {
                let cards: Vec<ReplyCard> = list.cards.iter().map(|card| self.card(at, card)).collect();
                let text = cards.iter().map(words).collect::<Vec<_>>().join("\n\n");
                reply(text, all_buttons(&cards), ReplyContent::Carousel { cards })
            }
            Content::Image(media) => {
                let (url, text) = (self.address(&media.url)?, self.localized(&media.text));
                reply(shown_as(&text, &url), Vec::new(), ReplyContent::Image { url, text })
            }
            Content::Video(media) => {
                let (url, text) = (self.address(&media.url)?, self.localized(&media.text));
                reply(shown_as(&text, &url), Vec::new(), ReplyContent::Video { url, text })
            }
            Content::File(file) => {
                let (url, name) = (self.address(&file.url)?, self.localized(&file.name));
                reply(shown_as(&name, &url), Vec::new(), ReplyContent::File { url, name })
            }
            Content::List(list) => {
                let title = self.localized(&list.title);
                let items: Vec<ReplyCard> = list.items.iter().map(|item| self.item(at, item)).collect();
                let mut buttons = all_buttons(&items);
                buttons.extend(self.buttons(at, &list.buttons));
                let mut lines = Vec::new();
                if !title.is_empty() {
                    lines.push(title.clone());
                }
                for item in &items {
                    lines.push(format!("- {}", words(item).replace('\n', ": ")));
                }
                reply(lines.join("\n"), buttons, ReplyContent::List { title, items })
            }
            Content::Raw(raw) => {
                let json: Value = texts::filled(&raw.json, &self.session, self.bot).ok()?;
                reply(String::new(), Vec::new(), ReplyContent::Raw { channel: raw.channel.clone(), json })
            }
        }
    }

    fn card(&self, at: &Position, card: &Card) -> ReplyCard {
        ReplyCard {
            title: self.localized(&card.title),
            subtitle: self.localized(&card.subtitle),
            image: card.image.as_ref().and_then(|url| self.address(url)),
            buttons: self.buttons(at, &card.buttons),
        }
    }

    fn item(&self, at: &Position, item: &ListItem) -> ReplyCard {
        ReplyCard {
            title: self.localized(&item.title),
            subtitle: self.localized(&item.subtitle),
            image: item.image.as_ref().and_then(|url| self.address(url)),
            buttons: item.button.iter().filter_map(|button| self.button(at, button)).collect(),
        }
    }

    pub(crate) fn buttons(&self, at: &Position, buttons: &[Button]) -> Vec<ReplyButton> {
        buttons.iter().filter_map(|button| self.button(at, button)).collect()
    }

    /// A button; one whose address does not work is not shown.
    fn button(&self, at: &Position, button: &Button) -> Option<ReplyButton> {
        let title = texts::in_language(&button.title, &self.session, self.bot);
        let action = match &button.action {
            ButtonAction::Goto(node) => ReplyAction::Payload(format!("goto:{}/{node}", at.flow)),
            ButtonAction::Intent { intent, entities } if entities.is_empty() => {
                ReplyAction::Payload(format!("intent:{intent}"))
            }
            ButtonAction::Intent { intent, entities } => {
                ReplyAction::Payload(format!("intent:{intent}{}", serde_json::to_string(entities).unwrap()))
            }
            ButtonAction::Payload(payload) => ReplyAction::Payload(payload.clone()),
            ButtonAction::Url(url) => ReplyAction::Url(texts::link(url, &self.session, self.bot).ok()?),
        };
        let title = title.map_or_else(String::new, |title| texts::text(title, &self.session, self.bot));
        Some(ReplyButton { title, action })
    }

    /// The text of the conversation's language; turns take alternatives one after the other.
    fn localized(&self, text: &LocalizedText) -> String {
        match texts::in_language(text, &self.session, self.bot) {
            Some(alternatives) => {
                let alternatives = alternatives.texts();
                let turn = self.session.turn as usize;
                texts::text(&alternatives[turn % alternatives.len()], &self.session, self.bot)
            }
            None => String::new(),
        }
    }

    fn address(&self, url: &str) -> Option<String> {
        texts::address(url, &self.session, self.bot).ok()
    }
}

fn words(card: &ReplyCard) -> String {
    if card.subtitle.is_empty() { card.title.clone() } else { format!("{}\n{}", card.title, card.subtitle) }
}

fn all_buttons(cards: &[ReplyCard]) -> Vec<ReplyButton> {
    cards.iter().flat_map(|card| card.buttons.clone()).collect()
}
