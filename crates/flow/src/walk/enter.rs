//! What each kind of node does when the walk enters it.

use super::{Walk, Way};
use crate::graph::{Action, Branching, Destination, Input, Jumping, Kind, Node, NodeIndex, Setting};
use crate::{Awaiting, Effect, Handover, TraceStep};

impl Walk<'_> {
    pub(super) fn enter(&mut self, index: NodeIndex) -> Way {
        let graph = self.graph;
        let node = graph.node(index);
        self.trace.push(TraceStep::Entered { at: node.position.clone() });
        match &node.kind {
            Kind::Message { text, buttons, next } => {
                self.say(text, Some(buttons), &node.position);
                match next {
                    crate::graph::Target::Nothing if buttons.has_goto() => self.wait(node),
                    next => self.way(node, next),
                }
            }
            Kind::Input(input) => self.enter_input(node, input),
            Kind::Branch(branch) => self.enter_branch(node, branch),
            Kind::Action(action) => self.enter_action(node, action),
            Kind::Jump(jump) => self.enter_jump(node, jump),
            Kind::Handover { text, .. } => {
                self.say(text, None, &node.position);
                self.effects.push(Effect::Handover(Handover {
                    at: node.position.clone(),
                    to: None,
                    note: None,
                    language: self.session.language.clone(),
                    variables: self.session.variables.clone(),
                }));
                self.trace.push(TraceStep::HandedOver);
                self.session.handed_over = true;
                self.wait(node)
            }
            Kind::End => Way::End,
        }
    }

    fn enter_input(&mut self, node: &Node, input: &Input) -> Way {
        if input.skip_when_known && self.session.variables.contains_key(&input.variable) {
            self.trace.push(TraceStep::Skipped { at: node.position.clone() });
            return self.way(node, &input.next);
        }
        self.ask(node, input)
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, node: &Node, input: &Input) -> Way {
        if let Some((text, buttons)) = &input.ask {
            self.say(text, Some(buttons), &node.position);
        }
        self.wait(node)
    }

    fn enter_branch(&mut self, node: &Node, branch: &Branching) -> Way {
        for case in &branch.cases {
            let holds = match &case.when {
                Ok(condition) => condition.holds(&self.session.variables, &self.session.language),
                Err(reason) => {
                    self.fault(Some(&node.position), format!("{reason}; the case is passed by"));
                    continue;
                }
            };
            let (at, when) = (node.position.clone(), case.source.clone());
            self.trace.push(TraceStep::Condition { at, when, holds });
            if holds {
                return self.way(node, &case.goto);
            }
        }
        self.way(node, &branch.otherwise)
    }

    /// All values are computed before the first is set, so their order is no matter.
    fn enter_action(&mut self, node: &Node, action: &Action) -> Way {
        let at = Some(&node.position);
        let mut values = Vec::with_capacity(action.set.len());
        for (variable, setting) in &action.set {
            match setting {
                Setting::Value(value) => values.push((variable, value.clone())),
                Setting::Template(template) => match self.value_of(template) {
                    Ok(value) => values.push((variable, value)),
                    Err(reason) => self.fault(at, format!("{reason}; the variable `{variable}` keeps its value")),
                },
            }
        }
        for (variable, value) in values {
            self.set(variable, value, at);
        }
        for variable in &action.clear {
            self.clear(variable);
        }
        for (context, turns) in &action.contexts {
            self.set_context(context, *turns);
        }
        let Some(handler) = &action.call else {
            return self.way(node, &action.next);
        };
        self.session.calls = self.session.calls.saturating_add(1);
        self.effects.push(Effect::Call {
            number: self.session.calls,
            answer: None,
            handler: handler.clone(),
            name: self.graph.handler_name(handler).to_owned(),
            variables: self.session.variables.clone(),
        });
        self.trace.push(TraceStep::Called { handler: handler.clone() });
        self.session.awaiting = Some(Awaiting::Handler(handler.clone()));
        self.wait(node)
    }

    fn enter_jump(&mut self, node: &Node, jump: &Jumping) -> Way {
        let destination = match &jump.to {
            Destination::Node(index) => Ok(*index),
            Destination::Missing(name) => Err(format!("there is no `{name}` to jump to")),
            Destination::Variable(variable) => match self.session.variables.get(variable) {
                Some(serde_json::Value::String(name)) => self
                    .graph
                    .find_named(name.trim())
                    .ok_or_else(|| format!("there is no `{name}` to jump to, which the variable `{variable}` names")),
                _ => Err(format!("the variable `{variable}` names nothing to jump to")),
            },
        };
        match destination {
            Ok(to) => {
                let position = self.graph.node(to).position.clone();
                self.trace.push(TraceStep::Jumped { to: position, returns: jump.returns });
                if jump.returns {
                    self.push_return(&node.position);
                }
                Way::To(to)
            }
            Err(reason) => {
                self.fault(Some(&node.position), reason);
                match self.recover() {
                    Some(way) => way,
                    None => self.way(node, &jump.next),
                }
            }
        }
    }
}
