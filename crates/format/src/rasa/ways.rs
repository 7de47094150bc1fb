//! Ways into forms: which of them come to the same, and what starts a form.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::NodeId;
use greenroom_model::document::{SystemEvent, TriggerOn};

use super::draft::FlowDraft;
use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::scripts::SESSION_START;
use super::source::MappingKind;
use super::states::{Active, ActiveId, Answer, Tree};
use super::variables::applies;

/// A way into a form: what users may say meanwhile, and what follows.
pub(super) struct Way<'d> {
    pub(super) id: ActiveId,
    pub(super) all: Vec<ActiveId>,
    pub(super) answers: Vec<(Vec<Named>, &'d Answer)>,
    pub(super) completion: Option<&'d Tree>,
}

impl<'d> Way<'d> {
    pub(super) fn of(id: ActiveId, active: &'d Active) -> Self {
        let answers = active.answers.iter().map(|answer| (answer.intents.clone(), answer)).collect();
        Self { id, all: vec![id], answers, completion: active.completion.as_ref().map(|(tree, _)| tree) }
    }

    fn answer_to(&self, intent: &str) -> Option<&'d Answer> {
        let mut found = self.answers.iter();
        found.find(|(intents, _)| intents.iter().any(|other| other.name == intent)).map(|(_, answer)| *answer)
    }

    /// Whether another way says nothing against this one: what follows is the same, and what is said meanwhile.
    pub(super) fn goes_with(&self, id: ActiveId, active: &Active) -> bool {
        self.completion == active.completion.as_ref().map(|(tree, _)| tree)
            && active.answers.iter().all(|answer| {
                let known = |intent: &Named| self.answer_to(&intent.name);
                answer.intents.iter().filter_map(known).all(|known| known.tree == answer.tree.within(id, self.id))
            })
    }

    pub(super) fn join(&mut self, id: ActiveId, active: &'d Active) {
        self.all.push(id);
        for answer in &active.answers {
            let new = answer.intents.iter().filter(|intent| self.answer_to(&intent.name).is_none());
            let new: Vec<Named> = new.cloned().collect();
            if !new.is_empty() {
                self.answers.push((new, answer));
            }
        }
    }
}

/// The intents that a name stands for: of a retrieval intent, its members.
pub(super) fn members(import: &mut Import<'_>, intent: &Named) -> Vec<(String, TriggerOn)> {
    match intent.name.as_str() {
        FALLBACK_INTENT => vec![(intent.name.clone(), TriggerOn::System(SystemEvent::NotUnderstood))],
        SESSION_START => vec![(intent.name.clone(), TriggerOn::System(SystemEvent::Introduction))],
        _ => match import.group(&intent.name).map(<[String]>::to_vec) {
            Some(names) => {
                names.into_iter().map(|name| (name.clone(), TriggerOn::Intent(import.define_intent(&name)))).collect()
            }
            None => {
                let ids = import.needed_intents(intent);
                ids.into_iter().map(|id| (intent.name.clone(), TriggerOn::Intent(id))).collect()
            }
        },
    }
}

/// Adds the triggers of an intent that starts a form in its own flow.
pub(super) fn start_by(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    intent: &Named,
    form: &str,
    node: Option<NodeId>,
) {
    for (member, on) in members(import, intent) {
        let node = set_by(import, draft, form, &intent.name, &member, node.clone());
        draft.trigger(on, BTreeSet::new(), node);
    }
}

/// What an intent that starts a form gives to the form's slots, before `next`.
pub(super) fn set_by(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    form: &str,
    intent: &str,
    member: &str,
    next: Option<NodeId>,
) -> Option<NodeId> {
    let mut values = BTreeMap::new();
    let project = import.project;
    let Some(form) = project.forms.iter().find(|other| other.name.name == form) else { return next };
    for required in &form.slots {
        let Some(slot) = import.slot(&required.name) else { continue };
        let found = slot.mappings.iter().find_map(|mapping| match &mapping.kind {
            MappingKind::TriggerIntent(value) => {
                let starts = mapping.only.iter().any(|name| name.name == intent);
                (starts && applies(mapping, &required.name, form)).then_some(value)
            }
            _ => None,
        });
        if let Some(value) = found {
            import.set_by_trigger.insert((required.name.clone(), intent.to_owned()));
            values.insert(import.variable(&required.name, &required.place), value.clone());
        }
    }
    match values.is_empty() {
        true => next,
        false => Some(draft.set(&format!("set_by_{member}"), values, next)),
    }
}
