//! Rules and stories as flows: an answer becomes a flow that its intents start,
//! a form a flow of inputs, and what holds for one turn a context.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::document::{SystemEvent, TriggerOn};
use greenroom_model::{ContextId, FlowId, IntentId, NodeId, VariableId};
use serde_json::Value;

use super::answers::{Answer, Dialogue, Hook};
use super::dialogue;
use super::draft::{ContextTurns, FlowDraft};
use super::forms;
use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::scripts::{self, Act, SESSION_START, Script};
use super::source::MappingKind;
use super::variables::applies;

/// A context that the next message alone may answer to.
const NEXT_TURN: u32 = 1;

/// Translates rules, stories and forms.
pub(super) fn define(import: &mut Import<'_>) {
    for form in &import.project.forms {
        let id = import.flows.fresh(&form.name.name);
        import.form_flows.insert(form.name.name.clone(), id);
    }
    let mut readable: Vec<Script<'_>> = Vec::new();
    for story in &import.project.stories {
        match scripts::read(import, story) {
            Ok(script) => readable.push(script),
            Err(reason) => {
                let reason = format!("{reason} (`{}`)", story.outline());
                import.report.lose(&story.name.place, story.construct(), reason, "write it as flows");
            }
        }
    }
    let dialogue = dialogue::build(import, &readable);
    let contexts = Contexts::of(import, &dialogue);
    let mut form_triggers: BTreeMap<String, Vec<&Answer>> = BTreeMap::new();
    for (position, answer) in dialogue.answers.iter().enumerate() {
        match answer.only_starts() {
            Some(form) => form_triggers.entry(form.name.clone()).or_default().push(answer),
            None => define_answer(import, position, answer, &contexts),
        }
    }
    for form in &import.project.forms {
        let name = form.name.name.as_str();
        let mut draft = FlowDraft::default();
        let cases = dialogue.submissions.get(name).map(Vec::as_slice).unwrap_or_default();
        let start = forms::nodes(import, &mut draft, form, cases, &contexts);
        for answer in form_triggers.get(name).into_iter().flatten() {
            let required = contexts.required(&answer.hook);
            for intent in &answer.intents {
                triggers(import, &mut draft, intent, &required, Some(name), |_, _, _| start.clone());
            }
        }
        forms::finish(import, draft, form, start);
    }
    tell_unused_triggers(import);
}

/// Tells of slots that an intent should fill as it starts a form, which it does not.
fn tell_unused_triggers(import: &mut Import<'_>) {
    for slot in &import.project.slots {
        let mappings = slot.mappings.iter();
        for mapping in mappings.filter(|mapping| matches!(mapping.kind, MappingKind::TriggerIntent(_))) {
            for intent in &mapping.only {
                let key = (slot.name.name.clone(), intent.name.clone());
                if !import.set_by_trigger.contains(&key) {
                    let construct = format!("mapping `from_trigger_intent` of slot `{}`", slot.name.name);
                    let reason =
                        format!("no flow starts a form that asks for the slot by intent `{}` alone", intent.name);
                    import.report.lose(&intent.place, construct, reason, "set the variable in the flow of that intent");
                }
            }
        }
    }
}

/// An answer as a flow of its own.
fn define_answer(import: &mut Import<'_>, position: usize, answer: &Answer, contexts: &Contexts) {
    let required = contexts.required(&answer.hook);
    let mut draft = FlowDraft::default();
    let mut start: Option<NodeId> = None;
    let mut shared: Option<Option<NodeId>> = None;
    let by_member = answer.cases.iter().flat_map(|case| &case.acts).any(|act| matches!(act, Act::SayOfGroup(_)));
    let form = match answer.cases.as_slice() {
        [case] => case.starts.as_ref().map(|form| form.name.as_str()),
        _ => None,
    };
    for intent in &answer.intents {
        triggers(import, &mut draft, intent, &required, form, |import, draft, member| {
            let nodes = match (&shared, by_member) {
                (Some(nodes), false) => nodes.clone(),
                _ => cases(import, draft, position, answer, member, contexts),
            };
            shared = Some(nodes.clone());
            start = start.clone().or(nodes.clone());
            nodes
        });
    }
    let id = import.flows.fresh(&answer.name);
    draft.finish(import, id, &answer.name, None, start);
}

fn cases(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    position: usize,
    answer: &Answer,
    member: &str,
    contexts: &Contexts,
) -> Option<NodeId> {
    let mut ways = Vec::new();
    for (number, case) in answer.cases.iter().enumerate() {
        let mut turns = contexts.after(&case.acts);
        turns.extend(contexts.answers.get(&(position, number)).map(|context| (context.clone(), NEXT_TURN)));
        ways.push((case.conditions.clone(), draft.case(import, case, Some(member), &turns, None)));
    }
    draft.choose(import, ways, None)
}

