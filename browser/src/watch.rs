//! What a page does behind the back of whoever looks at it.

use std::sync::{Arc, Mutex, PoisonError};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::page::EventJavascriptDialogOpening;
use chromiumoxide::cdp::js_protocol::runtime::{EventBindingCalled, EventExceptionThrown};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::Error;
use crate::protocol::tell;

/// Runs in each document and frame before its own first script.
const WATCHING: &str = "\
    addEventListener('securitypolicyviolation', (event) => {\
      __blocked(`${event.violatedDirective} blocked ${event.blockedURI} ${event.sample} at ${event.documentURI}`);\
    }, true);";

/// What was noticed since the last look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// Payloads that ran: what they called `__xss` with.
    pub ran: Vec<String>,
    /// What the content security policy blocked: text that was not escaped, and only did no harm.
    pub blocked: Vec<String>,
    /// Dialogs that opened: their kind and text.
    pub dialogs: Vec<String>,
    /// Errors that scripts threw, and those that the browser logged.
    pub errors: Vec<String>,
}

impl Watch {
    /// Whether nothing ran, was blocked or opened.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.ran.is_empty() && self.blocked.is_empty() && self.dialogs.is_empty()
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Watcher {
    noticed: Arc<Mutex<Watch>>,
}

impl Watcher {
    /// Begins to watch a tab; dialogs are accepted, so that nothing hangs.
    pub(crate) async fn begin(page: &Page) -> Result<Self, Error> {
        let watcher = Self::default();
        for name in ["__xss", "__blocked"] {
            tell(page, "Runtime.addBinding", json!({ "name": name })).await?;
        }
        tell(page, "Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCHING })).await?;
        tell(page, "Log.enable", json!({})).await?;
        let failed = |error: chromiumoxide::error::CdpError| Error::Chromium(error.to_string());
        let mut bindings = page.event_listener::<EventBindingCalled>().await.map_err(failed)?;
        let mut dialogs = page.event_listener::<EventJavascriptDialogOpening>().await.map_err(failed)?;
        let mut exceptions = page.event_listener::<EventExceptionThrown>().await.map_err(failed)?;
        let mut logged = page.event_listener::<EventEntryAdded>().await.map_err(failed)?;
        let (page, watching) = (page.clone(), watcher.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(call) = bindings.next() => watching.note(|watch| match call.name.as_str() {
                        "__xss" => watch.ran.push(call.payload.clone()),
                        _ => watch.blocked.push(call.payload.clone()),
                    }),
                    Some(dialog) = dialogs.next() => {
                        watching.note(|watch| watch.dialogs.push(format!("{:?}: {}", dialog.r#type, dialog.message)));
                        _ = tell(&page, "Page.handleJavaScriptDialog", json!({ "accept": true })).await;
                    }
                    Some(thrown) = exceptions.next() => watching.note(|watch| {
                        let details = &thrown.exception_details;
                        let thing = details.exception.as_ref().and_then(|thing| thing.description.clone());
                        watch.errors.push(thing.unwrap_or_else(|| details.text.clone()));
                    }),
                    Some(entry) = logged.next() => watching.note(|watch| {
                        let entry = &entry.entry;
                        if entry.level.as_ref() == "error" {
                            watch.errors.push(format!("{} {}", entry.text, entry.url.clone().unwrap_or_default()));
                        }
                    }),
                    else => return,
                }
            }
        });
        Ok(watcher)
    }

    fn note(&self, change: impl FnOnce(&mut Watch)) {
        change(&mut self.noticed.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was noticed until now; from here on it counts anew.
    pub(crate) fn take(&self) -> Watch {
        std::mem::take(&mut self.noticed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
