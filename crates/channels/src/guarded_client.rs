//! Calls what authors name, webhooks and the services of their flows: only what the
//! policy and the address guard allow, without redirects, with limits on time and on
//! what is read.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Request, Response, redirect};
use url::{Host, Url};

use crate::Error;
use crate::address_guard::Reach;
use crate::guarded_names::{ForbiddenName, GuardedResolver, Names, SystemNames};
use crate::outgoing_policy::OutgoingPolicy;

/// How long one call may take, from looking the name up to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of a webhook's answer is read.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Calls what a policy and the address guard allow.
#[derive(Debug, Clone)]
pub(crate) struct GuardedClient {
    policy: OutgoingPolicy,
    /// For addresses with TLS.
    secure: Line,
    /// For those without: this machine alone, and only where private networks are allowed.
    plain: Option<Line>,
    /// For hosts that the operator named, wherever they are.
    named: Line,
}

/// A client, and which addresses it may call.
#[derive(Debug, Clone)]
struct Line {
    client: Client,
    reach: Reach,
}

impl GuardedClient {
    pub(crate) fn new(policy: OutgoingPolicy) -> Result<Self, Error> {
        Self::with_names(policy, Arc::new(SystemNames))
    }

    /// The same with another way to look names up.
    pub(crate) fn with_names(policy: OutgoingPolicy, names: Arc<dyn Names>) -> Result<Self, Error> {
        // The first to install a provider wins; any is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let line = |reach| Ok::<_, Error>(Line { client: client(reach, names.clone())?, reach });
        let secure = line(if policy.private { Reach::Private } else { Reach::Public })?;
        let plain = policy.private.then(|| line(Reach::Loopback)).transpose()?;
        let named = line(Reach::Anywhere)?;
        Ok(Self { policy, secure, plain, named })
    }

    /// Posts a body; the status of a call that was answered.
    ///
    /// # Errors
    /// In words, without the address: it may hold what is nobody's business.
    pub(crate) async fn post(&self, url: &Url, headers: &[(&str, String)], body: Bytes) -> Result<u16, String> {
        let client = self.client_for(url)?;
        let mut request = client.post(url.clone()).body(body).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.build().map_err(|error| in_words(&error))?;
        let response = client.execute(request).await.map_err(|error| in_words(&error))?;
        let status = response.status().as_u16();
        // What it says does not matter; reading it lets the connection be used again.
        drop(read(response, MAX_ANSWER_BYTES).await);
        Ok(status)
    }

    /// Sends a request, and reads of the answer's body what is allowed.
    ///
    /// # Errors
    /// [`Refusal`], without the address.
    pub(crate) async fn send(&self, request: Request, max_answer_bytes: usize) -> Result<(u16, Bytes), Refusal> {
        let client = self.client_for(request.url()).map_err(Refusal::Forbidden)?;
        let response = client.execute(request).await.map_err(|error| Refusal::of(&error))?;
        let status = response.status().as_u16();
        Ok((status, read(response, max_answer_bytes).await?))
    }

    /// The client for an address that may be called.
    fn client_for(&self, url: &Url) -> Result<&Client, String> {
        let line = match (url.scheme(), &self.plain) {
            ("https" | "http", _) if self.policy.names(url) => &self.named,
            ("https", _) => &self.secure,
            ("http", Some(plain)) => plain,
            _ => return Err("the address has no TLS; use `https://`".to_owned()),
        };
        if line.reach != Reach::Anywhere && !self.policy.has_port(url) {
            return Err("the port of the address may not be called; the operator of the server can allow it".to_owned());
        }
        // Names are looked up, and their addresses checked, by the client; addresses are not looked up.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) => None,
            None => return Err("the address has no host".to_owned()),
        };
        match address.and_then(|address| line.reach.refuses(address)) {
            Some(reason) => Err(format!("the address may not be called: {reason}")),
            None => Ok(&line.client),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The guard does not let it out.
    Forbidden(String),
    /// Nobody is there; nothing was sent.
    NotReached(String),
    /// Nobody answered; what was sent may have been read.
    NoAnswer(String),
    /// An answer came that is not taken.
    Unusable(String),
}

impl Refusal {
    fn of(error: &reqwest::Error) -> Self {
        let mut causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
        let forbidden = causes.any(<dyn std::error::Error>::is::<ForbiddenName>);
        match error {
            error if forbidden || error.is_builder() => Self::Forbidden(in_words(error)),
            error if error.is_connect() => Self::NotReached(in_words(error)),
            error => Self::NoAnswer(in_words(error)),
        }
    }
}

/// The whole body, if it is not longer than so many bytes.
async fn read(mut response: Response, most: usize) -> Result<Bytes, Refusal> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                return Err(Refusal::Unusable(format!(
                    "the answer is longer than {most} bytes; nothing of it is taken"
                )));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.into()),
            Err(error) => return Err(Refusal::NoAnswer(in_words(&error))),
        }
    }
}

fn client(reach: Reach, names: Arc<dyn Names>) -> Result<Client, Error> {
    Client::builder()
        .dns_resolver(Arc::new(GuardedResolver { reach, names }))
        .redirect(redirect::Policy::none())
        // A proxy would look names up itself, past the guard.
        .no_proxy()
        .timeout(TIMEOUT)
        .user_agent(concat!("greenroom/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Error::Client)
}

/// An error and its causes, without the address.
fn in_words(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "no answer within 10 s".to_owned() } else { "the call failed".to_owned() };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_addresses_inside_however_they_are_written() {
        let client = GuardedClient::new(OutgoingPolicy::public().with_any_port()).unwrap();
        let inside = [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://localhost/",
            "https://10.0.0.1:8443/",
            "http://8.8.8.8/",
            "http://localhost/",
        ];
        for url in inside {
            let refused = client.post(&url.parse().unwrap(), &[], Bytes::new()).await.unwrap_err();
            assert!(refused.contains("may not be called") || refused.contains("no TLS"), "{url}: {refused}");
        }
    }
}
