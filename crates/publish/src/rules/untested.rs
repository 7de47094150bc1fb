//! What: the bot's tests have not passed on exactly this candidate.
//! Why: a test that passed on other bytes says nothing about these.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::wording::{counted, test_run};
use crate::{Evidence, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::Untested], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let tests = submission.indexes.tests;
    let run = test_run(submission);
    // What ran on this candidate: the most that passed, the most that failed.
    let mut ran: Option<(usize, usize)> = None;
    for item in submission.evidence {
        let Evidence::Tests { candidate, passed, failed } = item else { continue };
        if *candidate == submission.candidate {
            let (most_passed, most_failed) = ran.unwrap_or_default();
            ran = Some((most_passed.max(*passed as usize), most_failed.max(*failed as usize)));
        }
    }
    let message = match ran {
        Some((_, failed)) if failed > 0 => {
            format!("{} failed on this candidate; see which: {run}", counted(failed, "test"))
        }
        Some((passed, _)) if passed > 0 && passed >= tests => return Vec::new(),
        Some((passed, _)) if passed > 0 => {
            format!("only {passed} of {tests} tests ran on this candidate; run all: {run}")
        }
        _ if tests > 0 => {
            format!("the bot has {}, not run on this candidate; run: {run}", counted(tests, "test"))
        }
        _ => "the bot has no test, so nothing shows that it does what it should; add one: `tests/ID`".to_owned(),
    };
    vec![Finding::new(Code::Untested, Severity::Warn, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, digest};

    fn scenario(tests: usize, evidence: &[(u32, u32)]) -> Scenario {
        let mut scenario = Scenario::clean(Scope::Full);
        let candidate = scenario.change.candidate.digest();
        scenario.indexes.tests = tests;
        scenario.evidence =
            evidence.iter().map(|&(passed, failed)| Evidence::Tests { candidate, passed, failed }).collect();
        scenario
    }

    #[test]
    fn warns_when_tests_did_not_run() {
        scenario(12, &[]).finds(
            &RULE,
            &["warning[untested] bot: the bot has 12 tests, not run on this candidate; run: `greenroom test pizza`"],
        );
        assert_eq!(scenario(12, &[(0, 0)]).found(&RULE), scenario(12, &[]).found(&RULE));
    }

    #[test]
    fn names_the_run_that_would_judge_this_candidate() {
        let mut scenario = scenario(12, &[]);
        scenario.change.scope = Scope::NlpOnly;
        scenario.change.environment = "staging".parse().unwrap();
        let text = scenario.found(&RULE).join("\n");
        assert!(text.ends_with("run: `greenroom test pizza --scope nlp --env staging`"), "{text}");
    }

    #[test]
    fn a_hotfix_is_looked_at_in_the_draft() {
        let mut scenario = scenario(12, &[(11, 1)]);
        scenario.change.scope = Scope::Hotfix;
        let text = scenario.found(&RULE).join("\n");
        assert!(text.ends_with("see which: make the same edit in the draft, then `greenroom test pizza`"), "{text}");
    }

    #[test]
    fn warns_when_a_test_failed_whatever_else_passed() {
        for evidence in [&[(11, 1)][..], &[(12, 0), (11, 1)], &[(11, 1), (12, 0)]] {
            scenario(12, evidence).finds(
                &RULE,
                &["warning[untested] bot: 1 test failed on this candidate; see which: `greenroom test pizza`"],
            );
        }
    }

    #[test]
    fn warns_when_some_tests_did_not_run() {
        scenario(12, &[(11, 0)]).finds(
            &RULE,
            &["warning[untested] bot: only 11 of 12 tests ran on this candidate; run all: `greenroom test pizza`"],
        );
    }

    #[test]
    fn warns_of_a_bot_without_tests() {
        scenario(0, &[(0, 0)]).finds(
            &RULE,
            &["warning[untested] bot: the bot has no test, so nothing shows that it does what it should; \
             add one: `tests/ID`"],
        );
    }

    #[test]
    fn is_content_when_all_passed_on_this_candidate() {
        scenario(12, &[(12, 0)]).finds(&RULE, &[]);
        scenario(0, &[(3, 0)]).finds(&RULE, &[]);
    }

    #[test]
    fn does_not_take_evidence_of_another_candidate() {
        let mut scenario = scenario(12, &[(12, 0)]);
        scenario.model("en").digest = digest("trained again");
        assert_eq!(scenario.found(&RULE).len(), 1);
    }

    #[test]
    fn failures_of_another_candidate_do_not_count() {
        let mut scenario = scenario(12, &[(12, 0)]);
        scenario.evidence.push(Evidence::Tests { candidate: digest("another"), passed: 0, failed: 12 });
        scenario.finds(&RULE, &[]);
    }
}