/// Adds the triggers of an intent. `nodes` makes what they lead to, for each intent
/// that a retrieval intent stands for. Where the flow starts `form`, slots that the
/// intent itself fills are set before.
fn triggers(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    intent: &Named,
    required: &BTreeSet<ContextId>,
    form: Option<&str>,
    mut nodes: impl FnMut(&mut Import<'_>, &mut FlowDraft, &str) -> Option<NodeId>,
) {
    let system = match intent.name.as_str() {
        FALLBACK_INTENT => Some(SystemEvent::NotUnderstood),
        SESSION_START => Some(SystemEvent::Introduction),
        _ => None,
    };
    if let Some(event) = system {
        let node = nodes(import, draft, &intent.name);
        draft.trigger(TriggerOn::System(event), required.clone(), node);
        return;
    }
    let members: Vec<(String, IntentId)> = match import.group(&intent.name).map(<[String]>::to_vec) {
        Some(names) => names.into_iter().map(|name| (name.clone(), import.define_intent(&name))).collect(),
        None => import.needed_intents(intent).into_iter().map(|id| (intent.name.clone(), id)).collect(),
    };
    for (member, id) in members {
        let mut node = nodes(import, draft, &member);
        let values = form.map(|form| trigger_values(import, form, &intent.name)).unwrap_or_default();
        if !values.is_empty() {
            node = Some(draft.set(&format!("set_by_{member}"), values, node));
        }
        draft.trigger(TriggerOn::Intent(id), required.clone(), node);
    }
}

/// What an intent that starts a form gives to the form's slots.
fn trigger_values(import: &mut Import<'_>, form: &str, intent: &str) -> BTreeMap<VariableId, Value> {
    let mut values = BTreeMap::new();
    let project = import.project;
    let Some(form) = project.forms.iter().find(|other| other.name.name == form) else { return values };
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
    values
}

/// The contexts that answers ask for, by what sets them.
#[derive(Default)]
pub(super) struct Contexts {
    answers: BTreeMap<(usize, usize), ContextId>,
    following: Vec<(Vec<Act>, ContextId)>,
    after_forms: BTreeMap<String, ContextId>,
    pub(super) within: BTreeMap<String, ContextId>,
}

impl Contexts {
    fn of(import: &mut Import<'_>, dialogue: &Dialogue) -> Self {
        let mut contexts = Self::default();
        for answer in &dialogue.answers {
            match &answer.hook {
                Hook::Always => {}
                Hook::After(before, case) => {
                    let name = dialogue.answers.get(*before).map_or("", |answer| answer.name.as_str());
                    let name = match case {
                        0 => format!("after {name}"),
                        _ => format!("after {name}, case {}", case + 1),
                    };
                    let about = "the flow of this name has just run";
                    contexts.answers.insert((*before, *case), import.context(&name, about));
                }
                Hook::Following(acts) => {
                    if contexts.following.iter().all(|(other, _)| other != acts) {
                        let names: Vec<&str> = acts.iter().map(Act::name).collect();
                        let context =
                            import.context(&format!("after {}", names.join(", ")), "the bot has just done this");
                        contexts.following.push((acts.clone(), context));
                    }
                }
                Hook::AfterForm(form) => {
                    let context = import.context(&format!("after {form}"), "the form has just ended");
                    contexts.after_forms.insert(form.clone(), context);
                }
                Hook::Within(form) => {
                    let context = import.context(&format!("in {form}"), "the form is asking");
                    contexts.within.insert(form.clone(), context);
                }
            }
        }
        contexts.tell_unreached(import, dialogue);
        contexts
    }

    /// Tells of answers that wait for what no flow does.
    fn tell_unreached(&self, import: &mut Import<'_>, dialogue: &Dialogue) {
        let cases =
            || dialogue.answers.iter().flat_map(|answer| &answer.cases).chain(dialogue.submissions.values().flatten());
        for (acts, _) in &self.following {
            if cases().any(|case| case.starts.is_none() && case.acts.ends_with(acts)) {
                continue;
            }
            let names: Vec<&str> = acts.iter().map(Act::name).collect();
            let hook = Hook::Following(acts.clone());
            for answer in dialogue.answers.iter().filter(|answer| answer.hook == hook) {
                let Some(intent) = answer.intents.first() else { continue };
                let reason = format!("it waits for `{}`, with which no flow ends", names.join("`, `"));
                let advice = "set its context where it should be answered";
                import.report.lose(&intent.place, format!("flow `{}`", answer.name), reason, advice);
            }
        }
    }

    /// The contexts that an answer at this place asks for.
    fn required(&self, hook: &Hook) -> BTreeSet<ContextId> {
        let context = match hook {
            Hook::Always => None,
            Hook::After(answer, case) => self.answers.get(&(*answer, *case)),
            Hook::Following(acts) => self.following.iter().find(|(other, _)| other == acts).map(|(_, context)| context),
            Hook::AfterForm(form) => self.after_forms.get(form),
            Hook::Within(form) => self.within.get(form),
        };
        context.cloned().into_iter().collect()
    }

    /// The contexts that whatever ends with these acts sets.
    pub(super) fn after(&self, acts: &[Act]) -> ContextTurns {
        let ends = self.following.iter().filter(|(lead, _)| acts.ends_with(lead));
        ends.map(|(_, context)| (context.clone(), NEXT_TURN)).collect()
    }

    /// The contexts that the end of a form sets.
    pub(super) fn after_form(&self, form: &str) -> ContextTurns {
        self.after_forms.get(form).map(|context| (context.clone(), NEXT_TURN)).into_iter().collect()
    }
}

/// The flow of a form.
pub(super) fn form_flow(import: &Import<'_>, form: &str) -> FlowId {
    import.form_flows.get(form).cloned().unwrap_or_else(|| FlowId::from_name(form))
}
