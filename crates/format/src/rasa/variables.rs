//! Slots as variables: their type, first value, and the entities that fill them
//! wherever they are said. What only holds inside a form, the form's inputs take.

use std::collections::BTreeSet;

use greenroom_model::document::{ValueType, Variable};
use serde_json::Value;

use super::import::{Import, REQUESTED_SLOT};
use super::names::display_name;
use super::report::{NOTHING_TO_DO, Named};
use super::source::{Form, Mapping, MappingKind, Slot};

/// Adds a variable for each slot.
pub(super) fn define(import: &mut Import<'_>) {
    for slot in &import.project.slots {
        let name = slot.name.name.as_str();
        if name == REQUESTED_SLOT {
            let reason = match import.tracks_forms() {
                true => "the flows of forms keep in it which slot they ask for, as Rasa does",
                false => "Rasa keeps in it which slot a form asks for; a conversation knows its node",
            };
            import.report.lose(&slot.name.place, format!("slot `{name}`"), reason, NOTHING_TO_DO);
            continue;
        }
        let mut value_type = type_of(import, slot);
        let default = slot.initial.as_ref().map_or(Value::Null, |(value, _)| value.clone());
        if let Some(what) = misfit(slot, value_type, &default) {
            let reason = format!("its type is `{}`, but {what}; the variable takes any value", slot.kind);
            import.report.lose(&slot.name.place, format!("slot `{name}`"), reason, "give it one type of values");
            value_type = ValueType::Any;
        }
        let mut from_entities = BTreeSet::new();
        for mapping in &slot.mappings {
            if let (MappingKind::Entity(entity), true) = (&mapping.kind, holds_anywhere(mapping)) {
                from_entities.insert(import.entity(entity));
            }
            explain(import, slot, mapping);
        }
        let variable = Variable {
            name: display_name(name),
            description: None,
            value_type,
            default,
            from_entities,
            ..Variable::default()
        };
        import.define_variable(name, variable);
    }
}

fn type_of(import: &mut Import<'_>, slot: &Slot) -> ValueType {
    match slot.kind.as_str() {
        "text" | "categorical" => ValueType::Text,
        "bool" => ValueType::Boolean,
        "float" => ValueType::Number,
        "list" => ValueType::List,
        "any" => ValueType::Any,
        other => {
            let reason = format!("its type `{other}` is code of the bot's own; the variable takes any value");
            let construct = format!("slot `{}`", slot.name.name);
            import.report.lose(&slot.name.place, construct, reason, "set the variable's type");
            ValueType::Any
        }
    }
}

/// What a slot may get that is not of its type.
fn misfit(slot: &Slot, value_type: ValueType, default: &Value) -> Option<String> {
    if !value_type.admits(default) {
        return Some(format!("it begins as `{default}`"));
    }
    slot.mappings.iter().find_map(|mapping| match &mapping.kind {
        MappingKind::Intent(value) | MappingKind::TriggerIntent(value) => {
            (!takes(value_type, value)).then(|| format!("a mapping gives it `{value}`"))
        }
        MappingKind::Entity(_) | MappingKind::Text => {
            (value_type == ValueType::Boolean).then(|| format!("its mapping `{}` gives it texts", mapping.type_name()))
        }
        MappingKind::Custom => None,
    })
}

/// Whether a variable takes a value as it is, or as a list of it. Rasa keeps a `true` in a
/// slot of texts as it is, and code may look for it.
fn takes(value_type: ValueType, value: &Value) -> bool {
    value_type.admits(value) || value_type == ValueType::List
}

/// Whether messages of every intent count.
pub(super) fn is_open(mapping: &Mapping) -> bool {
    mapping.only.is_empty() && mapping.except.is_empty()
}

/// Whether a mapping fills a slot while a form asks for it.
pub(super) fn applies(mapping: &Mapping, slot: &str, form: &Form) -> bool {
    let is_here = |name: &Option<Named>, here: &str| name.as_ref().is_some_and(|name| name.name == here);
    mapping.conditions.is_empty()
        || mapping.conditions.iter().any(|condition| {
            is_here(&condition.form, &form.name.name)
                && (condition.requested.is_none() || is_here(&condition.requested, slot))
        })
}

