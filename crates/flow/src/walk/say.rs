//! What the bot says: the texts of the conversation's language, filled in.

use greenroom_model::Language;
use greenroom_model::document::MAX_BUTTONS;
use serde_json::Value;

use super::{MAX_BYTES_PER_STEP, MAX_REPLIES_PER_STEP, Walk};
use crate::graph::{Asking, Buttons, Pressing, Texts, in_language};
use crate::templates::{Scope, Shape, Template};
use crate::{Position, Reply, ReplyAction, ReplyButton};

/// No buttons.
static NONE: Buttons = Buttons(Vec::new());

impl Walk<'_> {
    /// Says a text. What comes out blank is not sent.
    pub(super) fn say(&mut self, texts: &Texts, at: &Position) {
        self.say_with(texts, &NONE, &NONE, at);
    }

    /// Asks a question.
    pub(super) fn say_question(&mut self, ask: &Asking, at: &Position) {
        self.say_with(&ask.text, &ask.buttons, &ask.quick_replies, at);
    }

    fn say_with(&mut self, texts: &Texts, buttons: &Buttons, quick_replies: &Buttons, at: &Position) {
        let text = self.text_in_language(texts, at);
        let (buttons, quick_replies) = (self.shown(buttons, at), self.shown(quick_replies, at));
        let reply = Reply { text, buttons, quick_replies, content: None };
        self.send(reply, texts.is_empty(), at);
    }

    /// Sends a reply with something in it.
    pub(super) fn send(&mut self, reply: Reply, is_meant: bool, at: &Position) -> bool {
        if reply.is_blank() {
            if !is_meant {
                self.fault(Some(at), "the text comes out blank; it is not sent");
            }
            return false;
        }
        self.reply(reply);
        true
    }

    /// Sends a reply, unless the bot has said too much already.
    pub(super) fn reply(&mut self, reply: Reply) {
        if self.replies.len() < MAX_REPLIES_PER_STEP {
            self.replies.push(reply);
        } else {
            self.fault(None, format!("more than {MAX_REPLIES_PER_STEP} replies at once; this one is not sent"));
        }
    }

    /// The buttons as a channel sees them.
    pub(super) fn shown(&mut self, buttons: &Buttons, at: &Position) -> Vec<ReplyButton> {
        if buttons.0.len() > MAX_BUTTONS {
            self.fault(Some(at), format!("more than {MAX_BUTTONS} buttons; the others are not shown"));
        }
        let mut shown = Vec::with_capacity(buttons.0.len().min(MAX_BUTTONS));
        for button in buttons.0.iter().take(MAX_BUTTONS) {
            let title = in_language(&button.title, &self.session.language, self.graph.default_language());
            let title = title.map_or_else(String::new, |title| self.text_of(title, at));
            let action = match &button.action {
                Pressing::Always(action) => action.clone(),
                Pressing::Opens(address) => match self.address(address, at) {
                    Some(url) => ReplyAction::Url(url),
                    None => continue,
                },
            };
            shown.push(ReplyButton { title, action });
        }
        shown
    }

    /// A text in the conversation's language.
    pub(super) fn text_in_language(&mut self, texts: &Texts, at: &Position) -> String {
        match texts.choose(&self.session.language, self.graph.default_language(), self.session.turn) {
            Some(template) => self.text_of(template, at),
            None => String::new(),
        }
    }

    /// The text of a template; what is wrong with it is traced.
    pub(super) fn text_of(&mut self, template: &Template, at: &Position) -> String {
        let (text, fault) = self.rendered(template);
        if let Some(reason) = fault {
            self.fault(Some(at), reason);
        }
        text
    }

    /// The text of a template, or what is wrong with it.
    pub(super) fn whole_text_of(&mut self, template: &Template) -> Result<String, String> {
        let (text, fault) = self.rendered(template);
        fault.map_or(Ok(text), Err)
    }

    /// The text of a template whose variables have values, so that no request asks for what is
    /// not there; `{{ x | default("") }}` says that a value may be missing.
    pub(super) fn given_text_of(&mut self, template: &Template) -> Result<String, String> {
        let mut named = template.bare_variables().into_iter();
        if let Some(missing) = named.find(|variable| !self.session.variables.contains_key(variable)) {
            return Err(format!("the variable `{missing}` has no value"));
        }
        self.whole_text_of(template)
    }

    fn rendered(&mut self, template: &Template) -> (String, Option<String>) {
        let (mut text, mut fault) = match template {
            Template::Plain(text) => (text.to_string(), None),
            Template::Program(_) if self.fuel_left == 0 => return (String::new(), Some(too_long())),
            _ => {
                let (graph, session) = (self.graph, &self.session);
                let declared = |variable: &_| graph.declared(variable).is_some();
                let scope = Scope { variables: &session.variables, language: &session.language, declared: &declared };
                let rendered = graph.templates().text(template, scope);
                self.fuel_left = self.fuel_left.saturating_sub(rendered.fuel);
                (rendered.content, rendered.fault)
            }
        };
        if text.len() > self.bytes_left {
            text.truncate(text.floor_char_boundary(self.bytes_left));
            fault = Some(too_much());
        }
        self.bytes_left -= text.len();
        (text, fault)
    }

    /// The value of a template, or what is wrong with it.
    pub(super) fn value_of(&mut self, template: &Template) -> Result<Value, String> {
        if matches!(template, Template::Program(_)) && self.fuel_left == 0 {
            return Err(too_long());
        }
        let (graph, session) = (self.graph, &self.session);
        let declared = |variable: &_| graph.declared(variable).is_some();
        let scope = Scope { variables: &session.variables, language: &session.language, declared: &declared };
        let rendered = graph.templates().value(template, scope);
        self.fuel_left = self.fuel_left.saturating_sub(rendered.fuel);
        if let Some(reason) = rendered.fault {
            return Err(reason);
        }
        let size = crate::templates::size(&rendered.content);
        self.bytes_left = self.bytes_left.checked_sub(size).ok_or_else(too_much)?;
        Ok(rendered.content)
    }

    /// A value with the values of the templates in it.
    pub(super) fn filled(&mut self, shape: &Shape) -> Result<Value, String> {
        shape.filled(&mut |template| self.value_of(template))
    }

    pub(super) fn language(&self) -> &Language {
        &self.session.language
    }
}

fn too_much() -> String {
    format!("more than {MAX_BYTES_PER_STEP} bytes at once; the rest is left out")
}

fn too_long() -> String {
    "the templates of this step take too long; this one is left out".to_owned()
}
