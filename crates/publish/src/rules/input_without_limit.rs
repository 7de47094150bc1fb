//! What: an input refuses answers without a limit, and no intent starts a flow
//! that would lead out of it. That a way out is never taken the lint of its flow says.
//! Why: whoever cannot answer is asked again and again.

use greenroom_model::{Code, Finding, LinkKind, Severity};

use super::{StandardRule, flow_lints, wanting};
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::InputWithoutLimit], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let found = wanting::places(submission, LinkKind::WayOut).map(|(_, usage)| {
        let message = format!(
            "{} refuses answers without a limit, and no intent or keyword leads out of it; \
             add `attempts` and `otherwise`, or a flow that one may start meanwhile",
            usage_named(submission, usage)
        );
        Finding::new(Code::InputWithoutLimit, Severity::Warn, usage_subject(usage), message)
    });
    found.chain(flow_lints::of_code(submission, &Code::InputWithoutLimit).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Scope, Subject};

    use super::*;
    use crate::scenario::{Scenario, path};

    #[test]
    fn warns_of_an_input_that_nobody_gets_out_of() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.want(LinkKind::WayOut, "any", "flows/order#ask");
        scenario.finds(
            &RULE,
            &["warning[input_without_limit] flows/order#ask: `flows/order#ask` refuses answers without a limit, and no \
             intent or keyword leads out of it; add `attempts` and `otherwise`, or a flow that one may start meanwhile"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn passes_on_what_the_lint_says() {
        let mut scenario = Scenario::clean(Scope::Full);
        let lint = Finding::new(Code::InputWithoutLimit, Severity::Warn, Subject::Part(path("flows/order")), "never");
        scenario.indexes.problems.findings.push(lint);
        scenario.finds(&RULE, &["warning[input_without_limit] flows/order: never"]);
    }
}
