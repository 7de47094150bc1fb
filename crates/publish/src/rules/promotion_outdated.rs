//! What: something was published to the environment after the version that is promoted was made.
//! Why: the promotion puts the older state in its place, and whoever promotes may not know of it.

use greenroom_model::{Code, Finding, Scope, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{counted, listed};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::PromotionOutdated], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let (parts, change) = (&submission.indexes.overtaken, submission.change);
    let Scope::Promotion(from) = submission.scope() else { return Vec::new() };
    // What `live_drift` says of a hotfix, it says better.
    let parts: Vec<_> = parts.difference(&submission.indexes.hotfixed).map(|path| format!("`{path}`")).collect();
    if parts.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "what `{from}` runs is older than what was published to `{environment}` since: {} would change back: {}; \
         publish the draft to `{from}` and promote that: `greenroom publish {bot} --env {from}`",
        counted(parts.len(), "part"),
        listed(&parts),
        environment = change.environment,
        bot = change.bot,
    );
    vec![Finding::new(Code::PromotionOutdated, Severity::Warn, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, path};

    fn scenario() -> Scenario {
        let mut scenario = Scenario::clean(Scope::Promotion("staging".parse().unwrap()));
        scenario.indexes.overtaken.extend([path("flows/order"), path("nlp/intents/order")]);
        scenario
    }

    #[test]
    fn warns_once_and_names_the_parts() {
        scenario().finds(
            &RULE,
            &["warning[promotion_outdated] bot: what `staging` runs is older than what was published to `live` since: \
             2 parts would change back: `flows/order`, `nlp/intents/order`; publish the draft to `staging` and promote \
             that: `greenroom publish pizza --env staging`"],
        );
    }

    #[test]
    fn leaves_a_hotfix_to_its_own_rule() {
        let mut scenario = scenario();
        scenario.indexes.hotfixed.insert(path("flows/order"));
        let found = scenario.found(&RULE).join("\n");
        assert!(found.contains("1 part would change back: `nlp/intents/order`"), "{found}");
        scenario.indexes.hotfixed.insert(path("nlp/intents/order"));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn is_content_with_a_version_that_is_not_overtaken() {
        Scenario::clean(Scope::Promotion("staging".parse().unwrap())).finds(&RULE, &[]);
        let full = Scenario { change: Scenario::clean(Scope::Full).change, ..scenario() };
        full.finds(&RULE, &[]);
    }
}
