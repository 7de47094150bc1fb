//! What comes in, and what it does to the node that waits.

use greenroom_model::document::SystemEvent;
use greenroom_model::{EventId, IntentId};

use super::answer::{Said, value};
use super::payload::{self, Payload};
use super::{Walk, Way};
use crate::graph::{self, Accepting, Kind, Node};
use crate::{Awaiting, HandlerReply, Input, Reply, TraceStep};

impl Walk<'_> {
    /// Forgets what this graph does not have: the session may be of another version.
    pub(super) fn find_its_place(&mut self) {
        if let Some(position) = &self.session.position
            && !self.graph.contains(position)
        {
            let reason =
                format!("this version of the bot has no node `{position}`; the conversation waits for anything");
            self.fault(None, reason);
            self.session.position = None;
            self.session.attempts = 0;
        }
        let graph = self.graph;
        self.session.returns.retain(|position| graph.contains(position));
        if self.session.awaiting.is_some() && self.calling().is_none() {
            self.fault(None, "the node that called a handler is gone; its result is not awaited any more");
            self.session.awaiting = None;
        }
    }

    pub(super) fn take(&mut self, input: &Input) {
        if self.session.handed_over && !matches!(input, Input::Resume) {
            self.session.started = true;
            return self.ignore("a person has taken over; the bot is silent until it is resumed");
        }
        match input {
            Input::Start | Input::Link { .. } => self.start(),
            Input::Text { text, intent, entities, .. } => {
                self.user_acts();
                self.hear(Said { text, intent: intent.as_ref(), entities });
            }
            Input::Button { payload } => {
                self.user_acts();
                self.press(payload);
            }
            Input::Event { event, .. } => self.event(event),
            Input::HandlerResult(result) => self.handler_result(result),
            Input::Resume => self.resume(),
            Input::HttpResult(_) | Input::Timeout { .. } | Input::Disabled => {}
        }
        self.session.started = true;
    }

    fn start(&mut self) {
        self.give_up_call();
        self.session.position = None;
        self.session.attempts = 0;
        self.session.returns.clear();
        if let Some(node) = self.choose(self.graph.triggers().system(SystemEvent::Introduction)) {
            self.run(Way::To(node));
        }
    }

    fn user_acts(&mut self) {
        self.give_up_call();
        self.count_turn();
    }

    /// The user does not wait for a handler that has not answered.
    fn give_up_call(&mut self) {
        if let Some(Awaiting::Handler(handler)) = self.session.awaiting.take() {
            self.fault(None, format!("the handler `{handler}` has not answered; its flow is given up"));
            self.session.position = None;
        }
    }

    fn hear(&mut self, said: Said<'_>) {
        self.fill(said.entities);
        let waiting = self.waiting();
        if let Some((_, node)) = waiting
            && let Kind::Input(input) = &node.kind
        {
            return self.answer(node, input, said);
        }
        match self.triggered(said.intent) {
            Some(node) => self.go(node),
            None => self.not_understood(),
        }
    }

    fn triggered(&mut self, intent: Option<&IntentId>) -> Option<graph::NodeIndex> {
        self.choose(self.graph.triggers().intents.get(intent?)?)
    }

    /// The rules of the input first, then intents that start another flow, then the question again.
    fn answer(&mut self, node: &Node, input: &graph::Input, said: Said<'_>) {
        let anything = [Accepting::Text(greenroom_model::document::IntentFilter::default())];
        let takes_anything = input.accept.is_empty();
        let rules = if takes_anything { &anything[..] } else { &input.accept };
        for (place, rule) in rules.iter().enumerate() {
            if let Accepting::Broken(reason) = rule {
                self.fault(Some(&node.position), format!("the pattern {reason}; it matches nothing"));
            }
            let Some(value) = value(rule, said) else { continue };
            match self.fitting(&input.variable, value) {
                Ok(value) => {
                    let (at, rule) = (node.position.clone(), (!takes_anything).then_some(place));
                    self.trace.push(TraceStep::Accepted { at, rule, value: value.clone() });
                    self.set(&input.variable, value, Some(&node.position));
                    let way = self.way(node, &input.next);
                    return self.run(way);
                }
                Err(reason) => self.fault(Some(&node.position), reason),
            }
        }
        if let Some(other) = self.triggered(said.intent) {
            return self.go(other);
        }
        self.refuse(node, input);
    }

    fn refuse(&mut self, node: &Node, input: &graph::Input) {
        self.session.attempts = self.session.attempts.saturating_add(1);
        let attempts = self.session.attempts;
        self.trace.push(TraceStep::Refused { at: node.position.clone(), attempts });
        if input.attempts.is_some_and(|most| attempts >= most) {
            let way = self.way(node, &input.otherwise);
            return self.run(way);
        }
        self.say(&input.retry, None, &node.position);
        self.ask(node, input);
    }

    /// A button trigger, a node, an intent, or a text for the input that waits: in this order.
    fn press(&mut self, pressed: &str) {
        if let Some(triggers) = self.graph.triggers().buttons.get(pressed)
            && let Some(node) = self.choose(triggers)
        {
            return self.go(node);
        }
        match payload::read(pressed) {
            Payload::Goto(target) => match self.graph.find_named(target) {
                Some(node) if target.contains('/') && self.graph.is_button_target(node) => self.go(node),
                _ => {
                    self.fault(None, format!("no button of this version of the bot leads to `{target}`"));
                    self.not_understood();
                }
            },
            Payload::Intent(intent, entities) => {
                self.hear(Said { text: "", intent: Some(&intent), entities: &entities });
            }
            Payload::Other => self.hear(Said { text: pressed, intent: None, entities: &[] }),
        }
    }

    fn event(&mut self, event: &EventId) {
        let triggers = self.graph.triggers().events.get(event).map_or(&[][..], Vec::as_slice);
        if let Some(node) = self.choose(triggers) {
            self.give_up_call();
            self.interrupt(node);
        }
    }

    /// The action that awaits a handler, where there is one.
    fn calling(&self) -> Option<&graph::Action> {
        match &self.waiting()?.1.kind {
            Kind::Action(action) if action.call.is_some() => Some(action),
            _ => None,
        }
    }

    fn handler_result(&mut self, result: &Result<HandlerReply, String>) {
        let Some(Awaiting::Handler(handler)) = self.session.awaiting.clone() else {
            return self.ignore("no handler is awaited; its result comes too late");
        };
        let Some((_, node)) = self.waiting() else { return };
        let Kind::Action(action) = &node.kind else { return };
        let target = match result {
            Ok(reply) => {
                self.apply(reply, node);
                &action.next
            }
            Err(reason) => {
                let reason = reason.chars().take(1_000).collect();
                self.trace.push(TraceStep::HandlerFailed { handler, reason });
                match &action.on_error {
                    graph::Target::Nothing => &action.next,
                    on_error => on_error,
                }
            }
        };
        let way = self.way(node, target);
        self.run(way);
    }

    fn apply(&mut self, reply: &HandlerReply, node: &Node) {
        for (variable, value) in &reply.variables {
            if self.graph.value_type(variable).is_some() {
                self.set(variable, value.clone(), Some(&node.position));
            } else {
                self.fault(Some(&node.position), format!("the handler sets `{variable}`, which the bot does not have"));
            }
        }
        for text in &reply.replies {
            self.reply(Reply::text(text.clone()));
        }
    }

    fn resume(&mut self) {
        if !self.session.handed_over {
            return self.ignore("no person has taken over");
        }
        self.session.handed_over = false;
        self.trace.push(TraceStep::Resumed);
        if let Some((_, node)) = self.waiting()
            && let Kind::Handover { next, .. } = &node.kind
        {
            let way = self.way(node, next);
            self.run(way);
        }
    }
}
