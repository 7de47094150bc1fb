//! Styles, scripts and pictures of the pages, carried in the binary.
//!
//! All have one address prefix that changes with their bytes, so that browsers may keep
//! them for good and modules may import each other by relative paths.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenroom_model::Digest;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// What tells these assets from others.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Vec::new();
    for name in Assets::iter() {
        all.extend_from_slice(name.as_bytes());
        if let Some(file) = Assets::get(&name) {
            all.extend_from_slice(&file.data);
        }
    }
    Digest::of(&all).to_string().chars().filter(char::is_ascii_alphanumeric).take(16).collect()
});

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// `GET /assets/{version}/{*name}`. An old version's page gets the newest bytes, uncached.
pub(crate) async fn asset(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(file) = Assets::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let keep = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers = [(header::CONTENT_TYPE, kind.essence_str().to_owned()), (header::CACHE_CONTROL, keep.to_owned())];
    (headers, file.data.into_owned()).into_response()
}
