//! What: a hotfix changed a part in the environment, and the publish would change it again.
//! Why: whoever edited live at night would find the edit gone, and nobody would have decided so.

use greenroom_model::{Code, Finding, PartPath, Scope, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::id_and_name;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::LiveDrift], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let discarded = &submission.change.acknowledged.discard;
    let hotfixed = submission.indexes.hotfixed.iter();
    hotfixed.filter(|path| !discarded.contains(*path)).map(|path| finding(submission, path)).collect()
}

fn finding(submission: &Submission<'_>, path: &PartPath) -> Finding {
    let change = submission.change;
    let (environment, bot) = (&change.environment, &change.bot);
    let merge = format!("`greenroom merge {bot} --env {environment}`");
    let keep = match submission.scope() {
        // What is promoted is not the draft, which may know of the hotfix.
        Scope::Promotion(from) => {
            format!("take it into the draft, unless it is there ({merge}), publish that to `{from}`, and promote again")
        }
        _ => format!("take it into the draft: {merge}"),
    };
    let part = id_and_name(&path.to_string(), submission.name_of(path));
    let message = format!(
        "a hotfix changed {part} in `{environment}`, and this publish would undo that; {keep}, or give it up by name: \
         `--discard {path}`"
    );
    Finding::new(Code::LiveDrift, Severity::Deny, Subject::Part(path.clone()), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, path};

    fn scenario() -> Scenario {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.hotfixed.extend([path("flows/order"), path("settings")]);
        scenario
    }

    #[test]
    fn denies_each_part_that_would_be_undone() {
        scenario().finds(
            &RULE,
            &[
                "error[live_drift] flows/order: a hotfix changed `flows/order` in `live`, and this publish would undo \
                 that; take it into the draft: `greenroom merge pizza --env live`, or give it up by name: \
                 `--discard flows/order`",
                "error[live_drift] settings: a hotfix changed `settings` in `live`, and this publish would undo that; \
                 take it into the draft: `greenroom merge pizza --env live`, or give it up by name: \
                 `--discard settings`",
            ],
        );
    }

    #[test]
    fn what_is_given_up_by_name_may_go_and_nothing_else() {
        let mut scenario = scenario();
        scenario.change.acknowledged.discard.extend([path("settings"), path("flows/other")]);
        let left = scenario.found(&RULE);
        assert!(left.len() == 1 && left[0].contains("flows/order"), "{left:?}");
    }

    #[test]
    fn is_content_where_no_hotfix_is_lost() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
