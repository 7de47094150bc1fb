//! Code of the embedder that flows call.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use greenroom_bot::{Bot, PendingCall, Understanding, UserInput};
use greenroom_flow::{HandlerReply, Session};
use greenroom_model::{BotId, VariableId};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

/// What a handler is called with.
#[derive(Clone)]
#[non_exhaustive]
pub struct HandlerCall {
    /// The name under which the bot declares the handler.
    pub handler: String,
    /// The bot.
    pub bot: BotId,
    /// The conversation.
    pub conversation: String,
    /// Names this call: the same for each attempt at it, another for every other
    /// call. What the handler calls in turn can use it to do things once.
    pub id: String,
    /// What the customer did in the turn that led here.
    pub input: UserInput,
    /// What the bot made of it, where it was a text.
    pub understanding: Option<Understanding>,
    /// The channel that it came by.
    pub channel: Option<String>,
    /// The answer of the user that the handler is called to check, where it is called for that:
    /// [`HandlerReply::answer`] then says whether it is valid.
    pub answer: Option<String>,
    /// The conversation as it is, its variables and its language, without what the channel knows.
    pub session: Session,
    /// The variables as they were before the customer's turn.
    pub before: BTreeMap<VariableId, Value>,
    /// The bot that the flow is of: what its parts are called, what its messages say.
    pub loaded: Arc<Bot>,
    /// The date and time where the customer is.
    pub now: Zoned,
}

impl std::fmt::Debug for HandlerCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerCall")
            .field("handler", &self.handler)
            .field("bot", &self.bot)
            .field("conversation", &self.conversation)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl HandlerCall {
    /// The call that a conversation test has come to which is played with handlers called for
    /// real ([`Bot::play_live`]). The test's times are taken as those of UTC.
    #[must_use]
    pub fn of_test(bot: BotId, conversation: String, loaded: Arc<Bot>, pending: PendingCall) -> Self {
        let PendingCall { handler, session, before, input, understanding, answer, now, .. } = pending;
        let now = now.to_zoned(TimeZone::UTC).unwrap_or_else(|_| Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC));
        Self {
            handler,
            bot,
            id: format!("{conversation}-{}", session.calls),
            conversation,
            input,
            understanding,
            channel: None,
            answer,
            session,
            before,
            loaded,
            now,
        }
    }
}

/// Why a handler did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandlerError {
    /// It says no: it works, but not for this call. It is not tried again.
    #[error("{0}")]
    Refused(String),
    /// It could not be reached, and nothing was done: it is tried again.
    #[error("{0}")]
    Unavailable(String),
    /// Something broke, and nobody knows what was done: it is not tried again.
    #[error("{0}")]
    Broken(String),
}

impl From<String> for HandlerError {
    /// A sentence by itself is a refusal.
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}

impl From<&str> for HandlerError {
    fn from(reason: &str) -> Self {
        Self::Refused(reason.to_owned())
    }
}

/// Code of the embedder that flows call.
///
/// # Contract for implementors
/// A call is made at most once a time that a flow asks for it, also after a
/// crash: what was begun is not begun again, and the flow goes on by its
/// `on_error`. Only after [`HandlerError::Unavailable`], which says that nothing
/// was done, the same call is made again. Any error is a sentence for the trace;
/// the flow goes on by its `on_error`.
///
/// A call runs as a task of its own and must not block its thread. After
/// [`EffectLimits::timeout`](crate::EffectLimits) nobody waits for it any more;
/// what it then answers is ignored, and logged.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Does what the flow asks for.
    async fn call(&self, call: &HandlerCall) -> Result<HandlerReply, HandlerError>;
}

/// The handlers of an embedder, by the name that the bot declares.
#[derive(Clone, Default)]
pub struct Handlers {
    by_name: HashMap<String, Arc<dyn Handler>>,
    for_others: Option<Arc<dyn Handler>>,
}

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_name.keys()).entries(self.for_others.iter().map(|_| "…")).finish()
    }
}

impl Handlers {
    /// No handlers: every call fails, and flows take their `on_error`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, handler: Arc<dyn Handler>) -> Self {
        self.by_name.insert(name.into(), handler);
        self
    }

    /// The same with one for all names that have none of their own, such as a
    /// server that knows them.
    #[must_use]
    pub fn with_any_other(mut self, handler: Arc<dyn Handler>) -> Self {
        self.for_others = Some(handler);
        self
    }

    /// The handler of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<dyn Handler>> {
        self.by_name.get(name).or(self.for_others.as_ref())
    }
}
