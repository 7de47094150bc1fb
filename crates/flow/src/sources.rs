//! The templates, conditions and patterns in a node, each with its place.

use greenroom_model::document::{Accept, Button, LocalizedText, Node};
use serde_json::Value;

/// A template and where in its node it stands, such as `buttons[0].title.en`.
pub(crate) fn templates(node: &Node) -> Vec<(String, &str)> {
    let mut found = Templates(Vec::new());
    match node {
        Node::Message(message) => {
            found.text("text", &message.text);
            found.buttons("buttons", &message.buttons);
        }
        Node::Input(input) => {
            if let Some(ask) = &input.ask {
                found.text("ask.text", &ask.text);
                found.buttons("ask.buttons", &ask.buttons);
            }
            found.text("retry", &input.retry);
        }
        Node::Action(action) => {
            for (variable, value) in &action.set {
                if let Value::String(text) = value {
                    found.0.push((format!("set.{variable}"), text));
                }
            }
        }
        Node::Handover(handover) => found.text("text", &handover.text),
        Node::Branch(_) | Node::Jump(_) | Node::End(_) => {}
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
            for (language, title) in &button.title {
                self.0.push((format!("{key}[{place}].title.{language}"), title));
            }
        }
    }
}
