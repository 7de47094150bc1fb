//! What comes in, by `docs/flows.md`: what the user does, "Triggers", "Wait", the bot switched off.

use greenroom_flow::{Awaiting, Effect, EntityValue, Input, Position, Session};
use greenroom_model::document::{InputNode, Interruptions, Node, SystemEvent, TriggerOn};
use greenroom_model::{EntityId, EventId, IntentId};
use serde_json::Value;

use crate::answers::{Said, plain};
use crate::interpreter::{Conversation, Next};

impl<'b> Conversation<'b> {
    pub(crate) fn take(&mut self, input: &Input) {
        if self.session.handed_over && !matches!(input, Input::Resume | Input::Timeout { .. }) {
            return; // The bot is silent.
        }
        match input {
            Input::Start => self.begin(None),
            Input::Link { link } => self.begin(Some(link)),
            Input::Text { text, intent, entities, language } => {
                self.turn_of_the_user();
                self.detect_language(language.as_ref());
                self.session.texts = (self.session.texts + 1).min(2);
                self.hear(Said { text, intent: intent.as_ref(), entities });
            }
            Input::Button { payload } => {
                self.turn_of_the_user();
                self.press(payload);
            }
            Input::Event { event, variables } => {
                for (variable, value) in variables.iter().filter(|(id, _)| self.bot.variables.contains_key(*id)) {
                    self.set(variable, value.clone(), None);
                }
                self.event(event);
            }
            Input::HandlerResult(result) => self.handler_result(result),
            Input::HttpResult(result) => self.http_result(result),
            Input::Timeout { number } => self.time_is_over(*number),
            Input::Resume if self.session.handed_over => {
                self.session.handed_over = false;
                if let Some((at, Node::Handover(handover))) = self.waiting() {
                    let next = self.edge(&at.flow, handover.next.as_ref());
                    self.go_on(next);
                }
            }
            Input::Resume => {}
            Input::Disabled => self.switched_off(),
        }
    }

    /// The conversation begins (again): by a link, else with the introduction.
    fn begin(&mut self, link: Option<&str>) {
        self.session.awaiting = None;
        self.session.position = None;
        self.session.attempts = 0;
        self.session.not_understood = 0;
        self.session.returns.clear();
        self.leave_flow();
        let by_link = link.and_then(|link| self.triggered(|on| matches!(on, TriggerOn::Link(name) if name == link)));
        if let Some(to) = by_link.or_else(|| self.system(SystemEvent::Introduction)) {
            self.go_on(Next::Node(to));
        }
    }

    /// What the user does ends the wait for a call, and time passes.
    fn turn_of_the_user(&mut self) {
        self.give_up_call();
        self.session.turn += 1;
        self.turn_passes();
    }

    /// A flow that awaits a call is given up; a question whose answer is checked stays asked.
    fn give_up_call(&mut self) {
        if let Some(Awaiting::Handler(_) | Awaiting::Http {}) = self.session.awaiting.take() {
            self.session.position = None;
            self.leave_flow();
        }
    }

    /// The keywords first, unless nothing may interrupt; then the open question; then the intents.
    fn hear(&mut self, said: Said<'_>) {
        self.fill(said.entities);
        let question = self.question();
        let may_interrupt = question.as_ref().is_none_or(|(_, input)| input.interruptions != Interruptions::None);
        if may_interrupt && !said.text.is_empty() {
            let key = |text: &str| if plain(text).is_empty() { text.trim().to_owned() } else { plain(text) };
            let heard = key(said.text);
            if let Some(to) = self.triggered(|on| matches!(on, TriggerOn::Keyword(text) if key(text) == heard)) {
                return self.start_flow(to);
            }
        }
        if let Some((at, input)) = question {
            return self.answer(&at, input, said);
        }
        match said.intent.and_then(|intent| self.intent(intent)) {
            Some(to) => self.start_flow(to),
            None => self.not_understood(),
        }
    }

    /// A button trigger; a node; an intent; else a text.
    fn press(&mut self, payload: &str) {
        if let Some(to) = self.triggered(|on| matches!(on, TriggerOn::Button(name) if name == payload)) {
            return self.start_flow(to);
        }
        if let Some(target) = payload.strip_prefix("goto:") {
            let to = self.bot.named(target).filter(|to| target.contains('/') && self.bot.has_button_to(to));
            return match to {
                Some(to) => self.go_by_button(to),
                None => self.not_understood(),
            };
        }
        if let Some((intent, entities)) = payload.strip_prefix("intent:").and_then(intent_of_payload) {
            return self.hear(Said { text: "", intent: Some(&intent), entities: &entities });
        }
        self.hear(Said { text: payload, intent: None, entities: &[] });
    }

