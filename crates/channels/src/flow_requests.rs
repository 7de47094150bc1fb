//! The requests that flows ask for, sent by the client that webhooks go by: one guard for both.

use std::time::Duration;

use async_trait::async_trait;
use greenroom_flow::{HttpAnswer, HttpBody, HttpRequest};
use greenroom_runtime::{HandlerError, HttpClient};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde_json::Value;

use crate::Error;
use crate::guarded_client::{GuardedClient, Refusal};

/// Sends the requests of flows to public addresses with TLS, without redirects.
#[derive(Debug, Clone)]
pub struct FlowRequests {
    client: GuardedClient,
}

impl FlowRequests {
    /// `allow_private`: private networks may be called as well, and this machine without TLS.
    ///
    /// # Errors
    /// [`Error::Client`] where the system has no certificates to trust.
    pub fn new(allow_private: bool) -> Result<Self, Error> {
        Ok(Self { client: GuardedClient::new(allow_private)? })
    }
}

#[async_trait]
impl HttpClient for FlowRequests {
    async fn send(&self, request: &HttpRequest, max_answer_bytes: usize) -> Result<HttpAnswer, HandlerError> {
        let request = built(request).map_err(HandlerError::Refused)?;
        let (status, body) = self.client.send(request, max_answer_bytes).await.map_err(|refusal| match refusal {
            Refusal::Forbidden(reason) => HandlerError::Refused(reason),
            Refusal::NoAnswer(reason) => HandlerError::Unavailable(reason),
            Refusal::Unusable(reason) => HandlerError::Broken(reason),
        })?;
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        Ok(HttpAnswer { status, body: serde_json::from_slice(&body).unwrap_or_else(|_| text()) })
    }
}

/// The request as the client takes it.
fn built(request: &HttpRequest) -> Result<Request, String> {
    let url = request.url.parse().map_err(|error| format!("the address cannot be read: {error}"))?;
    let method = Method::from_bytes(request.method.as_str().as_bytes()).map_err(|error| error.to_string())?;
    let mut built = Request::new(method, url);
    *built.timeout_mut() = Some(Duration::from_millis(request.timeout_ms.into()));
    let headers: &mut HeaderMap = built.headers_mut();
    if let Some(body) = &request.body {
        let (kind, bytes) = match body {
            HttpBody::Text(text) => ("text/plain; charset=utf-8", text.clone()),
            HttpBody::Json(value) => ("application/json", value.to_string()),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        *built.body_mut() = Some(bytes.into());
    }
    for (name, value) in &request.headers {
        let unusable = |error: &dyn std::fmt::Display| format!("the header `{name}` cannot be sent: {error}");
        let field = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unusable(&error))?;
        let value = HeaderValue::from_str(value).map_err(|error| unusable(&error))?;
        built.headers_mut().insert(field, value);
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> HttpRequest {
        let json = serde_json::json!({ "number": 1, "method": "get", "url": url, "timeout_ms": 2_000, "retries": 0 });
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn flows_do_not_reach_this_machine() {
        let requests = FlowRequests::new(false).unwrap();
        for url in ["https://127.0.0.1/", "https://localhost/", "http://8.8.8.8/", "https://[::ffff:10.0.0.1]/", "x"] {
            let refused = requests.send(&request(url), 1_000).await.unwrap_err();
            assert!(!matches!(refused, HandlerError::Broken(_)), "{url}: {refused}");
        }
    }
}
