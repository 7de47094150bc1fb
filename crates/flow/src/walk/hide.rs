//! What must not be written down: gathered while a step walks, taken out of its trace.

use super::Walk;
use crate::{Input, TraceStep};

impl Walk<'_> {
    /// The sensitive values that the conversation has, and what is said to become one.
    pub(super) fn learn_secrets(&mut self, input: &Input) {
        let graph = self.graph;
        if graph.sensitive_variables().is_empty() {
            return;
        }
        for variable in graph.sensitive_variables() {
            if let Some(value) = self.session.variables.get(variable) {
                self.secrets.add(value);
            }
        }
        if let Some(crate::Awaiting::Answer(pending)) = &self.session.awaiting
            && graph.asks_for_sensitive(&self.session)
        {
            self.secrets.add_text(&pending.text);
        }
        match input {
            Input::Text { text, entities, .. } => {
                let fills = |entity| graph.filled_by(entity).iter().any(|variable| graph.is_sensitive(variable));
                if graph.asks_for_sensitive(&self.session) || entities.iter().any(|found| fills(&found.entity)) {
                    self.secrets.add_text(text);
                    for found in entities {
                        self.secrets.add(&found.value);
                    }
                }
            }
            Input::Button { payload } if graph.asks_for_sensitive(&self.session) => self.secrets.add_text(payload),
            Input::HandlerResult(Ok(reply)) => {
                for (variable, value) in &reply.variables {
                    if graph.is_sensitive(variable) {
                        self.secrets.add(value);
                    }
                }
                if let Some(answer) = &reply.answer
                    && graph.asks_for_sensitive(&self.session)
                {
                    self.secrets.add(&answer.value);
                }
            }
            _ => {}
        }
    }

    /// Reasons may tell a value, and another variable may have got one; they are told without it.
    pub(super) fn hide_secrets(&mut self) {
        if self.secrets.is_empty() {
            return;
        }
        for step in &mut self.trace {
            match step {
                TraceStep::Fault { reason, .. }
                | TraceStep::HandlerFailed { reason, .. }
                | TraceStep::RequestFailed { reason }
                | TraceStep::Ignored { reason } => *reason = self.secrets.redacted(reason),
                TraceStep::Set { value, .. } | TraceStep::Accepted { value, .. } => {
                    *value = self.secrets.redacted_value(value);
                }
                _ => {}
            }
        }
    }
}
