//! Forms as flows: an input for each required slot, in order, then what the
//! rules say follows.

use std::collections::BTreeSet;

use greenroom_model::document::{
    Accept, ActionNode, BranchNode, Case as BranchCase, InputNode, IntentFilter, Node, Prompt, ValueType,
};
use greenroom_model::{IntentId, NodeId, VariableId};

use super::answers::Case;
use super::draft::{ContextTurns, FlowDraft};
use super::flows::{Contexts, form_flow};
use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::source::{Form, Mapping, MappingKind};
use super::variables::applies;

/// As long as a form may ask; its end ends the context.
const WHILE_ASKING: u32 = 1_000;

const DESCRIPTION: &str = "A form. As in Rasa, what is known already is not asked again, on a later run either: clear \
                           the variables where it should ask anew.";

/// The nodes of a form's flow; the first of them.
pub(super) fn nodes(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    form: &Form,
    submissions: &[Case],
    contexts: &Contexts,
) -> Option<NodeId> {
    let name = form.name.name.as_str();
    let mut ways = Vec::new();
    for case in submissions {
        let mut turns = contexts.after(&case.acts);
        turns.extend(contexts.after_form(name));
        ways.push((case.conditions.clone(), draft.case(import, case, None, &turns, None)));
    }
    let mut next = match ways.is_empty() {
        true => draft.contexts(&contexts.after_form(name), None),
        false => draft.choose(import, ways, None),
    };
    let within = contexts.within.get(name);
    let mark = |turns: u32| within.map(|context| (context.clone(), turns)).into_iter().collect::<ContextTurns>();
    next = draft.contexts(&mark(0), next);
    for slot in form.slots.iter().rev() {
        next = Some(input(import, draft, form, slot, next));
    }
    draft.contexts(&mark(WHILE_ASKING), next)
}

/// Adds the form's flow to the bot.
pub(super) fn finish(import: &mut Import<'_>, draft: FlowDraft, form: &Form, start: Option<NodeId>) {
    let id = form_flow(import, &form.name.name);
    draft.finish(import, id, &form.name.name, Some(DESCRIPTION), start);
}

/// The input for a slot, before `next`.
fn input(import: &mut Import<'_>, draft: &mut FlowDraft, form: &Form, slot: &Named, next: Option<NodeId>) -> NodeId {
    let variable = import.variable(&slot.name, &slot.place);
    let accept = accepts(import, form, slot);
    let (ask, action) = question(import, form, slot);
    if let Some((value, place)) = import.slot(&slot.name).and_then(|declared| declared.initial.as_ref()) {
        let reason = format!("it begins as `{value}`, so `{}` never asks for it, in Rasa neither", form.name.name);
        let advice = "clear the variable before the form, or delete its default";
        import.report.lose(place, format!("`initial_value` of slot `{}`", slot.name), reason, advice);
    }
    let node = InputNode {
        variable: variable.clone(),
        ask,
        accept,
        retry: greenroom_model::document::Retries::default(),
        attempts: None,
        otherwise: None,
        skip_when_known: true,
        interruptions: greenroom_model::document::Interruptions::default(),
        next: next.clone(),
    };
    let asks = draft.add(&format!("ask_{}", slot.name), Node::Input(node));
    match action {
        Some(action) => ask_by_handler(import, draft, &action, &variable, asks, next),
        None => asks,
    }
}

/// A handler that asks, unless the value is known.
fn ask_by_handler(
    import: &mut Import<'_>,
    draft: &mut FlowDraft,
    action: &Named,
    variable: &VariableId,
    asks: NodeId,
    next: Option<NodeId>,
) -> NodeId {
    let call = ActionNode { call: Some(import.handler(action)), next: Some(asks), ..ActionNode::default() };
    let call = draft.add(&action.name, Node::Action(call));
    let known = next.unwrap_or_else(|| draft.add("end", Node::End(greenroom_model::document::EndNode {})));
    let cases = vec![BranchCase { when: format!("known({variable})"), goto: known }];
    draft.add("if_not_known", Node::Branch(BranchNode { cases, otherwise: Some(call) }))
}

