//! Variables and contexts: set, cleared, counted down.

use std::collections::BTreeSet;

use greenroom_model::document::ValueType;
use greenroom_model::{ContextId, VariableId};
use serde_json::Value;

use super::{MAX_VARIABLES_BYTES, Walk};
use crate::templates::{MAX_VALUE_BYTES, fitted, normalized, size};
use crate::{EntityValue, Position, TraceStep};

/// Up to this size a value is not weighed with the others.
const SMALL_VALUE_BYTES: usize = 1 << 10;

impl Walk<'_> {
    /// Sets a variable; a value that does not fit is a fault and changes nothing.
    pub(super) fn set(&mut self, variable: &VariableId, value: Value, at: Option<&Position>) {
        match self.fitting(variable, value) {
            Ok(Value::Null) => self.clear(variable),
            Ok(value) => {
                if self.graph.is_sensitive(variable) {
                    self.secrets.add(&value);
                }
                let traced = self.traced_value(variable, &value);
                self.trace.push(TraceStep::Set { variable: variable.clone(), value: traced });
                self.session.variables.insert(variable.clone(), value);
                self.begin_lifetime(variable, at.map(|at| &at.flow));
            }
            Err(reason) => self.fault(at, reason),
        }
    }

    /// The value as the variable may keep it.
    pub(super) fn fitting(&self, variable: &VariableId, value: Value) -> Result<Value, String> {
        let value_type = self.graph.declared(variable).unwrap_or_default().value_type;
        let Some(value) = fitted(value, value_type) else {
            return Err(format!("the variable `{variable}` takes {}; it keeps its value", name(value_type)));
        };
        let value = normalized(value).ok_or_else(|| {
            format!("a value for `{variable}` is larger than {MAX_VALUE_BYTES} bytes; it keeps its value")
        })?;
        // Small values are as many as the bot has variables.
        let bytes = size(&value);
        if bytes > SMALL_VALUE_BYTES {
            let others = self.session.variables.iter().filter(|(other, _)| *other != variable);
            if bytes + others.map(|(_, value)| size(value)).sum::<usize>() > MAX_VARIABLES_BYTES {
                return Err(format!(
                    "with a value for `{variable}` the variables would be larger than {MAX_VARIABLES_BYTES} bytes; it keeps its value"
                ));
            }
        }
        Ok(value)
    }

    pub(super) fn clear(&mut self, variable: &VariableId) {
        self.session.lifetimes.remove(variable);
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
        self.count_lifetimes();
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
                let value = match graph.declared(variable).map(|declared| declared.value_type) {
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
