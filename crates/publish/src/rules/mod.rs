//! The rules of publishing, one file each, and the trait that an embedder's
//! rules implement too.

mod behaviour_change;
mod button_without_target;
mod channel_missing;
mod context_never_set;
mod context_unknown;
mod duplicate_example;
mod empty_intent;
mod entity_removed;
mod entity_unknown;
mod evidence_missing;
mod few_examples;
mod flow_lints;
mod handler_unknown;
mod input_without_limit;
mod intent_removed;
mod intent_unknown;
mod jump_stack_grows;
mod language_removed;
mod live_drift;
mod model_missing;
mod model_outdated;
mod model_stale;
mod model_unsupported;
mod never_published;
mod nlp_unchanged;
mod nothing_to_publish;
mod promotion_outdated;
mod regression;
mod release_notes_missing;
mod rolled_back;
mod sensitive_derived;
mod sessions_affected;
mod target_missing;
mod translation_missing;
mod trigger_shadowed;
mod unknown_reference;
mod untested;
mod variable_unknown;
mod variable_unset;
mod wanting;

use greenroom_model::{Code, Finding};

use crate::Submission;

/// A rule: looks at a submission and says what it finds.
///
/// # Contract
/// A rule is pure: equal submissions give equal findings. Each finding's code is
/// one of [`Rule::codes`] ([`Code::Custom`] for an embedder's), and its severity
/// is the rule's default; the policy then has the last word.
///
/// # Examples
/// A rule of one's own:
/// ```
/// use greenroom_publish::{Rule, Submission};
/// use greenroom_model::{Code, Finding, Severity, Subject};
///
/// struct NamesTicket;
///
/// const CODES: &[Code] = &[Code::Custom(std::borrow::Cow::Borrowed("ticket_missing"))];
///
/// impl Rule for NamesTicket {
///     fn codes(&self) -> &[Code] {
///         CODES
///     }
///
///     fn check(&self, submission: &Submission<'_>) -> Vec<Finding> {
///         if submission.notes.contains("TICKET-") {
///             return Vec::new();
///         }
///         let message = "the release notes name no ticket; write its number, such as `TICKET-12`";
///         vec![Finding::new(CODES[0].clone(), Severity::Deny, Subject::Bot, message)]
///     }
/// }
/// ```
pub trait Rule: Send + Sync {
    /// The codes that its findings may have.
    fn codes(&self) -> &[Code];

    /// What it finds, in any order; nothing where all is well.
    fn check(&self, submission: &Submission<'_>) -> Vec<Finding>;
}

/// A rule of this crate: the codes and the function of one file.
struct StandardRule {
    codes: &'static [Code],
    check: fn(&Submission<'_>) -> Vec<Finding>,
}

impl Rule for StandardRule {
    fn codes(&self) -> &[Code] {
        self.codes
    }

    fn check(&self, submission: &Submission<'_>) -> Vec<Finding> {
        (self.check)(submission)
    }
}

static STANDARD: &[&dyn Rule] = &[
    &never_published::RULE,
    &model_missing::RULE,
    &model_stale::RULE,
    &model_unsupported::RULE,
    &model_outdated::RULE,
    &nlp_unchanged::RULE,
    &intent_removed::RULE,
    &entity_removed::RULE,
    &language_removed::RULE,
    &nothing_to_publish::RULE,
    &live_drift::RULE,
    &rolled_back::RULE,
    &promotion_outdated::RULE,
    &intent_unknown::RULE,
    &entity_unknown::RULE,
    &context_unknown::RULE,
    &variable_unknown::RULE,
    &handler_unknown::RULE,
    &target_missing::RULE,
    &flow_lints::RULE,
    &button_without_target::RULE,
    &input_without_limit::RULE,
    &variable_unset::RULE,
    &context_never_set::RULE,
    &trigger_shadowed::RULE,
    &jump_stack_grows::RULE,
    &translation_missing::RULE,
    &sensitive_derived::RULE,
    &evidence_missing::RULE,
    &regression::RULE,
    &behaviour_change::RULE,
    &sessions_affected::RULE,
    &untested::RULE,
    &channel_missing::RULE,
    &release_notes_missing::RULE,
    &few_examples::RULE,
    &duplicate_example::RULE,
    &empty_intent::RULE,
];

/// The rules of this crate, which [`plan`](crate::plan()) judges by.
#[must_use]
pub fn standard_rules() -> &'static [&'static dyn Rule] {
    STANDARD
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_of_exactly_one_rule() {
        let codes: Vec<&Code> = STANDARD.iter().flat_map(|rule| rule.codes()).collect();
        let unique: BTreeSet<&Code> = codes.iter().copied().collect();
        assert_eq!(codes.len(), unique.len(), "a code belongs to two rules");
        assert_eq!(unique, Code::ALL.iter().collect(), "a code belongs to no rule, or a rule to no code");
    }

    #[test]
    fn the_guide_has_a_section_for_each_code_and_no_other() {
        let guide = include_str!("../../../../docs/publishing.md");
        let questions = guide.split_once("\n## Findings").unwrap().1;
        let sections: Vec<&str> = questions.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(Code::as_str).collect();
        assert_eq!(sections, codes, "the sections of `docs/publishing.md` are the codes, in their order");
    }

    #[test]
    fn the_guide_says_which_codes_a_policy_cannot_lower() {
        let guide = include_str!("../../../../docs/publishing.md");
        for code in Code::ALL {
            let section = guide.split_once(&format!("\n### {code}\n")).unwrap().1;
            let section = section.split("\n### ").next().unwrap();
            let fixed = section.contains("always denies");
            assert_eq!(fixed, !crate::Policy::may_lower(code), "{code}");
        }
    }
}
