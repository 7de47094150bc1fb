//! What: the policy wants something measured that nobody has measured of exactly this candidate.
//! Why: what was measured of other bytes says nothing about these.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::wording::{chosen, counted, test_run};
use crate::{Evidence, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::EvidenceMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let wanted = submission.policy.wanted_evidence();
    let mut findings = Vec::new();
    let mut missing = |subject: Subject, message: String| {
        findings.push(Finding::new(Code::EvidenceMissing, Severity::Deny, subject, message));
    };
    let change = submission.change;
    let gather = format!("`greenroom evidence {}{}`", change.bot, chosen(submission));
    if wanted.tests && submission.indexes.tests == 0 {
        // Else whoever deletes all tests has run them all.
        missing(
            Subject::Bot,
            "the policy wants the bot's tests run, and it has none; write one: `tests/ID`".to_owned(),
        );
    } else if wanted.tests && !tests_ran(submission) {
        let tests = counted(submission.indexes.tests, "test");
        missing(
            Subject::Bot,
            format!("the policy wants the bot's {tests} run on this candidate: {}", test_run(submission)),
        );
    }
    if wanted.scores {
        for (language, data) in &change.candidate.data {
            let data = data.digest();
            let is_ours = |item: &Evidence| matches!(item, Evidence::Scores(scores) if scores.data == data);
            if !submission.evidence.iter().any(is_ours) {
                let message = format!("the policy wants scores of language `{language}` on these examples: {gather}");
                missing(Subject::Language(language.clone()), message);
            }
        }
    }
    if let (true, Some(live)) = (wanted.behaviour, submission.live()) {
        let both = (submission.candidate, live.content.digest());
        for language in
            change.candidate.data.keys().filter(|language| live.content.data.contains_key(language.as_str()))
        {
            let is_ours = |item: &Evidence| matches!(item, Evidence::Behaviour(of) if (of.candidate, of.live) == both && of.language == *language);
            if !submission.evidence.iter().any(is_ours) {
                let message = format!(
                    "the policy wants utterances in `{language}` compared with version {} in `{}`: {gather}",
                    live.number, change.environment
                );
                missing(Subject::Language(language.clone()), message);
            }
        }
    }
    findings
}

/// Whether all tests were run on this candidate; `untested` says what failed.
fn tests_ran(submission: &Submission<'_>) -> bool {
    submission.evidence.iter().any(|item| {
        matches!(item, Evidence::Tests { candidate, passed, failed }
            if *candidate == submission.candidate && (*passed + *failed) as usize >= submission.indexes.tests)
    })
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::Policy;
    use crate::scenario::{Scenario, behaviour_of, digest, scores_of};

    fn scenario(wanted: &str) -> Scenario {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.policy = Policy::from_yaml(&format!("rules: {{ evidence_missing: {{ {wanted}: true }} }}")).unwrap();
        scenario
    }

    #[test]
    fn asks_for_nothing_that_the_policy_does_not_want() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.evidence.clear();
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn wants_tests_of_this_candidate() {
        let mut scenario = scenario("tests");
        scenario.finds(&RULE, &[]);
        scenario.evidence = vec![Evidence::Tests { candidate: digest("another"), passed: 2, failed: 0 }];
        scenario.finds(&RULE, &[
            "error[evidence_missing] bot: the policy wants the bot's 2 tests run on this candidate: `greenroom test pizza`",
        ]);
    }

    #[test]
    fn is_not_content_with_no_tests_at_all() {
        let mut scenario = scenario("tests");
        scenario.indexes.tests = 0;
        scenario.finds(
            &RULE,
            &["error[evidence_missing] bot: the policy wants the bot's tests run, and it has none; write one: `tests/ID`"],
        );
    }

    #[test]
    fn wants_scores_of_each_language_on_its_examples() {
        let mut scenario = scenario("scores");
        let scores = scores_of(&scenario.change.candidate, "en", 0.9);
        scenario.evidence.push(Evidence::Scores(scores));
        scenario.finds(
            &RULE,
            &["error[evidence_missing] language nl: the policy wants scores of language `nl` on these examples: \
             `greenroom evidence pizza`"],
        );
    }

    #[test]
    fn wants_behaviour_against_what_is_live_now() {
        let mut scenario = scenario("behaviour");
        assert_eq!(scenario.found(&RULE).len(), 2);
        let of_another_live = crate::Behaviour { live: digest("another"), ..behaviour_of(&scenario.change, "en") };
        scenario.evidence.push(Evidence::Behaviour(of_another_live));
        assert_eq!(scenario.found(&RULE).len(), 2);
        for language in ["en", "nl"] {
            scenario.evidence.push(Evidence::Behaviour(behaviour_of(&scenario.change, language)));
        }
        scenario.finds(&RULE, &[]);
        scenario.evidence.clear();
        scenario.change.live = None;
        scenario.finds(&RULE, &[]);
    }
}
