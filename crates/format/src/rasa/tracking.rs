//! The variables in which code of the bot's own finds what it knows of forms in Rasa.

use std::collections::BTreeMap;

use greenroom_model::VariableId;
use greenroom_model::document::{ValueType, Variable};
use serde_json::Value;

use super::draft::literal;
use super::import::{Import, REQUESTED_SLOT};

/// The variable in which custom actions find the active form.
const ACTIVE_LOOP: &str = "active_loop";

/// What custom actions read about forms, kept in variables for them.
#[derive(Debug)]
pub(super) struct Tracking {
    pub(super) active_loop: VariableId,
    pub(super) requested_slot: VariableId,
}

impl Tracking {
    /// The variables, where the bot has forms and code of its own.
    pub(super) fn of(import: &mut Import<'_>) -> Option<Self> {
        if !import.tracks_forms() {
            return None;
        }
        let mut define = |name: &str, description: &str| {
            let variable = Variable {
                name: name.to_owned(),
                description: Some(description.to_owned()),
                value_type: ValueType::Text,
                ..Variable::default()
            };
            import.define_variable(name, variable)
        };
        let tracking = Self {
            active_loop: define(ACTIVE_LOOP, "The form that is active, for custom actions that read it."),
            requested_slot: define(REQUESTED_SLOT, "The slot that a form asks for, for custom actions that read it."),
        };
        import.form_variables = vec![tracking.active_loop.clone(), tracking.requested_slot.clone()];
        Some(tracking)
    }

    pub(super) fn active(&self, form: &str) -> BTreeMap<VariableId, Value> {
        BTreeMap::from([(self.active_loop.clone(), literal(form.into()))])
    }

    pub(super) fn requested(&self, slot: &str) -> BTreeMap<VariableId, Value> {
        BTreeMap::from([(self.requested_slot.clone(), literal(slot.into()))])
    }
}
