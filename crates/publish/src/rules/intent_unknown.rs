//! What: something uses an intent that the candidate lacks.
//! Why: what waits for it could never happen. Where publishing NLP alone takes
//! the intent from live's flows, `intent_removed` says it better and alone.

use greenroom_model::{Code, Finding, SymbolKind, Usage};

use super::{StandardRule, intent_removed, unknown_reference};
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::IntentUnknown], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let named = |intent: &str, usage: &Usage| intent_removed::names(submission, intent, usage);
    unknown_reference::findings_except(submission, &Code::IntentUnknown, SymbolKind::Intent, &named)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::Policy;
    use crate::scenario::{Scenario, path};

    #[test]
    fn denies_each_place_that_uses_it() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask", "nlp/examples/en/refund"]);
        scenario.indexes.names.insert(path("flows/order"), "Order".to_owned());
        scenario.finds(&RULE, &[
            "error[intent_unknown] flows/order#ask: `flows/order#ask` (\"Order\") uses intent `refund`, which is not \
             there; add `nlp/intents/refund`, or change what uses it",
            "error[intent_unknown] nlp/examples/en/refund: `nlp/examples/en/refund` uses intent `refund`, which is not \
             there; add `nlp/intents/refund`, or change what uses it",
        ]);
    }

    #[test]
    fn a_name_that_repeats_the_id_is_left_out() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask"]);
        scenario.indexes.names.insert(path("flows/order"), "order".to_owned());
        let text = scenario.found(&RULE).join("\n");
        assert!(text.contains("`flows/order#ask` uses intent"), "{text}");
    }

    #[test]
    fn a_removed_intent_is_named_once_by_its_own_rule() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask"]);
        assert_eq!(scenario.found(&RULE).len(), 1);
        scenario.remove_intent("en", "refund", false, &["flows/order#ask"]);
        scenario.finds(&RULE, &[]);
    }

    #[test]
    fn a_use_that_the_removal_does_not_name_is_reported() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask", "flows/order#say"]);
        scenario.use_unknown(SymbolKind::Intent, "other", &["flows/order#ask"]);
        scenario.remove_intent("en", "refund", false, &["flows/order#ask"]);
        let subjects = scenario.found(&RULE);
        assert_eq!(subjects.len(), 2, "{subjects:?}");
    }

    #[test]
    fn a_full_publish_reports_what_its_own_flows_use() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask"]);
        scenario.remove_intent("en", "refund", false, &["flows/order#ask"]);
        assert_eq!(scenario.found(&RULE).len(), 1);
    }

    #[test]
    fn narrowing_the_removals_to_used_ones_hides_no_use() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.policy = Policy::from_yaml("rules: { intent_removed: { only_used: true } }").unwrap();
        scenario.use_unknown(SymbolKind::Intent, "refund", &["flows/order#ask"]);
        scenario.remove_intent("en", "refund", false, &[]);
        assert_eq!(scenario.found(&RULE).len(), 1);
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let mut scenario = Scenario::clean(Scope::Full);
        for kind in SymbolKind::ALL.into_iter().filter(|kind| *kind != SymbolKind::Intent) {
            scenario.use_unknown(kind, "size", &["flows/order#ask"]);
        }
        scenario.finds(&RULE, &[]);
    }
}