    /// An event: for the node that waits, for the latest that waits behind it, for the triggers.
    fn event(&mut self, event: &EventId) {
        if let Some((at, Node::Wait(wait))) = self.waiting()
            && let Some(node) = wait.events.get(event)
        {
            let next = self.edge(&at.flow, Some(node));
            return self.go_on(next);
        }
        for (place, at) in self.session.returns.clone().into_iter().enumerate().rev() {
            if let Some(Node::Wait(wait)) = self.bot.node(&at)
                && let Some(node) = wait.events.get(event)
            {
                self.give_up_call();
                self.session.returns.remove(place);
                self.set_aside();
                self.flow = Some(at.flow.clone());
                let next = self.edge(&at.flow, Some(node));
                return self.go_on(next);
            }
        }
        if let Some(to) = self.triggered(|on| matches!(on, TriggerOn::Event(name) if name == event)) {
            self.give_up_call();
            self.set_aside();
            self.go_on(Next::Node(to));
        }
    }

    /// The time of a wait is over. One that waits behind a digression finds out later.
    fn time_is_over(&mut self, number: u64) {
        let Some(whose) = self.session.timers.remove(&number) else { return };
        if let Some((at, Node::Wait(wait))) = self.waiting()
            && at == whose
        {
            let next = self.edge(&at.flow, wait.on_timeout.as_ref());
            self.go_on(next);
        }
    }

    fn not_understood(&mut self) {
        self.session.not_understood += 1;
        if let Some(to) = self.system(SystemEvent::NotUnderstood) {
            self.set_aside();
            self.go_on(Next::Node(to));
        }
    }

    /// What the flow for it says, the events that it tells and the variables that it sets are all
    /// that happens: what waits goes on waiting.
    fn switched_off(&mut self) {
        let Some(to) = self.system(SystemEvent::BotDisabled) else { return };
        let before = self.session.clone();
        self.asleep = before.position.iter().chain(&before.returns).cloned().collect();
        self.session.returns.clear();
        self.flow = None;
        self.go_on(Next::Node(to));
        self.effects.retain(|effect| matches!(effect, Effect::Event { .. }));
        let Session { variables, lifetimes, calls, .. } = self.session.clone();
        self.session = Session { variables, lifetimes, calls, ..before };
        self.asleep.clear();
    }

    /// The user starts a flow. An open question or wait of another flow waits meanwhile; whatever
    /// else is open is given up.
    pub(crate) fn start_flow(&mut self, to: Position) {
        self.session.not_understood = 0;
        match self.waiting() {
            Some((at, Node::Input(_) | Node::Wait(_))) if at.flow != to.flow => self.comes_back(at),
            _ => {}
        }
        self.session.position = None;
        self.leave_flow();
        self.go_on(Next::Node(to));
    }

    /// A button leads on inside its flow, or starts another as if it were triggered.
    fn go_by_button(&mut self, to: Position) {
        if self.session.position.as_ref().is_some_and(|at| at.flow == to.flow) {
            self.session.not_understood = 0;
            return self.go_on(Next::Node(to));
        }
        self.start_flow(to);
    }

    /// What waits for the user waits on behind what comes now.
    fn set_aside(&mut self) {
        if let Some((at, Node::Input(_) | Node::Message(_) | Node::Wait(_))) = self.waiting() {
            self.comes_back(at);
        }
    }

    /// At most 32 flows wait for others: the one that has waited longest is given up.
    pub(crate) fn comes_back(&mut self, at: Position) {
        self.session.returns.push(at);
        if self.session.returns.len() > 32 {
            self.session.returns.remove(0);
        }
    }

    /// The question that is open.
    fn question(&self) -> Option<(Position, &'b InputNode)> {
        match self.waiting() {
            Some((at, Node::Input(input))) => Some((at, input)),
            _ => None,
        }
    }
}

/// `ID`, or `ID{"ENTITY":"VALUE"}`.
fn intent_of_payload(text: &str) -> Option<(IntentId, Vec<EntityValue>)> {
    let (intent, entities) = text.split_at(text.find('{').unwrap_or(text.len()));
    let object = if entities.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        serde_json::from_str(entities).ok()?
    };
    let mut values = Vec::new();
    for (entity, value) in object.as_object()? {
        values.push(EntityValue::new(entity.parse::<EntityId>().ok()?, value.as_str()?));
    }
    Some((intent.parse().ok()?, values))
}
