//! What: the candidate is what live runs; tests do not count.
//! Why: a version that changes nothing hides the ones that do.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::NothingToPublish], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let change = submission.change;
    let Some(live) = submission.live() else { return Vec::new() };
    if change.diff.carries_something() || change.candidate.model_digests() != live.content.model_digests() {
        return Vec::new();
    }
    let message = format!(
        "no part but tests and no model differs from version {number}, which `{environment}` runs; there is nothing \
         to publish until the draft changes",
        number = live.number,
        environment = change.environment
    );
    vec![Finding::new(Code::NothingToPublish, Severity::Deny, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::diff_documents;
    use crate::scenario::{Scenario, digest, path};

    #[test]
    fn denies_what_live_runs_already() {
        for scope in [Scope::Full, Scope::NlpOnly] {
            let mut scenario = Scenario::clean(scope);
            scenario.make_live_the_candidate();
            scenario.finds(&RULE, &[
                "error[nothing_to_publish] bot: no part but tests and no model differs from version 3, which `live` \
                 runs; there is nothing to publish until the draft changes",
            ]);
        }
    }

    #[test]
    fn does_not_count_tests() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.make_live_the_candidate();
        scenario.change.candidate.tree = digest("another test");
        scenario.change.diff.parts = vec![diff_documents(&path("tests/order"), None, None)];
        assert_eq!(scenario.found(&RULE).len(), 1);
        scenario.change.diff.parts.push(diff_documents(&path("flows/order"), None, None));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn counts_a_retrained_model() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.make_live_the_candidate();
        scenario.model("en").digest = digest("trained again");
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn lets_the_first_publish_go_out() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.make_live_the_candidate();
        scenario.change.live = None;
        scenario.finds(&RULE, &[]);
    }
}
