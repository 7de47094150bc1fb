//! Which pages may call a channel from a browser (CORS). A browser tells the
//! page's origin with each call; programs tell none.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenroom_lifecycle::Origins;
use greenroom_web::{AppState, Problem};
use url::{Host, Url};

/// What a call's origin comes to.
#[derive(Debug)]
pub(crate) enum Permission {
    /// No page called, or one of ours: nothing needs to be said.
    Ours,
    /// This page may call, and is told so.
    Page(HeaderValue),
}

impl Permission {
    /// Decides by the header `Origin`.
    pub(crate) fn of(app: &AppState, headers: &HeaderMap, origins: &Origins) -> Result<Self, Problem> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(Self::Ours) };
        let text = origin.to_str().unwrap_or_default();
        if is_ours(text, headers, &app.settings().public_url) {
            return Ok(Self::Ours);
        }
        if origins.allow(text) {
            return Ok(Self::Page(origin.clone()));
        }
        let detail = "pages of this origin may not use this channel; its settings list those that may (the server's \
                      own page is at its `public_url`)";
        Err(Problem::new(StatusCode::FORBIDDEN, "origin_not_allowed", detail))
    }

    /// Lets the page read an answer.
    pub(crate) fn allow(&self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Self::Page(origin) = self {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        }
        response
    }

    /// Answers the question that a browser asks before the call itself.
    pub(crate) fn preflight(&self) -> Response {
        let mut response = self.allow(StatusCode::NO_CONTENT);
        let mut set = |name: HeaderName, value: &'static str| {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        };
        if let Self::Page(_) = self {
            set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
            set(header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, authorization, idempotency-key");
            set(header::ACCESS_CONTROL_MAX_AGE, "600");
        }
        response
    }
}

/// Whether a page is one of this server: at its public address, or at an address
/// without a name, where the request itself went. A name proves nothing there:
/// its owner may let it lead here.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let public = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    if public.is_ok_and(|public| public == origin) {
        return true;
    }
    let Ok(page) = Url::parse(origin) else { return false };
    let is_nameless = match page.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    is_nameless && matches!((host, named), (Some(host), Some(named)) if host == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(origin: &str, host: &'static str) -> bool {
        let headers = [(header::HOST, HeaderValue::from_static(host))].into_iter().collect();
        is_ours(origin, &headers, "https://bots.example")
    }

    #[test]
    fn ours_is_the_public_address_or_one_that_nobody_can_give_away() {
        assert!(ours("https://bots.example", "bots.example"));
        assert!(ours("https://bots.example", "10.0.0.1:8080"), "behind a proxy the request goes elsewhere");
        assert!(ours("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(ours("http://[::1]:8080", "[::1]:8080"));
        assert!(ours("http://localhost:8080", "localhost:8080"));
        assert!(!ours("http://evil.example", "evil.example"), "its owner may let the name lead here");
        assert!(!ours("http://127.0.0.1:9000", "127.0.0.1:8080"));
        assert!(!ours("http://bots.example", "bots.example"));
        assert!(!ours("null", "null"));
    }
}
