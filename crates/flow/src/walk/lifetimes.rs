//! How long variables keep their values: some turns, or as long as a flow.

use greenroom_model::document::Lifetime;
use greenroom_model::{FlowId, VariableId};
use serde_json::Value;

use super::Walk;
use crate::{Remaining, TraceStep};

impl Walk<'_> {
    /// A variable has got a value, in a flow or outside of any.
    pub(super) fn begin_lifetime(&mut self, variable: &VariableId, flow: Option<&FlowId>) {
        let remaining = match self.graph.declared(variable).unwrap_or_default().lifetime {
            Lifetime::Conversation | Lifetime::User => {
                // Another version may have said otherwise.
                self.session.lifetimes.remove(variable);
                return;
            }
            Lifetime::Turns(turns) => Remaining::Turns(turns),
            Lifetime::Flow => match flow {
                Some(flow) => Remaining::Flow(flow.clone()),
                None => {
                    // The flow that is entered next shall have it.
                    self.session.lifetimes.remove(variable);
                    self.unowned.push(variable.clone());
                    return;
                }
            },
        };
        self.session.lifetimes.insert(variable.clone(), remaining);
    }

    /// A node of a flow is entered: another flow has been left, unless it waits for this one, and
    /// what was set before in this step is the flow's.
    pub(super) fn enter_flow(&mut self, flow: &FlowId) {
        if self.flow.as_ref() != Some(flow) {
            self.flow = Some(flow.clone());
            self.end_left_flows();
        }
        for variable in std::mem::take(&mut self.unowned) {
            if self.session.variables.contains_key(&variable) {
                self.session.lifetimes.insert(variable, Remaining::Flow(flow.clone()));
            }
        }
    }

    /// A flow goes on behind one of its nodes, without entering one yet; what waited between and
    /// waits no more has ended.
    pub(super) fn resume_flow(&mut self, flow: &FlowId) {
        self.flow = Some(flow.clone());
        self.end_left_flows();
    }

    /// The flow under way ends or is given up; unless it waits for another one, its
    /// variables end with it.
    pub(super) fn leave_flow(&mut self) {
        self.flow = None;
        self.end_left_flows();
    }

    /// The variables end whose flows are neither under way nor wait.
    pub(super) fn end_left_flows(&mut self) {
        if self.session.lifetimes.is_empty() {
            return;
        }
        let has_ended = |remaining: &Remaining| match remaining {
            Remaining::Turns(_) => false,
            Remaining::Flow(flow) => {
                let mut places = self.session.position.iter().chain(&self.session.returns).chain(&self.asleep);
                self.flow.as_ref() != Some(flow) && !places.any(|place| place.flow == *flow)
            }
        };
        self.end(self.variables_that(has_ended));
    }

    /// A turn of the user begins.
    pub(super) fn count_lifetimes(&mut self) {
        if self.session.lifetimes.is_empty() {
            return;
        }
        self.end(self.variables_that(|remaining| *remaining == Remaining::Turns(0)));
        for remaining in self.session.lifetimes.values_mut() {
            if let Remaining::Turns(turns) = remaining {
                *turns = turns.saturating_sub(1);
            }
        }
    }

    /// The step is over: what no flow has is forgotten, timers that nothing waits for too.
    pub(super) fn settle(&mut self) {
        if self.unowned.is_empty() && self.session.lifetimes.is_empty() && self.session.timers.is_empty() {
            return;
        }
        match self.session.position.clone() {
            Some(position) => self.enter_flow(&position.flow),
            None => self.flow = None,
        }
        self.end_left_flows();
        for variable in std::mem::take(&mut self.unowned) {
            self.expire(&variable);
        }
        let (position, returns) = (&self.session.position, &self.session.returns);
        self.session.timers.retain(|_, place| position.as_ref() == Some(place) || returns.contains(place));
    }

    fn variables_that(&self, is_over: impl Fn(&Remaining) -> bool) -> Vec<VariableId> {
        let over = self.session.lifetimes.iter().filter(|(_, remaining)| is_over(remaining));
        over.map(|(variable, _)| variable.clone()).collect()
    }

    fn end(&mut self, variables: Vec<VariableId>) {
        variables.iter().for_each(|variable| self.expire(variable));
    }

    /// The variable has the value again with which a conversation begins.
    fn expire(&mut self, variable: &VariableId) {
        self.session.lifetimes.remove(variable);
        match self.graph.default_values().get(variable) {
            Some(default) if self.session.variables.get(variable) != Some(default) => {
                let value = self.traced_value(variable, default);
                self.trace.push(TraceStep::Set { variable: variable.clone(), value });
                self.session.variables.insert(variable.clone(), default.clone());
            }
            Some(_) => {}
            None => self.clear(variable),
        }
    }

    /// A value as a trace may show it.
    pub(super) fn traced_value(&self, variable: &VariableId, value: &Value) -> Value {
        if self.graph.is_sensitive(variable) { Value::from(crate::REDACTED) } else { value.clone() }
    }
}
