//! What: two triggers wait for the same in the same contexts.
//! Why: the first by flow id and place always wins; the other never starts its flow.

use greenroom_model::{Code, ContextId, Finding, FlowId, PartPath, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{listed, part_named};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::TriggerShadowed], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for contested in &submission.indexes.problems.links.contested {
        let Some(((winner, _), others)) = contested.places.split_first() else { continue };
        // A flow that the publish brings may win over one that stays.
        let is_ours = |flow: &FlowId| submission.concerns(&PartPath::Flow(flow.clone()));
        let winner_is_ours = is_ours(winner);
        let winner = part_named(submission, &PartPath::Flow(winner.clone()), winner.as_str());
        for (flow, place) in others.iter().filter(|(flow, _)| winner_is_ours || is_ours(flow)) {
            let contexts = match contested.trigger.contexts.len() {
                0 => String::new(),
                1 => format!(" in context {}", listed(contested.trigger.contexts.iter().map(ContextId::as_str))),
                _ => format!(" in contexts {}", listed(contested.trigger.contexts.iter().map(ContextId::as_str))),
            };
            let message = format!(
                "trigger {} of flow `{flow}`, on the {}{contexts}, never starts it: flow {winner} has the same trigger \
                 and goes first; require a context, or take one of them out",
                place + 1,
                contested.trigger.on
            );
            let subject = Subject::Part(PartPath::Flow(flow.clone()));
            findings.push(Finding::new(Code::TriggerShadowed, Severity::Warn, subject, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use greenroom_model::index::Contested;
    use greenroom_model::{Scope, TriggerLink};

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn names_each_trigger_that_never_wins() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.problems.links.contested.push(Contested {
            trigger: TriggerLink { on: "intent `order`".to_owned(), contexts: ["menu".parse().unwrap()].into() },
            places: [("menu", 1), ("order", 0), ("order", 2)]
                .map(|(flow, place)| (flow.parse().unwrap(), place))
                .into(),
        });
        let line = |number: u8| {
            format!(
                "warning[trigger_shadowed] flows/order: trigger {number} of flow `order`, on the intent `order` in context \
                 menu, never starts it: flow `menu` has the same trigger and goes first; require a context, or take one of \
                 them out"
            )
        };
        scenario.finds(&RULE, &[&line(1), &line(3)]);
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
