//! What: NLP alone is to be published, but NLP and models are what live has.
//! Why: the publish would carry nothing; the author probably meant to publish flows too.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::full_publish;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::NlpUnchanged], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let change = submission.change;
    // What is live now counts, not what was last published: a rollback changes live.
    let Some(live) = submission.live().filter(|_| submission.scope().is_nlp_alone()) else { return Vec::new() };
    let (candidate, content) = (&change.candidate, &live.content);
    if candidate.nlp != content.nlp || candidate.model_digests() != content.model_digests() {
        return Vec::new();
    }
    let message = format!(
        "NLP and models are those of version {number}, which `{environment}` runs; change something in `nlp/` and \
         train it, or publish flows and settings too: {publish}",
        number = live.number,
        environment = change.environment,
        publish = full_publish(submission)
    );
    vec![Finding::new(Code::NlpUnchanged, Severity::Deny, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, digest};

    #[test]
    fn denies_the_nlp_and_models_that_live_has() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.make_live_the_candidate();
        scenario.finds(&RULE, &[
            "error[nlp_unchanged] bot: NLP and models are those of version 3, which `live` runs; change something in \
             `nlp/` and train it, or publish flows and settings too: `greenroom publish pizza --scope full`",
        ]);
    }

    #[test]
    fn lets_a_retrained_model_of_the_same_data_go_out() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.make_live_the_candidate();
        scenario.model("en").digest = digest("trained again");
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn lets_changed_nlp_go_out_with_the_same_models() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.make_live_the_candidate();
        scenario.change.candidate.nlp = Some(digest("another threshold"));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn concerns_nlp_alone() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.make_live_the_candidate();
        scenario.finds(&RULE, &[]);
    }
}
