//! Commands of the DevTools protocol as plain JSON: typed answers break with each
//! newer Chromium that adds a word to an enumeration.

use chromiumoxide::types::{Command, Method, MethodId};
use chromiumoxide::{Browser, Page};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::Error;

#[derive(Debug)]
struct Plain {
    method: &'static str,
    parameters: Value,
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parameters.serialize(serializer)
    }
}

impl Method for Plain {
    fn identifier(&self) -> MethodId {
        self.method.into()
    }
}

impl Command for Plain {
    type Response = Value;
}

/// Sends a command to a tab.
pub(crate) async fn tell(page: &Page, method: &'static str, parameters: Value) -> Result<Value, Error> {
    match page.execute(Plain { method, parameters }).await {
        Ok(response) => Ok(response.result),
        Err(error) => Err(refused(method, &error)),
    }
}

/// Sends a command to the browser itself.
pub(crate) async fn tell_browser(browser: &Browser, method: &'static str, parameters: Value) -> Result<Value, Error> {
    match browser.execute(Plain { method, parameters }).await {
        Ok(response) => Ok(response.result),
        Err(error) => Err(refused(method, &error)),
    }
}

fn refused(method: &'static str, error: &dyn std::error::Error) -> Error {
    Error::Protocol { method: method.to_owned(), reason: error.to_string() }
}
