//! What an operator lets the server call on behalf of authors.

use std::collections::BTreeSet;
use std::str::FromStr;

use url::{Host, Url};

use crate::Error;

/// The ports that a flow's request may go to where nobody says otherwise: those of TLS.
const PORTS: [u16; 2] = [443, 8_443];

/// What may be called for authors, whose addresses nobody else has looked at.
///
/// Always refused are addresses that are no single machine of the internet, other
/// schemes than `http` and `https`, and whatever the policy does not allow.
///
/// # Examples
/// ```
/// use greenroom_channels::OutgoingPolicy;
///
/// let policy = OutgoingPolicy::public().with_host("actions.internal:5055".parse()?);
/// # let _ = policy;
/// # Ok::<(), greenroom_channels::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPolicy {
    pub(crate) private: bool,
    pub(crate) ports: Option<BTreeSet<u16>>,
    pub(crate) hosts: Vec<AllowedHost>,
}

impl OutgoingPolicy {
    /// The public internet alone, with TLS, on the ports 443 and 8443.
    #[must_use]
    pub fn public() -> Self {
        Self { private: false, ports: Some(PORTS.into()), hosts: Vec::new() }
    }

    /// The same with private networks where `allowed`, and then this machine without TLS as well.
    #[must_use]
    pub fn with_private_networks(mut self, allowed: bool) -> Self {
        self.private = allowed;
        self
    }

    /// The same with these ports and no others.
    #[must_use]
    pub fn with_ports(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.ports = Some(ports.into_iter().collect());
        self
    }

    /// The same with every port.
    #[must_use]
    pub fn with_any_port(mut self) -> Self {
        self.ports = None;
        self
    }

    /// The same with a host that may be called wherever it is, with TLS or without.
    #[must_use]
    pub fn with_host(mut self, host: AllowedHost) -> Self {
        self.hosts.push(host);
        self
    }

    /// Whether an address is of a host that was allowed by name.
    pub(crate) fn names(&self, url: &Url) -> bool {
        self.hosts.iter().any(|host| host.is_of(url))
    }

    /// Whether a port may be called.
    pub(crate) fn has_port(&self, url: &Url) -> bool {
        match (&self.ports, url.port_or_known_default()) {
            (None, Some(port)) => port != 0,
            // Without TLS only this machine is called, on whatever port the operator's own services have.
            (Some(_), Some(port)) if self.private && url.scheme() == "http" => port != 0,
            (Some(ports), Some(port)) => ports.contains(&port),
            (_, None) => false,
        }
    }
}

/// A host that an operator allows by name, as `actions.internal`, or one port of it, as `10.0.0.7:5055`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    port: Option<u16>,
}

impl AllowedHost {
    fn is_of(&self, url: &Url) -> bool {
        let same_port = self.port.is_none_or(|port| url.port_or_known_default() == Some(port));
        same_port && url.host().is_some_and(|host| host.to_owned() == self.host)
    }
}

impl FromStr for AllowedHost {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidHost(text.chars().take(200).collect());
        // A colon inside brackets is part of the address.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            Some(_) | None => (text, None),
        };
        let port = port.map(str::parse).transpose().map_err(|_| invalid())?;
        if port == Some(0) {
            return Err(invalid());
        }
        Ok(Self { host: Host::parse(host).map_err(|_| invalid())?, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(host: &str, url: &str) -> bool {
        OutgoingPolicy::public().with_host(host.parse().unwrap()).names(&url.parse().unwrap())
    }

    #[test]
    fn a_host_is_allowed_by_its_name_and_port_and_by_nothing_like_it() {
        assert!(allows("actions.internal", "http://ACTIONS.internal:5055/webhook"));
        assert!(allows("actions.internal:80", "http://actions.internal/"));
        assert!(allows("[::1]:5055", "http://[::1]:5055/"));
        assert!(allows("10.0.0.7", "https://10.0.0.7/"));
        for url in ["http://actions.internal/", "http://actions.internal.evil.example:5055/", "http://a:5055/"] {
            assert!(!allows("actions.internal:5055", url), "{url}");
        }
        for text in ["", ":80", "a b", "a:0", "a:b", "a:99999", "http://a", "a/b"] {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }
}
