//! Custom actions of Rasa, unchanged: a handler that speaks the protocol of
//! Rasa's action server, which `rasa-sdk` implements.
//!
//! What goes out is the conversation in Rasa's words: slots, entities and intents by the
//! names of the bot's parts, the active form, what was just said, and the bot as a domain.
//! What comes back becomes variables, replies and the way on; which event becomes what is a
//! table in `docs/rasa.md`. What a flow decides by itself is told in the trace, not done.

mod answer;
mod domain;
mod duckling;
mod request;
mod run;
mod tracker;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use greenroom_bot::Bot;
use greenroom_flow::{HandlerReply, HttpAnswer, HttpBody, HttpRequest};
use greenroom_model::VariableId;
use greenroom_model::document::HttpMethod;
use serde_json::Value;

use crate::{Handler, HandlerCall, HandlerError, HttpClient};
use answer::ActionAnswer;
use run::Run;
use words::Words;

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
/// Slots are the bot's variables and have their names; a form is a flow with inputs; a
/// response is a flow, a message node or a question of the bot. Nothing else is to be set up.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use greenroom_runtime::{Handlers, HttpClient, RasaActionServer};
///
/// fn handlers(client: Arc<dyn HttpClient>) -> Handlers {
///     let server = RasaActionServer::new("http://actions.internal:5055/webhook", client);
///     Handlers::new().with_any_other(Arc::new(server))
/// }
/// ```
#[derive(Clone)]
pub struct RasaActionServer {
    url: String,
    client: Arc<dyn HttpClient>,
    domain: Option<Arc<Value>>,
    slots: BTreeMap<VariableId, String>,
    known: Arc<Mutex<Vec<KnownDomain>>>,
}

/// The domain of a bot that was loaded of late.
type KnownDomain = (Weak<Bot>, Arc<Value>);

/// How many bots' domains are kept.
const MAX_KNOWN: usize = 16;

impl std::fmt::Debug for RasaActionServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RasaActionServer").field("slots", &self.slots).finish_non_exhaustive()
    }
}

impl RasaActionServer {
    /// The server at an address, `http://HOST:5055/webhook` for most.
    pub fn new(url: impl Into<String>, client: Arc<dyn HttpClient>) -> Self {
        Self { url: url.into(), client, domain: None, slots: BTreeMap::new(), known: Arc::default() }
    }

    /// The same with a domain of its own, `domain.yml` as JSON, instead of one that the bot
    /// itself makes: actions get it, and what a response says that no flow of the bot has is
    /// its first variation without a channel or condition (`{name}` is a slot or what the
    /// action gave).
    #[must_use]
    pub fn with_domain(mut self, domain: Value) -> Self {
        self.domain = Some(Arc::new(domain));
        self
    }

    /// The same with the name that a variable has as a slot, where it is not the variable's own.
    #[must_use]
    pub fn with_slot(mut self, variable: VariableId, slot: impl Into<String>) -> Self {
        self.slots.insert(variable, slot.into());
        self
    }

    /// The domain that actions get: it is made once for each bot that is loaded.
    fn domain(&self, words: &Words<'_>) -> Arc<Value> {
        if let Some(domain) = &self.domain {
            return domain.clone();
        }
        let loaded = words.loaded();
        // What is kept may be made anew at any time, so a panic leaves nothing half-done.
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this_bot = |(bot, _): &&KnownDomain| std::ptr::eq(bot.as_ptr(), Arc::as_ptr(loaded));
        if let Some((_, domain)) = known().iter().find(of_this_bot) {
            return domain.clone();
        }
        // Others need not wait for it; two that make it at once make the same.
        let domain = Arc::new(domain::domain(words));
        let mut known = known();
        known.retain(|(bot, _)| bot.strong_count() > 0);
        if known.len() >= MAX_KNOWN {
            known.remove(0);
        }
        known.push((Arc::downgrade(loaded), domain.clone()));
        domain
    }

    async fn ask(&self, action: &str, run: &Run<'_>, domain: &Value) -> Result<ActionAnswer, Failure> {
        let request = HttpRequest {
            number: 0,
            method: HttpMethod::Post,
            url: self.url.clone(),
            headers: BTreeMap::new(),
            body: Some(HttpBody::Json(request::request(action, run, domain))),
            timeout_ms: TIMEOUT_MS,
            retries: 0,
        };
        let HttpAnswer { status, body } = self.client.send(&request, MAX_ANSWER_BYTES).await?;
        let said = match body["error"].as_str() {
            Some(said) => run.quoted(said),
            None => "it does not say why".to_owned(),
        };
        match status {
            200..=299 => answer_of(body).map_err(|reason| {
                Failure::Other(HandlerError::Broken(format!(
                    "the answer to the action `{action}` is not one of an action server: {}",
                    run.quoted(&reason)
                )))
            }),
            400 => Err(HandlerError::Refused(format!("the action `{action}` was rejected: {said}")).into()),
            404 => Err(Failure::Unknown(format!("the action server knows no action `{action}`: {said}"))),
            _ => Err(HandlerError::Broken(format!("the action `{action}` failed with status {status}: {said}")).into()),
        }
    }
}

/// A body as an answer; what is no JSON at all has come as a text.
fn answer_of(body: Value) -> Result<ActionAnswer, String> {
    match body {
        Value::String(text) => Err(format!("it is no JSON but `{text}`")),
        body => serde_json::from_value(body).map_err(|error| error.to_string()),
    }
}

/// Why an action was not run to its end.
enum Failure {
    /// The server does not have it.
    Unknown(String),
    Other(HandlerError),
}

impl From<HandlerError> for Failure {
    fn from(error: HandlerError) -> Self {
        Self::Other(error)
    }
}

#[async_trait]
impl Handler for RasaActionServer {
    async fn call(&self, call: &HandlerCall) -> Result<HandlerReply, HandlerError> {
        let words = Words::new(call, &self.slots, self.domain.as_deref());
        let domain = self.domain(&words);
        let mut run = Run::begin(words);
        let mut action = call.handler.clone();
        for number in 0..MAX_ACTIONS {
            let follow_up = if action.starts_with("utter_") {
                run.utter(&action, &serde_json::Map::new());
                None
            } else {
                match self.ask(&action, &run, &domain).await {
                    Ok(answer) => run.take(answer),
                    Err(Failure::Unknown(reason)) if number > 0 && run::is_built_in(&action) => {
                        run.note(format!("{reason}; it is an action of Rasa's own, which flows do without"));
                        None
                    }
                    Err(Failure::Unknown(reason)) => return Err(HandlerError::Refused(reason)),
                    // The action before has been done: the call as a whole must not be made again.
                    Err(Failure::Other(HandlerError::Unavailable(reason))) if number > 0 => {
                        return Err(HandlerError::Broken(reason));
                    }
                    Err(Failure::Other(error)) => return Err(error),
                }
            };
            match follow_up {
                Some(next) => action = next,
                None => return Ok(run.reply()),
            }
        }
        Err(HandlerError::Broken(format!(
            "`{}` led to more than {MAX_ACTIONS} actions; end the loop of follow-ups",
            call.handler
        )))
    }
}
