//! What: a button sends a payload that no trigger and no input at hand takes, or
//! stands for an intent that nothing hears. What is wrong with a button by
//! itself the lint of its flow says.
//! Why: whoever presses it is told that the bot does not understand.

use greenroom_model::{Code, Finding, LinkKind, Severity};

use super::{StandardRule, flow_lints, wanting};
use crate::Submission;
use crate::wording::{quoted, usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ButtonWithoutTarget], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let payloads = wanting::places(submission, LinkKind::Payload).map(|(link, usage)| {
        let message = format!(
            "a button of {} sends {}, which nothing hears; add a trigger on this button, or let the button go to a node",
            usage_named(submission, usage),
            quoted(&link.name)
        );
        (usage, message)
    });
    let intents = wanting::places(submission, LinkKind::Intent).map(|(link, usage)| {
        let message = format!(
            "a button of {} stands for intent `{}`, which no trigger and no input hears; add a trigger on the intent, \
             or let the button go to a node",
            usage_named(submission, usage),
            link.name
        );
        (usage, message)
    });
    let found = payloads
        .chain(intents)
        .map(|(usage, message)| Finding::new(Code::ButtonWithoutTarget, Severity::Warn, usage_subject(usage), message));
    found.chain(flow_lints::of_code(submission, &Code::ButtonWithoutTarget).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Scope, Subject};

    use super::*;
    use crate::scenario::{Scenario, path};

    #[test]
    fn warns_of_what_nothing_hears() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.want(LinkKind::Payload, "menu", "flows/order#ask");
        scenario.want(LinkKind::Intent, "refund", "flows/order#ask");
        scenario.finds(
            &RULE,
            &[
                "warning[button_without_target] flows/order#ask: a button of `flows/order#ask` sends \"menu\", which nothing \
             hears; add a trigger on this button, or let the button go to a node",
                "warning[button_without_target] flows/order#ask: a button of `flows/order#ask` stands for intent `refund`, \
             which no trigger and no input hears; add a trigger on the intent, or let the button go to a node",
            ],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn passes_on_what_the_lint_says() {
        let mut scenario = Scenario::clean(Scope::Full);
        let lint = Finding::new(Code::ButtonWithoutTarget, Severity::Warn, Subject::Part(path("flows/order")), "empty");
        scenario.indexes.problems.findings.push(lint);
        scenario.finds(&RULE, &["warning[button_without_target] flows/order: empty"]);
    }
}
