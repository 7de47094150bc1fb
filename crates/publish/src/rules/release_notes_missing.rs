//! What: the publish says nothing about what changes.
//! Why: whoever must roll back at night reads the notes to find the version.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ReleaseNotesMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    if !submission.notes.trim().is_empty() {
        return Vec::new();
    }
    let message = format!(
        "the release notes are empty; say in a line what changes and why: `greenroom publish {} --notes TEXT`",
        submission.change.bot
    );
    vec![Finding::new(Code::ReleaseNotesMissing, Severity::Warn, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_of_blank_notes() {
        for notes in ["", " \n\t "] {
            let mut scenario = Scenario::clean(Scope::Full);
            scenario.notes = notes.to_owned();
            scenario.finds(&RULE, &[
                "warning[release_notes_missing] bot: the release notes are empty; say in a line what changes and why: \
                 `greenroom publish pizza --notes TEXT`",
            ]);
        }
    }

    #[test]
    fn is_content_with_a_word() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.notes = "refunds".to_owned();
        scenario.finds(&RULE, &[]);
    }
}
