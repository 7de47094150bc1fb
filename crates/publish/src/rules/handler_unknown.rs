//! What: something uses a handler that the candidate lacks.
//! Why: the call would fail. A policy may lower it, where handlers are declared by hand.

use greenroom_model::{Code, Finding, SymbolKind};

use super::{StandardRule, unknown_reference};
use crate::Submission;

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::HandlerUnknown], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    unknown_reference::findings(submission, &Code::HandlerUnknown, SymbolKind::Handler)
}

#[cfg(test)]
mod tests {
    use greenroom_model::Scope;

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn denies_each_place_that_uses_it() {
        let mut scenario = Scenario::clean(Scope::Full);
        scenario.use_unknown(SymbolKind::Handler, "size", &["flows/order#ask", "flows/order#say"]);
        scenario.finds(
            &RULE,
            &[
                "error[handler_unknown] flows/order#ask: `flows/order#ask` uses handler `size`, which is not there; \
             add `flows/handlers/size`, or change what uses it",
                "error[handler_unknown] flows/order#say: `flows/order#say` uses handler `size`, which is not there; \
             add `flows/handlers/size`, or change what uses it",
            ],
        );
    }

    #[test]
    fn a_publish_of_nlp_alone_cannot_change_the_flow() {
        let mut scenario = Scenario::clean(Scope::NlpOnly);
        scenario.use_unknown(SymbolKind::Handler, "size", &["flows/order#ask"]);
        scenario.finds(
            &RULE,
            &["error[handler_unknown] flows/order#ask: `flows/order#ask` uses handler `size`, which is not there; \
             add `flows/handlers/size`, or publish flows too: `greenroom publish pizza --scope full`"],
        );
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let mut scenario = Scenario::clean(Scope::Full);
        for kind in SymbolKind::ALL.into_iter().filter(|kind| *kind != SymbolKind::Handler) {
            scenario.use_unknown(kind, "size", &["flows/order#ask"]);
        }
        scenario.finds(&RULE, &[]);
    }
}
