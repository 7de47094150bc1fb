//! What: publishing NLP would take a language from live that its settings or channels name.
//! Why: whoever speaks it would be understood by nothing. Removing a language is a matter of
//! settings and channels too, which NLP alone does not carry.

use greenroom_model::{Code, Finding, Language, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{full_publish, listed};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::LanguageRemoved], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let removed = removed(submission);
    removed.map(|(language, places)| finding(submission, language, places)).collect()
}

/// Whether this rule names a language that is gone, so that no other rule needs to name its intents.
pub(super) fn names(submission: &Submission<'_>, language: &Language) -> bool {
    removed(submission).any(|(removed, _)| removed == language)
}

fn removed<'a>(submission: &'a Submission<'_>) -> impl Iterator<Item = (&'a Language, &'a Vec<String>)> {
    let live = submission.live().filter(|_| submission.scope().keeps_flows_under_new_nlp());
    let spoken = live.into_iter().flat_map(|live| live.content.data.keys());
    let gone = spoken.filter(|language| !submission.change.candidate.data.contains_key(language.as_str()));
    gone.filter_map(|language| submission.indexes.languages_in_use.get_key_value(language.as_str()))
}

fn finding(submission: &Submission<'_>, language: &Language, places: &[String]) -> Finding {
    let message = format!(
        "language `{language}` has no example left, but {} of `{}` name it; give it examples again, or publish the \
         whole bot without it: {}",
        listed(places),
        submission.change.environment,
        full_publish(submission)
    );
    Finding::new(Code::LanguageRemoved, Severity::Deny, Subject::Language(language.clone()), message)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::rules::intent_removed;
    use crate::scenario::{Scenario, language};

    fn scenario(scope: Scope) -> Scenario {
        let mut scenario = Scenario::clean(scope);
        scenario.change.candidate.data.remove("nl");
        scenario.remove_intent("nl", "refund", true, &["flows/refund#start"]);
        scenario.indexes.languages_in_use.insert(language("nl"), vec!["the settings".to_owned()]);
        scenario
    }

    #[test]
    fn denies_once_for_all_intents_of_the_language() {
        let scenario = scenario(Scope::NlpOnly);
        scenario.finds(&RULE, &[
            "error[language_removed] language nl: language `nl` has no example left, but the settings of `live` name \
             it; give it examples again, or publish the whole bot without it: `greenroom publish pizza --scope full`",
        ]);
        scenario.finds(&intent_removed::RULE, &[]);
    }

    #[test]
    fn a_language_that_nothing_names_may_go_intent_by_intent() {
        let mut scenario = scenario(Scope::NlpOnly);
        scenario.indexes.languages_in_use.clear();
        scenario.finds(&RULE, &[]);
        assert_eq!(scenario.found(&intent_removed::RULE).len(), 1);
    }

    #[test]
    fn a_full_publish_may_remove_languages() {
        scenario(Scope::Full).finds(&RULE, &[]);
    }
}
