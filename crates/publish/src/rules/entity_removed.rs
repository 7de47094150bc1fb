//! What: publishing NLP would take an entity from flows that stay as live has them.
//! Why: a question that waits for it could never be answered any more.

use std::collections::BTreeSet;

use greenroom_model::{Code, EntityId, Finding, PartPath, Severity, Subject, Symbol, SymbolKind, Usage};

use super::StandardRule;
use crate::wording::{flows_too, listed, part_named, usage_named};
use crate::{ChangeKind, Submission};

pub(super) static RULE: StandardRule = StandardRule { codes: &[Code::EntityRemoved], check };

fn check(submission: &Submission<'_>) -> Vec<Finding> {
    let unknown = submission.indexes.problems.unknown.keys();
    let entities = unknown.filter(|symbol| symbol.kind == SymbolKind::Entity);
    entities.filter_map(|symbol| finding(submission, &symbol.name)).collect()
}

/// Whether this rule names the use of an entity that is gone, so that no other rule needs to.
pub(super) fn names(submission: &Submission<'_>, entity: &str, usage: &Usage) -> bool {
    users(submission, entity).contains(usage)
}

/// The places in flows that stay which use an entity that this publish takes away.
fn users<'a>(submission: &'a Submission<'_>, entity: &str) -> BTreeSet<&'a Usage> {
    let goes = |path: &PartPath| submission.change.diff.get(path).is_some_and(|part| part.kind == ChangeKind::Removed);
    let removed = EntityId::new(entity).is_ok_and(|id| goes(&PartPath::Entity(id)));
    if !submission.scope().keeps_flows_under_new_nlp() || !removed {
        return BTreeSet::new();
    }
    let usages = submission.indexes.problems.unknown.get(&Symbol::new(SymbolKind::Entity, entity));
    let usages = usages.into_iter().flatten();
    usages.filter(|usage| usage.path.is_flow() && !submission.scope().carries(&usage.path)).collect()
}

fn finding(submission: &Submission<'_>, entity: &str) -> Option<Finding> {
    let users = users(submission, entity);
    if users.is_empty() {
        return None;
    }
    let path = PartPath::Entity(EntityId::new(entity).ok()?);
    let message = format!(
        "entity {} is removed, but flows of `{}` that stay use it at {}; bring it back, or {}",
        part_named(submission, &path, entity),
        submission.change.environment,
        listed(users.iter().map(|usage| usage_named(submission, usage))),
        flows_too(submission, SymbolKind::Entity, entity, ", which may remove it")
    );
    Some(Finding::new(Code::EntityRemoved, Severity::Deny, Subject::Part(path), message))
}

#[cfg(test)]
mod tests {
    use greenroom_model::{Document, Scope};

    use super::*;
    use crate::diff_documents;
    use crate::rules::entity_unknown;
    use crate::scenario::{Scenario, path};

    fn scenario(scope: Scope) -> Scenario {
        let mut scenario = Scenario::clean(scope);
        scenario.use_unknown(SymbolKind::Entity, "size", &["flows/order#ask", "nlp/entities/pizza"]);
        let at = path("nlp/entities/size");
        let before = Document::from_json(&at, br#"{ "name": "Size" }"#).unwrap();
        scenario.change.diff.parts.push(diff_documents(&at, Some(&before), None));
        scenario
    }

    #[test]
    fn denies_with_the_users_that_stay() {
        let scenario = scenario(Scope::NlpOnly);
        scenario.finds(&RULE, &[
            "error[entity_removed] nlp/entities/size: entity `size` (\"Size\") is removed, but flows of `live` that stay \
             use it at `flows/order#ask`; bring it back, or publish flows too, which may remove it: \
             `greenroom publish pizza --scope full`",
        ]);
        let left = scenario.found(&entity_unknown::RULE);
        assert!(left.len() == 1 && left[0].contains("nlp/entities/pizza"), "the use that stays unnamed: {left:?}");
    }

    #[test]
    fn a_full_publish_may_remove_entities() {
        let scenario = scenario(Scope::Full);
        scenario.finds(&RULE, &[]);
        assert_eq!(scenario.found(&entity_unknown::RULE).len(), 2);
    }

    #[test]
    fn an_entity_that_live_never_had_is_unknown() {
        let mut scenario = scenario(Scope::NlpOnly);
        scenario.change.diff.parts.clear();
        scenario.finds(&RULE, &[]);
        assert_eq!(scenario.found(&entity_unknown::RULE).len(), 2);
    }
}
