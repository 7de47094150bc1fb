//! What: an intent has fewer examples in a language than the policy's minimum.
//! Why: a classifier learns an intent from how differently people say it.

use greenroom_model::{Code, Finding, PartPath, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{counted, part_named};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::FewExamples], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let minimum = submission.policy.few_examples_minimum();
    let few = submission.indexes.problems.few.iter();
    few.filter_map(|((language, id), count)| {
        let missing = minimum.checked_sub(*count).filter(|missing| *missing > 0)?;
        let intent = part_named(submission, &PartPath::Intent(id.clone()), id.as_str());
        let part = PartPath::Examples(language.clone(), id.clone());
        let message = format!(
            "intent {intent} has {} in language `{language}`, fewer than {minimum}; add {missing} or more to `{part}`",
            counted(*count, "example")
        );
        Some(Finding::new(Code::FewExamples, Severity::Warn, Subject::Part(part), message))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::Policy;
    use crate::scenario::{Scenario, language, path};

    fn scenario(count: usize) -> Scenario {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.names.insert(path("nlp/intents/refund"), "Refund".to_owned());
        scenario.indexes.problems.few.insert((language("en"), "refund".parse().unwrap()), count);
        scenario
    }

    #[test]
    fn warns_below_the_minimum() {
        scenario(1).finds(&RULE, &[
            "warning[few_examples] nlp/examples/en/refund: intent `refund` (\"Refund\") has 1 example in language `en`, \
             fewer than 10; add 9 or more to `nlp/examples/en/refund`",
        ]);
        assert_eq!(scenario(9).found(&RULE).len(), 1);
    }

    #[test]
    fn is_content_at_the_minimum() {
        scenario(10).finds(&RULE, &[]);
        scenario(11).finds(&RULE, &[]);
    }

    #[test]
    fn a_policy_sets_the_minimum() {
        let mut scenario = scenario(4);
        scenario.policy = Policy::from_yaml("rules: { few_examples: { minimum: 4 } }").unwrap();
        scenario.finds(&RULE, &[]);
        scenario.policy = Policy::from_yaml("rules: { few_examples: { minimum: 5 } }").unwrap();
        assert_eq!(scenario.found(&RULE).len(), 1);
    }
}
