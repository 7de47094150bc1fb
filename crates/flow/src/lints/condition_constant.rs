//! `condition_constant` (warn): a condition holds always or never, or never
//! comes to be asked since the cases before it take all.
//!
//! Why: a way on that is never taken, or a decision that is none; mostly a
//! mistyped value or name.
//!
//! Shows it: `size == "large" and size == "small"`. Does not: `size == "large" or size == "small"`.

use std::collections::BTreeSet;

use greenroom_model::document::Node;
use greenroom_model::{Code, Finding, Severity};

use super::Linted;
use crate::Condition;

/// With more cases only those that are written alike are found.
const MOST_CASES_COMPARED: usize = 16;

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Finding>) {
    for (id, node) in &linted.flow.nodes {
        let Node::Branch(branch) = node else { continue };
        let mut earlier: Vec<Condition> = Vec::new();
        let mut written: BTreeSet<String> = BTreeSet::new();
        for (place, case) in branch.cases.iter().enumerate() {
            let Ok(condition) = case.when.parse::<Condition>() else { continue };
            let constant = condition.constant();
            let fault = match constant {
                Some(true) => Some("always holds; lead `else` there instead, or ask something"),
                Some(false) => Some("never holds; correct it, or take the case out"),
                None if !written.insert(condition.to_string()) => {
                    Some("is asked by a case before it; take one of them out")
                }
                None if is_taken(&earlier, &condition) => {
                    Some("is never asked, since the cases before it take all that it would; move it up, or take it out")
                }
                None => None,
            };
            if let Some(fault) = fault {
                let message = format!("node `{id}`, `cases[{place}].when`: `{condition}` {fault}");
                findings.push(linted.at(id, Code::ConditionConstant, Severity::Warn, message));
            }
            // A case after one that always holds is the fault of that one.
            if constant == Some(true) {
                break;
            }
            if constant.is_none() {
                earlier.push(condition);
            }
        }
    }
}

/// Whether one of the earlier conditions holds whenever this one does.
fn is_taken(earlier: &[Condition], condition: &Condition) -> bool {
    if earlier.is_empty() || earlier.len() > MOST_CASES_COMPARED {
        return false;
    }
    // Said in other words, that needs no look at values, of which there may be too many to try.
    let mut all = BTreeSet::new();
    add_parts(condition, &mut all);
    let adds_to = |other: &Condition| {
        let mut parts = BTreeSet::new();
        add_parts(other, &mut parts);
        parts.is_subset(&all)
    };
    if earlier.iter().any(adds_to) {
        return true;
    }
    let mut parts: Vec<Condition> = earlier.iter().map(|other| Condition::Not(Box::new(other.clone()))).collect();
    parts.push(condition.clone());
    Condition::And(parts).constant() == Some(false)
}

/// What must hold, each for itself, for a condition to hold.
fn add_parts(condition: &Condition, parts: &mut BTreeSet<String>) {
    match condition {
        Condition::And(several) => several.iter().for_each(|part| add_parts(part, parts)),
        only => {
            parts.insert(only.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::check;

    fn branch(conditions: &[&str]) -> String {
        let cases: Vec<_> = conditions.iter().map(|when| serde_json::json!({ "when": when, "goto": "b" })).collect();
        let flow = serde_json::json!({ "name": "f", "start": "a", "nodes": {
            "a": { "branch": { "cases": cases, "else": "b" } }, "b": { "end": {} } } });
        check(&Code::ConditionConstant, &flow.to_string())
    }

    #[test]
    fn names_what_never_varies() {
        assert_eq!(
            branch(&[r#"size == "large" and size == "small""#]),
            "warning[condition_constant] flows/f#a: node `a`, `cases[0].when`: `size == \"large\" and size == \"small\"` \
             never holds; correct it, or take the case out"
        );
        assert!(branch(&["true"]).contains("always holds"));
        assert!(branch(&["ready", "true"]).contains("cases[1]"));
    }

    #[test]
    fn names_cases_that_are_never_asked() {
        assert!(branch(&["age >= 18", "age > 20"]).contains("never asked"));
        assert!(branch(&["ready", "ready"]).contains("asked by a case before it"));
        assert!(branch(&["a == 1 or b", "b and a != 1"]).contains("never asked"));
        // Too many values to try.
        let many = ["a == b and c == d", r#"e == "x" and (a == b and c == d)"#];
        assert!(branch(&many).contains("never asked"));
    }

    #[test]
    fn is_silent_where_every_case_may_be_taken() {
        for conditions in [
            &["ready"][..],
            &["age >= 18", "age >= 12", "known(age)"],
            &[r#"size == "large""#, r#"size in ["large", "small"]"#],
            &["matches(code, \"^a\")", "matches(code, \"^b\")", "known(code)"],
            &["language == \"nl\"", "language == \"en\""],
            &["a == b", "a < b", "a > b"],
            &["(", "ready"],
        ] {
            assert_eq!(branch(conditions), "", "{conditions:?}");
        }
    }
}
