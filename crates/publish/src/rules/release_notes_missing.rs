//! What: the publish says nothing about what changes.
//! Why: whoever must roll back at night reads the notes to find the version.

use greenroom_model::{Code, Finding, Scope, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ReleaseNotesMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    // A version that goes out again has its notes.
    if !submission.notes.trim().is_empty() || matches!(submission.scope(), Scope::Rollback(_)) {
        return Vec::new();
    }
    if *submission.scope() == Scope::Hotfix {
        let message = "a hotfix goes past the draft and its tests, so it says why: `--notes TEXT`";
        return vec![Finding::new(Code::ReleaseNotesMissing, Severity::Deny, Subject::Bot, message)];
    }
    let message = format!(
        "the release notes are empty; say in a line what changes and why: `greenroom publish {} --notes TEXT`, or take \
         what the difference says: `--proposed-notes`",
        submission.change.bot
    );
    vec![Finding::new(Code::ReleaseNotesMissing, Severity::Warn, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_of_blank_notes() {
        for notes in ["", " \n\t "] {
            let mut scenario = Scenario::clean(Scope::Full);
            scenario.notes = notes.to_owned();
            scenario.finds(&RULE, &[
                "warning[release_notes_missing] bot: the release notes are empty; say in a line what changes and why: \
                 `greenroom publish pizza --notes TEXT`, or take what the difference says: `--proposed-notes`",
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
