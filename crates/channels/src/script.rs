//! The script of the web chat and the stylesheet of its own page, as the binary carries them.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenroom_model::Digest;

const WIDGET: &str = include_str!("../assets/widget.js");
const STYLESHEET: &str = include_str!("../assets/page.css");

static WIDGET_TAG: LazyLock<String> = LazyLock::new(|| tag(WIDGET));
static STYLESHEET_TAG: LazyLock<String> = LazyLock::new(|| tag(STYLESHEET));

/// The one script that a page needs. Any page may load it; which pages it works
/// on, the channel says.
pub(crate) async fn widget(headers: HeaderMap) -> Response {
    let mut response = asset(&headers, "text/javascript; charset=utf-8", WIDGET, &WIDGET_TAG);
    let own = response.headers_mut();
    own.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    own.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

pub(crate) async fn stylesheet(headers: HeaderMap) -> Response {
    asset(&headers, "text/css; charset=utf-8", STYLESHEET, &STYLESHEET_TAG)
}

/// Browsers keep it for some minutes and then ask whether it changed: a new
/// build reaches pages without a new address.
fn asset(headers: &HeaderMap, kind: &'static str, content: &'static str, tag: &str) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], content).into_response()
    };
    let own = response.headers_mut();
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        own.insert(header::ETAG, tag);
    }
    response
}

fn tag(content: &str) -> String {
    format!("\"{}\"", Digest::of(content.as_bytes()).short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_small_and_writes_no_markup() {
        assert!(WIDGET.len() < 30_000, "{} bytes", WIDGET.len());
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!WIDGET.contains(forbidden), "{forbidden}");
        }
    }
}
