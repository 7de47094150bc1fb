//! The layers around all surfaces, in one place and one order.

use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::authentication::{authenticate, caller};
use crate::headers::secure;
use crate::idempotency::repeat;
use crate::limits::{Limiter, limit};
use crate::{AppState, Problem};

/// The surfaces of a server.
#[derive(Debug, Default)]
pub struct Surfaces {
    /// For users: who calls is found out, forged requests are refused.
    pub of_users: Router<AppState>,
    /// For customers and machines: each route defends itself.
    pub of_everybody: Router<AppState>,
}

/// One service of all surfaces, with the layers around them.
pub fn protect(surfaces: Surfaces, app: AppState) -> Router {
    let of_users = surfaces
        .of_users
        .layer(middleware::from_fn_with_state(app.clone(), repeat))
        .layer(middleware::from_fn_with_state(app.clone(), authenticate));
    let settings = app.settings();
    let mut router = of_users
        .merge(surfaces.of_everybody)
        .fallback(nowhere)
        .method_not_allowed_fallback(|| async {
            let detail = "the address exists, but not for this method; the header `Allow` names those that it takes";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .layer(DefaultBodyLimit::max(settings.max_body_bytes))
        .layer(RequestBodyTimeoutLayer::new(settings.request_timeout));
    if let Some(rate) = settings.rate {
        router = router.layer(middleware::from_fn_with_state(Limiter::new(rate, settings.behind_proxy), limit));
    }
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, settings.request_timeout);
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn(observe))
        .layer(middleware::from_fn(secure))
        .layer(middleware::from_fn(explain))
        .layer(timeout)
        .layer(CatchPanicLayer::custom(panicked));
    router.layer(layers).with_state(app)
}

/// A handler that panics is a fault of ours; the connection and the others live on.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server could not do this; its log says why")
        .into_response()
}

/// Gives the bare answers of layers (too long, too slow) the form of problems.
async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_bare = response
        .headers()
        .get(axum::http::header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if is_bare => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the request is larger than the server takes")
                .into_response()
        }
        StatusCode::SERVICE_UNAVAILABLE if is_bare => {
            let detail = "the server did not answer in time; send the request again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail)
                .with("retry_after_seconds", 1)
                .into_response()
        }
        _ => response,
    }
}

/// Counts and times requests by their route, never by what stands in the address.
async fn observe(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().to_owned(),
        None => "none".to_owned(),
    };
    let response = next.run(request).await;
    let status = response.status();
    let took = begun.elapsed();
    metrics::counter!("greenroom_http_requests_total", "method" => method.clone(), "route" => route.clone(),
        "status" => status.as_u16().to_string())
    .increment(1);
    metrics::histogram!("greenroom_http_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
    tracing::debug!(method, route, status = status.as_u16(), microseconds = took.as_micros(), "answered");
    response
}

/// Who is signed in stays so where there is nothing: the answer says who asked.
async fn nowhere(State(app): State<AppState>, headers: HeaderMap) -> Response {
    let mut response = Problem::not_found("there is nothing at this address").into_response();
    if let Ok(Some(caller)) = caller(&app, &headers).await {
        response.extensions_mut().insert(caller);
    }
    response
}
