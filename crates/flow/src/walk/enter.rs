//! What each kind of node does when the walk enters it.

use super::{MAX_EFFECTS_PER_STEP, Walk, Way};
use crate::graph::{
    Branching, Destination, HandingOver, Input, Jumping, Kind, Node, NodeIndex, Raising, Setting, Waiting,
};
use crate::{Effect, Handover, TraceStep};

impl Walk<'_> {
    pub(super) fn enter(&mut self, index: NodeIndex) -> Way {
        let graph = self.graph;
        let node = graph.node(index);
        self.trace.push(TraceStep::Entered { at: node.position.clone() });
        self.enter_flow(&node.position.flow);
        match &node.kind {
            Kind::Message(message) => self.enter_message(node, message),
            Kind::Input(input) => self.enter_input(node, input),
            Kind::Branch(branch) => self.enter_branch(node, branch),
            Kind::Action(action) => self.enter_action(node, action),
            Kind::Jump(jump) => self.enter_jump(node, jump),
            Kind::Handover(handover) => self.enter_handover(node, handover),
            Kind::Wait(wait) => self.enter_wait(node, wait),
            Kind::Event(event) => self.enter_event(node, event),
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
        if let Some(ask) = &input.ask {
            self.say_question(ask, &node.position);
        }
        self.wait(node)
    }

    pub(super) fn enter_branch(&mut self, node: &Node, branch: &Branching) -> Way {
        for case in &branch.cases {
            let holds = match &case.when {
                Ok(condition) => {
                    let work = condition.work(&self.session.variables);
                    let Some(left) = self.work_left.checked_sub(work) else {
                        self.fault(Some(&node.position), "the conditions take too long; none of the rest holds");
                        break;
                    };
                    self.work_left = left;
                    condition.holds(&self.session.variables, &self.session.language)
                }
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

    fn enter_jump(&mut self, node: &Node, jump: &Jumping) -> Way {
        let destination = match &jump.to {
            Destination::Node(index) => Ok(*index),
            Destination::Missing(name) => Err(format!("there is no `{name}` to jump to")),
            Destination::Variable(variable) => match self.session.variables.get(variable) {
                Some(serde_json::Value::String(name)) => self.graph.find_named(name.trim()).ok_or_else(|| {
                    let name: String = name.chars().take(80).collect();
                    format!("there is no `{name}` to jump to, which the variable `{variable}` names")
                }),
                _ => Err(format!("the variable `{variable}` names nothing to jump to")),
            },
        };
        match destination {
            Ok(to) => {
                let position = self.graph.node(to).position.clone();
                if jump.returns {
                    self.push_return(&node.position);
                } else if position.flow != node.position.flow {
                    self.leave_flow();
                }
                self.trace.push(TraceStep::Jumped { to: position, returns: jump.returns });
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

    fn enter_handover(&mut self, node: &Node, handover: &HandingOver) -> Way {
        let at = &node.position;
        self.say(&handover.text, at);
        let to = handover.to.as_ref().map(|template| self.text_of(template, at));
        let note = handover.note.as_ref().map(|template| self.text_of(template, at));
        self.effects.push(Effect::Handover(Handover {
            at: at.clone(),
            to,
            note,
            language: self.session.language.clone(),
            variables: self.graph.without_sensitive(&self.session.variables),
        }));
        self.trace.push(TraceStep::HandedOver);
        self.session.handed_over = true;
        self.wait(node)
    }

    fn enter_wait(&mut self, node: &Node, wait: &Waiting) -> Way {
        if let Some(seconds) = wait.seconds {
            self.session.timers.retain(|_, position| *position != node.position);
            let number = self.next_number();
            self.session.timers.insert(number, node.position.clone());
            self.effects.push(Effect::Timer { number, seconds });
            self.trace.push(TraceStep::Timer { seconds });
        }
        self.wait(node)
    }

    fn enter_event(&mut self, node: &Node, raising: &Raising) -> Way {
        if self.effects.len() >= MAX_EFFECTS_PER_STEP {
            let reason = format!("more than {MAX_EFFECTS_PER_STEP} effects at once; the event is not told");
            self.fault(Some(&node.position), reason);
            return self.way(node, &raising.next);
        }
        let mut data = std::collections::BTreeMap::new();
        for (key, setting) in &raising.data {
            match setting {
                Setting::Value(value) => drop(data.insert(key.clone(), value.clone())),
                Setting::Template(template) => match self.value_of(template) {
                    Ok(value) => drop(data.insert(key.clone(), value)),
                    Err(reason) => self.fault(Some(&node.position), format!("{reason}; `{key}` is left out")),
                },
            }
        }
        self.trace.push(TraceStep::Raised { event: raising.event.clone() });
        self.effects.push(Effect::Event { event: raising.event.clone(), data });
        self.way(node, &raising.next)
    }

    /// The number of a call, a request or a timer that begins now.
    pub(super) fn next_number(&mut self) -> u64 {
        self.session.calls = self.session.calls.saturating_add(1);
        self.session.calls
    }
}
