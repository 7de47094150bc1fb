//! What counts as an answer to a form's question: the mappings of its slot.

use std::collections::BTreeSet;

use greenroom_model::IntentId;
use greenroom_model::document::{Accept, IntentFilter, ValueType};

use super::import::{FALLBACK_INTENT, Import};
use super::report::Named;
use super::source::{Form, Mapping, MappingKind};
use super::variables::{applies, fills_anywhere};

/// What counts as an answer: the mappings that apply, in their order. Messages of the intents that
/// give a slot of the form its value do so first; entities that fill variables anywhere need no input.
pub(super) fn accepts(import: &mut Import<'_>, form: &Form, slot: &Named, giving: &BTreeSet<IntentId>) -> Vec<Accept> {
    let mut accepts: Vec<Accept> = Vec::new();
    let Some(declared) = import.slot(&slot.name) else { return accepts };
    let is_number = import.all_variables().any(|(id, variable)| {
        import.known_variable(&slot.name) == Some(id) && variable.value_type == ValueType::Number
    });
    for mapping in declared.mappings.iter().filter(|mapping| applies(mapping, &slot.name, form)) {
        match &mapping.kind {
            MappingKind::Entity(entity) => {
                let entity = import.entity(entity);
                if let Some(mut intents) = filter(import, form, slot, mapping) {
                    if fills_anywhere(declared, mapping) {
                        intents.except.extend(giving.iter().cloned());
                    }
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
