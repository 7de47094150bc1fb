//! Custom actions of Rasa, unchanged: a handler that speaks the protocol of
//! Rasa's action server, which `rasa-sdk` implements.
//!
//! Taken over: slots go out and come back as variables, responses become replies
//! (text, buttons, image, attachment, elements, custom, and `utter_…` of the
//! domain), `FollowupAction` calls the next action, `BotUttered` speaks, an
//! `AllSlotsReset` clears, a rejected or unknown action takes the flow's
//! `on_error`. Not taken over, since flows decide it here: `ActiveLoop`, forms and
//! their validation, `UserUttered`, `ActionExecuted`, reminders, `Restarted`,
//! `ConversationPaused`, and everything that rewrites history. The tracker has the
//! events of the present turn alone.

mod answer;
mod request;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use greenroom_flow::{CheckedAnswer, HandlerReply, HttpAnswer, HttpBody, HttpRequest, Reply};
use greenroom_model::VariableId;
use greenroom_model::document::HttpMethod;
use serde_json::{Map, Value};

use crate::{Handler, HandlerCall, HandlerError, HttpClient};
use answer::{ActionAnswer, SlotEvent};

/// How many actions one call may run, the first one included.
const MAX_ACTIONS: usize = 10;

/// How much of an answer is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The longest that a call waits; the runtime's own limits are shorter.
const TIMEOUT_MS: u32 = 60_000;

/// An action server, as a handler for all its actions: an action is called by the
/// name of the handler. Register it by
/// [`Handlers::with_any_other`](crate::Handlers::with_any_other).
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use greenroom_runtime::{Handlers, HttpClient, RasaActionServer};
///
/// fn handlers(client: Arc<dyn HttpClient>, domain: serde_json::Value) -> Handlers {
///     let server = RasaActionServer::new("http://actions.internal:5055/webhook", client).with_domain(domain);
///     Handlers::new().with_any_other(Arc::new(server))
/// }
/// ```
#[derive(Clone)]
pub struct RasaActionServer {
    url: String,
    client: Arc<dyn HttpClient>,
    domain: Option<Value>,
    slots: BTreeMap<VariableId, String>,
}

impl std::fmt::Debug for RasaActionServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RasaActionServer").field("slots", &self.slots).finish_non_exhaustive()
    }
}

impl RasaActionServer {
    /// The server at an address, `http://HOST:5055/webhook` for most.
    pub fn new(url: impl Into<String>, client: Arc<dyn HttpClient>) -> Self {
        Self { url: url.into(), client, domain: None, slots: BTreeMap::new() }
    }

    /// The same with a domain, `domain.yml` as JSON: actions get it, and the texts of
    /// its responses are what their `utter_…` says (the first variation without a
    /// channel or condition; `{name}` is a slot or what the action gave).
    #[must_use]
    pub fn with_domain(mut self, domain: Value) -> Self {
        self.domain = Some(domain);
        self
    }

    /// The same with the name that a variable has as a slot, where its id is another.
    #[must_use]
    pub fn with_slot(mut self, variable: VariableId, slot: impl Into<String>) -> Self {
        self.slots.insert(variable, slot.into());
        self
    }

    /// The variables as slots.
    fn slots_of(&self, variables: &BTreeMap<VariableId, Value>) -> Map<String, Value> {
        let named = |variable: &VariableId| self.slots.get(variable).cloned().unwrap_or_else(|| variable.to_string());
        let domain = self.domain.as_ref().and_then(|domain| domain["slots"].as_object());
        let mut slots: Map<String, Value> =
            domain.into_iter().flatten().map(|(slot, _)| (slot.clone(), Value::Null)).collect();
        slots.extend(variables.iter().map(|(variable, value)| (named(variable), value.clone())));
        slots
    }

    /// The variable of a slot; none where no variable can have the name.
    fn variable_of(&self, slot: &str) -> Option<VariableId> {
        let named = self.slots.iter().find(|(_, name)| *name == slot).map(|(variable, _)| variable.clone());
        named.or_else(|| VariableId::new(slot).ok()).or_else(|| VariableId::new(&slot.to_lowercase()).ok())
    }

    async fn run(
        &self,
        action: &str,
        call: &HandlerCall,
        slots: &Map<String, Value>,
    ) -> Result<ActionAnswer, HandlerError> {
        let body = request::request(action, call, slots, self.domain.as_ref());
        let request = HttpRequest {
            number: 0,
            method: HttpMethod::Post,
            url: self.url.clone(),
            headers: BTreeMap::new(),
            body: Some(HttpBody::Json(body)),
            timeout_ms: TIMEOUT_MS,
            retries: 0,
        };
        let HttpAnswer { status, body } = self.client.send(&request, MAX_ANSWER_BYTES).await?;
        let said = body["error"].as_str().unwrap_or("it does not say why");
        match status {
            200..=299 => serde_json::from_value(body).map_err(|error| {
                HandlerError::Broken(format!(
                    "the answer to the action `{action}` is not one of an action server: {error}"
                ))
            }),
            400 => Err(HandlerError::Refused(format!("the action `{action}` was rejected: {said}"))),
            404 => Err(HandlerError::Refused(format!("the action server knows no action `{action}`: {said}"))),
            _ => Err(HandlerError::Broken(format!("the action `{action}` failed with status {status}: {said}"))),
        }
    }