/// Tells what of a mapping no input and no variable can say.
fn explain(import: &mut Import<'_>, slot: &Slot, mapping: &Mapping) {
    let name = slot.name.name.as_str();
    let construct = format!("mapping `{}` of slot `{name}`", mapping.type_name());
    let project = import.project;
    let forms: Vec<&Form> =
        project.forms.iter().filter(|form| form.slots.iter().any(|required| required.name == name)).collect();
    let asked = forms.iter().any(|form| applies(mapping, name, form));
    let set_by_hand = "set the variable in the flow of that intent";
    match &mapping.kind {
        MappingKind::Custom => {
            let mut reason = "an action of the bot's own fills it".to_owned();
            for (key, count) in [
                ("intent", mapping.only.len()),
                ("not_intent", mapping.except.len()),
                ("conditions", mapping.conditions.len()),
            ] {
                if count > 0 {
                    reason.push_str(&format!(", whatever its `{key}` ({count})"));
                }
            }
            import.report.lose(&mapping.place, construct, reason, "let the handler return the variable");
            return;
        }
        MappingKind::TriggerIntent(_) => {
            for except in &mapping.except {
                let reason = "only the intents that it names fill the slot";
                import.report.gather(
                    &except.place,
                    "`not_intent` of a from_trigger_intent",
                    name,
                    reason,
                    NOTHING_TO_DO,
                );
            }
            if mapping.only.is_empty() {
                import.report.lose(&mapping.place, construct, "it names no intent", set_by_hand);
                return;
            }
            if !asked {
                let reason = "no form that asks for the slot is named by its conditions";
                import.report.lose(&mapping.place, construct, reason, set_by_hand);
                return;
            }
        }
        _ => {}
    }
    for condition in &mapping.conditions {
        explain_condition(import, slot, mapping, condition, &construct);
    }
    if !mapping.conditions.is_empty() || matches!(mapping.kind, MappingKind::TriggerIntent(_)) {
        return;
    }
    let reason = match &mapping.kind {
        MappingKind::Entity(_) if is_open(mapping) => return,
        MappingKind::Entity(_) => "outside of a form an entity fills a variable whatever the intent, so this does not",
        MappingKind::Intent(_) => "outside of a form an intent sets no variable by itself",
        _ => "outside of a form a text sets no variable by itself",
    };
    let reason = if asked { format!("{reason}; the inputs of forms take it") } else { reason.to_owned() };
    import.report.lose(&mapping.place, construct, reason, set_by_hand);
}

fn explain_condition(
    import: &mut Import<'_>,
    slot: &Slot,
    mapping: &Mapping,
    condition: &super::source::Condition,
    construct: &str,
) {
    let name = slot.name.name.as_str();
    let Some(form) = &condition.form else {
        let reason = "it holds while no form is active, which no variable can say; it is left out";
        import.report.lose(&mapping.place, construct, reason, "set the variable in a flow");
        return;
    };
    let found = import.project.forms.iter().find(|other| other.name.name == form.name);
    // Code may ask for a slot that the form does not require, where it has words for it.
    let words = format!("utter_ask_{}_{name}", form.name);
    let asks = found.is_some_and(|found| {
        let requires = found.slots.iter().any(|required| required.name == name);
        requires || import.project.responses.iter().any(|response| response.name.name == words)
    });
    if !asks {
        let reason = format!("form `{}` does not exist or does not ask for the slot", form.name);
        import.report.lose(&form.place, construct, reason, "mend the name, or delete the condition");
    } else if let Some(requested) = condition.requested.as_ref().filter(|requested| requested.name != name) {
        let reason =
            format!("it fills the slot while the form asks for `{}`; an input fills its own variable", requested.name);
        import.report.lose(&requested.place, construct, reason, "set the variable in the form's flow");
    } else if matches!(mapping.kind, MappingKind::TriggerIntent(_)) || fills_anywhere(slot, mapping) {
        let requested =
            condition.requested.as_ref().map_or_else(String::new, |requested| format!("/{}", requested.name));
        let reason = match mapping.kind {
            MappingKind::TriggerIntent(_) => "it fills the slot when the form starts, and while it asks",
            _ => "another mapping of the slot says the same without conditions",
        };
        let by: String = mapping.only.iter().map(|intent| format!(" by {}", intent.name)).collect();
        let at = format!("{name}{by}: {}{requested}", form.name);
        let construct = format!("conditions of a mapping `{}`", mapping.type_name());
        import.report.gather(&form.place, &construct, &at, reason, NOTHING_TO_DO);
    } else if condition.requested.is_none() {
        let reason =
            format!("in Rasa it fills the slot at any time in form `{}`; here, when the form asks for it", form.name);
        import.report.lose(&form.place, construct, reason, "let an entity fill the variable wherever it is said");
    }
}

/// Whether the slot is filled from the entity of a mapping wherever that is said, by this mapping or another.
pub(super) fn fills_anywhere(slot: &Slot, mapping: &Mapping) -> bool {
    let MappingKind::Entity(entity) = &mapping.kind else { return false };
    slot.mappings.iter().any(|other| {
        matches!(&other.kind, MappingKind::Entity(twin) if twin.name == entity.name) && holds_anywhere(other)
    })
}

/// Whether a mapping holds for every message.
fn holds_anywhere(mapping: &Mapping) -> bool {
    mapping.conditions.is_empty() && is_open(mapping)
}

/// The slots of a form that take a text of an intent as their answer.
pub(super) fn text_takes(import: &Import<'_>, form: &str, intent: &str) -> Vec<String> {
    let Some(form) = import.project.forms.iter().find(|other| other.name.name == form) else { return Vec::new() };
    let lets = |mapping: &Mapping| {
        let has = |names: &[Named]| names.iter().any(|name| name.name == intent);
        (mapping.only.is_empty() || has(&mapping.only)) && !has(&mapping.except) && !has(&form.ignored)
    };
    let takes = |slot: &Named| {
        import.slot(&slot.name).is_some_and(|declared| {
            declared
                .mappings
                .iter()
                .any(|mapping| mapping.kind == MappingKind::Text && applies(mapping, &slot.name, form) && lets(mapping))
        })
    };
    form.slots.iter().filter(|slot| takes(slot)).map(|slot| slot.name.clone()).collect()
}
