//! What: one text is an example of several intents.
//! Why: it teaches the classifier to confuse them.

use greenroom_model::{Code, Finding, PartPath, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{listed, part_named, quoted};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::DuplicateExample], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let duplicates = submission.indexes.problems.duplicates.iter();
    duplicates
        .map(|duplicate| {
            let language = &duplicate.language;
            let intents = duplicate.intents.iter();
            let names = intents.map(|id| part_named(submission, &PartPath::Intent(id.clone()), id.as_str()));
            let message = format!(
                "{} is an example of {} intents in language `{language}`: {}; keep it in the one that it fits best",
                quoted(&duplicate.text),
                duplicate.intents.len(),
                listed(names)
            );
            let first = duplicate.intents.first();
            let subject = first.map_or_else(
                || Subject::Language(language.clone()),
                |id| Subject::Part(PartPath::Examples(language.clone(), id.clone())),
            );
            Finding::new(Code::DuplicateExample, Severity::Warn, subject, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;
    use greenroom_model::index::Duplicate;

    use super::*;
    use crate::scenario::{Scenario, language, path};

    #[test]
    fn warns_with_the_text_and_the_intents() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.names.insert(path("nlp/intents/refund"), "Refund".to_owned());
        scenario.indexes.problems.duplicates.push(Duplicate {
            language: language("en"),
            text: "money back".to_owned(),
            intents: ["cancel", "refund"].map(|id| id.parse().unwrap()).into(),
        });
        scenario.finds(&RULE, &[
            "warning[duplicate_example] nlp/examples/en/cancel: \"money back\" is an example of 2 intents in language \
             `en`: `cancel`, `refund` (\"Refund\"); keep it in the one that it fits best",
        ]);
    }

    #[test]
    fn is_content_when_texts_differ() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