    /// What a response of the domain says.
    fn utter(&self, name: &str, given: &Map<String, Value>, slots: &Map<String, Value>) -> Vec<Reply> {
        let variations = self.domain.as_ref().and_then(|domain| domain["responses"][name].as_array());
        let plain = |variation: &&Value| variation["channel"].is_null() && variation["condition"].is_null();
        match variations.and_then(|variations| variations.iter().find(plain)) {
            Some(variation) => answer::replies(&answer::filled_in(variation, given, slots)),
            None => {
                tracing::warn!(response = name, "an action says a response that the domain has no text for");
                Vec::new()
            }
        }
    }
}

/// The call of an action as it comes along: what was said and set so far.
struct Run {
    slots: Map<String, Value>,
    reply: HandlerReply,
    /// The first slot that was set: where an answer is checked, the verdict.
    first: Option<Value>,
}

impl RasaActionServer {
    /// Takes over what an action answered; the action to go on with, where it names one.
    fn take(&self, answer: ActionAnswer, run: &mut Run) -> Option<String> {
        let mut follow_up = None;
        for response in &answer.responses {
            match response["response"].as_str().or(response["template"].as_str()) {
                Some(name) => {
                    let given = response.as_object().cloned().unwrap_or_default();
                    run.reply.messages.extend(self.utter(name, &given, &run.slots));
                }
                None => run.reply.messages.extend(answer::replies(response)),
            }
        }
        for event in &answer.events {
            match SlotEvent::of(event) {
                SlotEvent::Set(slot, value) => self.set(slot, value.clone(), run),
                SlotEvent::Reset => {
                    let slots: Vec<String> = run.slots.keys().cloned().collect();
                    slots.iter().for_each(|slot| self.set(slot, Value::Null, run));
                }
                SlotEvent::Bot => {
                    let mut said = event.clone();
                    if let (Some(said), Some(data)) = (said.as_object_mut(), event["data"].as_object()) {
                        said.extend(data.clone());
                    }
                    run.reply.messages.extend(answer::replies(&said));
                }
                SlotEvent::FollowUp(action) => follow_up = Some(action.to_owned()),
                SlotEvent::Other(kind) => {
                    tracing::debug!(event = kind, "an event of an action is not taken over; flows decide it");
                }
            }
        }
        follow_up
    }

    fn set(&self, slot: &str, value: Value, run: &mut Run) {
        // Which question a form asks next is the flow's affair.
        if slot == "requested_slot" {
            return;
        }
        run.first.get_or_insert_with(|| value.clone());
        run.slots.insert(slot.to_owned(), value.clone());
        match self.variable_of(slot) {
            Some(variable) => _ = run.reply.variables.insert(variable, value),
            None => tracing::warn!(slot, "no variable can have the name of this slot; name one for it"),
        }
    }
}

#[async_trait]
impl Handler for RasaActionServer {
    async fn call(&self, call: &HandlerCall) -> Result<HandlerReply, HandlerError> {
        let mut run = Run { slots: self.slots_of(&call.variables), reply: HandlerReply::default(), first: None };
        let mut action = call.handler.clone();
        for number in 0..MAX_ACTIONS {
            let follow_up = if action.starts_with("utter_") {
                let replies = self.utter(&action, &Map::new(), &run.slots);
                run.reply.messages.extend(replies);
                None
            } else {
                let answer = match self.run(&action, call, &run.slots).await {
                    // The action before has been done: the call as a whole must not be made again.
                    Err(HandlerError::Unavailable(reason)) if number > 0 => return Err(HandlerError::Broken(reason)),
                    answer => answer?,
                };
                self.take(answer, &mut run)
            };
            match follow_up {
                Some(next) if next != "action_listen" => action = next,
                Some(_) | None => {
                    if call.answer.is_some() {
                        let valid = !matches!(run.first, Some(Value::Null));
                        run.reply.answer = Some(CheckedAnswer { valid, value: run.first.unwrap_or_default() });
                    }
                    return Ok(run.reply);
                }
            }
        }
        Err(HandlerError::Broken(format!(
            "`{}` led to more than {MAX_ACTIONS} actions; end the loop of follow-ups",
            call.handler
        )))
    }
}
