//! Variables and contexts: set, cleared, counted down.

use std::collections::BTreeSet;

use greenroom_model::document::ValueType;
use greenroom_model::{ContextId, VariableId};
use serde_json::Value;

use super::Walk;
use crate::templates::{MAX_VALUE_BYTES, fitted, normalized};
use crate::{EntityValue, Position, TraceStep};

impl Walk<'_> {
    /// Sets a variable; a value that does not fit is a fault and changes nothing.
    pub(super) fn set(&mut self, variable: &VariableId, value: Value, at: Option<&Position>) {
        match self.fitting(variable, value) {
            Ok(Value::Null) => self.clear(variable),
            Ok(value) => {
                self.trace.push(TraceStep::Set { variable: variable.clone(), value: value.clone() });
                self.session.variables.insert(variable.clone(), value);
            }
            Err(reason) => self.fault(at, reason),
        }
    }

    /// The value as the variable may keep it.
    pub(super) fn fitting(&self, variable: &VariableId, value: Value) -> Result<Value, String> {
        let value_type = self.graph.value_type(variable).unwrap_or_default();
        let Some(value) = fitted(value, value_type) else {
            return Err(format!("the variable `{variable}` takes {}; it keeps its value", name(value_type)));
        };
        normalized(value).ok_or_else(|| {
            format!("a value for `{variable}` is larger than {MAX_VALUE_BYTES} bytes; it keeps its value")
        })
    }

    pub(super) fn clear(&mut self, variable: &VariableId) {
        if self.session.variables.remove(variable).is_some() {
            self.trace.push(TraceStep::Cleared { variable: variable.clone() });
        }
    }

    pub(super) fn set_context(&mut self, context: &ContextId, turns: u32) {
        self.trace.push(TraceStep::Context { context: context.clone(), turns });
        if turns == 0 {
            self.session.contexts.remove(context);
        } else {
            self.session.contexts.insert(context.clone(), turns);
        }
    }

    /// A user turn begins. A context set for one turn is still active in the next.
    pub(super) fn count_turn(&mut self) {
        self.session.turn = self.session.turn.saturating_add(1);
        let ended = self.session.contexts.extract_if(.., |_, turns| *turns == 0).map(|(context, _)| context);
        let ended: Vec<ContextId> = ended.collect();
        self.session.contexts.values_mut().for_each(|turns| *turns -= 1);
        for context in ended {
            self.trace.push(TraceStep::Context { context, turns: 0 });
        }
    }

    /// Fills the variables that take their value from entities: a list takes all
    /// values in the text, any other the first.
    pub(super) fn fill(&mut self, entities: &[EntityValue]) {
        let mut seen = BTreeSet::new();
        for first in entities {
            if !seen.insert(&first.entity) {
                continue;
            }
            let graph = self.graph;
            for variable in graph.filled_by(&first.entity) {
                let value = match graph.value_type(variable) {
                    Some(ValueType::List) => {
                        let same = entities.iter().filter(|other| other.entity == first.entity);
                        Value::Array(same.map(|entity| entity.value.clone()).collect())
                    }
                    _ => first.value.clone(),
                };
                self.set(variable, value, None);
            }
        }
    }
}

fn name(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Any => "any value",
        ValueType::Text => "a text",
        ValueType::Number => "a number",
        ValueType::Boolean => "`true` or `false`",
        ValueType::List => "a list",
    }
}
