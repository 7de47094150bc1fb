//! `condition_invalid` (deny): a condition does not parse.
//!
//! Why: the walk passes such a case by, so the conversation goes where its author
//! did not mean it to go.
//!
//! Shows it: `{ "when": "size = 3", … }`. Does not: `{ "when": "size == 3", … }`.

use greenroom_model::{Code, Finding, Severity};

use super::Linted;
use crate::{Condition, sources};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        for (place, source) in sources::conditions(node) {
            if let Err(error) = source.parse::<Condition>() {
                let message = format!("node `{id}`, `{place}`: {error}");
                findings.push(linted.at(id, Code::ConditionInvalid, Severity::Deny, message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn branch(when: &str) -> String {
        let flow = r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "branch": { "cases": [{ "when": "true", "goto": "b" }, { "when": "WHEN", "goto": "b" }] } },
            "b": { "end": {} } } }"#;
        check(&Code::ConditionInvalid, &flow.replace("WHEN", when))
    }

    #[test]
    fn names_the_case_and_the_fault() {
        assert_eq!(
            branch("size = 3"),
            "error[condition_invalid] flows/f#a: node `a`, `cases[1].when`: `size = 3` is not a condition: \
             at character 7: expected `==`"
        );
        assert_eq!(branch("size == 3"), "");
    }
}
