//! Ways into forms: which of them come to the same, and what starts a form.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{SystemEvent, TriggerOn};
use greenroom_model::{ContextId, NodeId};
use serde_json::Value;

use super::draft::FlowDraft;
use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::scripts::SESSION_START;
use super::source::{Condition, Form, Mapping, MappingKind, Slot};
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

    /// Whether the user may say an intent instead of an answer.
    pub(super) fn answers_to(&self, intent: &str) -> bool {
        self.answer_to(intent).is_some()
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
        let about = About { starts: Some(form), ..About::default() };
        let node = set_by(import, draft, about, &intent.name, &member, node.clone());
        draft.trigger(on, BTreeSet::new(), node);
    }
}

/// Adds the triggers of an intent that a form takes in while it asks, without an end to it.
pub(super) fn ask_on(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    intent: &Named,
    form: &str,
    within: &[ContextId],
    again: &Option<NodeId>,
) {
    for (member, on) in members(import, intent) {
        let about = About { asking: Some(form), ..About::default() };
        let node = set_by(import, draft, about, &intent.name, &member, again.clone());
        draft.trigger(on, within.iter().cloned().collect(), node);
    }
}

/// The forms that an intent is about: it starts the one, and is heard while the other asks.
#[derive(Clone, Copy, Default)]
pub(super) struct About<'f> {
    pub(super) starts: Option<&'f str>,
    pub(super) asking: Option<&'f str>,
}

/// What an intent gives to slots, before `next`: to those of the form that it starts; and while
/// a form asks, to any, since in Rasa it need not start a form for that.
pub(super) fn set_by(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    about: About<'_>,
    intent: &str,
    member: &str,
    next: Option<NodeId>,
) -> Option<NodeId> {
    let project = import.project;
    let starts = about.starts.and_then(|name| project.forms.iter().find(|form| form.name.name == name));
    let mut values = BTreeMap::new();
    for slot in &project.slots {
        let name = slot.name.name.as_str();
        let of_started = starts.filter(|form| form.slots.iter().any(|required| required.name == name));
        let given = of_started.and_then(|form| given_by(slot, intent, |mapping| applies(mapping, name, form)));
        let Some(value) = given.or_else(|| given_while_asking(slot, intent, about.asking?)) else { continue };
        import.set_by_trigger.insert((name.to_owned(), intent.to_owned()));
        values.insert(import.variable(name, &slot.name.place), value.clone());
    }
    match values.is_empty() {
        true => next,
        false => Some(draft.set(&format!("set_by_{member}"), values, next)),
    }
}

/// Whether an intent that is heard while a form asks gives a value to one of its own slots.
pub(super) fn gives_while_asking(import: &Import<'_>, form: &Form, intent: &str) -> bool {
    let slots = form.slots.iter().filter_map(|required| import.slot(&required.name));
    slots.into_iter().any(|slot| given_while_asking(slot, intent, &form.name.name).is_some())
}

/// In Rasa only the form of a condition counts then, not the slot that it asks for.
fn given_while_asking<'s>(slot: &'s Slot, intent: &str, form: &str) -> Option<&'s Value> {
    given_by(slot, intent, |mapping| {
        let names_it = |condition: &Condition| condition.form.as_ref().is_some_and(|named| named.name == form);
        mapping.conditions.is_empty() || mapping.conditions.iter().any(names_it)
    })
}

/// What a `from_trigger_intent` that holds gives a slot.
fn given_by<'s>(slot: &'s Slot, intent: &str, holds: impl Fn(&Mapping) -> bool) -> Option<&'s Value> {
    slot.mappings.iter().find_map(|mapping| match &mapping.kind {
        MappingKind::TriggerIntent(value) => {
            (mapping.only.iter().any(|name| name.name == intent) && holds(mapping)).then_some(value)
        }
        _ => None,
    })
}
