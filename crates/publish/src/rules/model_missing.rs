//! What: a language has examples but no model.
//! Why: live would understand nothing in that language.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ModelMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let candidate = &submission.change.candidate;
    let untrained = candidate.data.keys().filter(|language| !candidate.models.contains_key(language.as_str()));
    untrained
        .map(|language| {
            let message = format!(
                "language `{language}` has examples but no model; train it: `greenroom train {bot} --language {language}`",
                bot = submission.change.bot
            );
            Finding::new(Code::ModelMissing, Severity::Deny, Subject::Language(language.clone()), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, digest, language};

    #[test]
    fn denies_each_language_without_a_model() {
        for scope in [Scope::Full, Scope::NlpOnly] {
            let mut scenario = Scenario::clean(scope);
            scenario.change.candidate.models.clear();
            scenario.finds(
                &RULE,
                &[
                    "error[model_missing] language en: language `en` has examples but no model; \
                 train it: `greenroom train pizza --language en`",
                    "error[model_missing] language nl: language `nl` has examples but no model; \
                 train it: `greenroom train pizza --language nl`",
                ],
            );
        }
    }

    #[test]
    fn looks_past_languages_without_examples() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.change.candidate.data.remove(&language("nl"));
        scenario.change.candidate.models.remove(&language("nl"));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn leaves_a_stale_model_to_its_own_rule() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.model("en").data.examples = digest("other examples");
        scenario.finds(&RULE, &[]);
    }
}
