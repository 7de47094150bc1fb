//! What: the candidate brings back what a rollback took away.
//! Why: it was taken away for a reason; whoever brings it back should know.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;
use crate::wording::{counted, listed};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::RolledBack], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let parts = &submission.indexes.brought_back;
    if parts.is_empty() || submission.change.acknowledged.reintroduce {
        return Vec::new();
    }
    let message = format!(
        "a rollback of `{}` took away {} that would come back as they were: {}; change what was wrong, or bring them \
         back knowingly: `--reintroduce`",
        submission.change.environment,
        counted(parts.len(), "part"),
        listed(parts.iter().map(|path| format!("`{path}`"))),
    );
    vec![Finding::new(Code::RolledBack, Severity::Deny, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, path};

    #[test]
    fn denies_once_and_names_the_parts() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.brought_back.extend([path("flows/order"), path("nlp/examples/en/order")]);
        scenario.finds(
            &RULE,
            &["error[rolled_back] bot: a rollback of `live` took away 2 parts that would come back as they were: \
             `flows/order`, `nlp/examples/en/order`; change what was wrong, or bring them back knowingly: \
             `--reintroduce`"],
        );
        scenario.change.acknowledged.reintroduce = true;
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn is_content_where_nothing_comes_back() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
