//! The refusals that are the API's own.

use axum::http::StatusCode;
use greenroom_web::Problem;

/// A request that says something it cannot say.
pub(crate) fn refused(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail.into())
}
