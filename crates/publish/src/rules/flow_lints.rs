//! What: what the lints of parts say, each with its own severity.
//! Why: a plan holds every finding, whoever made it. What is wrong with parts that stay as live has
//! them is not the matter of a publish that does not carry them.

use greenroom_model::{Code, Finding, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule {
    codes: &[
        Code::UnreachableNode,
        Code::NoWayOut,
        Code::ConditionInvalid,
        Code::ConditionConstant,
        Code::LoopWithoutInput,
        Code::TemplateInvalid,
        Code::PatternInvalid,
    ],
    check,
};

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    carried(submission).filter(|finding| !OF_OTHER_RULES.contains(&finding.code)).cloned().collect()
}

/// Codes of lints that rules pass on, since they have more to say under the same code.
const OF_OTHER_RULES: &[Code] = &[Code::TargetMissing, Code::ButtonWithoutTarget, Code::InputWithoutLimit];

/// The findings of lints with this code.
pub(super) fn of_code<'a>(submission: &'a Submission<'_>, code: &'a Code) -> impl Iterator<Item = &'a Finding> {
    carried(submission).filter(move |finding| finding.code == *code)
}

/// The findings of lints on parts that the publish carries.
pub(super) fn carried<'a>(submission: &'a Submission<'_>) -> impl Iterator<Item = &'a Finding> {
    let findings = submission.indexes.problems.findings.iter();
    findings.filter(|finding| match &finding.subject {
        Subject::Part(path) | Subject::Node(path, _) => submission.concerns(path),
        Subject::Language(language) => submission.scope().carries_model(language),
        Subject::Bot => !submission.scope().is_partial(),
    })
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Scope, Severity};

    use super::*;
    use crate::scenario::{Scenario, language, path};

    fn scenario(scope: Scope) -> Scenario {
        let node = Subject::Node(path("flows/order"), "ask".parse().unwrap());
        let mut scenario = Scenario::clean(scope);
        scenario.indexes.problems.findings = vec![
            Finding::new(Code::UnreachableNode, Severity::Warn, node.clone(), "no path leads here"),
            Finding::new(Code::PatternInvalid, Severity::Deny, Subject::Part(path("nlp/entities/size")), "`(` is open"),
            Finding::new(Code::TargetMissing, Severity::Deny, node, "`next` leads to `gone`"),
            Finding::new(Code::Custom("odd".into()), Severity::Warn, Subject::Language(language("en")), "odd words"),
            Finding::new(Code::Custom("odd".into()), Severity::Warn, Subject::Bot, "odd bot"),
        ];
        scenario
    }

    #[test]
    fn a_full_publish_hears_every_lint() {
        scenario(Scope::Full).finds(
            &RULE,
            &[
                "warning[odd] bot: odd bot",
                "warning[odd] language en: odd words",
                "warning[unreachable_node] flows/order#ask: no path leads here",
                "error[pattern_invalid] nlp/entities/size: `(` is open",
            ],
        );
    }

    #[test]
    fn a_publish_of_nlp_alone_hears_the_lints_of_nlp() {
        scenario(Scope::NlpOnly).finds(
            &RULE,
            &["warning[odd] language en: odd words", "error[pattern_invalid] nlp/entities/size: `(` is open"],
        );
    }
}
