//! What: something uses an entity that the candidate lacks.
//! Why: a question that waits for it could never be answered. Where publishing NLP takes the entity
//! from flows that stay, `entity_removed` says it better and alone.

use greenroom_model::{Code, Finding, SymbolKind, Usage};

use super::{StandardRule, entity_removed, unknown_reference};
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::EntityUnknown], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let named = |entity: &str, usage: &Usage| entity_removed::names(submission, entity, usage);
    unknown_reference::findings_except(submission, &Code::EntityUnknown, SymbolKind::Entity, &named)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn denies_each_place_that_uses_it() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Entity, "size", &["flows/order#ask", "flows/order#say"]);
        scenario.finds(
            &RULE,
            &[
                "error[entity_unknown] flows/order#ask: `flows/order#ask` uses entity `size`, which is not there; \
             add `nlp/entities/size`, or change what uses it",
                "error[entity_unknown] flows/order#say: `flows/order#say` uses entity `size`, which is not there; \
             add `nlp/entities/size`, or change what uses it",
            ],
        );
    }

    #[test]
    fn a_publish_of_nlp_alone_cannot_change_the_flow() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.use_unknown(SymbolKind::Entity, "size", &["flows/order#ask"]);
        scenario.finds(
            &RULE,
            &["error[entity_unknown] flows/order#ask: `flows/order#ask` uses entity `size`, which is not there; \
             add `nlp/entities/size`, or publish flows too: `greenroom publish pizza --scope full`"],
        );
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let mut scenario = Scenario::clean(Scope::Full);
        for kind in SymbolKind::ALL.into_iter().filter(|kind| *kind != SymbolKind::Entity) {
            scenario.use_unknown(kind, "size", &["flows/order#ask"]);
        }
        scenario.finds(&RULE, &[]);
    }
}
