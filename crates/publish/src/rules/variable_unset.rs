//! What: a condition, a text or a jump asks for a variable that nothing sets: no
//! input, no action, no default, no entity. Where a bot calls handlers, one of
//! them may set it, so nothing is said.
//! Why: it never has a value; mostly a name was mistyped, or an input forgotten.

use greenroom_model::{Code, Finding, LinkKind, Severity};

use super::{StandardRule, wanting};
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::VariableUnset], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    wanting::places(submission, LinkKind::Variable)
        .map(|(link, usage)| {
            let message = format!(
                "{} asks for variable `{}`, which nothing ever sets; set it in an input or an action, give it a default, \
                 or take the question out",
                usage_named(submission, usage),
                link.name
            );
            Finding::new(Code::VariableUnset, Severity::Warn, usage_subject(usage), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_at_each_place_that_asks() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.want(LinkKind::Variable, "size", "flows/order#say");
        scenario.want(LinkKind::Context, "size", "flows/order#say");
        scenario.finds(
            &RULE,
            &["warning[variable_unset] flows/order#say: `flows/order#say` asks for variable `size`, which nothing ever sets; \
             set it in an input or an action, give it a default, or take the question out"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
