//! What comes in, and what it does to the node that waits.

use greenroom_model::document::SystemEvent;
use greenroom_model::{IntentId, Language};
use serde_json::Value;

use super::answer::{Said, keyword, value};
use super::payload::{self, Payload};
use super::{Walk, Way};
use crate::graph::{self, Accepting, Kind, Node, Trigger};
use crate::{Input, TraceStep};

/// Longer texts, in bytes, are no keywords.
const MAX_KEYWORD_BYTES: usize = 1_024;

impl<'g> Walk<'g> {
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
        self.find_its_call();
        self.flow = self.session.position.as_ref().map(|position| position.flow.clone());
        self.end_left_flows();
    }

    pub(super) fn take(&mut self, input: &Input) {
        if self.session.handed_over && !matches!(input, Input::Resume | Input::Timeout { .. }) {
            self.session.started = true;
            return self.ignore("a person has taken over; the bot is silent until it is resumed");
        }
        match input {
            Input::Start => self.start(None),
            Input::Link { link } => self.start(Some(link)),
            Input::Text { text, intent, entities, language } => {
                self.user_acts();
                self.detected(language.as_ref());
                self.session.texts = self.session.texts.saturating_add(1).min(2);
                self.hear(Said { text, intent: intent.as_ref(), entities });
            }
            Input::Button { payload } => {
                self.user_acts();
                self.press(payload);
            }
            Input::Event { event, variables } => self.event(event, variables),
            Input::HandlerResult(result) => self.handler_result(result),
            Input::HttpResult(result) => self.http_result(result),
            Input::Timeout { number } => self.time_is_over(*number),
            Input::Resume => self.resume(),
            Input::Disabled => self.disabled(),
        }
        self.session.started = true;
    }

    fn start(&mut self, link: Option<&str>) {
        self.give_up_call();
        self.session.position = None;
        self.session.attempts = 0;
        self.session.not_understood = 0;
        self.session.returns.clear();
        self.leave_flow();
        let graph = self.graph;
        let by_link = link.and_then(|link| graph.triggers().links.get(link)).and_then(|links| self.choose(links));
        if let Some(node) = by_link.or_else(|| self.choose(graph.triggers().system(SystemEvent::Introduction))) {
            self.run(Way::To(node));
        }
    }

    fn user_acts(&mut self) {
        self.give_up_call();
        self.count_turn();
    }

    /// Takes the language that a text was found to be in, where the bot's settings say so.
    fn detected(&mut self, language: Option<&Language>) {
        if self.graph.detects_language(&self.session)
            && let Some(spoken) = language.and_then(|language| self.graph.spoken(language))
        {
            self.take_language(spoken);
        }
    }

    /// The bot speaks this language from here on.
    pub(super) fn take_language(&mut self, language: Language) {
        if *self.language() != language {
            self.trace.push(TraceStep::Language { language: language.clone() });
            self.session.language = language;
        }
    }

    /// A keyword goes first, unless an input lets nothing interrupt; then what waits for an
    /// answer; then the triggers.
    fn hear(&mut self, said: Said<'_>) {
        self.fill(said.entities);
        let waiting = self.waiting();
        let asking = match waiting {
            Some((_, node)) => match &node.kind {
                Kind::Input(input) => Some((node, &**input)),
                _ => None,
            },
            None => None,
        };
        let keeps_to_itself = asking
            .is_some_and(|(_, input)| matches!(input.interruptions, greenroom_model::document::Interruptions::None));
        if !keeps_to_itself
            && let Some(triggers) = self.keyword(said.text)
            && let Some(node) = self.choose(triggers)
        {
            return self.go(node);
        }
        if let Some((node, input)) = asking {
            return self.answer(node, input, said);
        }
        match self.triggered(said.intent) {
            Some(node) => self.go(node),
            None => self.not_understood(),
        }
    }

    /// The triggers of the keyword that a text is.
    fn keyword(&self, text: &str) -> Option<&'g [Trigger]> {
        let keywords = &self.graph.triggers().keywords;
        if keywords.is_empty() || text.is_empty() || text.len() > MAX_KEYWORD_BYTES {
            return None;
        }
        keywords.get(&keyword(text)).map(Vec::as_slice)
    }

    fn triggered(&mut self, intent: Option<&IntentId>) -> Option<graph::NodeIndex> {
        self.choose(self.graph.triggers().intents.get(intent?)?)
    }

    /// The node that an intent leads to which may interrupt a question.
    pub(super) fn interrupting(&mut self, input: &graph::Input, intent: Option<&IntentId>) -> Option<graph::NodeIndex> {
        let intent = intent.filter(|intent| input.interruptions.lets(intent));
        self.triggered(intent)
    }

    /// The rules of the input first, then intents that start another flow, then the question again.
    fn answer(&mut self, node: &Node, input: &graph::Input, said: Said<'_>) {
        let anything = [Accepting::Text(greenroom_model::document::IntentFilter::default())];
        let takes_anything = input.accept.is_empty();
        let rules = if takes_anything { &anything[..] } else { &input.accept };
        for (place, rule) in rules.iter().enumerate() {
            match rule {
                Accepting::Broken(reason) => {
                    self.fault(Some(&node.position), format!("the pattern {reason}; it matches nothing"));
                }
                Accepting::Handler { handler, intents }
                    if intents.lets(said.intent) && !said.text.trim().is_empty() =>
                {
                    return self.check_answer(place, handler, said);
                }
                _ => {}
            }
            let Some(value) = value(rule, said, self.graph, &self.session.language) else { continue };
            match self.fitting(&input.variable, value) {
                Ok(value) => return self.accept(node, input, (!takes_anything).then_some(place), value),
                Err(reason) => self.fault(Some(&node.position), reason),
            }
        }
        match self.interrupting(input, said.intent) {
            Some(other) => self.go(other),
            None => self.refuse(node, input),
        }
    }

    /// An input takes a value, and the flow goes on.
    pub(super) fn accept(&mut self, node: &Node, input: &graph::Input, rule: Option<usize>, value: Value) {
        self.session.not_understood = 0;
        let traced = self.traced_value(&input.variable, &value);
        self.trace.push(TraceStep::Accepted { at: node.position.clone(), rule, value: traced });
        self.set(&input.variable, value, Some(&node.position));
        let way = self.way(node, &input.next);
        self.run(way);
    }

    pub(super) fn refuse(&mut self, node: &Node, input: &graph::Input) {
        self.session.attempts = self.session.attempts.saturating_add(1);
        let attempts = self.session.attempts;
        self.trace.push(TraceStep::Refused { at: node.position.clone(), attempts });
        if input.attempts.is_some_and(|most| attempts >= most) {
            let way = self.way(node, &input.otherwise);
            return self.run(way);
        }
        let time = usize::try_from(attempts).unwrap_or(usize::MAX) - 1;
        if let Some(retry) = input.retry.get(time).or_else(|| input.retry.last()) {
            self.say(retry, &node.position);
        }
        self.ask(node, input);
    }

    /// A button trigger, a node, an intent, or a text for the input that waits: in this order.
    fn press(&mut self, pressed: &str) {
        let graph = self.graph;
        if let Some(triggers) = graph.triggers().buttons.get(pressed)
            && let Some(node) = self.choose(triggers)
        {
            return self.go(node);
        }
        match payload::read(pressed) {
            Payload::Goto(target) => match graph.find_named(target) {
                Some(node) if target.contains('/') && graph.is_button_target(node) => self.go_by_button(node),
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

    fn resume(&mut self) {
        if !self.session.handed_over {
            return self.ignore("no person has taken over");
        }
        self.session.handed_over = false;
        self.trace.push(TraceStep::Resumed);
        if let Some((_, node)) = self.waiting()
            && let Kind::Handover(handover) = &node.kind
        {
            let way = self.way(node, &handover.next);
            self.run(way);
        }
    }

    /// Says what there is to say when the bot is switched off. Variables keep what they are set to
    /// and events are told; all else stays as it was.
    fn disabled(&mut self) {
        let Some(node) = self.choose(self.graph.triggers().system(SystemEvent::BotDisabled)) else { return };
        let before = self.session.clone();
        self.asleep = before.position.iter().chain(&before.returns).cloned().collect();
        self.session.returns.clear();
        self.flow = None;
        self.run(Way::To(node));
        // Nothing is called while it is off, and no question of this flow is open.
        self.effects.retain(|effect| matches!(effect, crate::Effect::Event { .. }));
        self.flow = before.position.as_ref().map(|position| position.flow.clone());
        self.session = crate::Session {
            variables: std::mem::take(&mut self.session.variables),
            lifetimes: std::mem::take(&mut self.session.lifetimes),
            calls: self.session.calls,
            ..before
        };
        self.asleep.clear();
    }
}
