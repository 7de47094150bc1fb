//! `input_without_limit` (warn): an input has a way out for when its attempts are
//! used up, but no limit of attempts.
//!
//! Why: the way out is never taken, and whoever cannot answer is asked again and
//! again. That nothing else leads out of an input without a limit is known to
//! the index, which knows all triggers: `publish` says so under the same code.
//!
//! Shows it: `"otherwise": "help"` without `attempts`. Does not: with `"attempts": 3`.

use greenroom_model::document::Node;
use greenroom_model::{Code, Finding, Severity};

use super::Linted;

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        if let Node::Input(input) = node
            && let (None, Some(otherwise)) = (input.attempts, &input.otherwise)
        {
            let message = format!(
                "node `{id}`: `otherwise` is never taken, since no `attempts` limit the answers; \
                 add `attempts`, such as 3, or take out the way to `{otherwise}`"
            );
            findings.push(linted.at(id, Code::InputWithoutLimit, Severity::Warn, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn input(more: &str) -> String {
        let flow = r#"{ "name": "f", "start": "a", "nodes": {
            "a": { "input": { "variable": "x", "accept": [{ "email": {} }], MORE "next": "b" } }, "b": { "end": {} } } }"#;
        check(&Code::InputWithoutLimit, &flow.replace("MORE", more))
    }

    #[test]
    fn names_a_way_out_that_is_never_taken() {
        assert_eq!(
            input(r#""otherwise": "b","#),
            "warning[input_without_limit] flows/f#a: node `a`: `otherwise` is never taken, since no `attempts` limit the \
             answers; add `attempts`, such as 3, or take out the way to `b`"
        );
    }

    #[test]
    fn a_limit_or_no_way_out_is_fine() {
        assert_eq!(input(r#""otherwise": "b", "attempts": 3,"#), "");
        assert_eq!(input(r#""attempts": 3,"#), "");
        assert_eq!(input(""), "");
    }
}
