//! `pattern_invalid` (deny): a regular expression does not parse or is too large,
//! in an input or in an entity.
//!
//! Why: nothing ever matches it. Look-around and backreferences are left out on
//! purpose: without them matching is linear in the text.
//!
//! Shows it: `[A-Z`. Does not: `[A-Z]+`.

use greenroom_model::document::Entity;
use greenroom_model::{Code, Finding, PartPath, Severity, Subject};

use super::Linted;
use crate::{Pattern, sources};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        for (place, source) in sources::patterns(node) {
            if let Err(reason) = Pattern::new(source) {
                let message = format!("node `{id}`, `{place}`: {}", fault(source, &reason));
                findings.push(linted.at(id, Code::PatternInvalid, Severity::Deny, message));
            }
        }
    }
}

pub(super) fn lint_entity(path: &PartPath, entity: &Entity, findings: &mut Vec<Finding>) {
    for (place, source) in entity.patterns.iter().enumerate() {
        if let Err(reason) = Pattern::new(source) {
            let message = format!("`patterns[{place}]`: {}", fault(source, &reason));
            findings.push(Finding::new(Code::PatternInvalid, Severity::Deny, Subject::Part(path.clone()), message));
        }
    }
}

fn fault(source: &str, reason: &str) -> String {
    let shown: String = source.chars().take(80).collect();
    format!("the regular expression `{shown}` does not work: {reason}")
}

#[cfg(test)]
mod tests {
    use greenroom_model::Document;

    use super::*;
    use crate::lints::{check, findings};

    fn input(pattern: &str) -> String {
        let flow = r#"{ "name": "f", "start": "a", "nodes": { "a": { "input": {
            "variable": "x", "accept": [{ "email": {} }, { "regex": { "pattern": "PATTERN" } }] } } } }"#;
        check(&Code::PatternInvalid, &flow.replace("PATTERN", pattern))
    }

    #[test]
    fn names_the_rule_and_the_fault() {
        assert_eq!(
            input("[A-Z"),
            "error[pattern_invalid] flows/f#a: node `a`, `accept[1].regex.pattern`: \
             the regular expression `[A-Z` does not work: unclosed character class"
        );
        assert_eq!(input("[A-Z]+"), "");
    }

    #[test]
    fn looks_at_entities_too() {
        let path: PartPath = "nlp/entities/code".parse().unwrap();
        let entity = Document::from_json(&path, br#"{ "name": "c", "patterns": ["a+", "(?=a)"] }"#).unwrap();
        let lines: Vec<String> = findings(&path, &entity).iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("error[pattern_invalid] nlp/entities/code: `patterns[1]`"), "{}", lines[0]);
    }
}
