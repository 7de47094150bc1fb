//! What: a publish of a part of the bot, or a hotfix, where nothing is live yet.
//! Why: it replaces a part of what is live and keeps the rest; there is no rest to keep.

use greenroom_model::{Code, Finding, Scope, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::full_publish;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::NeverPublished], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let change = submission.change;
    if change.live.is_some() || !(change.scope.is_partial() || change.scope == Scope::Hotfix) {
        return Vec::new();
    }
    let message = format!(
        "`{environment}` has no version yet, and this publish keeps a part of one; \
         publish the whole bot first: {publish}",
        environment = change.environment,
        publish = full_publish(submission)
    );
    vec![Finding::new(Code::NeverPublished, Severity::Deny, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn denies_nlp_alone_before_the_first_publish() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.change.live = None;
        scenario.finds(
            &RULE,
            &["error[never_published] bot: `live` has no version yet, and this publish keeps a part of one; \
             publish the whole bot first: `greenroom publish pizza --scope full`"],
        );
    }

    #[test]
    fn names_another_environment_than_live() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.change.live = None;
        scenario.change.environment = "staging".parse().unwrap();
        let text = scenario.found(&RULE).join("\n");
        assert!(text.ends_with("`greenroom publish pizza --scope full --env staging`"), "{text}");
    }

    #[test]
    fn lets_a_full_publish_be_the_first() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.change.live = None;
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn lets_nlp_alone_follow_a_version() {
        Scenario::clean(Scope::NlpOnly).finds(&RULE, &[]);
    }
}
