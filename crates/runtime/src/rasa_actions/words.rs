//! The two vocabularies: the bot's ids, and the names that actions know its parts by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenroom_bot::{Bot, Names};
use greenroom_model::document::ValueType;
use greenroom_model::{EntityId, FlowId, IntentId, VariableId};
use serde_json::{Map, Value};

use super::duckling;
use crate::HandlerCall;

/// The variable in which the flows of forms keep which one is active.
const ACTIVE_LOOP: &str = "active_loop";

/// The slot in which Rasa keeps which slot a form asks for.
pub(super) const REQUESTED_SLOT: &str = "requested_slot";

/// The beginning of the names of variables that tell how a form was come to; no slots of Rasa.
const WAY_INTO: &str = "way into ";

/// A call, and what its bot's parts are called.
#[derive(Clone, Copy)]
pub(super) struct Words<'c> {
    pub(super) call: &'c HandlerCall,
    slots: &'c BTreeMap<VariableId, String>,
    pub(super) own_domain: Option<&'c Value>,
}

/// A variable as a slot.
pub(super) struct Slot<'c> {
    pub(super) variable: &'c VariableId,
    pub(super) name: &'c str,
    pub(super) value_type: ValueType,
    pub(super) default: &'c Value,
    from_entities: &'c BTreeSet<EntityId>,
}

impl<'c> Words<'c> {
    pub(super) fn new(
        call: &'c HandlerCall,
        slots: &'c BTreeMap<VariableId, String>,
        own_domain: Option<&'c Value>,
    ) -> Self {
        Self { call, slots, own_domain }
    }

    pub(super) fn loaded(&self) -> &'c Arc<Bot> {
        &self.call.loaded
    }

    pub(super) fn names(&self) -> &'c Names {
        self.call.loaded.names()
    }

    /// The variables that are slots.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot<'c>> + use<'c> {
        let given = self.slots;
        self.names().variables().iter().filter_map(move |(variable, named)| {
            let name = given.get(variable).map_or(named.name.as_str(), String::as_str);
            let is_slot = name != ACTIVE_LOOP && !name.starts_with(WAY_INTO);
            is_slot.then_some(Slot {
                variable,
                name,
                value_type: named.value_type,
                default: &named.default,
                from_entities: &named.from_entities,
            })
        })
    }

    /// The variable of a slot: one that was named for it, one of its name, one of its id.
    pub(super) fn variable(&self, slot: &str) -> Option<VariableId> {
        let given = self.slots.iter().find(|(_, name)| *name == slot).map(|(variable, _)| variable);
        let by_id = || self.names().variables().keys().find(|id| id.as_str() == slot);
        given.or_else(|| self.names().variable(slot)).or_else(by_id).cloned()
    }

    /// The values of slots of these variables, with those of the domain that have none.
    pub(super) fn slot_values(&self, variables: &BTreeMap<VariableId, Value>) -> Map<String, Value> {
        let of_domain = self.own_domain.and_then(|domain| domain["slots"].as_object());
        let blank = of_domain.into_iter().flatten().map(|(slot, _)| (slot.clone(), Value::Null));
        let mut values: Map<String, Value> = blank.collect();
        for slot in self.slots() {
            let value = variables.get(slot.variable).cloned().unwrap_or_default();
            // What a system entity has filled has the value that Rasa's extractors give it.
            let typed = slot.from_entities.iter().find_map(|entity| duckling::value(self, entity, value.as_str()?));
            values.insert(slot.name.to_owned(), typed.unwrap_or(value));
        }
        values
    }

    /// The variable that names the active form.
    pub(super) fn active_loop(&self) -> Option<&'c VariableId> {
        self.names().variable(ACTIVE_LOOP)
    }

    /// The form that is active with these variables.
    pub(super) fn active_form<'v>(&self, variables: &'v BTreeMap<VariableId, Value>) -> Option<&'v str> {
        variables.get(self.active_loop()?)?.as_str()
    }

    /// The form of a name, and the slots that it requires; what code may ask for besides is not
    /// among them.
    pub(super) fn form(&self, name: &str) -> Option<(&'c FlowId, Vec<&'c str>)> {
        let (id, flow) = self.names().flow(name)?;
        let requested = self.variable(REQUESTED_SLOT).map(|variable| format!("{variable} == "));
        let mut slots = Vec::new();
        for question in &flow.questions {
            let on_request = question.when.as_deref().zip(requested.as_deref());
            if on_request.is_some_and(|(when, requested)| when.starts_with(requested)) {
                continue;
            }
            let slot = self.slots().find(|slot| *slot.variable == question.variable);
            slots.extend(slot.map(|slot| slot.name).filter(|name| !slots.contains(name)));
        }
        (!flow.questions.is_empty()).then_some((id, slots))
    }

    pub(super) fn intent_name(&self, intent: &IntentId) -> &'c str {
        self.names().intents().get(intent).map_or("", String::as_str)
    }

    pub(super) fn entity_name<'e>(&self, entity: &'e EntityId) -> &'e str
    where
        'c: 'e,
    {
        self.names().entities().get(entity).map_or(entity.as_str(), |entity| entity.name.as_str())
    }

    /// A button's payload in Rasa's spelling, `/intent{"entity": "value"}`, and what it says.
    pub(super) fn as_rasa_writes(&self, payload: &str) -> Option<(String, &'c str, Map<String, Value>)> {
        let written = payload.strip_prefix("intent:")?;
        let (intent, entities) = written.split_at(written.find('{').unwrap_or(written.len()));
        let intent = self.intent_name(&IntentId::new(intent).ok()?);
        let entities: Map<String, Value> =
            if entities.is_empty() { Map::new() } else { serde_json::from_str(entities).ok()? };
        let named = entities.into_iter().map(|(entity, value)| {
            let name = EntityId::new(&entity).ok().map(|id| self.entity_name(&id).to_owned());
            (name.unwrap_or(entity), value)
        });
        let entities: Map<String, Value> = named.collect();
        let tail = if entities.is_empty() { String::new() } else { Value::Object(entities.clone()).to_string() };
        Some((format!("/{intent}{tail}"), intent, entities))
    }

    /// A payload in Rasa's spelling as buttons of the bot carry it; any other as it is.
    pub(super) fn own_payload(&self, payload: &str) -> String {
        let read = || {
            let written = payload.strip_prefix('/')?;
            let (intent, entities) = written.split_at(written.find('{').unwrap_or(written.len()));
            let intent = match self.names().intent(intent) {
                Some(id) => id.clone(),
                None => IntentId::new(intent).ok()?,
            };
            let entities = entities.trim_end_matches('\'');
            let entities: Map<String, Value> =
                if entities.is_empty() { Map::new() } else { serde_json::from_str(entities).ok()? };
            let named = entities.into_iter().map(|(entity, value)| {
                let id = self.names().entity(&entity).map_or(entity, ToString::to_string);
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (id, Value::String(text))
            });
            let named: Map<String, Value> = named.collect();
            let tail = if named.is_empty() { String::new() } else { Value::Object(named).to_string() };
            Some(format!("intent:{intent}{tail}"))
        };
        read().unwrap_or_else(|| payload.to_owned())
    }
}
