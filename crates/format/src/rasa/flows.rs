//! Rules and stories as flows: an answer becomes a flow that its intents start, what
//! follows it a trigger of that flow with a context, and a form a flow of inputs.

use std::collections::BTreeMap;

use super::dialogue;
use super::draft::FlowDraft;
use super::forms;
use super::import::Import;
use super::scripts::{Line, Script};
use super::source::MappingKind;
use super::states::{ActiveId, Answer, Dialogue};
use super::steps;
use super::tracking::Tracking;
use super::weave::{From, Weave};

/// Translates rules, stories and forms.
pub(super) fn define(import: &mut Import<'_>) {
    for form in &import.project.forms {
        let id = import.flows.fresh(&form.name.name);
        import.form_flows.insert(form.name.name.clone(), id);
    }
    let tracking = Tracking::of(import);
    let mut readable: Vec<Script<'_>> = Vec::new();
    for story in &import.project.stories {
        match steps::read(import, story) {
            Ok(script) => readable.push(script),
            Err(reason) => {
                let reason = format!("{reason} (`{}`)", story.outline());
                import.report.lose(&story.name.place, story.construct(), reason, "write it as flows");
            }
        }
    }
    readable.sort_by_key(|script| !script.is_rule());
    let dialogue = dialogue::build(import, &readable);
    tell_outside(import, &readable, &dialogue);
    let mut weave = Weave::of(import, &dialogue, &readable);
    let mut form_triggers: BTreeMap<String, Vec<(&Answer, ActiveId)>> = BTreeMap::new();
    for answer in dialogue.states.first().into_iter().flat_map(|state| &state.answers) {
        let started = answer.tree.only_starts();
        match started.and_then(|active| Some((active, dialogue.active.get(active)?))) {
            Some((id, active)) => form_triggers.entry(active.form.clone()).or_default().push((answer, id)),
            None => {
                let name = weave.name_of(answer);
                let mut draft = FlowDraft::default();
                let start = weave.answer(import, &mut draft, &name, answer, &[], From::Outside);
                weave.pending(import, &mut draft, &name);
                let id = import.flows.fresh(&name);
                draft.finish(import, id, &name, None, start);
            }
        }
    }
    for form in &import.project.forms {
        let triggers = form_triggers.get(&form.name.name).map(Vec::as_slice).unwrap_or_default();
        forms::define(import, &mut weave, form, triggers, tracking.as_ref());
    }
    tell_unused_triggers(import);
}

/// Tells of rules that hold outside of forms only, where another answers their intents at any time.
fn tell_outside(import: &mut Import<'_>, scripts: &[Script<'_>], dialogue: &Dialogue) {
    for script in scripts.iter().filter(|script| script.outside) {
        let Some(Line::User(intents)) = script.first() else { continue };
        if let Some(intent) = intents.iter().find(|intent| !dialogue.outside.contains_key(&intent.name)) {
            let construct = format!("`active_loop: null` of {}", script.construct());
            let reason = format!("`{}` is answered while a form asks, too; the form goes on afterwards", intent.name);
            import.report.lose(&script.story.name.place, construct, reason, "check that this is welcome");
        }
    }
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
                    let reason = format!("no flow starts a form that asks for the slot by intent `{}`", intent.name);
                    import.report.lose(&intent.place, construct, reason, "set the variable in the flow of that intent");
                }
            }
        }
    }
}
