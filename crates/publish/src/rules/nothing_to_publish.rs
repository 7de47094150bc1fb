//! What: the candidate is what live runs; tests do not count.
//! Why: a version that changes nothing hides the ones that do.

use greenroom_model::{Code, Finding, Scope, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::NothingToPublish], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let change = submission.change;
    let Some(live) = submission.live() else { return Vec::new() };
    if change.diff.carries_something() || change.candidate.model_digests() != live.content.model_digests() {
        return Vec::new();
    }
    let so = match submission.scope() {
        Scope::NlpOnly | Scope::NlpOfLanguages(_) => {
            "there is nothing to publish until NLP changes in the draft".to_owned()
        }
        Scope::Flows(_) => "there is nothing to publish until what is selected changes in the draft".to_owned(),
        Scope::Hotfix => "the edit makes no difference".to_owned(),
        Scope::Promotion(from) => format!("there is nothing to promote until `{from}` runs something else"),
        Scope::Rollback(_) => "there is nothing to go back to".to_owned(),
        _ => "there is nothing to publish until the draft changes".to_owned(),
    };
    let message = format!(
        "no part but tests and no model differs from version {number}, which `{environment}` runs; {so}",
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
        let flows = Scope::Flows(greenroom_model::Selection::of_flows(["order".parse().unwrap()]));
        for (scope, so) in [
            (Scope::Full, "there is nothing to publish until the draft changes"),
            (Scope::NlpOnly, "there is nothing to publish until NLP changes in the draft"),
            (flows, "there is nothing to publish until what is selected changes in the draft"),
            (Scope::Hotfix, "the edit makes no difference"),
            (
                Scope::Promotion("staging".parse().unwrap()),
                "there is nothing to promote until `staging` runs something else",
            ),
        ] {
            let mut scenario = Scenario::clean(scope);
            scenario.make_live_the_candidate();
            let what = "error[nothing_to_publish] bot: no part but tests and no model differs from version 3, which \
                        `live` runs; ";
            scenario.finds(&RULE, &[&format!("{what}{so}")]);
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
