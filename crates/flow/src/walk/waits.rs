//! Events and ends of time, and the nodes that wait for them.

use std::collections::BTreeMap;

use greenroom_model::{EventId, VariableId};
use serde_json::Value;

use super::Walk;
use crate::TraceStep;
use crate::graph::{self, Kind, Node};

impl Walk<'_> {
    /// The node that waits for an event goes first, then one that waits behind a digression,
    /// then the triggers.
    pub(super) fn event(&mut self, event: &EventId, variables: &BTreeMap<VariableId, Value>) {
        for (variable, value) in variables {
            if self.graph.declared(variable).is_some() {
                self.set(variable, value.clone(), None);
            } else {
                self.fault(None, format!("the event sets `{variable}`, which the bot does not have"));
            }
        }
        if let Some((_, node)) = self.waiting()
            && let Some(target) = waits_for(node, event)
        {
            return self.wake(node, target, Some(event));
        }
        let graph = self.graph;
        let behind = self.session.returns.iter().enumerate().rev().find_map(|(place, position)| {
            let node = graph.node(graph.find(position)?);
            Some((place, node, waits_for(node, event)?))
        });
        if let Some((place, node, target)) = behind {
            self.give_up_call();
            self.session.returns.remove(place);
            self.set_waiting_aside();
            return self.wake(node, target, Some(event));
        }
        let triggers = graph.triggers().events.get(event).map_or(&[][..], Vec::as_slice);
        if let Some(node) = self.choose(triggers) {
            self.give_up_call();
            self.interrupt(node);
        }
    }

    /// What a node has waited for has come.
    fn wake(&mut self, node: &Node, target: &graph::Target, event: Option<&EventId>) {
        self.trace.push(TraceStep::Woken { at: node.position.clone(), event: event.cloned() });
        // What waited before is left, unless it was set aside.
        self.session.position = None;
        self.resume_flow(&node.position.flow);
        let way = self.way(node, target);
        self.run(way);
    }

    /// A node that waits behind a digression finds out when the conversation comes back to it.
    pub(super) fn time_is_over(&mut self, number: u64) {
        let Some(whose) = self.session.timers.remove(&number) else {
            return self.ignore("nothing waits for this time any more");
        };
        if let Some((_, node)) = self.waiting()
            && let Kind::Wait(wait) = &node.kind
            && node.position == whose
        {
            self.wake(node, &wait.on_timeout, None);
        }
    }
}

/// Where a node leads that waits for an event.
fn waits_for<'g>(node: &'g Node, event: &EventId) -> Option<&'g graph::Target> {
    match &node.kind {
        Kind::Wait(wait) => wait.events.get(event),
        _ => None,
    }
}