/// What asks for a slot, in Rasa's order: for the form before for any, an action before
/// a response. A response stands in for an action; without one, its handler asks.
fn question(import: &mut Import<'_>, form: &Form, slot: &Named) -> (Option<Prompt>, Option<Named>) {
    let (name, slot_name) = (form.name.name.as_str(), slot.name.as_str());
    let mut custom: Option<Named> = None;
    for middle in [format!("{name}_"), String::new()] {
        let action = format!("action_ask_{middle}{slot_name}");
        if custom.is_none() {
            custom = import.project.actions.iter().find(|listed| listed.name == action).cloned();
        }
        let response = format!("utter_ask_{middle}{slot_name}");
        let Some(message) = import.messages.get(&response).cloned() else { continue };
        import.said.insert(response.clone());
        if let Some(action) = custom {
            import.replaced_questions.insert(action.name.clone());
            let reason = format!(
                "it asks for `{slot_name}` in `{name}` with code of its own; the response `{response}` asks instead"
            );
            let advice = "let a handler prepare what the question needs";
            import.report.lose(&action.place, format!("action `{}`", action.name), reason, advice);
        }
        return (Some(Prompt { text: message.text, buttons: message.buttons, ..Prompt::default() }), None);
    }
    let (place, construct, reason, advice) = match &custom {
        Some(action) => (
            &action.place,
            format!("action `{}`", action.name),
            format!(
                "it asks for `{slot_name}` in `{name}` with code of its own; its handler is called, then the input waits in silence"
            ),
            "register the handler, or write the question",
        ),
        None => (
            &slot.place,
            format!("slot `{slot_name}` of form `{name}`"),
            "no response and no action asks for it; the input waits in silence".to_owned(),
            "write the question",
        ),
    };
    import.report.lose(place, construct, reason, advice);
    (None, custom)
}

/// What counts as an answer: the mappings that apply, in their order.
fn accepts(import: &mut Import<'_>, form: &Form, slot: &Named) -> Vec<Accept> {
    let mut accepts: Vec<Accept> = Vec::new();
    let Some(declared) = import.slot(&slot.name) else { return accepts };
    let is_number = import.all_variables().any(|(id, variable)| {
        import.known_variable(&slot.name) == Some(id) && variable.value_type == ValueType::Number
    });
    for mapping in declared.mappings.iter().filter(|mapping| applies(mapping, &slot.name, form)) {
        match &mapping.kind {
            MappingKind::Entity(entity) => {
                let entity = import.entity(entity);
                if let Some(intents) = filter(import, form, slot, mapping) {
                    accepts.push(Accept::Entity { entity, intents });
                }
            }
            MappingKind::Text if is_number => {
                if !mapping.only.is_empty() || !mapping.except.is_empty() {
                    let reason = "a number counts whatever the intent";
                    lose(import, mapping, slot, reason, "check what the input accepts");
                }
                accepts.push(Accept::Number { min: None, max: None });
            }
            MappingKind::Text => accepts.extend(filter(import, form, slot, mapping).map(Accept::Text)),
            MappingKind::Intent(value) => {
                let Some(intents) = filter(import, form, slot, mapping) else { continue };
                if intents.only.is_empty() {
                    let reason = "it names no intent, so no input can take it";
                    lose(import, mapping, slot, reason, "name the intents that give the value");
                }
                let given = intents.only.difference(&intents.except);
                accepts.extend(given.map(|intent| Accept::Intent { intent: intent.clone(), value: value.clone() }));
            }
            MappingKind::TriggerIntent(_) | MappingKind::Custom => {}
        }
    }
    let mut unique: Vec<Accept> = Vec::new();
    for accept in accepts {
        if !unique.contains(&accept) {
            unique.push(accept);
        }
    }
    if unique.is_empty() {
        let reason =
            format!("no mapping fills it from what users say in `{}`; the input takes any text", form.name.name);
        let construct = format!("slot `{}`", slot.name);
        import.report.lose(&slot.place, construct, reason, "say what the input accepts");
    }
    unique
}

fn lose(import: &mut Import<'_>, mapping: &Mapping, slot: &Named, reason: &str, advice: &str) {
    let construct = format!("mapping `{}` of slot `{}`", mapping.type_name(), slot.name);
    import.report.lose(&mapping.place, construct, reason, advice);
}

/// Which intents a mapping takes; `None` where it names only such as do not exist.
fn filter(import: &mut Import<'_>, form: &Form, slot: &Named, mapping: &Mapping) -> Option<IntentFilter> {
    let only = known(import, slot, mapping, &mapping.only);
    let mut except = known(import, slot, mapping, &mapping.except);
    except.extend(known(import, slot, mapping, &form.ignored));
    if only.is_empty() && !mapping.only.is_empty() {
        lose(
            import,
            mapping,
            slot,
            "none of its intents exists, so it never holds; it is left out",
            "name intents of the bot",
        );
        return None;
    }
    Some(IntentFilter { only, except })
}

fn known(import: &mut Import<'_>, slot: &Named, mapping: &Mapping, names: &[Named]) -> BTreeSet<IntentId> {
    let mut found = BTreeSet::new();
    for name in names {
        let intents = import.known_intents(&name.name);
        if intents.is_empty() {
            let reason = match name.name.as_str() {
                FALLBACK_INTENT => "not to understand is no intent; a text without one counts as others do",
                _ => "no intent has this name, so it never holds",
            };
            let construct = format!("intent `{}` of a mapping `{}`", name.name, mapping.type_name());
            import.report.gather(&name.place, &construct, &slot.name, reason, "check what the input accepts");
        }
        found.extend(intents);
    }
    found
}
