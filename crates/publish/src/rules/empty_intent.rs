//! What: an intent has no example in any language.
//! Why: it is never recognised, and whoever reads the bot thinks that it is.

use greenroom_model::{Code, Finding, PartPath, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::part_named;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::EmptyIntent], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let empty = submission.indexes.problems.empty.iter();
    empty
        .map(|id| {
            let part = PartPath::Intent(id.clone());
            let intent = part_named(submission, &part, id.as_str());
            let message = format!(
                "intent {intent} has no example in any language, so it is never recognised; \
                 add `nlp/examples/LANGUAGE/{id}`, or delete the intent"
            );
            Finding::new(Code::EmptyIntent, Severity::Warn, Subject::Part(part), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_of_an_intent_without_examples() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.problems.empty.insert("refund".parse().unwrap());
        scenario.finds(&RULE, &[
            "warning[empty_intent] nlp/intents/refund: intent `refund` has no example in any language, so it is never \
             recognised; add `nlp/examples/LANGUAGE/refund`, or delete the intent",
        ]);
    }

    #[test]
    fn is_content_when_each_has_one() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
