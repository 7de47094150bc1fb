//! The call of an action as it comes along: what was said and set so far.

use std::collections::BTreeMap;

use greenroom_flow::{CheckedAnswer, HandlerReply, Position, Session};
use greenroom_model::VariableId;
use serde_json::{Map, Value};

use super::answer::{self, ActionAnswer, ActionEvent};
use super::tracker::values_of;
use super::words::{REQUESTED_SLOT, Words};

/// The node of a form's flow that finds out what to ask next, in flows that were imported.
const ASK_NEXT: &str = "ask_next";

/// How much of what a server says is told, in characters.
const MAX_QUOTED: usize = 200;

/// How much is told of what is not done.
const MAX_NOTES: usize = 20;

/// What a response of an action may say beside texts of its own: all else fills the response.
const OWN_KEYS: [&str; 8] = ["text", "buttons", "elements", "custom", "template", "response", "image", "attachment"];

pub(super) struct Run<'c> {
    pub(super) words: Words<'c>,
    /// The variables as they are by now.
    pub(super) variables: BTreeMap<VariableId, Value>,
    reply: HandlerReply,
    /// The first slot that was set: where an answer is checked, the verdict.
    first: Option<Value>,
}

/// Whether Rasa runs an action by itself, so that servers need not have it.
pub(super) fn is_built_in(action: &str) -> bool {
    const BUILT_IN: [&str; 9] = [
        "action_back",
        "action_deactivate_loop",
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_default_fallback",
        "action_extract_slots",
        "action_restart",
        "action_session_start",
        "action_two_stage_fallback",
    ];
    BUILT_IN.contains(&action)
}

/// Where the bot has a response: in a flow of its name, a message node of its name, or as the
/// question for a slot, `utter_ask_FORM_SLOT` before `utter_ask_SLOT`.
pub(super) fn place_of(words: &Words<'_>, response: &str) -> Option<Position> {
    let names = words.names();
    names.message(response).or_else(|| {
        let asked = response.strip_prefix("utter_ask_")?;
        let in_form = |slot: &str, form: Option<&str>| {
            let variable = words.variable(slot)?;
            names.flows().iter().filter(|(_, flow)| form.is_none_or(|form| flow.name == form)).find_map(|(id, flow)| {
                let has =
                    |variable: &_| flow.questions.iter().find(|asked| asked.has_words && asked.variable == *variable);
                has(&variable).map(|question| Position { flow: id.clone(), node: question.node.clone() })
            })
        };
        let forms = names.flows().values().filter_map(|flow| {
            let slot = asked.strip_prefix(flow.name.as_str())?.strip_prefix('_')?;
            in_form(slot, Some(&flow.name))
        });
        let found = forms.into_iter().next();
        found.or_else(|| in_form(asked, None))
    })
}

impl<'c> Run<'c> {
    pub(super) fn begin(words: Words<'c>) -> Self {
        Self { words, variables: words.call.session.variables.clone(), reply: HandlerReply::default(), first: None }
    }

    /// Tells, in the trace, what was not done.
    pub(super) fn note(&mut self, note: String) {
        tracing::debug!(handler = self.words.call.handler, note, "an action asks for what is not done");
        if self.reply.notes.len() < MAX_NOTES {
            self.reply.notes.push(note);
        }
    }

    /// The beginning of what a server says, on one line, without sensitive values: they go
    /// first, since half of one would not be recognised any more.
    pub(super) fn quoted(&self, said: &str) -> String {
        let said = self.words.loaded().graph().secrets_of(&self.variables).redacted(said);
        let mut characters = said.chars().map(|character| if character.is_control() { ' ' } else { character });
        let beginning: String = characters.by_ref().take(MAX_QUOTED).collect();
        if characters.next().is_some() { format!("{beginning}…") } else { beginning }
    }

    /// What the action has come to.
    pub(super) fn reply(mut self) -> HandlerReply {
        if self.words.call.answer.is_some() {
            let valid = !matches!(self.first, Some(Value::Null));
            self.reply.answer = Some(CheckedAnswer { valid, value: self.first.unwrap_or_default() });
        }
        self.reply
    }

    /// Says a response of the bot, else of a domain that was given, filled with what the action
    /// gives and with the slots.
    pub(super) fn utter(&mut self, response: &str, given: &Map<String, Value>) {
        if let Some(place) = place_of(&self.words, response) {
            let call = self.words.call;
            let session = Session { variables: self.variables.clone(), ..call.session.clone() };
            let said = self.words.loaded().graph().say(&session, &place, &values_of(given, &self.words));
            return self.reply.messages.extend(said);
        }
        let variations = self.words.own_domain.and_then(|domain| domain["responses"][response].as_array());
        let plain = |variation: &&Value| variation["channel"].is_null() && variation["condition"].is_null();
        match variations.and_then(|variations| variations.iter().find(plain)) {
            Some(variation) => {
                let slots = self.words.slot_values(&self.variables);
                let said = answer::replies(&answer::filled_in(variation, given, &slots), &self.words);
                self.reply.messages.extend(said);
            }
            None => self.note(format!(
                "an action says the response `{response}`, which the bot does not have; make a flow of that name \
                 with a message"
            )),
        }
    }

