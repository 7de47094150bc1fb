//! What a conversation remembers, by `docs/flows.md`, "Variables", "Languages" and "Action".

use greenroom_flow::{EntityValue, Position, Remaining, Session};
use greenroom_model::document::{LanguageDetection, Lifetime, ValueType};
use greenroom_model::{FlowId, Language, VariableId};
use serde_json::Value;

use crate::interpreter::Conversation;
use crate::texts::{shown, whole_number};

impl Conversation<'_> {
    /// A variable gets a value, at a node or outside of any flow; one that does not fit is refused.
    pub(crate) fn set(&mut self, variable: &VariableId, value: Value, at: Option<&Position>) {
        match self.fitting(variable, value) {
            None => {}
            Some(Value::Null) => self.clear(variable),
            Some(value) => {
                self.session.variables.insert(variable.clone(), value);
                self.session.lifetimes.remove(variable);
                let lifetime = self.bot.variables.get(variable).map(|variable| variable.lifetime).unwrap_or_default();
                match (lifetime, at) {
                    (Lifetime::Conversation | Lifetime::User, _) => {}
                    (Lifetime::Turns(turns), _) => {
                        self.session.lifetimes.insert(variable.clone(), Remaining::Turns(turns));
                    }
                    (Lifetime::Flow, Some(at)) => {
                        self.session.lifetimes.insert(variable.clone(), Remaining::Flow(at.flow.clone()));
                    }
                    (Lifetime::Flow, None) => self.without_flow.push(variable.clone()),
                }
            }
        }
    }

    /// The value as one of the variable's type: texts and numbers in place of each other, a list of one.
    pub(crate) fn fitting(&self, variable: &VariableId, value: Value) -> Option<Value> {
        let value_type = self.bot.variables.get(variable).map(|variable| variable.value_type).unwrap_or_default();
        let value = match (value_type, value) {
            (_, Value::Null) => Value::Null,
            (ValueType::Any, value)
            | (ValueType::Text, value @ Value::String(_))
            | (ValueType::Number, value @ Value::Number(_))
            | (ValueType::Boolean, value @ Value::Bool(_))
            | (ValueType::List, value @ Value::Array(_)) => value,
            (ValueType::Text, value @ (Value::Number(_) | Value::Bool(_))) => shown(&value).into(),
            (ValueType::Number, Value::String(text)) => {
                let number = text.trim().parse::<f64>().ok()?;
                Value::Number(serde_json::Number::from_f64(number)?)
            }
            (ValueType::Boolean, Value::String(text)) => match text.trim().to_lowercase().as_str() {
                "true" => true.into(),
                "false" => false.into(),
                _ => return None,
            },
            (ValueType::List, value) => vec![value].into(),
            _ => return None,
        };
        Some(if value.is_number() { whole_number(value) } else { value })
    }

    pub(crate) fn clear(&mut self, variable: &VariableId) {
        self.session.variables.remove(variable);
        self.session.lifetimes.remove(variable);
    }

    /// Variables take the values of the entities in a text: a list all of one entity, any other the first.
    pub(crate) fn fill(&mut self, entities: &[EntityValue]) {
        for (place, first) in entities.iter().enumerate() {
            if entities[..place].iter().any(|other| other.entity == first.entity) {
                continue;
            }
            for (id, variable) in &self.bot.variables {
                if variable.from_entities.contains(&first.entity) {
                    let all = entities.iter().filter(|other| other.entity == first.entity);
                    let value = match variable.value_type {
                        ValueType::List => all.map(|found| found.value.clone()).collect(),
                        _ => first.value.clone(),
                    };
                    self.set(id, value, None);
                }
            }
        }
    }

    /// Contexts and variables last for so many turns after the one in which they were set.
    pub(crate) fn turn_passes(&mut self) {
        self.session.contexts.retain(|_, turns| *turns > 0);
        self.session.contexts.values_mut().for_each(|turns| *turns -= 1);
        for (variable, remaining) in self.session.lifetimes.clone() {
            match remaining {
                Remaining::Turns(0) => self.is_over(&variable),
                Remaining::Turns(turns) => {
                    self.session.lifetimes.insert(variable, Remaining::Turns(turns - 1));
                }
                Remaining::Flow(_) => {}
            }
        }
    }

    /// The variable has its default again, or no value.
    fn is_over(&mut self, variable: &VariableId) {
        self.clear(variable);
        if let Some(default) = self.bot.default_value(variable) {
            self.session.variables.insert(variable.clone(), default);
        }
    }

    /// A node of a flow is entered: another flow has been left, unless it waits for this one.
    pub(crate) fn enter_flow(&mut self, flow: &FlowId) {
        self.flow = Some(flow.clone());
        self.end_variables_of_left_flows();
        for variable in std::mem::take(&mut self.without_flow) {
            if self.session.variables.contains_key(&variable) {
                self.session.lifetimes.insert(variable, Remaining::Flow(flow.clone()));
            }
        }
    }

    /// The flow under way has ended, or is given up.
    pub(crate) fn leave_flow(&mut self) {
        self.flow = None;
        self.end_variables_of_left_flows();
    }

    pub(crate) fn end_variables_of_left_flows(&mut self) {
        let Session { position, returns, .. } = &self.session;
        let places = position.iter().chain(returns).chain(&self.asleep);
        let mut flows: Vec<FlowId> = places.map(|place| place.flow.clone()).collect();
        flows.extend(self.flow.clone());
        for (variable, remaining) in self.session.lifetimes.clone() {
            if matches!(&remaining, Remaining::Flow(flow) if !flows.contains(flow)) {
                self.is_over(&variable);
            }
        }
    }

    /// At the end of a step nothing is kept that has nobody: variables of no flow, timers that
    /// nothing waits for.
    pub(crate) fn tidy_up(&mut self) {
        match self.session.position.clone() {
            Some(at) => self.enter_flow(&at.flow),
            None => self.leave_flow(),
        }
        for variable in std::mem::take(&mut self.without_flow) {
            self.is_over(&variable);
        }
        let Session { position, returns, .. } = &self.session;
        let waits = |place: &Position| position.as_ref() == Some(place) || returns.contains(place);
        let timers = self.session.timers.clone().into_iter().filter(|(_, place)| waits(place));
        self.session.timers = timers.collect();
    }

    /// The bot's settings say when a conversation takes the language that the user writes.
    pub(crate) fn detect_language(&mut self, language: Option<&Language>) {
        let detection = self.bot.settings().map(|settings| settings.detect_language).unwrap_or_default();
        let is_asked = match detection {
            LanguageDetection::Never => false,
            LanguageDetection::FirstText => self.session.texts == 0,
            LanguageDetection::EveryText => true,
        };
        if let Some(spoken) = language.filter(|_| is_asked).and_then(|language| self.bot.spoken(language)) {
            self.session.language = spoken;
        }
    }
}
