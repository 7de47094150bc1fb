//! Somebody else's site, which embeds the widget.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Error;

/// A site that answers every request with one page; it ends when it is dropped.
#[derive(Debug)]
pub struct ForeignSite {
    origin: String,
    serving: JoinHandle<()>,
}

impl ForeignSite {
    /// Listens on a free port; the page is made once the site's own origin is known.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub async fn with_body(body: impl FnOnce(&str) -> String) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Another site</title></head>\
             <body><h1>Another site</h1>{}</body></html>",
            body(&origin)
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{html}",
            html.len()
        );
        let serving = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4_096];
                    // A browser's request fits; what it says does not matter.
                    if socket.read(&mut request).await.is_ok() {
                        _ = socket.write_all(answer.as_bytes()).await;
                        _ = socket.shutdown().await;
                    }
                });
            }
        });
        Ok(Self { origin, serving })
    }

    /// Where it is, such as `http://127.0.0.1:40001`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for ForeignSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
