//! `button_without_target` (warn): a button sends an empty payload or opens an
//! empty address.
//!
//! Why: whoever presses it gets nothing. Whether anything hears a payload or an
//! intent is known to the index, which knows all triggers: `publish` says so
//! under the same code.
//!
//! Shows it: `"action": { "url": "" }`. Does not: `"action": { "url": "https://example.org" }`.

use greenroom_model::document::ButtonAction;
use greenroom_model::{Code, Finding, Severity};

use super::Linted;

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        for (place, button) in node.buttons().into_iter().enumerate() {
            let lack = match &button.action {
                ButtonAction::Payload(payload) if payload.trim().is_empty() => {
                    "sends an empty payload; write what it sends"
                }
                ButtonAction::Url(url) if url.trim().is_empty() => "opens an empty address; write one",
                _ => continue,
            };
            let message = format!("node `{id}`: button {} {lack}, or remove the button", place + 1);
            findings.push(linted.at(id, Code::ButtonWithoutTarget, Severity::Warn, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn button(action: &str) -> String {
        let flow = r#"{ "name": "f", "start": "a", "nodes": { "a": { "message": { "text": {}, "buttons": [
            { "title": {}, "action": { "goto": "a" } }, { "title": {}, "action": ACTION }] } } } }"#;
        check(&Code::ButtonWithoutTarget, &flow.replace("ACTION", action))
    }

    #[test]
    fn names_the_button_that_does_nothing() {
        assert_eq!(
            button(r#"{ "url": " " }"#),
            "warning[button_without_target] flows/f#a: node `a`: button 2 opens an empty address; write one, \
             or remove the button"
        );
        assert_ne!(button(r#"{ "payload": "" }"#), "");
    }

    #[test]
    fn leaves_what_is_sent_to_the_index() {
        for action in
            [r#"{ "payload": "p" }"#, r#"{ "url": "https://example.org" }"#, r#"{ "intent": { "intent": "i" } }"#]
        {
            assert_eq!(button(action), "", "{action}");
        }
    }
}
