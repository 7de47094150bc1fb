//! What the bot says: the text of the conversation's language, filled in.

use super::{MAX_REPLIES_PER_STEP, Walk};
use crate::graph::{Buttons, Texts, in_language};
use crate::templates::{Scope, Template};
use crate::{Position, Reply, ReplyButton};

impl Walk<'_> {
    /// Says a text with its buttons. What comes out blank and has no button is not sent.
    pub(super) fn say(&mut self, texts: &Texts, buttons: Option<&Buttons>, at: &Position) {
        let text = match texts.choose(&self.session.language, self.graph.default_language(), self.session.turn) {
            Some(template) => self.text_of(template, at),
            None => String::new(),
        };
        let mut shown = Vec::new();
        for button in buttons.map_or(&[][..], |buttons| &buttons.0) {
            let title = in_language(&button.title, &self.session.language, self.graph.default_language());
            let title = title.map_or_else(String::new, |title| self.text_of(title, at));
            shown.push(ReplyButton { title, action: button.action.clone() });
        }
        if text.trim().is_empty() && shown.is_empty() {
            if !texts.is_empty() {
                self.fault(Some(at), "the text comes out blank; it is not sent");
            }
        } else {
            self.reply(Reply { text, buttons: shown, ..Reply::default() });
        }
    }

    /// Sends a reply, unless the bot has said too much already.
    pub(super) fn reply(&mut self, reply: Reply) {
        if self.replies.len() < MAX_REPLIES_PER_STEP {
            self.replies.push(reply);
        } else {
            self.fault(None, format!("more than {MAX_REPLIES_PER_STEP} replies at once; this one is not sent"));
        }
    }

    fn text_of(&mut self, template: &Template, at: &Position) -> String {
        if let Template::Plain(text) = template {
            return text.to_string();
        }
        let graph = self.graph;
        let declared = |variable: &_| graph.value_type(variable).is_some();
        let rendered = graph.templates().text(
            template,
            Scope { variables: &self.session.variables, language: &self.session.language, declared: &declared },
        );
        if let Some(reason) = rendered.fault {
            self.fault(Some(at), reason);
        }
        rendered.content
    }

    /// The value of a template, or what is wrong with it.
    pub(super) fn value_of(&self, template: &Template) -> Result<serde_json::Value, String> {
        let graph = self.graph;
        let declared = |variable: &_| graph.value_type(variable).is_some();
        let rendered = graph.templates().value(
            template,
            Scope { variables: &self.session.variables, language: &self.session.language, declared: &declared },
        );
        rendered.fault.map_or(Ok(rendered.content), Err)
    }
}
