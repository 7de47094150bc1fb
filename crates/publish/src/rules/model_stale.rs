//! What: a language's model was trained on other data than the candidate holds.
//! Why: live would not know what the author has taught the bot since.

use greenroom_model::{Code, Finding, Language, Scope, Severity, Subject};

use super::StandardRule;
use crate::wording::listed;
use crate::{PartChange, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ModelStale], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let candidate = &submission.change.candidate;
    let mut findings = Vec::new();
    for (language, model) in candidate.models_in_use() {
        if candidate.data.get(language) == Some(&model.data) {
            continue;
        }
        let changes = submission.indexes.training_changes.get(language).map_or(&[][..], Vec::as_slice);
        let since = if changes.is_empty() {
            String::new()
        } else {
            format!("; since then: {}", listed(changes.iter().map(PartChange::summary)))
        };
        let message = format!(
            "the model of language `{language}` was trained on other data{since}; {}",
            mend(submission, language)
        );
        findings.push(Finding::new(Code::ModelStale, Severity::Deny, Subject::Language(language.clone()), message));
    }
    findings
}

/// The smallest thing that gives the candidate a model of its own data.
fn mend(submission: &Submission<'_>, language: &Language) -> String {
    let bot = &submission.change.bot;
    let train = format!("`greenroom train {bot} --language {language}`");
    match submission.scope() {
        Scope::Hotfix => {
            format!("a hotfix takes a model that was trained: give the draft the same examples, then {train}")
        }
        scope if !scope.carries_model(language) => {
            "its examples stay as live has them, and so must what training reads: publish all of NLP, `--scope nlp`"
                .to_owned()
        }
        _ => format!("train it: {train}"),
    }
}

#[cfg(test)]
mod tests {
    use greenroom_model::Document;
    use greenroom_model::document::Examples;

    use super::*;
    use crate::diff_documents;
    use crate::scenario::{Scenario, digest, language, path};

    #[test]
    fn denies_and_names_what_changed_since() {
        for scope in [Scope::Full, Scope::NlpOnly] {
            let mut scenario = Scenario::clean(scope);
            scenario.model("en").data.examples = digest("other examples");
            let before = Document::Examples(Examples::of(["a pizza please"]));
            let after = Document::Examples(Examples::of(["one pizza", "two pizzas"]));
            let change = diff_documents(&path("nlp/examples/en/order"), Some(&before), Some(&after));
            scenario.indexes.training_changes.insert(language("en"), vec![change]);
            scenario.finds(
                &RULE,
                &["error[model_stale] language en: the model of language `en` was trained on other data; since then: \
                 `nlp/examples/en/order` changed (2 examples added, 1 example removed); \
                 train it: `greenroom train pizza --language en`"],
            );
        }
    }

    #[test]
    fn denies_when_only_the_training_part_differs() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.model("nl").data.training = Some(digest("another seed"));
        scenario.finds(
            &RULE,
            &["error[model_stale] language nl: the model of language `nl` was trained on other data; \
             train it: `greenroom train pizza --language nl`"],
        );
    }

    #[test]
    fn looks_past_a_model_that_nothing_uses() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.model("nl").data.examples = digest("other examples");
        scenario.change.candidate.data.remove(&language("nl"));
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn takes_the_word_of_digests_over_a_list_of_changes() {
        let mut scenario = Scenario::clean(Scope::Full);
        let change = diff_documents(&path("nlp/training"), None, None);
        scenario.indexes.training_changes.insert(language("en"), vec![change]);
        scenario.finds(&RULE, &[]);
    }
}
