//! What: an older trainer made a model of the candidate.
//! Why: it works as it always did; this build's trainer may do better.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ModelOutdated], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let models = submission.change.candidate.models_in_use().filter(|(_, model)| model.unsupported.is_none());
    let outdated = models.filter_map(|(language, model)| Some((language, model.outdated.as_ref()?)));
    outdated
        .map(|(language, trainer)| {
            let message = format!(
                "`{trainer}` made the model of language `{language}`; it works, and this build's trainer may do better: \
                 `greenroom train {bot} --language {language} --retrain`, then compare: `greenroom behaviour {bot} live draft`",
                bot = submission.change.bot
            );
            Finding::new(Code::ModelOutdated, Severity::Warn, Subject::Language(language.clone()), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, language};

    #[test]
    fn warns_and_names_the_trainer() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.model("en").outdated = Some("greenroom-nlp 0.1.0".to_owned());
        scenario.finds(&RULE, &[
            "warning[model_outdated] language en: `greenroom-nlp 0.1.0` made the model of language `en`; it works, and \
             this build's trainer may do better: `greenroom train pizza --language en --retrain`, then compare: \
             `greenroom behaviour pizza live draft`",
        ]);
    }

    #[test]
    fn leaves_models_that_cannot_be_loaded_and_those_out_of_use() {
        let mut scenario = Scenario::clean(Scope::Full);
        for language in ["en", "nl"] {
            scenario.model(language).outdated = Some("greenroom-nlp 0.1.0".to_owned());
        }
        scenario.model("en").unsupported = Some("its features have version 9".to_owned());
        scenario.change.candidate.data.remove(&language("nl"));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn is_content_with_models_of_this_build() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