    /// Takes over what an action answered; the action to go on with, where it names one.
    pub(super) fn take(&mut self, answer: ActionAnswer) -> Option<String> {
        // As Rasa does: what is said is filled with the slots as they were before the events.
        for response in &answer.responses {
            self.say(response);
        }
        let mut follow_up = None;
        for event in &answer.events {
            match ActionEvent::of(event) {
                ActionEvent::Set(slot, value) => self.set(slot, value),
                ActionEvent::Reset => self.reset(),
                ActionEvent::Restart => {
                    self.reset();
                    self.leave_form();
                    self.reply.ends.extend(self.words.names().flows().keys().cloned());
                }
                ActionEvent::Bot => {
                    let mut said = event.clone();
                    if let (Some(said), Some(data)) = (said.as_object_mut(), event["data"].as_object()) {
                        said.extend(data.clone());
                    }
                    self.reply.messages.extend(answer::replies(&said, &self.words));
                }
                ActionEvent::Loop(None) => self.deactivate(),
                ActionEvent::Loop(Some(form)) => {
                    if self.words.active_form(&self.variables) != Some(form) {
                        self.go_to_form(form);
                    }
                }
                ActionEvent::FollowUp("action_listen") => follow_up = None,
                ActionEvent::FollowUp(action) if self.words.form(action).is_some() => {
                    follow_up = None;
                    self.go_to_form(action);
                }
                ActionEvent::FollowUp(action) => follow_up = Some(action.to_owned()),
                ActionEvent::OfHistory => {}
                ActionEvent::Other(kind) => {
                    self.note(format!("the event `{kind}` of an action is not done; see the table in docs/rasa.md"));
                }
            }
        }
        follow_up
    }

    fn say(&mut self, response: &Value) {
        let Some(name) = response["response"].as_str().or(response["template"].as_str()) else {
            return self.reply.messages.extend(answer::replies(response, &self.words));
        };
        let mut given = response.as_object().cloned().unwrap_or_default();
        let mut own = given.clone();
        given.retain(|key, _| !OWN_KEYS.contains(&key.as_str()));
        own.retain(|key, _| OWN_KEYS.contains(&key.as_str()));
        let before = self.reply.messages.len();
        self.utter(name, &given);
        // What the action shows besides is shown with it.
        let buttons = answer::buttons(&own.remove("buttons").unwrap_or_default(), &self.words);
        match self.reply.messages.get_mut(before..).and_then(<[_]>::last_mut) {
            Some(last) if last.content.is_none() => last.buttons.extend(buttons),
            _ => {}
        }
        self.reply.messages.extend(answer::replies(&Value::Object(own), &self.words));
    }

    fn set(&mut self, slot: &str, value: &Value) {
        if slot != REQUESTED_SLOT {
            self.first.get_or_insert_with(|| value.clone());
        }
        match self.words.variable(slot) {
            Some(variable) => self.assign(variable, value.clone()),
            // Bots without forms have no such variable.
            None if slot == REQUESTED_SLOT => {}
            None => self.note(format!(
                "an action sets the slot `{slot}`, which the bot does not have; make a variable of that name"
            )),
        }
    }

    fn assign(&mut self, variable: VariableId, value: Value) {
        match &value {
            Value::Null => drop(self.variables.remove(&variable)),
            value => drop(self.variables.insert(variable.clone(), value.clone())),
        }
        self.reply.variables.insert(variable, value);
    }

    /// All slots are as at the start of a conversation.
    fn reset(&mut self) {
        let defaults: Vec<_> = self.words.slots().map(|slot| (slot.variable.clone(), slot.default.clone())).collect();
        defaults.into_iter().for_each(|(variable, value)| self.assign(variable, value));
    }

    /// No form is active, and none asks for anything.
    fn leave_form(&mut self) {
        let tracked = [self.words.active_loop().cloned(), self.words.variable(REQUESTED_SLOT)];
        tracked.into_iter().flatten().for_each(|variable| self.assign(variable, Value::Null));
    }

    /// The active form ends. One whose validation says so ends as where nothing is to be asked
    /// any more.
    fn deactivate(&mut self) {
        let active = self.words.active_form(&self.variables).map(str::to_owned);
        let validates = self.words.call.handler.strip_prefix("validate_");
        if let Some(form) = &active
            && validates != Some(form)
            && let Some((flow, _)) = self.words.form(form)
        {
            self.reply.ends.insert(flow.clone());
        }
        match validates {
            Some(_) => self.set(REQUESTED_SLOT, &Value::Null),
            None => self.leave_form(),
        }
    }

    /// The conversation goes on with a form: with its next question where it is active, else
    /// with its beginning.
    fn go_to_form(&mut self, form: &str) {
        let Some((flow, named)) = self.words.names().flow(form) else {
            return self.note(format!("an action activates the form `{form}`, which is no flow of the bot"));
        };
        let at = |node: &str| Some(Position { flow: flow.clone(), node: node.parse().ok()? });
        let next = at(ASK_NEXT).filter(|next| {
            self.words.active_form(&self.variables) == Some(form) && self.words.loaded().graph().contains(next)
        });
        self.reply.goes_to = next.or_else(|| at(named.start.as_str()));
    }
}
