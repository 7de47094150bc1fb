//! What: a text says what a filter, a part or a loop makes of a sensitive variable.
//! Why: transcripts and logs are kept free of sensitive values by looking for them; what
//! was made of one is not recognised, and stays there.
//!
//! Shows it: `Card ending in {{ card[12:] }}`. Does not: an action sets `ending`, sensitive
//! too, to `{{ card[12:] }}`, and the text says `Card ending in {{ ending }}`.

use greenroom_model::{Code, Finding, LinkKind, Severity};

use super::{StandardRule, wanting};
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::SensitiveDerived], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    wanting::places(submission, LinkKind::Derivable)
        .map(|(link, usage)| {
            let message = format!(
                "{} says what a filter, a part or a loop makes of the sensitive variable `{}`, which transcripts \
                 keep; set it to a sensitive variable of its own and say that, or say the value as it is",
                usage_named(submission, usage),
                link.name
            );
            Finding::new(Code::SensitiveDerived, Severity::Warn, usage_subject(usage), message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_where_the_text_is_said() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.want(LinkKind::Derivable, "card", "flows/pay#told");
        scenario.want(LinkKind::Variable, "card", "flows/pay#asked");
        scenario.finds(
            &RULE,
            &["warning[sensitive_derived] flows/pay#told: `flows/pay#told` says what a filter, a part or a loop makes of \
             the sensitive variable `card`, which transcripts keep; set it to a sensitive variable of its own and say \
             that, or say the value as it is"],
        );
        scenario.change.scope = Scope::NlpOnly;
        scenario.finds(&RULE, &[]);
    }
}
