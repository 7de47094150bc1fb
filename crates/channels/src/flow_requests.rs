//! The requests that flows ask for, sent by the client that webhooks go by: one guard for both.

use std::time::Duration;

use async_trait::async_trait;
use greenroom_flow::{HttpAnswer, HttpBody, HttpRequest};
use greenroom_runtime::{HandlerError, HttpClient};
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use reqwest::{Method, Request};
use serde_json::Value;

use crate::Error;
use crate::guarded_client::{GuardedClient, Refusal};
use crate::outgoing_address::read_address;
use crate::outgoing_policy::OutgoingPolicy;

/// Headers that say where a request goes and where it ends: the client's alone to write.
const OURS: [HeaderName; 8] = [CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Sends the requests of flows where the operator lets them go, without redirects.
#[derive(Debug, Clone)]
pub struct FlowRequests {
    client: GuardedClient,
}

impl FlowRequests {
    /// Under a policy.
    ///
    /// # Errors
    /// [`Error::Client`] where the system has no certificates to trust.
    pub fn new(policy: OutgoingPolicy) -> Result<Self, Error> {
        Ok(Self { client: GuardedClient::new(policy)? })
    }

    /// The same with another way to look names up.
    #[cfg(test)]
    pub(crate) fn with_names(
        policy: OutgoingPolicy,
        names: std::sync::Arc<dyn crate::guarded_names::Names>,
    ) -> Result<Self, Error> {
        Ok(Self { client: GuardedClient::with_names(policy, names)? })
    }
}

#[async_trait]
impl HttpClient for FlowRequests {
    async fn send(&self, request: &HttpRequest, max_answer_bytes: usize) -> Result<HttpAnswer, HandlerError> {
        let request = built(request).map_err(HandlerError::Refused)?;
        let (status, body) = self.client.send(request, max_answer_bytes).await.map_err(|refusal| match refusal {
            Refusal::Forbidden(reason) | Refusal::Unusable(reason) => HandlerError::Refused(reason),
            Refusal::NotReached(reason) => HandlerError::Unavailable(reason),
            Refusal::NoAnswer(reason) => HandlerError::Broken(reason),
        })?;
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        Ok(HttpAnswer { status, body: serde_json::from_slice(&body).unwrap_or_else(|_| text()) })
    }
}

/// The request as the client takes it.
fn built(request: &HttpRequest) -> Result<Request, String> {
    let url = read_address(&request.url)?;
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
        if OURS.contains(&field) {
            return Err(unusable(&"it belongs to the connection"));
        }
        let value = HeaderValue::from_str(value).map_err(|error| unusable(&error))?;
        built.headers_mut().insert(field, value);
    }
    Ok(built)
}
