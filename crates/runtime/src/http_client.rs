//! How requests of flows leave the process: by a client of the host's.

use async_trait::async_trait;
use greenroom_flow::{HttpAnswer, HttpRequest};

use crate::HandlerError;

/// Sends the requests that flows ask for.
///
/// # Contract for implementors
/// The address comes from a bot's author: it must not reach what only this machine can reach.
/// Redirects are not followed. An answer of any status is an answer; of one whose body is longer
/// than `max_answer_bytes` nothing is taken. [`HandlerError::Unavailable`] says that nobody was
/// reached, so nothing was done; [`HandlerError::Broken`] that there was no answer, and nobody
/// knows what was done: the request is sent again where its author allows that.
/// [`HandlerError::Refused`] says that it would be in vain.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends a request and reads the answer; the caller sees to the time.
    async fn send(&self, request: &HttpRequest, max_answer_bytes: usize) -> Result<HttpAnswer, HandlerError>;
}
