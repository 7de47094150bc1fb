//! The templates, conditions and patterns in a node, each with its place.

use greenroom_model::document::{Accept, Button, ButtonAction, Card, Content, LocalizedText, Node};
use serde_json::Value;

/// A template and where in its node it stands, such as `buttons[0].title.en`.
pub(crate) fn templates(node: &Node) -> Vec<(String, &str)> {
    let mut found = Templates(Vec::new());
    match node {
        Node::Message(message) => {
            found.text("text", &message.text);
            found.buttons("buttons", &message.buttons);
            for (place, content) in message.content.iter().enumerate() {
                found.content(&format!("content[{place}].{}", content.kind()), content);
            }
            found.buttons("quick_replies", &message.quick_replies);
        }
        Node::Input(input) => {
            if let Some(ask) = &input.ask {
                found.text("ask.text", &ask.text);
                found.buttons("ask.buttons", &ask.buttons);
                found.buttons("ask.quick_replies", &ask.quick_replies);
            }
            match input.retry.texts() {
                [only] => found.text("retry", only),
                several => {
                    several.iter().enumerate().for_each(|(place, text)| found.text(&format!("retry[{place}]"), text));
                }
            }
        }
        Node::Action(action) => {
            for (variable, value) in &action.set {
                if let Value::String(text) = value {
                    found.0.push((format!("set.{variable}"), text));
                }
            }
            found.0.extend(action.language.iter().map(|source| ("language".to_owned(), source.as_str())));
            if let Some(http) = &action.http {
                found.0.push(("http.url".to_owned(), &http.url));
                let headers = http.headers.iter();
                found.0.extend(headers.map(|(name, value)| (format!("http.headers.{name}"), value.as_str())));
                found.json("http.body", &http.body);
            }
        }
        Node::Handover(handover) => {
            found.text("text", &handover.text);
            for (key, source) in [("to", &handover.to), ("note", &handover.note)] {
                found.0.extend(source.iter().map(|source| (key.to_owned(), source.as_str())));
            }
        }
        Node::Event(event) => {
            for (key, value) in &event.data {
                if let Value::String(text) = value {
                    found.0.push((format!("data.{key}"), text));
                }
            }
        }
        Node::Branch(_) | Node::Jump(_) | Node::Wait(_) | Node::End(_) => {}
    }
    found.0
}

/// A condition and where in its node it stands.
pub(crate) fn conditions(node: &Node) -> Vec<(String, &str)> {
    match node {
        Node::Branch(branch) => {
            let cases = branch.cases.iter().enumerate();
            cases.map(|(place, case)| (format!("cases[{place}].when"), case.when.as_str())).collect()
        }
        _ => Vec::new(),
    }
}

/// A pattern and where in its node it stands.
pub(crate) fn patterns(node: &Node) -> Vec<(String, &str)> {
    let Node::Input(input) = node else { return Vec::new() };
    let rules = input.accept.iter().enumerate();
    rules
        .filter_map(|(place, rule)| match rule {
            Accept::Regex { pattern } => Some((format!("accept[{place}].regex.pattern"), pattern.as_str())),
            _ => None,
        })
        .collect()
}

struct Templates<'n>(Vec<(String, &'n str)>);

impl<'n> Templates<'n> {
    fn text(&mut self, key: &str, text: &'n LocalizedText) {
        for (language, alternatives) in text {
            for (place, text) in alternatives.texts().iter().enumerate() {
                let place = match alternatives.texts().len() {
                    1 => format!("{key}.{language}"),
                    _ => format!("{key}.{language}[{place}]"),
                };
                self.0.push((place, text));
            }
        }
    }

    fn buttons(&mut self, key: &str, buttons: &'n [Button]) {
        for (place, button) in buttons.iter().enumerate() {
            self.button(&format!("{key}[{place}]"), button);
        }
    }

    fn button(&mut self, key: &str, button: &'n Button) {
        for (language, title) in &button.title {
            self.0.push((format!("{key}.title.{language}"), title));
        }
        if let ButtonAction::Url(url) = &button.action
            && url.contains("{{")
        {
            self.0.push((format!("{key}.action.url"), url));
        }
    }

    fn content(&mut self, key: &str, content: &'n Content) {
        for (name, text) in content.texts() {
            self.text(&format!("{key}.{name}"), text);
        }
        match content {
            Content::Text(said) => self.buttons(&format!("{key}.buttons"), &said.buttons),
            Content::Card(card) => self.card(key, card),
            Content::Carousel(list) => {
                for (place, card) in list.cards.iter().enumerate() {
                    self.card(&format!("{key}.cards[{place}]"), card);
                }
            }
            Content::Image(media) | Content::Video(media) => self.0.push((format!("{key}.url"), &media.url)),
            Content::File(file) => self.0.push((format!("{key}.url"), &file.url)),
            Content::List(list) => {
                for (place, item) in list.items.iter().enumerate() {
                    let key = format!("{key}.items[{place}]");
                    self.0.extend(item.image.iter().map(|url| (format!("{key}.image"), url.as_str())));
                    if let Some(button) = &item.button {
                        self.button(&format!("{key}.button"), button);
                    }
                }
                self.buttons(&format!("{key}.buttons"), &list.buttons);
            }
            Content::Raw(raw) => self.json(&format!("{key}.json"), &raw.json),
        }
    }

    fn card(&mut self, key: &str, card: &'n Card) {
        self.0.extend(card.image.iter().map(|url| (format!("{key}.image"), url.as_str())));
        self.buttons(&format!("{key}.buttons"), &card.buttons);
    }

    /// Every text in a value, at whatever depth.
    fn json(&mut self, key: &str, value: &'n Value) {
        match value {
            Value::String(text) => self.0.push((key.to_owned(), text)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(place, item)| self.json(&format!("{key}[{place}]"), item));
            }
            Value::Object(entries) => {
                entries.iter().for_each(|(name, item)| self.json(&format!("{key}.{name}"), item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
