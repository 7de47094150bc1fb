//! What: a node does not say all that it says in a language of the bot.
//! Why: whoever speaks that language reads another one there.

use greenroom_model::{Code, Finding, Language, Severity};

use super::StandardRule;
use crate::Submission;
use crate::wording::{listed, usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::TranslationMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let untranslated = submission.indexes.problems.links.untranslated.iter();
    untranslated
        .filter(|(usage, _)| submission.concerns(&usage.path))
        .map(|(usage, languages)| {
            let many = if languages.len() == 1 { "language" } else { "languages" };
            let message = format!(
                "{} does not say all in the {many} {}; add the text, or take the language out of the settings",
                usage_named(submission, usage),
                listed(languages.iter().map(Language::as_str).map(|language| format!("`{language}`")))
            );
            Finding::new(Code::TranslationMissing, Severity::Warn, usage_subject(usage), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, language};

    #[test]
    fn names_the_languages_that_lack() {
        let mut scenario = Scenario::clean(Scope::Full);
        let usage = "flows/order#ask".parse().unwrap();
        scenario.indexes.problems.links.untranslated.insert(usage, [language("de"), language("nl")].into());
        scenario.finds(
            &RULE,
            &["warning[translation_missing] flows/order#ask: `flows/order#ask` does not say all in the languages `de`, `nl`; \
             add the text, or take the language out of the settings"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
