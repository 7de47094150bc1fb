//! What each kind of node does, by the sections of `docs/flows.md` of the same names.

use greenroom_flow::{
    Awaiting, Condition, Effect, HandlerReply, Handover, HttpAnswer, HttpBody, HttpRequest, PendingAnswer, Position,
    Reply,
};
use greenroom_model::HandlerId;
use greenroom_model::document::{
    Accept, ActionNode, BranchNode, EventNode, HandoverNode, HttpCall, InputNode, JumpNode, JumpTo, MessageNode, Node,
    WaitNode,
};
use serde_json::{Value, json};

use crate::answers::{self, Said};
use crate::conditions;
use crate::interpreter::{Conversation, Next};
use crate::texts;

impl Conversation<'_> {
    pub(crate) fn enter(&mut self, at: &Position) -> Next {
        self.enter_flow(&at.flow);
        match self.bot.node(at).unwrap() {
            Node::Message(message) => self.message(at, message),
            Node::Input(input) => self.input(at, input),
            Node::Branch(branch) => self.branch(at, branch),
            Node::Action(action) => self.action(at, action),
            Node::Jump(jump) => self.jump(at, jump),
            Node::Handover(handover) => self.handover(at, handover),
            Node::Wait(wait) => self.wait_node(at, wait),
            Node::Event(event) => self.event_node(at, event),
            Node::End(_) => Next::FlowEnds,
        }
    }

    fn message(&mut self, at: &Position, message: &MessageNode) -> Next {
        let before = self.replies.len();
        self.say(self.text_and_buttons(at, &message.text, &message.buttons, &[]));
        for content in &message.content {
            if let Some(reply) = self.content(at, content) {
                self.say(reply);
            }
        }
        if !message.quick_replies.is_empty() {
            let quick_replies = self.buttons(at, &message.quick_replies);
            if self.replies.len() == before {
                self.say(Reply { quick_replies, ..Reply::default() });
            } else {
                self.replies.last_mut().unwrap().quick_replies = quick_replies;
            }
        }
        match &message.next {
            None if message.all_buttons().any(|button| button.goto().is_some()) => self.wait(at),
            next => self.edge(&at.flow, next.as_ref()),
        }
    }

    fn input(&mut self, at: &Position, input: &InputNode) -> Next {
        if input.skip_when_known && self.session.variables.contains_key(&input.variable) {
            return self.edge(&at.flow, input.next.as_ref());
        }
        self.ask(at, input)
    }

    fn ask(&mut self, at: &Position, input: &InputNode) -> Next {
        if let Some(ask) = &input.ask {
            self.say(self.text_and_buttons(at, &ask.text, &ask.buttons, &ask.quick_replies));
        }
        self.wait(at)
    }

    fn branch(&mut self, at: &Position, branch: &BranchNode) -> Next {
        for case in &branch.cases {
            // A condition that does not parse never holds.
            if case.when.parse::<Condition>().is_ok_and(|condition| conditions::holds(&condition, &self.session)) {
                return self.edge(&at.flow, Some(&case.goto));
            }
        }
        self.edge(&at.flow, branch.otherwise.as_ref())
    }

    fn action(&mut self, at: &Position, action: &ActionNode) -> Next {
        // All are computed before the first is set.
        let computed = action.set.iter().map(|(variable, value)| (variable, self.setting(value)));
        for (variable, value) in computed.collect::<Vec<_>>() {
            if let Ok(value) = value {
                self.set(variable, value, Some(at));
            }
        }
        for (variable, by) in &action.increment {
            let before = self.session.variables.get(variable).cloned().unwrap_or(json!(0));
            if let Some(sum) = before.as_f64().map(|number| number + by).filter(|sum| sum.is_finite()) {
                self.set(variable, json!(sum), Some(at));
            }
        }
        for variable in &action.clear {
            self.clear(variable);
        }
        if let Some(template) = &action.language
            && let Ok(tag) = texts::whole_text(template, &self.session, self.bot)
            && let Ok(wanted) = tag.trim().to_lowercase().replace('_', "-").parse()
            && let Some(spoken) = self.bot.spoken(&wanted)
        {
            self.session.language = spoken;
        }
        for (context, turns) in &action.contexts {
            self.session.contexts.insert(context.clone(), *turns);
            if *turns == 0 {
                self.session.contexts.remove(context);
            }
        }
        if let Some(handler) = &action.call {
            self.call(handler, None);
            self.session.awaiting = Some(Awaiting::Handler(handler.clone()));
            return self.wait(at);
        }
        if let Some(http) = &action.http {
            return match self.request(http) {
                Ok(request) => {
                    self.effects.push(Effect::Http(request));
                    self.session.awaiting = Some(Awaiting::Http {});
                    self.wait(at)
                }
                Err(_) => self.request_fails(at, action, http),
            };
        }
        self.edge(&at.flow, action.next.as_ref())
    }

    /// A text is a template, all else is what it is.
    fn setting(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::String(template) => texts::value(template, &self.session, self.bot),
            other => Ok(other.clone()),
        }
    }

    fn call(&mut self, handler: &HandlerId, answer: Option<String>) {
        let call = Effect::Call {
            number: self.next_number(),
            handler: handler.clone(),
            name: self.bot.handler_name(handler),
            variables: self.session.variables.clone(),
            answer,
        };
        self.effects.push(call);
    }

    fn request(&mut self, http: &HttpCall) -> Result<HttpRequest, String> {
        let (session, bot) = (&self.session, self.bot);
        if std::iter::once(&http.url).chain(http.headers.values()).any(|text| texts::lacks_a_value(text, session, bot))
        {
            return Err("it lacks a value".to_owned());
        }
        let url = texts::address(&http.url, session, bot)?;
        let mut headers = std::collections::BTreeMap::new();
        for (name, template) in &http.headers {
            let value = texts::whole_text(template, session, bot)?;
            if value.contains(['\r', '\n']) {
                return Err("a value would leave its header".to_owned());
            }
            headers.insert(name.clone(), value.trim().to_owned());
        }
        let body = match texts::filled(&http.body, session, bot)? {
            Value::Null if http.body.is_null() => None,
            Value::String(text) => Some(HttpBody::Text(text)),
            json => Some(HttpBody::Json(json)),
        };
        let timeout_ms = http.timeout_ms.unwrap_or(10_000);
        let (method, retries) = (http.method, http.retries);
        Ok(HttpRequest { number: self.next_number(), method, url, headers, body, timeout_ms, retries })
    }

    fn request_fails(&mut self, at: &Position, action: &ActionNode, http: &HttpCall) -> Next {
        if let Some(status) = &http.status {
            self.set(status, json!(0), Some(at));
        }
        self.edge(&at.flow, action.on_error.as_ref().or(action.next.as_ref()))
    }

    pub(crate) fn http_result(&mut self, result: &Result<HttpAnswer, String>) {
        let Some((at, Node::Action(action))) = self.waiting() else { return };
        let (Some(http), Some(Awaiting::Http {})) = (&action.http, &self.session.awaiting) else { return };
        let next = match result {
            Err(_) => self.request_fails(&at, action, http),
            Ok(answer) => {
                if let Some(status) = &http.status {
                    self.set(status, json!(answer.status), Some(&at));
                }
                if (200..300).contains(&answer.status) {
                    for (variable, pointer) in &http.into {
                        self.set(variable, answer.body.pointer(pointer).cloned().unwrap_or(Value::Null), Some(&at));
                    }
                    self.edge(&at.flow, action.next.as_ref())
                } else {
                    self.edge(&at.flow, action.on_error.as_ref().or(action.next.as_ref()))
                }
            }
        };
        self.go_on(next);
    }

    pub(crate) fn handler_result(&mut self, result: &Result<HandlerReply, String>) {
        let awaiting = match &self.session.awaiting {
            Some(awaiting @ (Awaiting::Handler(_) | Awaiting::Answer(_))) => awaiting.clone(),
            _ => return,
        };
        let (at, node) = self.waiting().unwrap();
        if let Ok(reply) = result {
            for (variable, value) in &reply.variables {
                if self.bot.variables.contains_key(variable) {
                    self.set(variable, value.clone(), Some(&at));
                }
            }
            reply.replies.iter().map(Reply::text).chain(reply.messages.iter().cloned()).for_each(|said| self.say(said));
        }
        self.session.awaiting = None;
        match (node, awaiting) {
            (Node::Input(input), Awaiting::Answer(pending)) => self.checked(&at, input, &pending, result),
            (Node::Action(action), _) => {
                let on_error = action.on_error.as_ref().or(action.next.as_ref());
                let to = if result.is_ok() { action.next.as_ref() } else { on_error };
                let next = self.edge(&at.flow, to);
                self.go_on(next);
            }
            other => panic!("{other:?}"),
        }
    }

    /// The rules in their order, then the intents that may interrupt, then the question again.
    pub(crate) fn answer(&mut self, at: &Position, input: &InputNode, said: Said<'_>) {
        let anything = [Accept::Text(Default::default())];
        let rules = if input.accept.is_empty() { &anything[..] } else { &input.accept };
        for (rule, accept) in rules.iter().enumerate() {
            if let Accept::Handler { handler, intents } = accept
                && intents.lets(said.intent)
                && !said.text.trim().is_empty()
            {
                let text = said.text.trim().to_owned();
                self.call(handler, Some(text.clone()));
                let pending = PendingAnswer { handler: handler.clone(), rule, text, intent: said.intent.cloned() };
                self.session.awaiting = Some(Awaiting::Answer(pending));
                return;
            }
            let value = answers::value(accept, said, self.bot, &self.session.language);
            if let Some(value) = value.and_then(|value| self.fitting(&input.variable, value)) {
                return self.accept(at, input, value);
            }
        }
        self.no_answer(at, input, said.intent);
    }

    /// A handler has said whether an answer is valid; one that has not, has not found it so.
    fn checked(
        &mut self,
        at: &Position,
        input: &InputNode,
        pending: &PendingAnswer,
        result: &Result<HandlerReply, String>,
    ) {
        let answer = result.as_ref().ok().and_then(|reply| reply.answer.as_ref()).filter(|answer| answer.valid);
        if let Some(answer) = answer {
            let value = if answer.value.is_null() { json!(pending.text) } else { answer.value.clone() };
            if let Some(value) = self.fitting(&input.variable, value) {
                return self.accept(at, input, value);
            }
        }
        self.no_answer(at, input, pending.intent.as_ref());
    }

    fn accept(&mut self, at: &Position, input: &InputNode, value: Value) {
        self.session.not_understood = 0;
        self.set(&input.variable, value, Some(at));
        let next = self.edge(&at.flow, input.next.as_ref());
        self.go_on(next);
    }

    fn no_answer(&mut self, at: &Position, input: &InputNode, intent: Option<&greenroom_model::IntentId>) {
        let intent = intent.filter(|intent| input.interruptions.lets(intent));
        if let Some(to) = intent.and_then(|intent| self.intent(intent)) {
            return self.start_flow(to);
        }
        self.session.attempts += 1;
        if input.attempts.is_some_and(|most| self.session.attempts >= most) {
            let next = self.edge(&at.flow, input.otherwise.as_ref());
            return self.go_on(next);
        }
        let retries = input.retry.texts();
        let time = self.session.attempts as usize;
        if let Some(retry) = retries.get(time - 1).or(retries.last()) {
            self.say(self.text_and_buttons(at, retry, &[], &[]));
        }
        self.ask(at, input);
    }

    fn jump(&mut self, at: &Position, jump: &JumpNode) -> Next {
        let to = match &jump.to {
            JumpTo::Flow(flow, node) => self.bot.place(flow, node.as_ref()),
            JumpTo::Variable(variable) => match self.session.variables.get(variable) {
                Some(Value::String(name)) => self.bot.named(name),
                _ => None,
            },
        };
        let Some(to) = to else {
            return self.error_flow().unwrap_or_else(|| self.edge(&at.flow, jump.next.as_ref()));
        };
        if jump.returns {
            self.comes_back(at.clone());
        }
        Next::Node(to)
    }

    fn handover(&mut self, at: &Position, handover: &HandoverNode) -> Next {
        self.say(self.text_and_buttons(at, &handover.text, &[], &[]));
        let filled = |template: &String| texts::text(template, &self.session, self.bot);
        let open = self.session.variables.iter().filter(|(variable, _)| !self.bot.is_sensitive(variable));
        self.effects.push(Effect::Handover(Handover {
            at: at.clone(),
            to: handover.to.as_ref().map(filled),
            note: handover.note.as_ref().map(filled),
            language: self.session.language.clone(),
            variables: open.map(|(variable, value)| (variable.clone(), value.clone())).collect(),
        }));
        self.session.handed_over = true;
        self.wait(at)
    }

    fn wait_node(&mut self, at: &Position, wait: &WaitNode) -> Next {
        if let Some(seconds) = wait.seconds {
            self.session.timers.retain(|_, place| place != at);
            let number = self.next_number();
            self.session.timers.insert(number, at.clone());
            self.effects.push(Effect::Timer { number, seconds });
        }
        self.wait(at)
    }

    fn event_node(&mut self, at: &Position, event: &EventNode) -> Next {
        if self.effects.len() < 100 {
            let mut data = std::collections::BTreeMap::new();
            for (key, value) in &event.data {
                if let Ok(value) = self.setting(value) {
                    data.insert(key.clone(), value);
                }
            }
            self.effects.push(Effect::Event { event: event.event.clone(), data });
        }
        self.edge(&at.flow, event.next.as_ref())
    }

    /// Calls, requests and timers are counted together.
    fn next_number(&mut self) -> u64 {
        self.session.calls += 1;
        self.session.calls
    }

    /// Says something, where there is something of it to be shown and room for it.
    pub(crate) fn say(&mut self, reply: Reply) {
        let is_blank = reply.text.trim().is_empty()
            && reply.buttons.is_empty()
            && reply.quick_replies.is_empty()
            && reply.content.is_none();
        if !is_blank && self.replies.len() < 100 {
            self.replies.push(reply);
        }
    }
}
