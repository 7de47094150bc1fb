//! The refusals that are the API's own.

use axum::http::StatusCode;
use greenroom_lifecycle::Error;
use greenroom_web::Problem;

/// A request that says something it cannot say.
pub(crate) fn refused(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail.into())
}

/// What went wrong with a channel, or with a link to the draft: both are addressed by their ids.
pub(crate) fn of_channel(error: Error) -> Problem {
    let status = match &error {
        Error::ChannelNotFound { .. } | Error::PreviewNotFound { .. } => StatusCode::NOT_FOUND,
        Error::ChannelExists { .. } => StatusCode::CONFLICT,
        _ => return error.into(),
    };
    Problem::new(status, error.code(), error.to_string())
}
