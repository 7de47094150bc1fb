//! The page that shows the document. All of it is served from here: nothing is
//! inline and nothing comes from elsewhere.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use greenroom_web::{AppState, Path as InPath, Problem};
use utoipa_swagger_ui::Config;

/// What the page does: shows the document, and asks nobody else about it.
static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from("/api/v1/openapi.json").validator_url("none")));

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/docs", get(|| async { Redirect::permanent("/api/docs/") }))
        .route("/api/docs/", get(|| async { serve("") }))
        .route("/api/docs/{*file}", get(|InPath(file): InPath<String>| async move { serve(&file) }))
}

fn serve(file: &str) -> Response {
    match utoipa_swagger_ui::serve(file, CONFIG.clone()) {
        Ok(Some(found)) => {
            let kind = HeaderValue::from_str(&found.content_type);
            let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            ([(header::CONTENT_TYPE, kind)], found.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("there is nothing at this address").into_response(),
        Err(error) => Problem::internal(&*error).into_response(),
    }
}
