//! A Chromium without a window, with a profile that nobody used before.

use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::target::CreateTargetParams;
use chromiumoxide::{Browser, BrowserConfig};
use futures_util::StreamExt as _;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::protocol::tell_browser;
use crate::{Error, Person};

/// Where Debian and others put it.
const PLACES: &[&str] = &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// A running Chromium; it ends when it is dropped.
#[derive(Debug)]
pub struct Chromium {
    browser: Browser,
    pump: JoinHandle<()>,
    /// The profile, thrown away at the end.
    _profile: TempDir,
}

impl Chromium {
    /// Starts one: that of `GREENROOM_CHROMIUM`, else the system's.
    ///
    /// # Errors
    /// [`Error::Chromium`] where there is none: a browser test without a browser must fail.
    pub async fn start() -> Result<Self, Error> {
        let named = std::env::var("GREENROOM_CHROMIUM").ok();
        let found = PLACES.iter().find(|place| std::path::Path::new(place).exists()).map(|place| (*place).to_owned());
        let executable = named.or(found).ok_or_else(|| Error::Chromium("it is not installed".to_owned()))?;
        let profile = tempfile::tempdir()?;
        let configuration = BrowserConfig::builder()
            .chrome_executable(executable)
            // Chromium's own sandbox refuses to start as root, which is who runs tests in containers.
            .no_sandbox()
            .new_headless_mode()
            .viewport(None)
            .user_data_dir(profile.path())
            .args(["disable-gpu", "disable-quic", "disable-component-update", "no-default-browser-check"])
            .build()
            .map_err(Error::Chromium)?;
        let (browser, mut handler) =
            Browser::launch(configuration).await.map_err(|error| Error::Chromium(error.to_string()))?;
        // Messages that this version of the protocol does not know are none of the test's business.
        let pump = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Ok(Self { browser, pump, _profile: profile })
    }

    /// Somebody who sits down at an empty browser: no cookies, a window of 1280 × 800.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn person(&self, origin: &str) -> Result<Person, Error> {
        let context = tell_browser(&self.browser, "Target.createBrowserContext", json!({})).await?;
        let id = context["browserContextId"].as_str().unwrap_or_default().to_owned();
        let target = CreateTargetParams::builder()
            .url("about:blank")
            .browser_context_id(BrowserContextId::new(id))
            .build()
            .map_err(Error::Chromium)?;
        let page = self.browser.new_page(target).await.map_err(|error| Error::Chromium(error.to_string()))?;
        Person::sits_down(page, origin).await
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`Error::Chromium`] where it does not end.
    pub async fn end(mut self) -> Result<(), Error> {
        self.browser.close().await.map_err(|error| Error::Chromium(error.to_string()))?;
        self.browser.wait().await?;
        self.pump.abort();
        Ok(())
    }
}
