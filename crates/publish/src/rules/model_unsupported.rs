//! What: this build cannot load a model of the candidate.
//! Why: live would fail at the first message in that language; better before the publish than after.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ModelUnsupported], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (language, model) in submission.change.candidate.models_in_use() {
        let Some(reason) = &model.unsupported else { continue };
        let message = format!(
            "this build cannot load the model of language `{language}`: {reason}; train it with this build: \
             `greenroom train {bot} --language {language} --retrain`",
            bot = submission.change.bot
        );
        findings.push(Finding::new(
            Code::ModelUnsupported,
            Severity::Deny,
            Subject::Language(language.clone()),
            message,
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, language};

    #[test]
    fn denies_a_model_that_cannot_be_loaded() {
        for scope in [Scope::Full, Scope::NlpOnly] {
            let mut scenario = Scenario::clean(scope);
            scenario.model("en").unsupported = Some("its features have version 9".to_owned());
            scenario.finds(&RULE, &[
                "error[model_unsupported] language en: this build cannot load the model of language `en`: its features \
                 have version 9; train it with this build: `greenroom train pizza --language en --retrain`",
            ]);
        }
    }

    #[test]
    fn looks_past_a_model_that_nothing_uses() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.model("en").unsupported = Some("its features have version 9".to_owned());
        scenario.change.candidate.data.remove(&language("en"));
        scenario.finds(&RULE, &[]);
    }
}
