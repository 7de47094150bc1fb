//! The window: its size, pictures of it, and whether the page fits.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::protocol::tell;
use crate::{Error, Person};

/// How long a picture may take; it takes a tenth of a second.
const PATIENCE_WITH_A_PICTURE: Duration = Duration::from_secs(4);

impl Person {
    /// Sets the size of the window, in pixels.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn has_a_window_of(&self, width: u32, height: u32) -> Result<(), Error> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        tell(self.page(), "Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// A picture of the window, as PNG.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn picture(&self) -> Result<Vec<u8>, Error> {
        // A page that gives way to the next one while it is taken leaves the browser waiting for ever: it is asked again.
        let mut attempts = 0;
        let answer = loop {
            let taken = tell(self.page(), "Page.captureScreenshot", json!({ "format": "png" }));
            match tokio::time::timeout(PATIENCE_WITH_A_PICTURE, taken).await {
                Ok(answer) => break answer?,
                Err(_) if attempts < 5 => attempts += 1,
                Err(_) => return Err(Error::Wrong("the browser takes no picture".to_owned())),
            }
        };
        STANDARD
            .decode(answer["data"].as_str().unwrap_or_default())
            .map_err(|error| Error::Wrong(format!("the picture cannot be read: {error}")))
    }

    /// Saves a picture of the window.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Protocol`].
    pub async fn saves_picture(&self, folder: &Path, name: &str) -> Result<PathBuf, Error> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, self.picture().await?)?;
        Ok(path)
    }

    /// By how many pixels the page is wider than the window; with what sticks out.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn sees_overflow(&self) -> Result<Option<String>, Error> {
        let wide = "(() => {
            const root = document.scrollingElement ?? document.documentElement;
            const over = root.scrollWidth - innerWidth;
            if (over <= 0) return null;
            const scrolls = (element) => {
                for (let up = element.parentElement; up && up !== document.body; up = up.parentElement)
                    if (getComputedStyle(up).overflowX !== 'visible') return true;
                return false;
            };
            const out = [...document.querySelectorAll('body *')]
                .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
                .slice(0, 4)
                .map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''}#${e.id}`);
            return `${over} px too wide: ${out.join(', ')}`;
        })()";
        Ok(self.script(wide).await?.as_str().map(str::to_owned))
    }
}
