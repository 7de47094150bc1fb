//! What a message says beside plain texts: cards, pictures, lists and the like, each with
//! a text that stands for it where a channel shows texts alone.

use greenroom_model::document::MAX_BUTTONS;

use super::{Walk, Way};
use crate::graph::{Card, Content, Message, Node, Target};
use crate::templates::Address;
use crate::{Position, Reply, ReplyButton, ReplyCard, ReplyContent};

impl Walk<'_> {
    pub(super) fn enter_message(&mut self, node: &Node, message: &Message) -> Way {
        let at = &node.position;
        let before = self.replies.len();
        for content in &message.contents {
            if let Some(reply) = self.content(content, at) {
                self.send(reply, is_silent(content), at);
            }
        }
        if !message.quick_replies.0.is_empty() {
            let quick_replies = self.shown(&message.quick_replies, at);
            match self.replies.get_mut(before..).and_then(<[Reply]>::last_mut) {
                Some(last) => last.quick_replies = quick_replies,
                // All of them may open what does not work, and are not shown.
                None if quick_replies.is_empty() => {}
                None => self.reply(Reply { quick_replies, ..Reply::default() }),
            }
        }
        match &message.next {
            Target::Nothing if message.has_goto => self.wait(node),
            next => self.way(node, next),
        }
    }

    /// A content as a reply; `None` where it cannot be shown, which is traced.
    fn content(&mut self, content: &Content, at: &Position) -> Option<Reply> {
        Some(match content {
            Content::Text { text, buttons } => {
                let text = self.text_in_language(text, at);
                Reply { text, buttons: self.shown(buttons, at), ..Reply::default() }
            }
            Content::Card(card) => {
                let card = self.card(card, at);
                reply(words_of_card(&card), card.buttons.clone(), ReplyContent::Card(card))
            }
            Content::Carousel(cards) => {
                let cards: Vec<ReplyCard> = cards.iter().map(|card| self.card(card, at)).collect();
                let text = cards.iter().map(words_of_card).collect::<Vec<_>>().join("\n\n");
                reply(text, buttons_of(&cards), ReplyContent::Carousel { cards })
            }
            Content::Image { url, text } => {
                let (url, text) = (self.address(url, at)?, self.text_in_language(text, at));
                reply(shown_as(&text, &url), Vec::new(), ReplyContent::Image { url, text })
            }
            Content::Video { url, text } => {
                let (url, text) = (self.address(url, at)?, self.text_in_language(text, at));
                reply(shown_as(&text, &url), Vec::new(), ReplyContent::Video { url, text })
            }
            Content::File { url, name } => {
                let (url, name) = (self.address(url, at)?, self.text_in_language(name, at));
                reply(shown_as(&name, &url), Vec::new(), ReplyContent::File { url, name })
            }
            Content::List { title, items, buttons } => {
                let title = self.text_in_language(title, at);
                let items: Vec<ReplyCard> = items.iter().map(|item| self.card(item, at)).collect();
                let mut all = buttons_of(&items);
                all.extend(self.shown(buttons, at));
                all.truncate(MAX_BUTTONS);
                let lines = items.iter().map(|item| format!("- {}", words_of_card(item).replace('\n', ": ")));
                let lines = std::iter::once(title.clone()).filter(|title| !title.is_empty()).chain(lines);
                reply(lines.collect::<Vec<_>>().join("\n"), all, ReplyContent::List { title, items })
            }
            Content::Raw { channel, json } => match self.filled(json) {
                Ok(json) => reply(String::new(), Vec::new(), ReplyContent::Raw { channel: channel.clone(), json }),
                Err(reason) => {
                    self.fault(Some(at), format!("{reason}; what is meant for `{channel}` is not sent"));
                    return None;
                }
            },
        })
    }

    fn card(&mut self, card: &Card, at: &Position) -> ReplyCard {
        ReplyCard {
            title: self.text_in_language(&card.title, at),
            subtitle: self.text_in_language(&card.subtitle, at),
            image: card.image.as_ref().and_then(|image| self.address(image, at)),
            buttons: self.shown(&card.buttons, at),
        }
    }

    /// An address with its values; `None` where it does not work, which is traced.
    pub(super) fn address(&mut self, address: &Address, at: &Position) -> Option<String> {
        match address.filled(|template| self.whole_text_of(template)) {
            Ok(url) => Some(url),
            Err(reason) => {
                self.fault(Some(at), format!("{reason}; it is not shown"));
                None
            }
        }
    }
}

/// Whether the author says nothing in any language.
fn is_silent(content: &Content) -> bool {
    matches!(content, Content::Text { text, .. } if text.is_empty())
}

fn reply(text: String, buttons: Vec<ReplyButton>, content: ReplyContent) -> Reply {
    Reply { text, buttons, quick_replies: Vec::new(), content: Some(content) }
}

fn buttons_of(cards: &[ReplyCard]) -> Vec<ReplyButton> {
    cards.iter().flat_map(|card| &card.buttons).take(MAX_BUTTONS).cloned().collect()
}

fn words_of_card(card: &ReplyCard) -> String {
    match card.subtitle.is_empty() {
        true => card.title.clone(),
        false => format!("{}\n{}", card.title, card.subtitle),
    }
}

fn shown_as(text: &str, url: &str) -> String {
    if text.is_empty() { url.to_owned() } else { format!("{text}: {url}") }
}
