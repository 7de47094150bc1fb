//! What: utterances are understood as something else than live understands, or conversations go another way.
//! Why: most of a publish's effect on customers is in neither text nor nodes.

use greenroom_model::{Code, Finding, Severity, Subject};

use super::StandardRule;
use crate::wording::{listed, quoted};
use crate::{Behaviour, ChangedUtterance, Evidence, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::BehaviourChange], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let Some(live) = submission.live() else { return Vec::new() };
    let both = (submission.candidate, live.content.digest());
    submission.evidence.iter().filter_map(|item| finding(submission, item, both)).collect()
}

fn finding(
    submission: &Submission<'_>,
    item: &Evidence,
    both: (greenroom_model::Digest, greenroom_model::Digest),
) -> Option<Finding> {
    let (subject, message) = match item {
        Evidence::Behaviour(behaviour) if (behaviour.candidate, behaviour.live) == both => {
            let Behaviour { language, utterances, other_intent, lost, gained, examples, .. } = behaviour;
            if other_intent + lost + gained == 0 {
                return None;
            }
            let message = format!(
                "of {utterances} utterances in `{language}`, {other_intent} would be understood as another intent, {lost} \
                 no more, {gained} for the first time: {}",
                listed(examples.iter().map(changed))
            );
            (Subject::Language(language.clone()), message)
        }
        Evidence::Conversations { candidate, live, played, parted, names }
            if (*candidate, *live) == both && *parted > 0 =>
        {
            let message = format!(
                "of {played} conversations, {parted} would go another way than in live: {}; see where: `greenroom replay \
                 {bot} --from {environment} --transcripts {environment}`",
                listed(names.iter().map(|name| format!("`{name}`"))),
                bot = submission.change.bot,
                environment = submission.change.environment,
            );
            (Subject::Bot, message)
        }
        _ => return None,
    };
    Some(Finding::new(Code::BehaviourChange, Severity::Warn, subject, message))
}

fn changed(utterance: &ChangedUtterance) -> String {
    let intent = |intent: &Option<String>| intent.as_ref().map_or_else(|| "nothing".to_owned(), |id| format!("`{id}`"));
    format!("{} from {} to {}", quoted(&utterance.text), intent(&utterance.before), intent(&utterance.after))
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::{Scenario, behaviour_of, digest};

    #[test]
    fn warns_with_the_figures_and_the_most_important() {
        let mut scenario = Scenario::clean(Scope::Full);
        let example =
            ChangedUtterance { text: "where is it".to_owned(), before: Some("track".to_owned()), after: None };
        let changed =
            Behaviour { other_intent: 2, lost: 1, examples: vec![example], ..behaviour_of(&scenario.change, "en") };
        scenario.evidence.push(Evidence::Behaviour(changed));
        scenario.evidence.push(Evidence::Behaviour(behaviour_of(&scenario.change, "nl")));
        scenario.finds(&RULE, &[
            "warning[behaviour_change] language en: of 1000 utterances in `en`, 2 would be understood as another intent, \
             1 no more, 0 for the first time: \"where is it\" from `track` to nothing",
        ]);
    }

    #[test]
    fn warns_of_conversations_that_go_another_way() {
        let mut scenario = Scenario::clean(Scope::Full);
        let candidate = scenario.change.candidate.digest();
        let live = scenario.change.live.as_ref().unwrap().content.digest();
        let played = |parted, live| Evidence::Conversations {
            candidate,
            live,
            played: 100,
            parted,
            names: vec!["web:1".to_owned()],
        };
        scenario.evidence.extend([played(0, live), played(7, digest("another"))]);
        scenario.finds(&RULE, &[]);
        scenario.evidence.push(played(7, live));
        scenario.finds(&RULE, &[
            "warning[behaviour_change] bot: of 100 conversations, 7 would go another way than in live: `web:1`; see where: \
             `greenroom replay pizza --from live --transcripts live`",
        ]);
    }
}
