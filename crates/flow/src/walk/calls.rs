//! What a node has called and awaits: handlers, requests, checks of answers.

use greenroom_model::document::MAX_BUTTONS;

use super::{Walk, Way};
use crate::graph::{self, Accepting, Kind, Node, Requesting};
use crate::templates::MAX_VALUE_BYTES;
use crate::{Awaiting, Effect, HandlerReply, PendingAnswer, Reply, TraceStep};

use super::answer::Said;

impl<'g> Walk<'g> {
    /// The node that awaits something, where it is still one that can.
    fn calling(&self) -> Option<&'g Node> {
        let (_, node) = self.waiting()?;
        let fits = match (&node.kind, self.session.awaiting.as_ref()?) {
            (Kind::Action(action), Awaiting::Handler(handler)) => action.call.as_ref() == Some(handler),
            (Kind::Action(action), Awaiting::Http {}) => action.call.is_none() && action.http.is_some(),
            (Kind::Input(input), Awaiting::Answer(pending)) => {
                matches!(input.accept.get(pending.rule),
                    Some(Accepting::Handler { handler, .. }) if *handler == pending.handler)
            }
            _ => false,
        };
        fits.then_some(node)
    }

    /// A session of another version may await what this one does not call.
    pub(super) fn find_its_call(&mut self) {
        if self.session.awaiting.is_some() && self.calling().is_none() {
            let reason = match self.session.awaiting.take() {
                Some(Awaiting::Http {}) => "the node that sent a request is gone; its answer is not awaited any more",
                _ => "the node that called a handler is gone; its result is not awaited any more",
            };
            self.fault(None, reason);
        }
    }

    /// The action that awaits the answer of its request.
    pub(super) fn requesting(&self) -> Option<(&'g Node, &'g graph::Action, &'g Requesting)> {
        let node = self.calling()?;
        match (&node.kind, self.session.awaiting.as_ref()?) {
            (Kind::Action(action), Awaiting::Http {}) => Some((node, action, action.http.as_ref()?)),
            _ => None,
        }
    }

    /// The user does not wait for what has not answered. A question stays asked.
    pub(super) fn give_up_call(&mut self) {
        let reason = match self.session.awaiting.take() {
            None => return,
            Some(Awaiting::Handler(handler)) => {
                format!("the handler `{handler}` has not answered; its flow is given up")
            }
            Some(Awaiting::Http {}) => "a request has not been answered; its flow is given up".to_owned(),
            Some(Awaiting::Answer(PendingAnswer { handler, .. })) => {
                let reason = format!("the handler `{handler}` has not checked the answer; the next one counts");
                return self.fault(None, reason);
            }
        };
        self.fault(None, reason);
        self.session.position = None;
        self.leave_flow();
    }

    /// Lets a handler check an answer; the input waits for what it says.
    pub(super) fn check_answer(&mut self, rule: usize, handler: &greenroom_model::HandlerId, said: Said<'_>) {
        let mut text = said.text.trim().to_owned();
        text.truncate(text.floor_char_boundary(MAX_VALUE_BYTES));
        let number = self.next_number();
        self.effects.push(Effect::Call {
            number,
            handler: handler.clone(),
            name: self.graph.handler_name(handler).to_owned(),
            variables: self.session.variables.clone(),
            answer: Some(text.clone()),
        });
        self.trace.push(TraceStep::Called { handler: handler.clone() });
        let pending = PendingAnswer { handler: handler.clone(), rule, text, intent: said.intent.cloned() };
        self.session.awaiting = Some(Awaiting::Answer(pending));
    }

    pub(super) fn handler_result(&mut self, result: &Result<HandlerReply, String>) {
        let node = match self.session.awaiting {
            Some(Awaiting::Handler(_) | Awaiting::Answer(_)) => self.calling(),
            Some(Awaiting::Http {}) | None => None,
        };
        let Some(node) = node else {
            return self.ignore("no handler is awaited; its result comes too late");
        };
        if let Err(reason) = result
            && let Some(Awaiting::Handler(handler) | Awaiting::Answer(PendingAnswer { handler, .. })) =
                &self.session.awaiting
        {
            let (handler, reason) = (handler.clone(), reason.chars().take(1_000).collect());
            self.trace.push(TraceStep::HandlerFailed { handler, reason });
        }
        if let Ok(reply) = result {
            self.apply(reply, node);
        }
        match (&node.kind, self.session.awaiting.take()) {
            (Kind::Input(input), Some(Awaiting::Answer(pending))) => {
                self.checked(node, input, &pending, result.as_ref().ok());
            }
            (Kind::Action(action), _) => {
                let way = match result {
                    Ok(reply) => match self.led(reply, node) {
                        Some(way) => way,
                        None => self.way(node, &action.next),
                    },
                    Err(_) => self.way(node, action.on_failure()),
                };
                self.run(way);
            }
            _ => {}
        }
    }

    /// Where a handler leads the conversation, where it does.
    fn led(&mut self, reply: &HandlerReply, node: &Node) -> Option<Way> {
        if !reply.ends.is_empty() {
            self.session.returns.retain(|position| !reply.ends.contains(&position.flow));
            self.end_left_flows();
        }
        let Some(to) = &reply.goes_to else {
            return reply.ends.contains(&node.position.flow).then_some(Way::End);
        };
        let Some(index) = self.graph.find(to) else {
            self.fault(Some(&node.position), format!("the handler leads to `{to}`, which the bot does not have"));
            return None;
        };
        self.session.returns.retain(|position| position.flow != to.flow);
        if to.flow != node.position.flow {
            self.leave_flow();
        }
        self.trace.push(TraceStep::Jumped { to: to.clone(), returns: false });
        Some(Way::To(index))
    }

    fn apply(&mut self, reply: &HandlerReply, node: &Node) {
        for note in &reply.notes {
            self.ignore(note.chars().take(1_000).collect::<String>());
        }
        for (variable, value) in &reply.variables {
            if self.graph.declared(variable).is_some() {
                self.set(variable, value.clone(), Some(&node.position));
            } else {
                self.fault(Some(&node.position), format!("the handler sets `{variable}`, which the bot does not have"));
            }
        }
        let texts = reply.replies.iter().map(Reply::text);
        for mut said in texts.chain(reply.messages.iter().cloned()) {
            self.cut_to_size(&mut said, node);
            if !said.is_blank() {
                self.reply(said);
            }
        }
    }

    /// What a handler says is bounded like what a flow says.
    fn cut_to_size(&mut self, said: &mut Reply, node: &Node) {
        let at = Some(&node.position);
        let most = MAX_VALUE_BYTES.min(self.bytes_left);
        if said.text.len() > most {
            said.text.truncate(said.text.floor_char_boundary(most));
            self.fault(at, "the handler says more than 64 KiB at once; the text is cut");
        }
        if said.buttons.len().max(said.quick_replies.len()) > MAX_BUTTONS {
            said.buttons.truncate(MAX_BUTTONS);
            said.quick_replies.truncate(MAX_BUTTONS);
            self.fault(at, format!("the handler shows more than {MAX_BUTTONS} buttons; the others are not shown"));
        }
        self.bytes_left -= said.text.len();
        let pressed = said.all_buttons().map(|button| button.title.len() + button.action.size()).sum::<usize>();
        let content = said
            .content
            .as_ref()
            .map_or(0, |content| serde_json::to_string(content).map_or(0, |content| content.len()));
        match self.bytes_left.checked_sub(pressed + content) {
            Some(left) => self.bytes_left = left,
            None => {
                *said = Reply::text(std::mem::take(&mut said.text));
                self.fault(at, "the handler shows more than there is room for; its text alone is said");
            }
        }
    }

    /// A handler has said whether an answer is valid, or has failed: then it is not.
    fn checked(&mut self, node: &Node, input: &graph::Input, pending: &PendingAnswer, reply: Option<&HandlerReply>) {
        let at = &node.position;
        match reply.map(|reply| &reply.answer) {
            Some(Some(answer)) => {
                let (handler, valid) = (pending.handler.clone(), answer.valid);
                self.trace.push(TraceStep::Checked { handler, valid });
                if valid {
                    let value =
                        if answer.value.is_null() { pending.text.as_str().into() } else { answer.value.clone() };
                    match self.fitting(&input.variable, value) {
                        Ok(value) => return self.accept(node, input, Some(pending.rule), value),
                        Err(reason) => self.fault(Some(at), reason),
                    }
                }
            }
            Some(None) => {
                let reason = format!("the handler `{}` does not say whether the answer is valid", pending.handler);
                self.fault(Some(at), reason);
            }
            None => {}
        }
        match self.interrupting(input, pending.intent.as_ref()) {
            Some(other) => self.go(other),
            None => self.refuse(node, input),
        }
    }
}
