//! Somebody at a browser: goes to pages and reads them.

use std::time::Duration;

use chromiumoxide::Page;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::protocol::tell;
use crate::watch::Watcher;
use crate::{Error, Watch};

/// How long a person waits for what must come; trainings take the longest.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often a person looks.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// What is written on a page, inside its shadow roots too.
const WRITTEN: &str = "(() => {
    if (!document.body) return '';
    const hosts = [...document.querySelectorAll('*')].filter((element) => element.shadowRoot);
    const inside = hosts.flatMap((host) => [...host.shadowRoot.children].filter((child) => child.tagName !== 'STYLE'));
    return [document.body, ...inside].map((element) => element.innerText).join('\\n');
})()";

/// Somebody at a browser.
#[derive(Debug)]
pub struct Person {
    page: Page,
    origin: String,
    watcher: Watcher,
}

impl Person {
    pub(crate) async fn sits_down(page: Page, origin: &str) -> Result<Self, Error> {
        let watcher = Watcher::begin(&page).await?;
        let person = Self { page, origin: origin.to_owned(), watcher };
        tell(person.page(), "Accessibility.enable", json!({})).await?;
        tell(person.page(), "DOM.enable", json!({})).await?;
        // Several people work at once: each one's window counts as the one in front.
        tell(person.page(), "Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        person.has_a_window_of(1280, 800).await?;
        Ok(person)
    }

    pub(crate) fn page(&self) -> &Page {
        &self.page
    }

    /// Opens an address: a path of the server, or a whole one.
    ///
    /// # Errors
    /// [`Error::NotSeen`] where it does not load.
    pub async fn goes_to(&self, address: &str) -> Result<(), Error> {
        let whole = if address.starts_with('/') { format!("{}{address}", self.origin) } else { address.to_owned() };
        self.marks_the_page().await;
        let answer = tell(self.page(), "Page.navigate", json!({ "url": whole })).await?;
        if let Some(reason) = answer["errorText"].as_str().filter(|reason| *reason != "net::ERR_ABORTED") {
            return Err(Error::Wrong(format!("`{whole}` does not open: {reason}")));
        }
        // An address that differs in its fragment alone loads nothing.
        if answer["loaderId"].is_null() { Ok(()) } else { self.waits_for_the_next_page().await }
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// As [`Person::goes_to`].
    pub async fn reloads(&self) -> Result<(), Error> {
        self.marks_the_page().await;
        tell(self.page(), "Page.reload", json!({})).await?;
        self.waits_for_the_next_page().await
    }

    /// The address of the page, without the server's own.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn address(&self) -> Result<String, Error> {
        let address = self.script("location.href").await?.as_str().unwrap_or_default().to_owned();
        Ok(address.strip_prefix(&self.origin).map(str::to_owned).unwrap_or(address))
    }

    /// What is written on the page, as one line.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn reads(&self) -> Result<String, Error> {
        let text = self.script(WRITTEN).await?;
        Ok(text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Waits until the page shows a text, in whatever letters the style makes of it.
    ///
    /// # Errors
    /// [`Error::NotSeen`].
    pub async fn sees(&self, text: &str) -> Result<(), Error> {
        let wanted = text.to_lowercase();
        self.waits_for(&format!("the text `{text}`"), async || {
            Ok(self.reads().await.unwrap_or_default().to_lowercase().contains(&wanted).then_some(()))
        })
        .await
    }

    /// Waits until an expression of JavaScript is true of the page.
    ///
    /// # Errors
    /// [`Error::NotSeen`].
    pub async fn waits_until(&self, what: &str, expression: &str) -> Result<(), Error> {
        self.waits_for(what, async || {
            Ok(self.script(expression).await.is_ok_and(|value| value == json!(true)).then_some(()))
        })
        .await
    }

    /// Looks until `look` gives something.
    ///
    /// # Errors
    /// [`Error::NotSeen`] says what was wanted and what the page shows.
    pub async fn waits_for<T>(
        &self,
        wanted: &str,
        look: impl AsyncFn() -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if Instant::now() > end {
                let address = self.address().await.unwrap_or_default();
                let text = self.reads().await.unwrap_or_default();
                return Err(Error::NotSeen { wanted: wanted.to_owned(), address, text });
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// The value of an expression of JavaScript; a promise is waited for.
    ///
    /// # Errors
    /// [`Error::Wrong`] where it throws.
    pub async fn script(&self, expression: &str) -> Result<Value, Error> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = tell(self.page(), "Runtime.evaluate", parameters).await?;
        if let Some(details) = answer.get("exceptionDetails") {
            return Err(Error::Wrong(format!("a script threw: {details}")));
        }
        Ok(answer["result"]["value"].take())
    }

    /// What the pages did unasked since the last look.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn looks_back(&self) -> Result<Watch, Error> {
        // Events come in order: once this is answered, all that the page did before has arrived.
        self.script("new Promise((done) => setTimeout(done, 0))").await?;
        tokio::task::yield_now().await;
        Ok(self.watcher.take())
    }

    /// Marks the document, so that the next one is told from it.
    pub(crate) async fn marks_the_page(&self) {
        // A page that cannot be marked is about to go.
        _ = self.script("window.__seen = true").await;
    }

    /// Waits until a page without the mark is there and ready.
    pub(crate) async fn waits_for_the_next_page(&self) -> Result<(), Error> {
        self.waits_until("the next page", "window.__seen === undefined && document.readyState === 'complete'").await
    }
}
