//! What: a trigger requires a context that no action sets.
//! Why: the trigger never starts its flow.

use greenroom_model::{Code, Finding, LinkKind, Severity};

use super::{StandardRule, wanting};
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ContextNeverSet], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    wanting::places(submission, LinkKind::Context)
        .map(|(link, usage)| {
            let message = format!(
                "a trigger of {} requires context `{}`, which no action ever sets, so it never starts the flow; \
                 set the context where it should begin, or take it out of the trigger",
                usage_named(submission, usage),
                link.name
            );
            Finding::new(Code::ContextNeverSet, Severity::Warn, usage_subject(usage), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_at_the_flow_whose_trigger_waits_in_vain() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.want(LinkKind::Context, "ordering", "flows/order");
        scenario.want(LinkKind::Variable, "ordering", "flows/order");
        scenario.finds(
            &RULE,
            &["warning[context_never_set] flows/order: a trigger of `flows/order` requires context `ordering`, which no \
             action ever sets, so it never starts the flow; set the context where it should begin, or take it out of the \
             trigger"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
