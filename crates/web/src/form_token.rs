//! The forgery token that a request tells: in a header, or as a field of the form that it sends.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, StatusCode, header};

use crate::{AppState, Problem};

/// The header that carries the token where a body cannot.
const TOKEN_HEADER: &str = "x-csrf-token";

/// The field of a form that carries it.
const TOKEN_FIELD: &str = "_csrf";

/// The token that a request tells, and the request as it was.
pub(crate) async fn told_token(app: &AppState, request: Request) -> Result<(Option<String>, Request), Problem> {
    if let Some(told) = request.headers().get(TOKEN_HEADER).and_then(|value| value.to_str().ok()) {
        return Ok((Some(told.to_owned()), request));
    }
    let Some(kind) = request.headers().get(header::CONTENT_TYPE).cloned() else { return Ok((None, request)) };
    let is = |known: &[u8]| kind.as_bytes().get(..known.len()).is_some_and(|own| own.eq_ignore_ascii_case(known));
    let (is_form, has_files) = (is(b"application/x-www-form-urlencoded"), is(b"multipart/form-data"));
    if !is_form && !has_files {
        return Ok((None, request));
    }
    let (parts, body) = request.into_parts();
    let limit = app.settings().max_body_bytes;
    let bytes: Bytes = axum::body::to_bytes(body, limit).await.map_err(|_| too_large(limit))?;
    let told = if is_form { field(&bytes) } else { field_beside_files(kind, bytes.clone()).await };
    Ok((told, Request::from_parts(parts, Body::from(bytes))))
}

fn too_large(limit: usize) -> Problem {
    let kib = limit >> 10;
    let detail =
        format!("the form is larger than the {kib} KiB that the server takes; send less, such as a smaller file");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

/// The field of a form; tokens have no character that a form would escape.
fn field(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == TOKEN_FIELD).then(|| value.to_owned())
    })
}

/// The same of a form that may carry files. What follows the field is not looked at: its handler
/// refuses what is no form.
async fn field_beside_files(kind: HeaderValue, body: Bytes) -> Option<String> {
    let mut request = Request::new(Body::from(body));
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    // The body is at hand already, within the server's limit.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut fields = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = fields.next_field().await.ok()? {
        if field.name() == Some(TOKEN_FIELD) {
            return field.text().await.ok();
        }
    }
    None
}
