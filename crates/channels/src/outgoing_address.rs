//! Addresses that authors write: read in one way only, so that nobody can hide
//! behind a spelling where a request goes.

use url::{Host, Url};

/// The longest address, in bytes.
const MAX_BYTES: usize = 8_192;

/// An address that is spelled as everybody spells addresses.
///
/// # Errors
/// In words, without the address.
pub(crate) fn read_address(text: &str) -> Result<Url, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("the address is longer than {MAX_BYTES} bytes"));
    }
    if text.chars().any(|character| character.is_whitespace() || character.is_control() || character == '\\') {
        return Err("the address has a blank, a control character or a backslash in it; encode it".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("the address cannot be read: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is no scheme that may be called; use `https://`", url.scheme()));
    }
    // A browser reads `https:/a`, `https:a` and `https:///a` as `https://a`; others read something else.
    let written = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    let authority = written.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err("the address has no host after `://`".to_owned());
    }
    if authority.contains('@') || !url.username().is_empty() || url.password().is_some() {
        return Err("the address has a name or a password before `@`; send them in a header".to_owned());
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        Some(_) | None => authority,
    };
    let refused = |why: &str| Err(format!("the host of the address {why}"));
    match url.host() {
        None => refused("is missing"),
        Some(Host::Ipv4(address)) if address.to_string() != host => {
            refused("is a number in an odd spelling; write it as four decimal numbers")
        }
        Some(Host::Domain(_)) if host.ends_with('.') => refused("ends with a dot; leave it out"),
        Some(Host::Domain(_)) if host.contains('%') => refused("has percent signs in it; write it out"),
        Some(Host::Domain(name)) if name.contains('*') => refused("has a star in it"),
        Some(_) => Ok(url),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_addresses_as_everybody_writes_them() {
        for text in [
            "https://api.example.com/customers/7?a=b#c",
            "https://api.example.com:8443",
            "http://10.0.0.7:5055/webhook",
            "https://[2606:4700::1]:8443/",
            "https://münchen.example/ü",
            "HTTPS://Example.COM/a@b",
        ] {
            assert!(read_address(text).is_ok(), "{text}: {:?}", read_address(text));
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_has_its_host_written_in_it(text in "(https?:/{0,3})?[a-z0-9.@:\\[\\]%\\\\\t①。]{0,20}/?[a-z@]{0,5}") {
            if let Ok(url) = read_address(&text) {
                let host = url.host_str().unwrap_or_default();
                let after = text.to_lowercase();
                let named = after.split("://").nth(1).unwrap_or_default();
                prop_assert!(named.starts_with(host) || host.contains("xn--") || !named.is_ascii(), "{text} to {host}");
                prop_assert!(url.username().is_empty() && url.password().is_none());
            }
        }
    }
}
