//! What: an edge, jump or button leads to a node or flow that is not there.
//! Why: a conversation that takes this way would stop in the middle.

use greenroom_model::{Code, Finding, SymbolKind};

use super::{StandardRule, flow_lints, unknown_reference};
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::TargetMissing], check };

/// Inside one flow the flow's own lint sees it; from flow to flow the index does.
fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let mut findings = unknown_reference::findings(submission, &Code::TargetMissing, SymbolKind::Flow);
    findings.extend(unknown_reference::findings(submission, &Code::TargetMissing, SymbolKind::Node));
    findings.extend(flow_lints::carried(submission).filter(|finding| finding.code == Code::TargetMissing).cloned());
    findings
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Scope, Severity, Subject};

    use super::*;
    use crate::scenario::{Scenario, path};

    #[test]
    fn denies_jumps_to_a_flow_or_node_that_is_not_there() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Flow, "refund", &["flows/order#ask"]);
        scenario.use_unknown(SymbolKind::Node, "order#gone", &["flows/menu#start"]);
        scenario.finds(&RULE, &[
            "error[target_missing] flows/menu#start: `flows/menu#start` uses node `order#gone`, which is not there; \
             add node `gone` to `flows/order`, or change what uses it",
            "error[target_missing] flows/order#ask: `flows/order#ask` uses flow `refund`, which is not there; \
             add `flows/refund`, or change what uses it",
        ]);
    }

    #[test]
    fn passes_on_what_the_lint_of_a_carried_flow_says() {
        let subject = Subject::Node(path("flows/order"), "ask".parse().unwrap());
        let lint = Finding::new(Code::TargetMissing, Severity::Deny, subject, "`next` leads to `gone`");
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.problems.findings.push(lint);
        scenario.finds(&RULE, &["error[target_missing] flows/order#ask: `next` leads to `gone`"]);
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn leaves_other_kinds_and_lints_to_their_rules() {
        let mut scenario = Scenario::clean(Scope::Full);
        for kind in SymbolKind::ALL.into_iter().filter(|kind| !matches!(kind, SymbolKind::Flow | SymbolKind::Node)) {
            scenario.use_unknown(kind, "size", &["flows/order#ask"]);
        }
        let lint = Finding::new(Code::NoWayOut, Severity::Deny, Subject::Part(path("flows/order")), "a circle");
        scenario.indexes.problems.findings.push(lint);
        scenario.finds(&RULE, &[]);
    }
}
