//! `template_invalid` (deny): a template does not parse, or is not safe to render.
//!
//! Why: the walk shows such a text with its tags left out.
//!
//! Shows it: `Hello {{ name`. Does not: `Hello {{ name }}`.

use greenroom_model::{Code, Finding, Severity};

use super::Linted;
use crate::{sources, templates};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        for (place, source) in sources::templates(node) {
            if let Err(reason) = templates::variables(source) {
                let message = format!("node `{id}`, `{place}`: the template does not work: {reason}");
                findings.push(linted.at(id, Code::TemplateInvalid, Severity::Deny, message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn message(text: &str) -> String {
        let flow =
            r#"{ "name": "f", "start": "a", "nodes": { "a": { "message": { "text": { "en": ["fine", "TEXT"] } } } } }"#;
        check(&Code::TemplateInvalid, &flow.replace("TEXT", text))
    }

    #[test]
    fn names_the_text_and_the_fault() {
        assert_eq!(
            message("Hello {{ name"),
            "error[template_invalid] flows/f#a: node `a`, `text.en[1]`: the template does not work: \
             a tag is not closed; add `}}`, or write `{ {` with a blank for braces that are text"
        );
        assert_eq!(message("Hello {{ name }} { {"), "");
        assert!(message("{{ Name }}").contains("`Name` is not a variable id"));
        assert!(message("{{ name | shout }}").contains("shout"), "{}", message("{{ name | shout }}"));
    }

    #[test]
    fn looks_at_every_text_of_a_flow() {
        let flow = r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "input": { "variable": "x", "retry": { "en": "{{" }, "ask": {
                "text": { "en": "{{" }, "buttons": [{ "title": { "en": "{{" }, "action": { "payload": "{{" } }] } } },
            "b": { "action": { "set": { "x": "{{", "y": 1 } } },
            "c": { "handover": { "text": { "en": "{{" } } },
            "d": { "message": { "text": {}, "buttons": [{ "title": { "nl": "{{" }, "action": { "url": "{{" } }] } } } }"#;
        let lines = check(&Code::TemplateInvalid, flow);
        let places: Vec<&str> = lines.lines().filter_map(|line| line.split('`').nth(3)).collect();
        assert_eq!(
            places,
            [
                "ask.text.en",
                "ask.buttons[0].title.en",
                "retry.en",
                "set.x",
                "text.en",
                "buttons[0].title.nl",
                "buttons[0].action.url"
            ]
        );
    }
}
