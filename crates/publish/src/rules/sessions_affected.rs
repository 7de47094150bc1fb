//! What: open conversations wait at nodes that the candidate lacks.
//! Why: those that follow the publish lose their place and begin anew.

use greenroom_model::{Code, Finding, Severity, Usage};

use super::StandardRule;
use crate::Submission;
use crate::wording::{usage_named, usage_subject};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::SessionsAffected], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let sessions = submission.indexes.sessions_at_gone_nodes.iter();
    sessions.map(|(node, count)| finding(submission, node, *count)).collect()
}

fn finding(submission: &Submission<'_>, node: &Usage, count: u64) -> Finding {
    let many =
        if count == 1 { "1 open conversation waits".to_owned() } else { format!("{count} open conversations wait") };
    let message = format!(
        "{many} at {}, which would be gone; pinned conversations end on their version, others begin anew",
        usage_named(submission, node)
    );
    Finding::new(Code::SessionsAffected, Severity::Warn, usage_subject(node), message)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_with_the_node_and_how_many_wait_there() {
        let mut scenario = Scenario::clean(Scope::Full);
        let gone = &mut scenario.indexes.sessions_at_gone_nodes;
        gone.insert("flows/order#ask".parse().unwrap(), 12);
        gone.insert("flows/refund#sum".parse().unwrap(), 1);
        scenario.finds(
            &RULE,
            &[
                "warning[sessions_affected] flows/order#ask: 12 open conversations wait at `flows/order#ask`, which would \
                 be gone; pinned conversations end on their version, others begin anew",
                "warning[sessions_affected] flows/refund#sum: 1 open conversation waits at `flows/refund#sum`, which \
                 would be gone; pinned conversations end on their version, others begin anew",
            ],
        );
    }

    #[test]
    fn is_content_where_all_find_their_place() {
        Scenario::clean(Scope::Full).finds(&RULE, &[]);
    }
}
