//! What an error looks like to a program: RFC 9457, with the codes of our crates.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenroom_model::Finding;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A problem document (RFC 9457), sent as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:greenroom:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The status in words.
    pub title: String,
    /// The kind of problem, stable across releases.
    pub code: String,
    /// What went wrong here, and what to do next.
    pub detail: String,
    /// More about it, by code: `findings`, `conflicts`, `current`, `retry_after_seconds`.
    #[serde(flatten)]
    #[schema(additional_properties, value_type = Object)]
    pub more: Box<Map<String, Value>>,
}

impl Problem {
    /// A problem of this status and code.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:greenroom:problem:{code}"),
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or("problem").to_owned(),
            code: code.to_owned(),
            detail: detail.into(),
            more: Box::default(),
        }
    }

    /// The same with more about it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.more.insert(name.to_owned(), json!(value));
        self
    }

    /// The request is not understood, or breaks a rule.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
    }

    /// There is no such thing here.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let detail = "sign in, or send a token: `Authorization: Bearer grt_…`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// The server failed. What happened goes to the log, not to the caller.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %Chain(error), "a request failed on our side");
        let detail = "the server could not do this; its log says why";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// An error and what caused it.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.more.get("retry_after_seconds").and_then(Value::as_u64) {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // Pages show the same problem in another form: the console looks for it here.
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<greenroom_store::Error> for Problem {
    fn from(error: greenroom_store::Error) -> Self {
        use greenroom_store::Error;
        match &error {
            Error::Busy { .. } | Error::Unavailable { .. } => {
                tracing::warn!(%error, "the store is busy");
                let detail = "the store is busy; send the request again";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).with("retry_after_seconds", 1)
            }
            Error::Full { .. } => {
                tracing::error!(%error, "the store is full");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "store_full",
                    "the server's disk is full; nothing was stored",
                )
            }
            Error::InvalidKey { .. } => Self::new(StatusCode::BAD_REQUEST, "invalid_name", error.to_string()),
            Error::InvalidCommit { .. } => Self::invalid(error.to_string()),
            _ => Self::internal(&error),
        }
    }
}

impl From<greenroom_model::Error> for Problem {
    fn from(error: greenroom_model::Error) -> Self {
        use greenroom_model::Error;
        match &error {
            Error::Record { .. } | Error::NewerFormat { .. } => Self::internal(&error),
            _ => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_document", error.to_string()),
        }
    }
}

impl From<greenroom_lifecycle::Error> for Problem {
    fn from(error: greenroom_lifecycle::Error) -> Self {
        use greenroom_lifecycle::Error;
        let code = error.code();
        let detail = error.to_string();
        let of = |status| Self::new(status, code, detail.clone());
        match error {
            Error::Store(error) => error.into(),
            Error::Model(error) => error.into(),
            Error::BotNotFound(_) => unknown_bot(),
            Error::PartNotFound { .. }
            | Error::VersionNotFound { .. }
            | Error::JobNotFound { .. }
            | Error::PlanNotFound { .. }
            | Error::ChannelNotFound { .. }
            | Error::ConversationNotFound { .. }
            | Error::PreviewNotFound { .. } => of(StatusCode::NOT_FOUND),
            Error::ChannelExists { .. } | Error::NotOfEnvironment { .. } => of(StatusCode::CONFLICT),
            Error::MergeConflict { parts, .. } => of(StatusCode::CONFLICT).with("parts", parts),
            Error::NoDrift { known, .. } => of(StatusCode::UNPROCESSABLE_ENTITY).with("parts", known),
            Error::DriftMoved { .. } => of(StatusCode::PRECONDITION_FAILED),
            Error::NoRandomness(_) => Self::internal(&error),
            // An act that could not be logged is not done; what is wrong with the log is for people to see.
            Error::Audit(_) => of(StatusCode::CONFLICT),
            Error::InvalidJobId(_) | Error::InvalidIdempotencyKey(_) => of(StatusCode::BAD_REQUEST),
            Error::BotExists(_) | Error::NeverPublished { .. } | Error::SavedDraft { .. } => of(StatusCode::CONFLICT),
            Error::PartConflict(conflicts) => {
                let conflicts: Vec<Value> = conflicts
                    .iter()
                    .map(|conflict| json!({ "path": conflict.path, "current": conflict.found }))
                    .collect();
                of(StatusCode::PRECONDITION_FAILED).with("conflicts", conflicts)
            }
            Error::EnvironmentMoved { ref by, number, time, .. } => {
                of(StatusCode::CONFLICT).with("current", json!({ "number": number, "by": by, "time": time }))
            }
            Error::CandidateIncomplete { .. } | Error::PolicyChanged(_) => of(StatusCode::CONFLICT),
            Error::Refused(findings) => of(StatusCode::CONFLICT).with("findings", described(&findings)),
            Error::Contended(_) => of(StatusCode::SERVICE_UNAVAILABLE).with("retry_after_seconds", 1),
            Error::Load(ref error) => {
                tracing::error!(error = %Chain(error), "a bot cannot be loaded");
                of(StatusCode::CONFLICT)
            }
            Error::Cancelled
            | Error::Training { .. }
            | Error::NoModel { .. }
            | Error::NoExamples(_)
            | Error::InvalidSettings(_)
            | Error::Publish(_) => of(StatusCode::UNPROCESSABLE_ENTITY),
            _ => of(StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
}

/// What a bot is called that does not exist, or that the caller must not see.
pub(crate) fn unknown_bot() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "bot_not_found", "there is no such bot, or you have no role on it")
}

fn described(findings: &[Finding]) -> Value {
    json!(findings)
}

impl From<greenroom_runtime::Error> for Problem {
    fn from(error: greenroom_runtime::Error) -> Self {
        use greenroom_runtime::Error;
        let code = error.code();
        let detail = error.to_string();
        match error {
            Error::Store(error) => error.into(),
            Error::Model(error) => error.into(),
            Error::BotNotFound(_) => unknown_bot(),
            Error::NeverPublished { .. } => Self::new(StatusCode::CONFLICT, code, detail),
            Error::Load(error) => Self::internal(&error),
            Error::InvalidTurnId(_) => Self::new(StatusCode::BAD_REQUEST, code, detail),
            Error::Contended(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).with("retry_after_seconds", 1)
            }
            _ => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail),
        }
    }
}

impl From<greenroom_identity::Error> for Problem {
    fn from(error: greenroom_identity::Error) -> Self {
        use greenroom_identity::Error;
        let code = error.code();
        let of = |status| Self::new(status, code, error.to_string());
        match &error {
            Error::Store(_) | Error::Model(_) | Error::Cryptography(_) => match error {
                Error::Store(error) => error.into(),
                error => Self::internal(&error),
            },
            Error::UserNotFound(_) | Error::TokenNotFound(_) | Error::InvalidInvitation => of(StatusCode::NOT_FOUND),
            Error::UserExists(_) | Error::LastAdmin(_) => of(StatusCode::CONFLICT),
            Error::WrongCredentials => of(StatusCode::UNAUTHORIZED),
            Error::TooManyAttempts { retry_after } => of(StatusCode::TOO_MANY_REQUESTS)
                .with("retry_after_seconds", retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0)),
            Error::Contended(_) => of(StatusCode::SERVICE_UNAVAILABLE).with("retry_after_seconds", 1),
            _ => of(StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
}
