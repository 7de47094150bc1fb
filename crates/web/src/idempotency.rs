//! Requests that are sent again: with the header `Idempotency-Key` the second
//! one gets the first one's answer, and nothing is done twice.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greenroom_model::{Digest, Record as _};
use greenroom_store::{Commit, Key};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AppState, Caller, Problem};

/// The header by which a caller names a request that must not be done twice.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Set on answers that were given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// For how long an answer is kept.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// After this time a request without an answer counts as lost.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Answers longer than this are not kept.
const MAX_ANSWER_BYTES: usize = 4 << 20;

/// An answer that holds a secret, such as the text of a token. It is told this
/// once: it is not kept, so nobody finds it in the store, and a repeated request
/// hears that it was done.
#[derive(Debug, Clone, Copy)]
pub struct ToldOnce<T>(pub T);

/// Marks such an answer on its way out.
#[derive(Debug, Clone, Copy)]
struct HoldsSecret;

impl<T: IntoResponse> IntoResponse for ToldOnce<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(HoldsSecret);
        response
    }
}

/// A request and the answer that it got.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptAnswer {
    /// When the request came.
    pub(crate) time: Timestamp,
    /// The digest of method, path and body.
    request: String,
    /// None as long as it is being worked on.
    answer: Option<Answer>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    /// None where it holds a secret.
    body: Option<String>,
}

impl greenroom_model::Record for KeptAnswer {
    const WHAT: &'static str = "an answer that is kept for its idempotency key";
    const FORMAT: u32 = 1;
}

/// Below it, one record a key.
pub(crate) fn prefix() -> Result<Key, greenroom_store::Error> {
    Key::new("idempotency")
}

/// Answers a repeated request as the first one was answered.
pub(crate) async fn repeat(State(app): State<AppState>, request: Request, next: Next) -> Result<Response, Problem> {
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let caller = request.extensions().get::<Caller>().cloned();
    let (Some(key), Some(caller), &Method::POST) = (key, caller, request.method()) else {
        return Ok(next.run(request).await);
    };
    if key.is_empty() || key.len() > 255 {
        let detail = "an `Idempotency-Key` has 1 to 255 characters";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_idempotency_key", detail));
    }
    let (parts, body) = request.into_parts();
    let limit = app.settings().max_body_bytes;
    let bytes = axum::body::to_bytes(body, limit).await.map_err(|_| {
        let detail = "requests with an `Idempotency-Key` have a limit on their body, and this one is longer";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    })?;
    let digest = request_digest(&parts.method, &parts.uri.to_string(), &bytes);
    // By credential, not by user: a token that may less must not hear what one that may more was told.
    let name = Digest::of(format!("{} {}", caller.credential(), String::from_utf8_lossy(key.as_bytes())).as_bytes());
    let record_key = prefix()?.child(&name.to_string())?;
    if let Some(answer) = begin(&app, &record_key, &digest).await? {
        return Ok(answer);
    }
    let mut work = Working { app: app.clone(), key: record_key, done: false };
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    work.done = true;
    finish(&work, &digest, response).await
}

/// A request that is being worked on. Where it is given up half-way, it can be sent again.
struct Working {
    app: AppState,
    key: Key,
    done: bool,
}

impl Drop for Working {
    fn drop(&mut self) {
        if !self.done {
            let (app, key) = (self.app.clone(), self.key.clone());
            tokio::spawn(async move { forget(&app, key).await });
        }
    }
}

async fn forget(app: &AppState, key: Key) {
    let commit = Commit::new().with(key, greenroom_store::Expected::Any, None);
    if let Err(error) = app.store().commit(commit).await {
        tracing::warn!(%error, "an idempotency key could not be taken back; it lapses by itself");
    }
}

fn request_digest(method: &Method, uri: &str, body: &[u8]) -> String {
    let body = Digest::of(body);
    Digest::of(format!("{method} {uri} {body}").as_bytes()).to_string()
}

/// Takes the key, or gives the answer of whoever took it before.
async fn begin(app: &AppState, key: &Key, digest: &str) -> Result<Option<Response>, Problem> {
    let now = Timestamp::now();
    let begun = KeptAnswer { time: now, request: digest.to_owned(), answer: None };
    for _ in 0..10 {
        let commit = match app.store().record(key).await? {
            None => Commit::new().create(key.clone(), begun.to_bytes()),
            Some(record) => {
                let kept = KeptAnswer::from_bytes(&record.value)?;
                let age = now.duration_since(kept.time);
                if age < KEPT && kept.request != digest {
                    let detail = "this `Idempotency-Key` was used for another request; take a new one";
                    return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail));
                }
                match kept.answer {
                    Some(answer) if age < KEPT => return Ok(Some(replayed(answer)?)),
                    None if age < LOST_AFTER => {
                        let detail = "the first request with this `Idempotency-Key` is still being worked on";
                        return Err(Problem::new(StatusCode::CONFLICT, "request_in_progress", detail)
                            .with("retry_after_seconds", 1));
                    }
                    Some(_) | None => Commit::new().swap(&record, begun.to_bytes()),
                }
            }
        };
        match app.store().commit(commit).await {
            Ok(_) => return Ok(None),
            Err(greenroom_store::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::new(StatusCode::CONFLICT, "request_in_progress", "others use this `Idempotency-Key` at this moment"))
}

/// Keeps the answer. One that tells of a fault of ours is not kept: the request may be sent again.
async fn finish(work: &Working, digest: &str, response: Response) -> Result<Response, Problem> {
    let streams = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS || streams {
        forget(&work.app, work.key.clone()).await;
        return Ok(response);
    }
    let holds_secret = response.extensions().get::<HoldsSecret>().is_some();
    let (parts, body) = response.into_parts();
    let bytes: Bytes = match axum::body::to_bytes(body, MAX_ANSWER_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) => {
            forget(&work.app, work.key.clone()).await;
            return Err(Problem::internal(&error));
        }
    };
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| [header::CONTENT_TYPE, header::LOCATION, header::ETAG].contains(*name))
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let body = (!holds_secret).then(|| STANDARD.encode(&bytes));
    let answer = Answer { status: parts.status.as_u16(), headers, body };
    let kept = KeptAnswer { time: Timestamp::now(), request: digest.to_owned(), answer: Some(answer) };
    // What was done is done: that the answer cannot be kept does not undo it.
    if let Err(error) = work.app.store().commit(Commit::new().put(work.key.clone(), kept.to_bytes())).await {
        tracing::warn!(%error, "an answer could not be kept for its idempotency key");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replayed(answer: Answer) -> Result<Response, Problem> {
    let Some(body) = answer.body else {
        let detail = "this was done already, and its secret was told then and is not kept; make a new one";
        return Err(Problem::new(StatusCode::CONFLICT, "told_once", detail));
    };
    let body = STANDARD.decode(&body).map_err(|error| Problem::internal(&error))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(|error| Problem::internal(&error))?;
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
