//! `button_without_target` (warn): a button sends an empty payload, or opens an
//! empty address or one that channels do not open.
//!
//! Why: whoever presses it gets nothing. Whether anything hears a payload or an
//! intent is known to the index, which knows all triggers: `publish` says so
//! under the same code.
//!
//! Shows it: `"action": { "url": "" }`. Does not: `"action": { "url": "https://example.org" }`.

use greenroom_model::document::ButtonAction;
use greenroom_model::{Code, Finding, Severity};

use super::Linted;
use crate::templates::is_opened;

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        for (place, button) in node.buttons().into_iter().enumerate() {
            let lack = match &button.action {
                ButtonAction::Payload(payload) if payload.trim().is_empty() => {
                    "sends an empty payload; write what it sends"
                }
                ButtonAction::Url(url) if url.trim().is_empty() => "opens an empty address; write one",
                ButtonAction::Url(url) if !opens(url) => {
                    "opens an address that channels do not open; begin it with `https://`, `http://`, `mailto:` or `tel:`"
                }
                _ => continue,
            };
            let message = format!("node `{id}`: button {} {lack}, or remove the button", place + 1);
            findings.push(linted.at(id, Code::ButtonWithoutTarget, Severity::Warn, message));
        }
    }
}

/// Whether channels open an address; what stands before its first value tells.
fn opens(url: &str) -> bool {
    url.split("{{").next().is_none_or(is_opened)
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
    fn names_the_button_whose_address_is_a_script() {
        assert!(
            button(r#"{ "url": "javascript:alert(1)" }"#)
                .contains("button 2 opens an address that channels do not open")
        );
        for fine in [
            "HTTPS://example.org",
            "mailto:a@example.org",
            "tel:+3212",
            "/prices?a=b:c",
            "#top",
            "{{ x | default('a:b') }}",
        ] {
            assert_eq!(button(&format!(r#"{{ "url": "{fine}" }}"#)), "", "{fine}");
        }
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
