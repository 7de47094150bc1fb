//! The outcome of tests as JUnit XML: a suite of the bot's name with a case a test.

use std::collections::BTreeMap;

use greenroom_bot::{Mismatch, TestOutcome};
use greenroom_model::{BotId, TestId};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

/// The document.
pub(crate) fn document(bot: &BotId, outcomes: &BTreeMap<TestId, TestOutcome>) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(bot.as_str());
    for (test, outcome) in outcomes {
        let mut case = TestCase::new(test.as_str(), status(outcome));
        case.set_classname(bot.as_str());
        suite.add_test_case(case);
    }
    let mut report = Report::new("greenroom test");
    report.add_test_suite(suite);
    report.to_string()
}

fn status(outcome: &TestOutcome) -> TestCaseStatus {
    let Some(first) = outcome.mismatches.first() else { return TestCaseStatus::success() };
    let lines: Vec<String> = outcome.mismatches.iter().map(told).collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(format!("turn {}, {}: expected {}", first.turn, first.what, first.expected));
    status.set_description(lines.join("\n"));
    status
}

fn told(mismatch: &Mismatch) -> String {
    let Mismatch { turn, what, expected, found, help } = mismatch;
    format!("turn {turn}, {what}: expected {expected}, found {found}; {help}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bot_says_cannot_break_the_document() {
        let expected = "\"<b>\" & ]]>\u{1}".to_owned();
        let mismatch = Mismatch {
            turn: 1,
            what: "replies.1".to_owned(),
            expected,
            found: "a\nb".to_owned(),
            help: "mend it".to_owned(),
        };
        let outcomes = BTreeMap::from([
            ("fine".parse().unwrap(), TestOutcome { mismatches: Vec::new() }),
            ("off".parse().unwrap(), TestOutcome { mismatches: vec![mismatch] }),
        ]);
        let xml = document(&"shop".parse().unwrap(), &outcomes).unwrap();
        let read = Report::deserialize_from_str(&xml).unwrap();
        assert_eq!((read.tests, read.failures, read.errors), (2, 1, 0));
        let cases = &read.test_suites[0].test_cases;
        assert_eq!(cases[0].status, TestCaseStatus::success());
        let TestCaseStatus::NonSuccess { message, description, .. } = &cases[1].status else { panic!("{xml}") };
        // A control character is none of XML's.
        assert_eq!(message.as_deref(), Some("turn 1, replies.1: expected \"<b>\" & ]]>"));
        assert_eq!(description.as_deref(), Some("turn 1, replies.1: expected \"<b>\" & ]]>, found a\nb; mend it"));
    }
}
