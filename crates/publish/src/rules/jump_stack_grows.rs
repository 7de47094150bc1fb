//! What: a jump with return leads to where no flow ever ends, and round to the jump again.
//! Why: each time round one more flow waits for an end that never comes; what
//! follows the return is never said, and the flows that wait longest are forgotten.

use greenroom_flow::growing_jumps;
use greenroom_model::{Code, Finding, PartPath, Severity, Usage};

use super::StandardRule;
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::JumpStackGrows], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let jumps = growing_jumps(&submission.indexes.problems.links.jumps);
    jumps
        .into_iter()
        .map(|(flow, node)| Usage { path: PartPath::Flow(flow), node: Some(node) })
        .filter(|usage| submission.concerns(&usage.path))
        .map(|usage| {
            let message = format!(
                "{} jumps with return to where no flow ever ends and which leads back here, so ever more flows wait; \
                 let the other flow end, or jump without return",
                usage_named(submission, &usage)
            );
            Finding::new(Code::JumpStackGrows, Severity::Warn, usage_subject(&usage), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Document, FlowId, Scope};

    use super::*;
    use crate::scenario::Scenario;

    fn add(scenario: &mut Scenario, flow: &str, nodes: &str) {
        let path = PartPath::Flow(FlowId::new(flow).unwrap());
        let flow_text = format!(r#"{{ "name": "f", "start": "a", "nodes": {{ {nodes} }} }}"#);
        let document = Document::from_json(&path, flow_text.as_bytes()).unwrap();
        let jumps = greenroom_flow::derive(&path, &document).links.jumps;
        scenario.indexes.problems.links.jumps.extend(jumps.map(|jumps| (FlowId::new(flow).unwrap(), jumps)));
    }

    #[test]
    fn names_the_jump_that_never_comes_back() {
        let mut scenario = Scenario::clean(Scope::Full);
        add(
            &mut scenario,
            "main",
            r#""a": { "input": { "variable": "x", "next": "b" } },
            "b": { "jump": { "to": { "flow": "help" }, "return": true, "next": "a" } }"#,
        );
        add(
            &mut scenario,
            "help",
            r#""a": { "message": { "text": {}, "next": "b" } },
            "b": { "jump": { "to": { "flow": "main" } } }"#,
        );
        scenario.finds(
            &RULE,
            &["warning[jump_stack_grows] flows/main#b: `flows/main#b` jumps with return to where no flow ever ends and which \
             leads back here, so ever more flows wait; let the other flow end, or jump without return"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
