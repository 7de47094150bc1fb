//! What an action does, written in Rust.

use std::str::FromStr;

use greenroom_model::document::{ActionNode, HttpCall};
use serde_json::Value;

use crate::Error;

/// Builds an action: variables first, then the language, then contexts, then a handler or a request.
#[derive(Debug, Default)]
pub struct ActionBuilder {
    action: ActionNode,
    fault: Option<Error>,
}

impl ActionBuilder {
    pub(super) fn finish(self) -> Result<ActionNode, Error> {
        self.fault.map_or(Ok(self.action), Err)
    }

    /// Sets a variable; a text is a template.
    #[must_use]
    pub fn set(mut self, variable: &str, value: impl Into<Value>) -> Self {
        if let Some(variable) = self.id(variable) {
            self.action.set.insert(variable, value.into());
        }
        self
    }

    /// Adds to the number that a variable has; one without a value counts from 0.
    #[must_use]
    pub fn increment(mut self, variable: &str, by: impl Into<f64>) -> Self {
        if let Some(variable) = self.id(variable) {
            self.action.increment.insert(variable, by.into());
        }
        self
    }

    /// Takes a variable's value away.
    #[must_use]
    pub fn clear(mut self, variable: &str) -> Self {
        let variable = self.id(variable);
        self.action.clear.extend(variable);
        self
    }

    /// Speaks another language from here on: a tag, or a template that comes to one.
    #[must_use]
    pub fn speak(mut self, language: impl Into<String>) -> Self {
        self.action.language = Some(language.into());
        self
    }

    /// Sets a context for so many user turns (0 to 1,000; 0 ends it).
    #[must_use]
    pub fn context(mut self, context: &str, turns: u32) -> Self {
        if let Some(context) = self.id(context) {
            self.action.contexts.insert(context, turns);
        }
        self
    }

    /// Calls a handler; the flow goes on when it has answered.
    #[must_use]
    pub fn call(mut self, handler: &str) -> Self {
        self.action.call = self.id(handler);
        self
    }

    /// Sends a request; the flow goes on when it is answered.
    #[must_use]
    pub fn http(mut self, http: HttpCall) -> Self {
        self.action.http = Some(http);
        self
    }

    /// Goes to a node when the handler or the request fails.
    #[must_use]
    pub fn on_error(mut self, node: &str) -> Self {
        self.action.on_error = self.id(node);
        self
    }

    fn id<T: FromStr<Err = greenroom_model::Error>>(&mut self, text: &str) -> Option<T> {
        text.parse().map_err(|error| self.fault.get_or_insert(Error::Id(error)).clone()).ok()
    }
}
