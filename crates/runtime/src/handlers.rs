//! Code of the embedder that flows call.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use greenroom_flow::HandlerReply;
use greenroom_model::{BotId, VariableId};
use serde_json::Value;

/// What a handler is called with.
#[derive(Debug, Clone, PartialEq)]
pub struct HandlerCall {
    /// The bot.
    pub bot: BotId,
    /// The conversation.
    pub conversation: String,
    /// The conversation's variables.
    pub variables: BTreeMap<VariableId, Value>,
}

/// Code of the embedder that flows call.
///
/// # Contract for implementors
/// A call is made at most once a time that a flow asks for it, also after a
/// crash: what was begun is not begun again. An `Err` is a sentence for the
/// trace; the flow goes on by its `on_error`.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Does what the flow asks for.
    async fn call(&self, call: HandlerCall) -> Result<HandlerReply, String>;
}

/// The handlers of an embedder, by the name that the bot declares.
#[derive(Clone, Default)]
pub struct Handlers {
    by_name: HashMap<String, Arc<dyn Handler>>,
}

impl std::fmt::Debug for Handlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
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

    pub(crate) async fn call(&self, name: &str, call: HandlerCall) -> Result<HandlerReply, String> {
        match self.by_name.get(name) {
            Some(handler) => handler.call(call).await,
            None => Err(format!("no handler `{name}` is registered; register one under this name")),
        }
    }
}
