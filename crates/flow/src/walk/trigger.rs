//! Which trigger starts its flow, and what waits meanwhile.

use std::cmp::Reverse;

use greenroom_model::document::SystemEvent;

use super::{MAX_RETURNS, Walk, Way};
use crate::graph::{Kind, NodeIndex, Target, Trigger};
use crate::{Position, TraceStep};

impl Walk<'_> {
    /// The trigger that wins among those whose contexts are all active: the one
    /// whose longest context lasts longest; then the one that requires more
    /// contexts; then the first by flow id and place in the flow. Before all that, one
    /// for a later time in a row goes before one for an earlier.
    pub(super) fn choose(&mut self, triggers: &[Trigger]) -> Option<NodeIndex> {
        let mut best: Option<(_, usize, NodeIndex)> = None;
        for (place, trigger) in triggers.iter().enumerate() {
            if trigger.times > 1 && trigger.times > self.session.not_understood {
                continue;
            }
            let node = match &trigger.to {
                Target::Node(node) => *node,
                Target::Nothing => continue,
                Target::Missing(node) => {
                    self.fault(
                        None,
                        format!("a trigger of the flow `{}` leads to `{node}`, which it lacks", trigger.flow),
                    );
                    continue;
                }
            };
            let to = self.graph.node(node).position.clone();
            let active = &self.session.contexts;
            let missing = trigger.contexts.iter().filter(|context| !active.contains_key(*context));
            let missing: std::collections::BTreeSet<_> = missing.cloned().collect();
            if !missing.is_empty() {
                self.trace.push(TraceStep::Inactive { to, missing });
                continue;
            }
            let lifespan = trigger.contexts.iter().filter_map(|context| active.get(context)).max().copied();
            let rank = (trigger.times, lifespan, trigger.contexts.len(), Reverse(place));
            let contexts = trigger.contexts.clone();
            self.trace.push(TraceStep::Candidate { to, contexts, lifespan, chosen: false });
            if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
                best = Some((rank, self.trace.len() - 1, node));
            }
        }
        let Some((_, traced, node)) = best else {
            self.trace.push(TraceStep::NoTrigger);
            return None;
        };
        if let Some(TraceStep::Candidate { chosen, .. }) = self.trace.get_mut(traced) {
            *chosen = true;
        }
        Some(node)
    }

    /// Starts at a node that the user asked for. An input or a wait of another flow
    /// waits meanwhile; what else waits is given up: a flow that is started anew begins anew.
    pub(super) fn go(&mut self, to: NodeIndex) {
        self.session.not_understood = 0;
        if let Some((_, node)) = self.waiting()
            && matches!(node.kind, Kind::Input(_) | Kind::Wait(_))
            && node.flow != self.graph.node(to).flow
        {
            self.set_aside(&node.position);
        }
        self.session.position = None;
        self.leave_flow();
        self.run(Way::To(to));
    }

    /// A button leads on inside the flow that waits, or into another one as a trigger would.
    pub(super) fn go_by_button(&mut self, to: NodeIndex) {
        match self.waiting() {
            Some((_, node)) if node.flow == self.graph.node(to).flow => {
                self.session.not_understood = 0;
                self.run(Way::To(to));
            }
            _ => self.go(to),
        }
    }

    /// Starts at a node that the user did not ask for: what waits will wait on.
    pub(super) fn interrupt(&mut self, to: NodeIndex) {
        self.set_waiting_aside();
        self.run(Way::To(to));
    }

    /// What waits, waits on behind what comes now.
    pub(super) fn set_waiting_aside(&mut self) {
        if let Some((_, node)) = self.waiting()
            && matches!(node.kind, Kind::Input(_) | Kind::Message(_) | Kind::Wait(_))
        {
            self.set_aside(&node.position);
        }
    }

    /// Nothing took what the user said or pressed.
    pub(super) fn not_understood(&mut self) {
        self.session.not_understood = self.session.not_understood.saturating_add(1);
        self.trace.push(TraceStep::NotUnderstood { times: self.session.not_understood });
        if let Some(node) = self.choose(self.graph.triggers().system(SystemEvent::NotUnderstood)) {
            self.interrupt(node);
        }
    }

    /// A node that waits goes on waiting behind a digression.
    fn set_aside(&mut self, position: &Position) {
        self.trace.push(TraceStep::Digressed { from: position.clone() });
        self.push_return(position);
    }

    pub(super) fn push_return(&mut self, position: &Position) {
        self.session.returns.push(position.clone());
        if self.session.returns.len() > MAX_RETURNS {
            let forgotten = self.session.returns.remove(0);
            let reason = format!("more than {MAX_RETURNS} flows wait for others to end; `{forgotten}` is given up");
            self.fault(Some(position), reason);
            self.end_left_flows();
        }
    }
}
