//! What: the environment has no channel.
//! Why: nobody can reach what is published there; the author may think that customers can.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::ChannelMissing], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    if submission.indexes.channels > 0 {
        return Vec::new();
    }
    let change = submission.change;
    let message = format!(
        "`{environment}` has no channel, so no customer reaches it; \
         you can: `greenroom talk {bot} --env {environment}`",
        environment = change.environment,
        bot = change.bot
    );
    vec![Finding::new(Code::ChannelMissing, Severity::Warn, Subject::Bot, message)]
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn warns_of_an_environment_that_nobody_can_reach() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.channels = 0;
        scenario.finds(
            &RULE,
            &["warning[channel_missing] bot: `live` has no channel, so no customer reaches it; \
             you can: `greenroom talk pizza --env live`"],
        );
    }

    #[test]
    fn is_content_with_one_channel() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.indexes.channels = 1;
        scenario.finds(&RULE, &[]);
    }
}
