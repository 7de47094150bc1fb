//! Requests of flows: with their own time and attempts, behind the breaker of their host.

use std::time::Duration;

use greenroom_flow::{HttpAnswer, HttpRequest};
use tokio::time::{Instant, sleep, timeout_at};

use super::Effects;
use crate::HandlerError;

impl Effects {
    /// Sends a request, at most until `ends`. An answer of whatever status is an answer.
    pub(crate) async fn request(&self, request: &HttpRequest, ends: Instant) -> Result<HttpAnswer, String> {
        let Some(client) = &self.http else {
            return Err("no client for requests is set up; give the runtime one".to_owned());
        };
        let limits = &self.limits;
        let host = host_of(&request.url);
        let deadline = ends.min(Instant::now() + Duration::from_millis(request.timeout_ms.into()));
        let mut attempts = 0;
        loop {
            self.breakers.admit(host, limits).map_err(|pause| {
                let seconds = pause.as_secs_f64().ceil();
                format!("requests to `{host}` failed too often of late; none is sent for another {seconds} s")
            })?;
            attempts += 1;
            let sent = timeout_at(deadline, client.send(request, limits.max_answer_bytes)).await;
            let outcome = match sent {
                Ok(Ok(answer)) if !is_passing(answer.status) => {
                    self.breakers.succeeded(host);
                    return Ok(answer);
                }
                Ok(Ok(answer)) => {
                    self.breakers.failed(host, limits);
                    Ok(answer)
                }
                Ok(Err(HandlerError::Refused(reason))) => return Err(reason),
                // Whether it is sent again where something may have been done, its author has decided.
                Ok(Err(HandlerError::Unavailable(reason) | HandlerError::Broken(reason))) => {
                    self.breakers.failed(host, limits);
                    Err(reason)
                }
                Err(_) => {
                    self.breakers.failed(host, limits);
                    return Err(format!("`{host}` did not answer in time; should it still answer, that is ignored"));
                }
            };
            let wait = limits.wait(attempts, (self.chance)());
            if attempts > request.retries || Instant::now() + wait >= deadline {
                return outcome;
            }
            sleep(wait).await;
        }
    }
}

/// Whether another attempt may be answered better.
fn is_passing(status: u16) -> bool {
    status == 429 || status >= 500
}

/// The host and port of an address, as it is written.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
