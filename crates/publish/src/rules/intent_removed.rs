//! What: publishing NLP alone would take an intent from live's model: it is
//! removed, or has lost its last example in a language.
//! Why: live's flows stay; what they do on that intent could no longer happen.

use greenroom_model::{Code, Finding, IntentId, Language, PartPath, Severity, Subject, SymbolKind, Usage};

use super::{StandardRule, language_removed};
use crate::wording::{flows_too, id_and_name, listed, usage_named};
use crate::{RemovedIntent, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::IntentRemoved], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    reported(submission).map(|(language, id, removed)| finding(submission, language, id, removed)).collect()
}

/// Whether this rule names the use of an intent that is gone, so that no other rule needs to.
pub(super) fn names(submission: &Submission<'_>, intent: &str, usage: &Usage) -> bool {
    // A removal with a user is reported whatever the policy.
    let removed = submission.indexes.removed_intents.iter();
    let removed = removed.filter(|(language, _)| !language_removed::names(submission, language));
    let mut removed = removed.filter_map(|(_, intents)| intents.get(intent));
    submission.scope().keeps_flows_under_new_nlp() && removed.any(|removed| removed.users.contains(usage))
}

fn reported<'a>(
    submission: &'a Submission<'_>,
) -> impl Iterator<Item = (&'a Language, &'a IntentId, &'a RemovedIntent)> {
    let only_used = submission.policy.intent_removed_only_used();
    let removed = submission.indexes.removed_intents.iter();
    removed
        .filter(|(language, _)| {
            submission.scope().keeps_flows_under_new_nlp() && !language_removed::names(submission, language)
        })
        .flat_map(|(language, intents)| intents.iter().map(move |(id, removed)| (language, id, removed)))
        .filter(move |(_, _, removed)| !only_used || !removed.users.is_empty())
}

fn finding(submission: &Submission<'_>, language: &Language, id: &IntentId, removed: &RemovedIntent) -> Finding {
    let change = submission.change;
    let intent = id_and_name(id.as_str(), Some(&removed.name));
    let (what, mend) = if removed.emptied {
        (format!("has no example left in language `{language}`"), "give it examples again")
    } else {
        (
            format!("is removed, but the model of language `{language}` in `{}` knows it", change.environment),
            "bring it back",
        )
    };
    let users = if removed.users.is_empty() {
        "no live flow uses it".to_owned()
    } else {
        format!("live flows use it at {}", listed(removed.users.iter().map(|usage| usage_named(submission, usage))))
    };
    let publish = flows_too(submission, SymbolKind::Intent, id.as_str(), ", which may remove it");
    let message = format!("intent {intent} {what}; {users}; {mend}, or {publish}");
    let subject = Subject::Part(PartPath::Examples(language.clone(), id.clone()));
    Finding::new(Code::IntentRemoved, Severity::Deny, subject, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use greenroom_model::{Scope, Symbol};

    use super::*;
    use crate::Policy;
    use crate::scenario::{Scenario, path};

    fn scenario(scope: Scope) -> Scenario {
        let mut scenario = Scenario::clean(scope);
        scenario.remove_intent("en", "refund", false, &["flows/order#ask", "flows/refund#start"]);
        scenario.remove_intent("nl", "refund", true, &[]);
        scenario.indexes.names.insert(path("flows/order"), "Order".to_owned());
        scenario
    }

    const USED: &str = "error[intent_removed] nlp/examples/en/refund: intent `refund` (\"Refund\") is removed, but the \
         model of language `en` in `live` knows it; live flows use it at `flows/order#ask` (\"Order\"), \
         `flows/refund#start`; bring it back, or publish flows too, which may remove it: \
         `greenroom publish pizza --scope full`";

    #[test]
    fn denies_each_with_its_users_by_language() {
        scenario(Scope::NlpOnly).finds(&RULE, &[
            USED,
            "error[intent_removed] nlp/examples/nl/refund: intent `refund` (\"Refund\") has no example left in language \
             `nl`; no live flow uses it; give it examples again, or publish flows too, which may remove it: \
             `greenroom publish pizza --scope full`",
        ]);
    }

    #[test]
    fn where_the_draft_uses_it_too_its_flows_are_mended_first() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.remove_intent("en", "refund", false, &["flows/order#ask"]);
        let used = BTreeSet::from(["flows/order#ask", "flows/other#say"].map(|at| at.parse().unwrap()));
        scenario.indexes.unknown_in_draft.insert(Symbol::new(SymbolKind::Intent, "refund"), used);
        let text = scenario.found(&RULE).join("\n");
        let mend = "bring it back, or take it out of `flows/order#ask`, `flows/other#say` in the draft, which use it \
                    too, and publish flows too, which may remove it: `greenroom publish pizza --scope full`";
        assert!(text.contains(mend), "{text}");
    }

    #[test]
    fn a_policy_may_narrow_it_to_used_intents() {
        let mut scenario = scenario(Scope::NlpOnly);
        scenario.policy = Policy::from_yaml("rules: { intent_removed: { only_used: true } }").unwrap();
        scenario.finds(&RULE, &[USED]);
    }

    #[test]
    fn a_full_publish_may_remove_intents() {
        scenario(Scope::Full).finds(&RULE, &[]);
    }

    #[test]
    fn lets_nlp_alone_keep_every_intent() {
        Scenario::clean(Scope::NlpOnly).finds(&RULE, &[]);
    }

    #[test]
    fn a_long_list_of_users_is_cut() {
        let users: Vec<String> = (10..30).map(|number| format!("flows/order#n{number}")).collect();
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.remove_intent("en", "refund", false, &users.iter().map(String::as_str).collect::<Vec<_>>());
        let text = scenario.found(&RULE).join("\n");
        assert!(text.contains("`flows/order#n19` and 10 more; bring it back"), "{text}");
    }
}
